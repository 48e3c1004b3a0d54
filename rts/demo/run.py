"""The demo from beginning to end, in a private folder that is gone afterwards."""

import os
import random
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from rts.demo.commander import Commander
from rts.demo.repository import build_repository
from rts.demo.tickets import read_backlog
from rts.game import Game, open_game
from rts.orders.projects import open_project
from rts.orders.spawn import spawn
from rts.orders.tickets import file_ticket
from rts.world.nouns import Action, Event, Project, PullRequest, Ticket, Worker

HEADLESS_SPEED = 6.0
"""How much faster than on the screen the workers play when nobody watches."""

SCREEN_SPEED = 0.7
"""Slow enough for one human to follow six workers."""

HEADLESS_SETTINGS = 'agent = "drill"\nbeat_s = 0.3\nis_muted = true\n'
SCREEN_SETTINGS = 'agent = "drill"\nbeat_s = 0.5\n'

END_TIMEOUT_S = 5.0
"""Longest wait for the processes of the private server to be gone."""

REMOVE_TRIES_MAX = 10
"""How often the folder is removed while somebody still writes into it."""


@dataclass(frozen=True)
class DemoResult:
    """How a demo went, counted from the store."""

    tickets: int
    workers: int
    pull_requests: int
    merged: int
    notes: int
    actions: int
    """Completed tool calls."""
    cues: int
    seconds: float
    """From the first event to the last."""


@dataclass(frozen=True)
class Stage:
    """Where a demo plays."""

    folder: Path
    """Everything lies in it: the repository, its worktrees, the state."""
    repository: Path
    game: Game
    project: Project


def run_demo(
    *, keep: bool = False, seed: int | None = None, say: Callable[[str], None] = lambda line: None
) -> DemoResult:
    """Play the demo to its end without a screen; `say` is told each order.

    Raises:
        RtsError: tmux or git failed, or the workers did not come to an end.
    """
    with set_stage(HEADLESS_SETTINGS, HEADLESS_SPEED, keep=keep) as stage:
        if keep:
            say(f"Everything lies in {stage.folder}")
        spawn_workers(stage, say)
        Commander(stage.game, stage.project, random.Random(seed), say).play()
        return count_up(stage.game)


@contextmanager
def set_stage(settings: str, speed: float, *, keep: bool) -> Iterator[Stage]:
    """Build repository and state in a new private folder; clear all away on leaving.

    With `keep`, the folder stays; its processes end anyhow. From the clearing on, this process
    ignores signals: it is expected to end then.

    Raises:
        RtsError: git or the disk refused.
    """
    # Resolved, because git names paths so: on macOS the temporary folder is behind a link.
    folder = Path(tempfile.mkdtemp(prefix="rts-demo-")).resolve()
    with ExitStack() as clearing:
        if not keep:
            clearing.callback(_remove, folder)
        home = folder / "state"
        home.mkdir()
        settings_path = home / "settings.toml"
        settings_path.write_text(settings)
        # Spawned workers take the speed from the private tmux server, which takes it from here.
        clearing.enter_context(
            _environment(
                RTS_HOME=str(home), RTS_SETTINGS=str(settings_path), RTS_DRILL_SPEED=str(speed)
            )
        )
        repository = folder / "shop"
        build_repository(repository)
        game = clearing.enter_context(open_game())
        clearing.callback(_end_processes, game)
        clearing.callback(_ignore_signals)
        yield Stage(folder, repository, game, open_project(game, repository))


def spawn_workers(stage: Stage, say: Callable[[str], None] = lambda line: None) -> None:
    """File the six tickets and spawn a drill worker on each.

    Raises:
        RtsError: tmux or git failed.
    """
    filed = [
        file_ticket(stage.game, stage.project, ticket.title, ticket.body, ticket.kind)
        for ticket in read_backlog()
    ]
    for ticket in filed:
        worker = spawn(stage.game, stage.project, ticket, "drill")
        say(f"{worker.name} works on {ticket.label} {ticket.title}")


def count_up(game: Game) -> DemoResult:
    """Count, from the store, what has happened."""
    store = game.store
    first, last = (store.select(Event, f"1 ORDER BY id {way} LIMIT 1")[0] for way in ("", "DESC"))
    return DemoResult(
        tickets=store.count_rows(Ticket),
        workers=store.count_rows(Worker),
        pull_requests=store.count_rows(PullRequest),
        merged=store.count("pull_request_merged"),
        notes=store.count("note_written"),
        actions=store.count_rows(Action),
        cues=store.count("cue_sounded"),
        seconds=round((last.at - first.at).total_seconds(), 1),
    )


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _ignore_signals() -> None:
    """Let nobody break off the clearing away: it is short, and half of it would stay for ever."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)


def _end_processes(game: Game) -> None:
    """End the private server, and wait until what ran on it is gone."""
    pids = [pane.pid for pane in game.tmux.panes().values() if not pane.is_dead]
    game.tmux.kill_server()
    ends_at = time.monotonic() + END_TIMEOUT_S
    while any(_is_alive(pid) for pid in pids) and time.monotonic() < ends_at:
        time.sleep(0.02)


def _is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _remove(folder: Path) -> None:
    """Remove the folder; a last hook may still write into it while that happens."""
    for _ in range(REMOVE_TRIES_MAX):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.05)
