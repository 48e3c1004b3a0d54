"""Workers as the minimap shows them: glyph, words, place. Made for one frame, never stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rts.world.evidence import Activity
from rts.world.nouns import TicketKind, Worker
from rts.world.world import World

GLYPH_BY_KIND = {
    TicketKind.FEATURE: "◆",
    TicketKind.BUG: "▲",
    TicketKind.CHORE: "■",
    TicketKind.RESEARCH: "●",
}
ASCII_GLYPH_BY_KIND = {
    TicketKind.FEATURE: "F",
    TicketKind.BUG: "B",
    TicketKind.CHORE: "C",
    TicketKind.RESEARCH: "R",
}

MARK_BY_ACTIVITY = {
    Activity.STARTING: "…",
    Activity.BUSY: "",
    Activity.ASKING: "!",
    Activity.BLOCKED: "!",
    Activity.DONE: "",
    Activity.STALLED: "~",
    Activity.PAUSED: "‖",
    Activity.GONE: "✕",
    Activity.NO_SIGNAL: "?",
}
QUEUED = "+"
"""Beside a unit for which lines wait until it is idle."""
ASCII_MARK_BY_ACTIVITY = {
    **MARK_BY_ACTIVITY,
    Activity.STARTING: ".",
    Activity.PAUSED: "=",
    Activity.GONE: "X",
}


@dataclass(frozen=True)
class Unit:
    """A worker in one frame of the minimap."""

    worker_id: str
    name: str
    number: int
    """1-based cell number; 1 to 9 are its hotkey."""
    cell: tuple[int, int]
    """(column, row), 0-based, from the top left."""
    kind: TicketKind
    activity: Activity
    mark: str
    """What needs to be seen beside the glyph; empty when all is calm."""
    words: str
    """Its state in at most three words: `asks`, `ready`, `stalled 6m`; empty while busy."""
    needs_commander: bool
    is_ready: bool
    has_landed: bool
    apm: float
    """Actions in the last minute."""
    spark: tuple[int, ...]


def place_units(world: World, column_count: int, now: datetime) -> list[Unit]:
    """Return the units of `world` on a grid `column_count` wide, in the order of their cells.

    A unit keeps its cell for as long as it lives: a place never jumps under the commander's hand.
    """
    return [
        _unit(world, worker, column_count, now)
        for worker in sorted(world.workers, key=lambda w: w.cell_index)
    ]


def _unit(world: World, worker: Worker, column_count: int, now: datetime) -> Unit:
    judgement = world.judgement_of(worker)
    is_ready, has_landed = world.is_ready(worker), world.has_landed(worker)
    fails = world.fails_tests(worker)
    mark = MARK_BY_ACTIVITY[judgement.activity]
    queued = QUEUED if world.queued_by_worker.get(worker.id) else ""
    row, column = divmod(worker.cell_index, column_count)
    return Unit(
        worker_id=worker.id,
        name=worker.name,
        number=worker.cell_index + 1,
        cell=(column, row),
        kind=world.ticket_of(worker).kind,
        activity=judgement.activity,
        mark="✓" if is_ready or has_landed else "✕" if fails else mark or queued,
        words=say_state(world, worker, now),
        needs_commander=world.needs_commander(worker),
        is_ready=is_ready,
        has_landed=has_landed,
        apm=world.tempo_of(worker).apm["1m"],
        spark=tuple(world.spark_by_worker.get(worker.id, ())),
    )


def say_state(world: World, worker: Worker, now: datetime) -> str:
    """Return how it stands with a worker, in at most three words; empty while it is busy."""
    if world.has_landed(worker):
        return "landed"
    if world.is_ready(worker):
        return "ready"
    if world.fails_tests(worker):
        return "tests fail"
    if world.refusal_of(worker):
        return "not handed in"
    judgement = world.judgement_of(worker)
    age = world.age_of(worker, now)
    match judgement.activity:
        case Activity.BUSY:
            return ""
        case Activity.ASKING:
            return f"asks {short_time(age)}"
        case Activity.DONE | Activity.STARTING | Activity.PAUSED:
            return str(judgement.activity)
        case Activity.BLOCKED | Activity.STALLED | Activity.GONE | Activity.NO_SIGNAL:
            return f"{judgement.activity} {short_time(age)}"


def short_time(span: timedelta) -> str:
    """Return a span in one unit: `8s`, `12m`, `3h`, `2d`."""
    seconds = max(int(span.total_seconds()), 0)
    for size, letter in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{letter}"
    return f"{seconds}s"
