"""What a rally point asks for once a worker is done: decided from facts, carried out elsewhere."""

from dataclasses import dataclass
from enum import Enum, auto

from rts.world.evidence import Activity, Judgement
from rts.world.judge import CUT
from rts.world.nouns import PullRequest, PullRequestState, Rally, Ticket, TicketStatus, Worker

CUT_OFF = frozenset({"was interrupted", CUT})
"""The judge's words for a turn that the commander cut off: he has something to say first."""

RALLY_BY_WORD = {"stop": Rally.STOP, "next": Rally.NEXT_TICKET, "pr": Rally.PULL_REQUEST}
"""How a rally point is typed."""

_ORDER = (Rally.STOP, Rally.PULL_REQUEST, Rally.NEXT_TICKET)


class Step(Enum):
    """What is to be done now for a worker's rally point."""

    WAIT = auto()
    PROPOSE = auto()
    """Open its pull request, or bring it up to date."""
    NEXT = auto()
    """Spawn a worker on the next open ticket."""


@dataclass(frozen=True)
class Ended:
    """How it stands with a worker whose turn may be over."""

    rally: Rally
    judgement: Judgement
    queued_count: int
    """Messages that wait for it: it is not done before it has heard them."""
    commit_count: int
    head_commit: str
    has_written: bool
    """It wrote its pull request itself: the clerk of the watch hands that in."""
    pull_request: PullRequest | None
    fails_tests: bool


def choose_step(ended: Ended) -> Step:
    """Return what the rally point asks for now.

    The next ticket is taken only when the work on this one can be seen in a pull request whose
    tests do not fail: a broken base would else be met by one worker after the other.
    """
    if ended.rally is Rally.STOP or not is_finished(ended.judgement) or ended.queued_count:
        return Step.WAIT
    is_for_next = ended.rally is Rally.NEXT_TICKET
    pull_request = ended.pull_request
    if pull_request is not None and pull_request.state is PullRequestState.MERGED:
        return Step.NEXT if is_for_next else Step.WAIT
    if pull_request is None or pull_request.head_commit != ended.head_commit:
        can_propose = ended.commit_count and not ended.has_written
        return Step.PROPOSE if can_propose else Step.WAIT
    return Step.NEXT if is_for_next and not ended.fails_tests else Step.WAIT


def is_finished(judgement: Judgement) -> bool:
    """Tell whether the worker ended its turn by itself, and asks nothing."""
    return judgement.activity is Activity.DONE and judgement.reason not in CUT_OFF


def say_rally(rally: Rally) -> str:
    """Return what a worker will do, after its name: `will stop when it is done`."""
    match rally:
        case Rally.STOP:
            return "will stop when it is done"
        case Rally.PULL_REQUEST:
            return "will open a pull request when it is done"
        case Rally.NEXT_TICKET:
            return "will hand in when it is done, and the next ticket is taken"


def next_rally(rally: Rally) -> Rally:
    """Return the rally point that the key chooses after `rally`, going round."""
    return _ORDER[(_ORDER.index(rally) + 1) % len(_ORDER)]


def choose_next_ticket(tickets: list[Ticket], workers: list[Worker]) -> Ticket | None:
    """Return the open ticket with the lowest number that none of `workers` has."""
    taken = {worker.ticket_id for worker in workers}
    free = (t for t in tickets if t.status is TicketStatus.OPEN and t.id not in taken)
    return min(free, key=lambda ticket: ticket.number, default=None)
