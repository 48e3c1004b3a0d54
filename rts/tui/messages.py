"""What the commander can do, one message each. Screens and widgets post them; the app obeys."""

from dataclasses import dataclass
from datetime import datetime

from textual.message import Message

from rts.world.evidence import Activity
from rts.world.nouns import PullRequest, Rally, Ticket, TicketKind, Worker
from rts.world.review import Comment
from rts.world.strokes import Stroke


@dataclass
class UnitChosen(Message):
    """The commander pointed at a unit."""

    worker_id: str


@dataclass
class UnitToggled(Message):
    """A unit was taken into the selection of many, or out of it."""

    worker_id: str


@dataclass
class UnitsChosen(Message):
    """A box was drawn around units."""

    worker_ids: frozenset[str]
    is_added: bool
    """They are chosen beside those that are chosen already."""


class PaneWanted(Message):
    """Another unit was selected, or its pane has come into sight: show the pane at once."""

    def can_replace(self, message: Message) -> bool:
        """Let one stand for many."""
        return isinstance(message, PaneWanted)


class PaneMoved(Message):
    """Other lines of the pane are read: look at them."""

    def can_replace(self, message: Message) -> bool:
        """Let one stand for many."""
        return isinstance(message, PaneMoved)


@dataclass
class StrokeTyped(Message):
    """A key or a paste is to go through to a worker's agent."""

    worker: Worker
    stroke: Stroke


class SurveyWanted(Message):
    """The territory has come into sight: survey it at once."""

    def can_replace(self, message: Message) -> bool:
        """Let one stand for many."""
        return isinstance(message, SurveyWanted)


@dataclass
class ReplayWanted(Message):
    """The commander wants to see again what happened."""

    at: datetime | None = None
    """From when on; None: from the end backwards."""
    speed: float = 0.0
    """Seconds that pass in one; 0: the usual speed."""


@dataclass
class MomentChosen(Message):
    """The commander pointed at a time on the timeline of a replay."""

    at: datetime


class QuitOrdered(Message):
    """The commander leaves although an order is held back: it is carried out then."""


class ScoreWanted(Message):
    """The commander wants to see how the day went."""


@dataclass
class KeyPressed(Message):
    """A key of the table was pressed by mouse: in the footer, or by a click that means the same."""

    press: str


@dataclass
class SpawnWanted(Message):
    """A worker was ordered for a ticket."""

    ticket: Ticket


@dataclass
class TicketWanted(Message):
    """A new ticket was written; a worker is to be spawned on it."""

    title: str
    kind: TicketKind
    body: str = ""

    @classmethod
    def read(cls, line: str) -> "TicketWanted":
        """Return the message for a line like `bug: login fails`; without a kind it is a feature.

        Lines below the first one are the ticket's body.
        """
        title, _, body = line.strip().partition("\n")
        prefix, colon, rest = title.partition(":")
        if colon and prefix.strip().lower() in set(TicketKind):
            return cls(rest.strip(), TicketKind(prefix.strip().lower()), body.strip())
        return cls(title.strip(), TicketKind.FEATURE, body.strip())


@dataclass
class GroupOrdered(Message):
    """Workers are to be the control group of a number."""

    number: int
    workers: tuple[Worker, ...]
    before: tuple[Worker, ...] = ()
    """The workers of that number until now."""


@dataclass
class DismissalsWanted(Message):
    """The commander wants to dismiss many, and to know first what would be kept."""

    workers: tuple[Worker, ...]


@dataclass
class AttachWanted(Message):
    """The commander wants to stand before a worker's session."""

    worker: Worker


@dataclass
class TellWanted(Message):
    """A line was written to a worker."""

    worker: Worker
    text: str


@dataclass
class QueueWanted(Message):
    """A line was written that a worker is to be told when it is idle."""

    worker: Worker
    text: str


@dataclass
class RallyWanted(Message):
    """A worker is to do this when it is done."""

    worker: Worker
    rally: Rally


class SpawnNextWanted(Message):
    """A worker was ordered for the next open ticket, whichever that is."""


class UndoWanted(Message):
    """The newest order is to be taken back."""


@dataclass
class AnswerWanted(Message):
    """A permission was given (`yes`) or refused (`no`), or a question answered."""

    worker: Worker
    text: str
    expected: str = ""
    """The `name_need` of what the commander read; nothing else is answered. Empty: whatever is."""


@dataclass
class PauseOrdered(Message):
    """A worker's agent is to be ended without loss."""

    worker: Worker


@dataclass
class ResumeWanted(Message):
    """A paused or gone worker is to go on."""

    worker: Worker


@dataclass
class DiffWanted(Message):
    """The commander wants to read what a worker changed."""

    worker: Worker


@dataclass
class EditingWanted(Message):
    """The commander wants a worker's file in an editor, at a line; no path: the worktree."""

    worker: Worker
    path: str = ""
    line_number: int = 0


@dataclass
class BrowserWanted(Message):
    """The commander wants to see in a browser what a worker serves."""

    worker: Worker


@dataclass
class CommentsKept(Message):
    """These comments on a worker's change are written and not sent yet."""

    worker: Worker
    comments: tuple[Comment, ...]


@dataclass
class CommentsWanted(Message):
    """The worker is to be told these comments."""

    worker: Worker
    comments: tuple[Comment, ...]


@dataclass
class PullRequestWanted(Message):
    """A pull request is to be opened."""

    worker: Worker


@dataclass
class MergeOrdered(Message):
    """The commander said yes to a merge."""

    worker: Worker
    seen: PullRequest | None = None
    """The pull request that the question was about; None: whatever is open."""


@dataclass
class DismissalWanted(Message):
    """The commander wants to dismiss a worker, and to know first what would be kept."""

    worker: Worker


@dataclass
class DismissalOrdered(Message):
    """The commander said yes to a dismissal."""

    worker: Worker
    seen_in: Activity | None = None
    """The activity that the worker was in when it was asked; None: it does not matter."""


@dataclass
class TicketChosen(Message):
    """The commander looked for a ticket, and found it."""

    ticket_id: str


@dataclass
class NoteWanted(Message):
    """The commander wants to read a note."""

    path: str


@dataclass
class ThemeWanted(Message):
    """Other colours, until the commander leaves."""

    name: str


class MuteToggled(Message):
    """Cues and bell are to be silent, or to be heard again."""


@dataclass
class AgentChosen(Message):
    """The commander chose which agent program works for him."""

    name: str


WorkerWish = (
    TellWanted
    | AnswerWanted
    | PauseOrdered
    | ResumeWanted
    | PullRequestWanted
    | MergeOrdered
    | DismissalOrdered
)
"""The orders that can be given to many: each message is about one `worker`."""


@dataclass
class ManyOrdered(Message):
    """One order goes to many workers."""

    done: str
    """What has been done to them then, for the commander: `told`."""
    wishes: tuple[WorkerWish, ...]
    """One message per worker for whom it can be done."""
    skipped: tuple[str, ...] = ()
    """Why it cannot be done for each of the others."""
