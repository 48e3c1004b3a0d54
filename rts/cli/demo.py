"""`rts demo`: everything at once, with no key, no account and no network."""

import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from rts.cli.options import JSON
from rts.cli.show import refuse_without_terminal

if TYPE_CHECKING:
    from rts.demo.run import DemoResult

NOW_YOURS = "Now go into a repository of your own and type: rts"

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def demo_command(
    headless: Annotated[
        bool, typer.Option("--headless", help="Without a screen: a scripted commander plays.")
    ] = False,
    json: bool = JSON,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the throw-away folder, and say where it is.")
    ] = False,
    seed: Annotated[int | None, typer.Option(help="Dice of the scripted commander.")] = None,
) -> None:
    """Play in a throw-away repository with six workers."""
    for number in ENDING_SIGNALS:
        signal.signal(number, _leave)
    if headless:
        _play_headless(as_json=json, keep=keep, seed=seed)
    else:
        _play_on_screen(keep=keep)


def _play_headless(*, as_json: bool, keep: bool, seed: int | None) -> None:
    from rts.cli.show import print_json
    from rts.demo.run import run_demo

    def say(line: str) -> None:
        print(line, file=sys.stderr if as_json else sys.stdout, flush=True)

    result = run_demo(keep=keep, seed=seed, say=say)
    if as_json:
        print_json(asdict(result))
        return
    print()
    _print_counts(result)


def _print_counts(result: "DemoResult") -> None:
    from rts.cli.show import print_table

    counts = asdict(result)
    print_table(("counted", ""), [(name, str(count)) for name, count in counts.items()])


def _play_on_screen(*, keep: bool) -> None:
    from rts.demo.run import SCREEN_SETTINGS, SCREEN_SPEED, count_up, set_stage, spawn_workers

    refuse_without_terminal("Play it without one: rts demo --headless")
    from rts.cli.screen import open_screen

    stood_in = Path.cwd()
    with set_stage(SCREEN_SETTINGS, SCREEN_SPEED, keep=keep) as stage:
        print("Building a small shop, and sending six workers …", flush=True)
        spawn_workers(stage)
        os.chdir(stage.repository)
        try:
            open_screen()
            _print_counts(count_up(stage.game))
            print(f"\n{NOW_YOURS}")
        finally:
            os.chdir(stood_in)
            if keep:
                print(f"The demo is kept in {stage.folder}")


def _leave(number: int, frame: FrameType | None) -> None:
    """Leave in order, so that everything is cleared away; timeout(1) says so twice."""
    for other in ENDING_SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    sys.exit(128 + number)
