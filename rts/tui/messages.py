"""What the commander can do, one message each. Screens and widgets post them; the app obeys."""

from dataclasses import dataclass

from textual.message import Message

from rts.world.nouns import Ticket, TicketKind, Worker


@dataclass
class UnitChosen(Message):
    """The commander pointed at a unit."""

    worker_id: str


class PaneWanted(Message):
    """Another unit was selected, or its pane has come into sight: show the pane at once."""

    def can_replace(self, message: Message) -> bool:
        """Let one stand for many."""
        return isinstance(message, PaneWanted)


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
class AttachWanted(Message):
    """The commander wants to stand before a worker's session."""

    worker: Worker


@dataclass
class TellWanted(Message):
    """A line was written to a worker."""

    worker: Worker
    text: str


@dataclass
class AnswerWanted(Message):
    """A permission was given (`yes`) or refused (`no`)."""

    worker: Worker
    text: str


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
class PullRequestWanted(Message):
    """A pull request is to be opened."""

    worker: Worker


@dataclass
class MergeOrdered(Message):
    """The commander said yes to a merge."""

    worker: Worker


@dataclass
class DismissalWanted(Message):
    """The commander wants to dismiss a worker, and to know first what would be kept."""

    worker: Worker


@dataclass
class DismissalOrdered(Message):
    """The commander said yes to a dismissal."""

    worker: Worker
