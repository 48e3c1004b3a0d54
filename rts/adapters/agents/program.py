"""What a coding agent's CLI is to the house: one row of facts and functions.

To add an agent program, write one small file that makes an `AgentProgram`, name it in
`AGENT_PROGRAMS`, and put what its screen says into `screens/<name>.toml`. Nobody outside this
package knows a flag, a path or a word of any of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
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
    """A UUID: the id to begin with, where the program lets us choose; else the recorded one."""
    brief: Path
    generic_argv: tuple[str, ...] = ()
    """The setting `[agents.generic] argv`; only `generic` reads it."""
    is_resumed: bool = False
    """Go on with the conversation `conversation_id`, without a brief."""
    words: Path | None = None
    """When resumed: a file with what to say first; None: nothing is said."""
    skips_permissions: bool = False
    """Nothing is asked. Only true inside the sandbox."""
    version: str = ""
    """What `AgentProgram.version` said; empty when it is not known."""


@dataclass(frozen=True)
class Seat:
    """Where a started agent can be looked at."""

    worker_id: str
    run_folder: Path
    pid: int
    """The pane's process: the agent, or what stands before it (`rts pane`, the sandbox)."""


@dataclass(frozen=True)
class Heard:
    """What one hook file, or a stretch of a transcript, says."""

    evidence: tuple[Evidence, ...] = ()
    actions: tuple[Action, ...] = ()
    usage: tuple[Usage, ...] = ()
    conversation_id: str = ""
    """The conversation that begins or goes on here; empty when nothing is said of it."""


class StatusReport(StrEnum):
    """When a program tells its status to its terminal (OSC 7501)."""

    NEVER = "never"
    ASKED = "asked"
    """Only to a terminal that answers its query: behind `rts pane`."""
    UNASKED = "unasked"


@dataclass(frozen=True)
class Places:
    """What an agent program needs of the commander's HOME inside the sandbox, absolute paths."""

    writable: tuple[Path, ...] = ()
    """Files and folders that it must write: conversations, caches, its own login."""
    fresh: tuple[Path, ...] = ()
    """Folders where new files may be made that are thrown away at the end; what lies in them can be
    read, and stays as it is."""
    bound: tuple[tuple[Path, Path], ...] = ()
    """(a folder of the worker's own, the place in HOME where the agent finds it)."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that it needs inside the sandbox only."""
    keeps: tuple[str, ...] = ()
    """Shell patterns of secret variables that it needs: `ANTHROPIC_*`. The others are unset."""


def write_nothing(launch: Launch) -> None:
    """Need no files."""


def hear_nothing(worker_id: str, payload: Mapping[str, Any], at: datetime, request: str) -> Heard:
    """Have no hooks."""
    return Heard()


def read_no_level(seat: Seat) -> Evidence | None:
    """Publish no status."""
    return None


def read_no_transcript(worker_id: str, transcript: Path, offset: int) -> tuple[Heard, int]:
    """Keep no transcript."""
    return Heard(), offset


def find_no_conversation(launch: Launch) -> Path | None:
    """Keep no conversation that could be found again."""
    return None


def need_no_places(launch: Launch) -> Places:
    """Need nothing of the HOME but to read it."""
    return Places()


@dataclass(frozen=True)
class AgentProgram:
    """A CLI that a worker runs. Its functions keep nothing between two calls."""

    name: str
    find: Callable[[], Path | None]
    """Return where the program is installed on this machine, or None. Looks at each call."""
    version: Callable[[], str]
    """Return its version, `2.1.329`; empty when it does not say. Runs the program."""
    command_line: Callable[[Launch], str]
    """Return one line of POSIX shell that ends in `exec`: from then on the pane's process is the
    agent. It expects to be run in the worktree."""
    install_hint: str = ""
    """How to get it, for `rts doctor`: `npm install -g @openai/codex`."""
    write_files: Callable[[Launch], None] = write_nothing
    """Write what `command_line` names into the run folder, which exists; may be called again."""
    hear: Callable[[str, Mapping[str, Any], datetime, str], Heard] = hear_nothing
    """`hear(worker_id, payload, at, request)`: read one hook file. `request` is the file's name; an
    answer to a permission request is addressed to it. Never fails on a strange payload."""
    has_hooks: bool = False
    """Whether its hooks, plugin or notifier drop files into the inbox."""
    answers_by_hook: bool = False
    """Whether a permission is answered through its waiting hook; else by keys (`screens/`)."""
    read_level: Callable[[Seat], Evidence | None] = read_no_level
    """Read the status that the program itself keeps in a file, if it does."""
    keeps_level: bool = False
    """Whether `read_level` says something for as long as the program lives and was heard."""
    status_report: StatusReport = StatusReport.NEVER
    read_transcript: Callable[[str, Path, int], tuple[Heard, int]] = read_no_transcript
    """`read_transcript(worker_id, transcript, offset)`: return what the lines say that begin at
    byte `offset` or later, and the offset of the first line not yet whole. Something whose lines
    are split between two calls is returned by both, with the same id."""
    find_conversation: Callable[[Launch], Path | None] = find_no_conversation
    """Return the file or folder of the conversation `launch.conversation_id`, or, where that is
    not known yet, of the only one begun in `launch.worktree`; None when there is none."""
    read_conversation_id: Callable[[Path], str] = lambda path: ""
    """Return the id of the conversation that `find_conversation` found."""
    can_resume: bool = False
    """Whether `command_line` takes up a conversation by its id."""
    can_skip_permissions: bool = False
    """Whether `command_line` knows how to ask nothing."""
    places: Callable[[Launch], Places] = need_no_places
    """What it needs inside the sandbox."""
    proves_submission: bool = False
    """Whether a text typed to it comes back as `UserPromptSubmit` evidence."""
    counts_tokens: str = ""
    """Where it says what it costs, for `rts doctor`; empty: nowhere."""
    may_be_default: bool = False
    """Whether `rts spawn` may choose it when the commander names none."""
