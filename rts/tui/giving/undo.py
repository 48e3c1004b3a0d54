"""What `u` takes back: which order undoes which, and which were given lately."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rts.tui import messages
from rts.tui.backend import Backend
from rts.tui.giving.plans import OrderMessage
from rts.world.nouns import QueuedTell, Worker

UNDO_MAX_AGE = timedelta(minutes=5)
"""Longest that an order can be undone: later the commander has forgotten which was the last."""

UNDO_COUNT_MAX = 20
"""Orders that are remembered: more than anybody takes back one by one."""

VOLLEY = timedelta(seconds=0.3)
"""Orders of one kind within this are one order to many: no finger gives two of them so fast."""


@dataclass(frozen=True)
class Undo:
    """The order that undoes another."""

    words: str
    """What is being done while it is undone: `resuming falcon-3`."""
    work: Callable[[Backend], object]
    """Does it; may raise an `RtsError`."""


@dataclass(frozen=True)
class Final:
    """Why an order cannot be undone."""

    why: str
    is_over: bool = True
    """False: it is still being carried out, and may be undone in a moment."""


def find_final(message: OrderMessage) -> Final | None:
    """Return why an order can never be undone; None: that is known when it was carried out."""
    match message:
        case messages.AnswerWanted():
            return Final("what was answered is answered")
        case messages.PullRequestWanted(worker):
            return Final(f"the pull request of {worker.name} stays")
        case messages.MergeOrdered(worker):
            return Final(f"{worker.name} has landed, what is merged is merged")
        case messages.DismissalOrdered(worker):
            return Final(f"{worker.name} is put away, its work is kept")
        case _:
            return None


def find_undo(message: OrderMessage, outcome: object) -> Undo | Final:
    """Return what undoes an order that was carried out with this outcome."""
    match message, outcome:
        case messages.PauseOrdered(worker), _:
            return Undo(f"resuming {worker.name}", lambda backend: backend.resume(worker))
        case messages.ResumeWanted(worker), _:
            return Undo(f"pausing {worker.name}", lambda backend: backend.pause(worker))
        case messages.GroupOrdered(number, _, before), _:
            words = f"setting control group {number} back"
            return Undo(words, lambda backend: backend.set_group(number, before))
        case messages.RallyWanted(worker), _:
            former = worker.rally
            words = f"setting {worker.name}'s rally point back"
            return Undo(words, lambda backend: backend.set_rally(worker, former))
        case ((messages.TicketWanted() | messages.SpawnWanted()), Worker() as hired):
            return Undo(f"taking {hired.name} back", lambda backend: backend.unspawn(hired))
        case ((messages.TellWanted(worker) | messages.QueueWanted(worker)), QueuedTell() as queued):
            words = f"withdrawing what waits for {worker.name}"
            return Undo(words, lambda backend: backend.withdraw(worker, queued))
        case messages.TellWanted(), _:
            return Final("what was told is told")
        case _:
            return find_final(message) or Final("that order has no opposite")


@dataclass(eq=False)
class Slip:
    """One order that was given, to one unit or to many."""

    kind: str
    doing: str
    """What was done, in words: `pausing falcon-3`."""
    given_at: datetime
    pending_count: int = 0
    """How many of its orders are still being carried out."""
    undos: list[Undo] = field(default_factory=list)
    final: Final | None = None

    @property
    def is_ready(self) -> bool:
        """Whether all of it was carried out, and some of it can be undone."""
        return not self.pending_count and bool(self.undos)


class UndoStack:
    """Remembers what was given lately. Times are passed in."""

    def __init__(self) -> None:
        self._slips: list[Slip] = []

    def begin(self, kind: str, doing: str, now: datetime) -> Slip:
        """Remember that an order is being carried out; many at once of one kind are one."""
        last = self._slips[-1] if self._slips else None
        if last is None or last.kind != kind or abs(now - last.given_at) > VOLLEY:
            last = Slip(kind, doing, now)
            self._slips = [*self._slips, last][-UNDO_COUNT_MAX:]
        last.pending_count += 1
        return last

    def settle(self, slip: Slip, found: Undo | Final) -> None:
        """Note down what undoes an order that was carried out."""
        slip.pending_count -= 1
        if isinstance(found, Undo):
            slip.undos.append(found)
        else:
            slip.final = found

    def drop(self, slip: Slip) -> None:
        """Forget an order that failed."""
        slip.pending_count -= 1
        if not slip.pending_count and not slip.undos and slip in self._slips:
            self._slips.remove(slip)

    def peek(self, now: datetime) -> str:
        """Return in words what would be undone now; empty: nothing, or what is final came last."""
        self._forget_old(now)
        return self._slips[-1].doing if self._slips and self._slips[-1].is_ready else ""

    def take(self, now: datetime) -> list[Undo] | Final:
        """Take away the newest order: return what undoes it, or why nothing does."""
        self._forget_old(now)
        if not self._slips:
            return Final("")
        last = self._slips[-1]
        if last.pending_count and last.final is None:
            return Final(f"{last.doing} is not over yet", is_over=False)
        self._slips.pop()
        return last.undos or last.final or Final("")

    def _forget_old(self, now: datetime) -> None:
        self._slips = [slip for slip in self._slips if now - slip.given_at <= UNDO_MAX_AGE]
