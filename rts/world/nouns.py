"""The records: what is written down, one shape per noun.

Records are frozen values, tied to each other by ids, never by object references. The store derives
its tables from these classes (`adapters/store/tables.py`); there is no second declaration. Every
time is an aware UTC datetime. An enum is stored by its value, so a value is never renamed without
a migration.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

TITLE_LENGTH_MAX = 200
"""Longest ticket title in characters: it must fit a branch name, a commit line and a tile."""


class TicketKind(StrEnum):
    """What a ticket is about; it chooses the unit's glyph, its frame and its voice."""

    FEATURE = "feature"
    BUG = "bug"
    CHORE = "chore"
    RESEARCH = "research"


class TicketStatus(StrEnum):
    """How far a ticket is."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    IN_REVIEW = "in_review"
    DONE = "done"


class PullRequestState(StrEnum):
    """How far a pull request is."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


class Rally(StrEnum):
    """What a worker does when it is done: its rally point."""

    STOP = "stop"
    NEXT_TICKET = "next_ticket"
    PULL_REQUEST = "pull_request"


@dataclass(frozen=True)
class Project:
    """A git repository on one machine."""

    id: str
    name: str
    root: str
    """Absolute path of the main worktree on `host`."""
    host: str
    created_at: datetime


@dataclass(frozen=True)
class Ticket:
    """One piece of work for one worker."""

    id: str
    project_id: str
    number: int
    """1-based, counted per project: `#7` on the screen."""
    title: str
    body: str
    kind: TicketKind
    status: TicketStatus
    created_at: datetime

    @property
    def label(self) -> str:
        """The ticket as the commander calls it, `#7`."""
        return f"#{self.number}"


@dataclass(frozen=True)
class Worker:
    """A coding agent on one ticket, with one worktree and one session, until dismissed."""

    id: str
    project_id: str
    ticket_id: str
    slot: int
    """0-based; a ticket has at most one living worker per slot."""
    name: str
    """The call-sign, `falcon-3`; unique for ever in one store."""
    cell_index: int
    """0-based place on the minimap, kept until dismissed."""
    agent: str
    """Name of the agent program, a key of `adapters.agents.AGENT_PROGRAMS`."""
    branch: str
    base_branch: str
    base_commit: str
    worktree: str
    """Path of the worktree, relative to the parent of the project's root."""
    session_name: str
    conversation_id: str
    """The id under which the agent program keeps the conversation (a UUID)."""
    host: str
    spawned_at: datetime
    started_at: datetime | None = None
    """When the agent program was started; None while the worktree is being made."""
    dismissed_at: datetime | None = None
    agent_version: str = ""
    """What the agent program said of itself when it was started; empty when it says none."""
    is_sandboxed: bool = False
    """Whether its agent was started inside the sandbox, with permissions skipped."""
    rally: Rally = Rally.STOP
    """What it does when it is done."""


@dataclass(frozen=True)
class QueuedTell:
    """A message that waits until its worker is idle; the watch delivers it."""

    id: str
    worker_id: str
    text: str
    queued_at: datetime
    ended_at: datetime | None = None
    """When it was delivered, withdrawn or given up; None while it waits."""
    outcome: str = ""
    """`told`, `withdrawn`, or why it could not be delivered; empty while it waits."""


@dataclass(frozen=True)
class ControlGroup:
    """A numbered set of workers, which the commander recalls with one digit."""

    project_id: str
    """Empty: a group of the picture of all projects."""
    number: int
    """1 to 9."""
    worker_ids: tuple[str, ...]
    """Some may have been dismissed since; none: the number is not set."""


@dataclass(frozen=True)
class Action:
    """One completed tool call of a worker, counted once by its tool-use id."""

    worker_id: str
    tool_use_id: str
    tool: str
    at: datetime
    digest: str
    """Short hash of tool and input; the same call again has the same digest."""
    has_failed: bool = False
    agent_id: str = ""
    """The subagent that made the call; empty for the worker itself."""


@dataclass(frozen=True)
class Usage:
    """Tokens of one model message, counted once by the message's id."""

    worker_id: str
    message_id: str
    at: datetime
    model: str
    input_tokens: int
    """Fresh input, cache not included."""
    cached_tokens: int
    """Input read from or written to the vendor's cache."""
    output_tokens: int


@dataclass(frozen=True)
class PullRequest:
    """A proposed change: a branch, a title, a body, a state."""

    id: str
    project_id: str
    ticket_id: str
    worker_id: str
    number: int
    """1-based, counted per project."""
    title: str
    body: str
    """Markdown with the parts that `world.handed_in` names."""
    branch: str
    base_branch: str
    head_commit: str
    state: PullRequestState
    opened_at: datetime
    merged_at: datetime | None = None
    merge_commit: str = ""


@dataclass(frozen=True)
class Check:
    """One run of the project's tests by `rts`, on a commit."""

    id: str
    worker_id: str
    name: str
    command: str
    commit: str
    has_passed: bool
    summary: str
    """The last telling line of the output: `41 passed in 0.3s`."""
    output_path: str
    duration_s: float
    ran_at: datetime


@dataclass(frozen=True)
class NoteUse:
    """A note that was put into a worker's brief."""

    worker_id: str
    note_path: str
    """Relative to the knowledge base."""
    given_at: datetime


@dataclass(frozen=True)
class Event:
    """A fact a commander could care about, written once, in the past tense; append-only."""

    kind: str
    """`ticket_filed`, `worker_spawned`, …: all of them are in `knowledge_base/architecture.md`."""
    text: str
    """One sentence for the log."""
    at: datetime
    project_id: str = ""
    worker_id: str = ""
    ticket_id: str = ""
    detail: str = "{}"
    """A JSON object with what a program may want to know."""
    id: int = 0
    """Given by the store, rising; 0 before."""


Record = (
    Project
    | Ticket
    | Worker
    | QueuedTell
    | ControlGroup
    | Action
    | Usage
    | PullRequest
    | Check
    | NoteUse
)
"""What `Store.record` writes beside an event."""
