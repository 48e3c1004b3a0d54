"""What a coding agent's CLI is to the house: one row of facts and functions.

To add an agent program, write one small file that makes an `AgentProgram`, and name it in
`AGENT_PROGRAMS`. Nobody outside this package knows a flag, a path or a word of any of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rts.world.evidence import Evidence
from rts.world.nouns import Action, Usage


@dataclass(frozen=True)
class Launch:
    """What an agent program must know to start for one worker; every path is absolute."""

    worker_id: str
    worktree: Path
    run_folder: Path
    inbox: Path
    conversation_id: str
    """A UUID."""
    brief: Path
    generic_argv: tuple[str, ...] = ()
    """The setting `[agents.generic] argv`; only `generic` reads it."""


@dataclass(frozen=True)
class Heard:
    """What one hook file says."""

    evidence: tuple[Evidence, ...] = ()
    action: Action | None = None


def write_nothing(launch: Launch) -> None:
    """Need no files."""


def hear_nothing(worker_id: str, payload: Mapping[str, Any], at: datetime, request: str) -> Heard:
    """Have no hooks."""
    return Heard()


def read_no_level(pid: int, worker_id: str) -> Evidence | None:
    """Publish no status."""
    return None


def read_no_usage(worker_id: str, transcript: Path, offset: int) -> tuple[list[Usage], int]:
    """Keep no transcript."""
    return [], offset


def read_no_screen(worker_id: str, text: str, at: datetime) -> Evidence | None:
    """Say nothing on the pane that must be read."""
    return None


@dataclass(frozen=True)
class AgentProgram:
    """A CLI that a worker runs. Its functions keep nothing between two calls."""

    name: str
    find: Callable[[], Path | None]
    """Return where the program is installed on this machine, or None. Looks at each call."""
    version: Callable[[], str]
    """Return its version for `rts doctor`; empty when it does not say. Runs the program."""
    command_line: Callable[[Launch], str]
    """Return one line of POSIX shell that ends in `exec`: from then on the pane's process is the
    agent. It expects to be run in the worktree."""
    write_files: Callable[[Launch], None] = write_nothing
    """Write what `command_line` names into the run folder, which exists; may be called again."""
    hear: Callable[[str, Mapping[str, Any], datetime, str], Heard] = hear_nothing
    """`hear(worker_id, payload, at, request)`: read one hook file. `request` is the file's name; an
    answer to a permission request is addressed to it. Never fails on a strange payload."""
    read_level: Callable[[int, str], Evidence | None] = read_no_level
    """`read_level(pid, worker_id)`: read the status that the process publishes, if it does."""
    read_usage: Callable[[str, Path, int], tuple[list[Usage], int]] = read_no_usage
    """`read_usage(worker_id, transcript, offset)`: return the tokens of the messages whose lines
    begin at byte `offset` or later, and the offset of the first line not yet whole. A message whose
    lines are split between two calls is returned by both, with the same id."""
    read_screen: Callable[[str, str, datetime], Evidence | None] = read_no_screen
    """`read_screen(worker_id, pane_text, at)`: return a dialog that no hook tells of, if the pane
    shows one. Needed only while nothing has been heard from the worker."""
    proves_submission: bool = False
    """Whether a text typed to it comes back as `UserPromptSubmit` evidence."""
    may_be_default: bool = False
    """Whether `rts spawn` may choose it when the commander names none."""
