"""Tickets by state, as the screen lists them: who works on which, and what is left."""

from dataclasses import dataclass

from rts.world.nouns import Ticket, TicketStatus, Worker
from rts.world.world import World

OPEN = "open"
"""The section of the tickets on which nobody works."""


@dataclass(frozen=True)
class Section:
    """The tickets of one state."""

    name: str
    """`open`, `in progress`, `in review`."""
    entries: tuple[tuple[Ticket, Worker | None], ...]
    """Each ticket with the worker that has it, by number; open ones have none."""


def sort_tickets(world: World) -> tuple[Section, Section, Section]:
    """Return the open tickets, those in progress and those in review.

    A ticket that has landed is none of them, although its worker may still be there.
    """
    worker_by_ticket = {worker.ticket_id: worker for worker in world.workers}
    taken = [(t, worker_by_ticket[t.id]) for t in world.tickets if t.id in worker_by_ticket]
    review = [one for one in taken if _is_in_review(world, *one)]
    landed = [one for one in taken if one[0].status is TicketStatus.DONE]
    progress = [one for one in taken if one not in review and one not in landed]
    return (
        Section(OPEN, tuple((ticket, None) for ticket in world.open_tickets())),
        Section("in progress", tuple(progress)),
        Section("in review", tuple(review)),
    )


def find_worker_on(world: World, ticket: Ticket) -> Worker | None:
    """Return the worker that has a ticket, or None while it is open."""
    return next((worker for worker in world.workers if worker.ticket_id == ticket.id), None)


def _is_in_review(world: World, ticket: Ticket, worker: Worker) -> bool:
    if ticket.status is TicketStatus.DONE or world.has_landed(worker):
        return False
    return ticket.status is TicketStatus.IN_REVIEW or world.pull_request_of(worker) is not None
