"""`rts doctor`: what is installed, where things lie, what is wrong and how to mend it."""

import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import typer

from rts.cli.options import JSON
from rts.cli.show import print_json
from rts.errors import RtsError

if TYPE_CHECKING:
    from rts.adapters.agents.program import AgentProgram
    from rts.game import Game


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    is_fine: bool
    words: str
    hint: str = ""
    """What to do, when it is not fine."""
    is_needed: bool = True
    """Whether `rts` cannot work without it."""


def doctor(json: bool = JSON) -> None:
    """Show what is installed and what is wrong.

    Exit code 1 when something that is needed is missing.
    """
    from rts.game import open_game

    with open_game() as game:
        findings = list(_look(game))
    if json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            mark = "✓" if finding.is_fine else ("✕" if finding.is_needed else "·")
            print(f"{mark} {finding.name:<12} {finding.words}")
            if not finding.is_fine and finding.hint:
                print(f"  {'':<12} → {finding.hint}")
    if any(not finding.is_fine and finding.is_needed for finding in findings):
        raise typer.Exit(1)


def _look(game: "Game") -> Iterator[Finding]:
    from rts import __version__, paths

    yield Finding("rts", True, f"{__version__} on Python {platform.python_version()}")
    settings = paths.settings_path()
    is_there = "" if settings.is_file() else " (not there: everything as by default)"
    yield _look_at_settings(game, f"{settings}{is_there}")
    yield _look_at_store(game)
    yield _look_at_tmux(game)
    yield _look_at_git()
    yield _look_at_sandbox()
    yield from _look_at_agents()
    yield _look_at_watch(game)
    yield _look_at_inbox(game)


def _look_at_settings(game: "Game", words: str) -> Finding:
    from rts.tui.remap import remap

    try:
        remap(game.settings.keys)
    except RtsError as error:
        return Finding("settings", False, error.what, error.hint)
    return Finding("settings", True, words)


def _look_at_store(game: "Game") -> Finding:
    from rts.world.nouns import Project, Ticket

    try:
        living = game.store.living_workers(None)
        words = (
            f"{game.store.path}: {game.store.count_rows(Project)} projects,"
            f" {game.store.count_rows(Ticket)} tickets, {len(living)} living workers"
        )
    except RtsError as error:
        return Finding("store", False, error.what, error.hint)
    return Finding("store", True, words)


def _look_at_tmux(game: "Game") -> Finding:
    from rts.adapters.tmux import VERSION_MIN

    hint = "Install tmux 3.2 or newer, for example: apt-get install tmux"
    try:
        version = game.tmux.version()
        sessions = len(game.tmux.panes())
    except RtsError as error:
        return Finding("tmux", False, error.what, hint)
    words = f"{version[0]}.{version[1]}, {sessions} sessions behind {game.tmux.socket_path}"
    return Finding("tmux", version >= VERSION_MIN, words, hint)


def _look_at_git() -> Finding:
    from rts.adapters.process import run

    try:
        return Finding("git", True, run(["git", "--version"]).words)
    except RtsError as error:
        return Finding("git", False, error.what, "Install git, for example: apt-get install git")


def _look_at_sandbox() -> Finding:
    from rts.adapters.sandbox import probe

    why = probe()
    hint = "Agents ask before they act. To have it: " + (
        "allow unprivileged user namespaces (on Ubuntu 24.04: an AppArmor profile for bwrap)."
        if "namespaces" in why
        else "install bubblewrap, for example: apt-get install bubblewrap"
    )
    return Finding("sandbox", not why, why or "works", hint, is_needed=False)


def _look_at_agents() -> Iterator[Finding]:
    from rts.adapters.agents import AGENT_PROGRAMS
    from rts.adapters.agents.screen_rules import find_keys

    for program in AGENT_PROGRAMS.values():
        if program.find() is None:
            hint = program.install_hint or "Only needed if you want to use it."
            yield Finding(program.name, False, "not installed", hint, is_needed=False)
            continue
        words = f"{program.version()}: {', '.join(_evidence_of(program))}".removeprefix(": ")
        try:
            find_keys(program.name, "")
        except RtsError as error:  # the commander's own rules
            yield Finding(program.name, False, error.what, error.hint, is_needed=False)
            continue
        yield Finding(program.name, True, words)


def _evidence_of(program: "AgentProgram") -> Iterator[str]:
    """Name what the program gives to judge it by, and what it can do; best first."""
    from rts.adapters.agents.program import StatusReport, read_no_transcript
    from rts.adapters.agents.screen_rules import has_screen_rules

    if program.keeps_level:
        yield "own status"
    if program.status_report is not StatusReport.NEVER:
        yield f"program status ({program.status_report})"
    if program.has_hooks:
        yield "hooks"
    if program.read_transcript is not read_no_transcript:
        yield "transcript"
    if has_screen_rules(program.name):
        yield "screen"
    yield "proves a tell" if program.proves_submission else "cannot prove a tell"
    yield "resumes" if program.can_resume else "cannot be resumed"
    yield "sandbox" if program.can_skip_permissions else "always asks"
    if program.counts_tokens:
        yield f"tokens from {program.counts_tokens}"


def _look_at_watch(game: "Game") -> Finding:
    from rts.orders.watching import is_watched

    runs = is_watched(game)
    words = "runs" if runs else "does not run"
    return Finding("watch", runs, words, "It is started by rts and rts spawn.", is_needed=False)


def _look_at_inbox(game: "Game") -> Finding:
    if not game.inbox.folder.is_dir():
        return Finding("inbox", True, "not used yet")
    rejected = game.inbox.rejected_count()
    words = f"{game.inbox.waiting_count()} waiting, {rejected} rejected"
    hint = f"Look at them in {game.inbox.folder / 'rejected'}; they may be removed."
    return Finding("inbox", rejected == 0, words, hint, is_needed=False)
