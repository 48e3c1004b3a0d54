"""What changed from one picture of the world to the next, a sentence each: for whoever listens.

A screen reader reads what is printed from top to bottom; a table that is printed again for every
change would never end.
"""

from collections.abc import Iterator

from rts.world.nouns import Worker
from rts.world.world import World


def say_all(world: World) -> list[str]:
    """Return a sentence for each worker: what it is on, and how it stands."""
    said = []
    for worker in world.workers:
        ticket = world.ticket_of(worker)
        said.append(f"{_say(world, worker)} It is on {ticket.label} {ticket.title}.")
    return said


def say_changes(before: World, after: World) -> list[str]:
    """Return a sentence for each worker that came, went, or stands otherwise than before."""
    return [*_say_living(before, after), *_say_gone(before, after)]


def _say_living(before: World, after: World) -> Iterator[str]:
    for worker in after.workers:
        if worker.id not in before.worker_by_id:
            ticket = after.ticket_of(worker)
            yield f"{worker.name} began on {ticket.label} {ticket.title}."
        elif (words := _say(after, worker)) != _say(before, worker):
            yield words


def _say_gone(before: World, after: World) -> Iterator[str]:
    for worker in before.workers:
        if worker.id not in after.worker_by_id:
            yield f"{worker.name} was dismissed."


def _say(world: World, worker: Worker) -> str:
    judgement = world.judgement_of(worker)
    if world.has_landed(worker):
        return f"{worker.name} has landed."
    if world.is_ready(worker):
        return f"{worker.name} is ready to be merged."
    need = "It needs you: " if world.needs_commander(worker) else ""
    reason = judgement.reason.removeprefix("asks: ")
    said = f"{worker.name} is {judgement.activity}. {need}{reason}".rstrip(". ")
    return said if said.endswith(("?", "!", "…")) else f"{said}."
