"""Which order a message asks for: a plan is work on the backend."""

from collections.abc import Callable
from dataclasses import dataclass

from rts import paths
from rts.errors import RtsError
from rts.tui import messages
from rts.tui.backend import Backend
from rts.world.nouns import Ticket, Worker

OrderMessage = (
    messages.TicketWanted
    | messages.SpawnWanted
    | messages.GroupOrdered
    | messages.TellWanted
    | messages.QueueWanted
    | messages.RallyWanted
    | messages.AnswerWanted
    | messages.PauseOrdered
    | messages.ResumeWanted
    | messages.PullRequestWanted
    | messages.MergeOrdered
    | messages.DismissalOrdered
)
"""The messages that ask for an order."""


@dataclass(frozen=True)
class Plan:
    """An order that is to be carried out in the background."""

    doing: str
    """What is being done meanwhile: `merging falcon-3`."""
    work: Callable[[Backend], object]
    """Does it; may raise an `RtsError`. Returns the worker that was hired, or what was queued."""
    is_once: bool = True
    """Ordered again while it is being done, it is the same order, and not given twice."""
    is_held: bool = False
    """It destroys something: after its yes it is held back for a moment, and can be undone."""
    line: str = ""
    """Orders with the same are carried out one after the other: they wait for the same lock."""


def plan_order(message: OrderMessage) -> Plan:
    """Return what is to be done for `message`. The log tells how it went."""
    match message:
        case messages.TicketWanted():
            return Plan("spawning", lambda backend: _file_and_spawn(backend, message), False)
        case messages.SpawnWanted(ticket):
            return Plan(f"spawning on {ticket.label}", lambda backend: _spawn(backend, ticket))
        case messages.GroupOrdered(number, workers):
            doing = f"grouping {number}"
            return Plan(doing, lambda backend: backend.set_group(number, workers), False)
        case messages.TellWanted(worker, text):
            doing = f"telling {worker.name}"
            return Plan(doing, lambda backend: backend.tell(worker, text), False)
        case messages.QueueWanted(worker, text):
            return Plan(f"queuing for {worker.name}", lambda b: b.queue(worker, text), False)
        case messages.RallyWanted(worker, rally):
            doing = f"setting {worker.name}'s rally point"
            return Plan(doing, lambda backend: backend.set_rally(worker, rally), False)
        case messages.AnswerWanted(worker, text, expected):
            return Plan(f"answering {worker.name}", lambda b: b.answer(worker, text, expected))
        case messages.PauseOrdered(worker):
            return Plan(f"pausing {worker.name}", lambda backend: backend.pause(worker))
        case messages.ResumeWanted(worker):
            return Plan(f"resuming {worker.name}", lambda backend: backend.resume(worker))
        case messages.PullRequestWanted(worker):
            return Plan(f"testing {worker.name}", lambda b: b.open_pull_request(worker))
        case messages.MergeOrdered(worker, seen):
            doing = f"merging {worker.name}"
            return Plan(doing, lambda b: b.merge(worker, seen), is_held=True, line="merge")
        case messages.DismissalOrdered(worker, seen_in):
            doing = f"dismissing {worker.name}"
            return Plan(doing, lambda b: b.dismiss(worker, seen_in), is_held=True)


def _file_and_spawn(backend: Backend, wanted: messages.TicketWanted) -> Worker:
    ticket = backend.file_ticket(wanted.title, wanted.kind, wanted.body)
    try:
        return _spawn(backend, ticket)
    except RtsError as error:
        words = f"Ticket {ticket.label} is filed, but nobody works on it. {error.what}"
        raise type(error)(words, f"{error.hint} Then spawn from the tickets: f, Enter.") from error


def _spawn(backend: Backend, ticket: Ticket) -> Worker:
    try:
        return backend.spawn(ticket)
    except RtsError as error:
        raise type(error)(error.what, _say_on_screen(error.hint)) from error


def _say_on_screen(hint: str) -> str:
    """Return the hint for somebody who has no command line before them now."""
    if "--agent drill" not in hint:
        return hint
    settings = paths.settings_path()
    return f'Install Claude Code, or play: write agent = "drill" into {settings}.'
