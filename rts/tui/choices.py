"""Who is next, and what can be done now: pure answers about a frame."""

from collections.abc import Collection, Sequence
from functools import partial

from rts.tui.frame import Frame
from rts.world.backlog import find_worker_on
from rts.world.dialogs import wants_permission
from rts.world.evidence import Activity, Judgement
from rts.world.nouns import Ticket, Worker
from rts.world.world import World

Visit = tuple[str, object]
"""A worker's id and since when it is as it is: a new alert of the same worker is another visit."""

_UNIT_PRESSES = frozenset(
    {"enter", "tell", "type", "queue", "rally", "allow", "deny", "pause", "diff"}
    | {"pull_request", "merge", "dismiss", "edit", "browse"}
)
"""Keys that are about the selected unit."""

_MANY_PRESSES = frozenset({"tell", "allow", "deny", "pause", "pull_request", "merge", "dismiss"})
"""Those that go to all of a selection of many."""

_SELECTION_PRESSES = frozenset({"extend", "same_kind", "set_group", "group"})
"""Keys that begin at the selected unit, and give it no order."""

REASON_COUNT_MAX = 3
"""Reasons that are said of many units; the others are counted."""

_IDLE = frozenset({Activity.DONE, Activity.GONE})


def list_urgent(world: World) -> list[Worker]:
    """Return those alerts that hold up work: all but what is merely ready to be merged."""
    return [w for w in world.alerts if not world.is_ready(w)]


def visit_of(world: World, worker: Worker) -> Visit:
    """Return what has been seen when the commander has looked at `worker` now."""
    return (worker.id, world.judgement_of(worker).since)


def choose_alert(world: World, visited: Collection[Visit]) -> Worker | None:
    """Return the first alert that was not visited; when all were, the first of all.

    First come those that hold up work, whatever they wait for, and then those that are ready to be
    merged; among each, the newest alert first, then the one before, and so on, going round.
    """
    alerts = [*list_urgent(world), *filter(world.is_ready, world.alerts)]
    unseen = (w for w in alerts if visit_of(world, w) not in visited)
    return next(unseen, alerts[0] if alerts else None)


def choose_idle(frame: Frame) -> Worker | None:
    """Return the next idle worker after the selected one, by cell, going round."""
    world = frame.world
    idle = sorted(
        (w for w in world.workers if world.judgement_of(w).activity in _IDLE),
        key=lambda w: w.cell_index,
    )
    here = frame.selected.cell_index if frame.selected else -1
    return next((w for w in idle if w.cell_index > here), idle[0] if idle else None)


def choose_ticket(world: World, doing: Collection[str] = ()) -> Ticket | None:
    """Return the open ticket with the lowest number on which nobody is being spawned either."""
    free = (t for t in world.open_tickets() if f"spawning on {t.label}" not in doing)
    return min(free, key=lambda ticket: ticket.number, default=None)


def choose_nearest(world: World, gone: Worker | None, among: Collection[str] = ()) -> str:
    """Return the id of the worker whose cell is nearest to that of `gone`; empty: nobody is left.

    Of two equally near ones it is the one before; those `among`, a selection of many, come first.
    """
    here = gone.cell_index if gone else 0
    workers = sorted(
        world.workers, key=lambda w: (w.id not in among, abs(w.cell_index - here), w.cell_index)
    )
    return workers[0].id if workers else ""


def keep_chosen(chosen: frozenset[str], world: World, selected_id: str) -> frozenset[str]:
    """Return what is left of a selection of many; one is none, and so is one beside the selected.

    The selected unit is always among those chosen: what is attached to is what orders go to.
    """
    left = chosen & {worker.id for worker in world.workers}
    return left if len(left) > 1 and selected_id in left else frozenset()


def choose_kind(frame: Frame) -> frozenset[str]:
    """Return the ids of all workers on tickets of the same kind as the selected one's."""
    if frame.selected is None:
        return frozenset()
    world, kind = frame.world, frame.world.ticket_of(frame.selected).kind
    return frozenset(w.id for w in world.workers if world.ticket_of(w).kind is kind)


def sort_meant(press: str, frame: Frame) -> tuple[list[Worker], list[str]]:
    """Return for whom of those meant a key can be used now, and why not for each of the others."""
    able, reasons = [], []
    for worker in frame.meant:
        if reason := _why_not_meant(press, frame, worker):
            reasons.append(reason)
        else:
            able.append(worker)
    if press == "pause" and not all(map(partial(_is_resumed, frame.world), able)):
        ended = [worker for worker in able if _is_resumed(frame.world, worker)]
        able = [worker for worker in able if worker not in ended]
        reasons += [f"{w.name} is {frame.world.judgement_of(w).activity}." for w in ended]
    return able, reasons


def _why_not_meant(press: str, frame: Frame, worker: Worker) -> str:
    """Return why one of those meant is left out; words to many deny no permission by the way."""
    if press == "tell" and frame.chosen_ids and wants_permission(frame.world.judgement_of(worker)):
        return f"{worker.name} wants permission: y allows, N denies."
    return _why_not_unit(press, frame.world, worker)


def _why_none(press: str, frame: Frame) -> str:
    """Return why a key can be used for none of a selection of many; empty: for one it can."""
    reasons = []
    for worker in frame.meant:
        if not (reason := _why_not_meant(press, frame, worker)):
            return ""
        reasons.append(reason)
    return f"{join_reasons(reasons)}."


def _is_resumed(world: World, worker: Worker) -> bool:
    return is_resumable(world.judgement_of(worker))


def join_reasons(reasons: Sequence[str]) -> str:
    """Return reasons in one line, the first few of many: `heron-2 is gone; 4 more`."""
    said = [reason.rstrip(".") for reason in reasons[:REASON_COUNT_MAX]]
    more = len(reasons) - REASON_COUNT_MAX
    return "; ".join([*said, f"{more} more"] if more > 0 else said)


def why_not(press: str, frame: Frame, ticket: Ticket | None) -> str:
    """Return why a key of the table cannot be used now; empty: it can.

    `ticket` is the one under the cursor while the tickets have the focus, else None.
    """
    world, worker = frame.world, frame.selected
    match press:
        case "new_ticket":
            return "" if world.project else _no_project(frame)
        case "spawn":
            return _why_not_spawn(frame)
        case "search" | "score" | "replay" if not frame.is_open:
            return "The store is being opened."
        case "alert":
            return "" if world.alerts else "Nobody needs you."
        case "idle":
            return "" if choose_idle(frame) else "Nobody is idle."
        case "enter" if ticket is not None:
            return "" if find_worker_on(world, ticket) else _why_not_spawn(frame)
        case _ if press in _SELECTION_PRESSES:
            return "" if worker else "No unit is selected."
        case _ if press in _UNIT_PRESSES:
            if worker is None:
                return "No unit is selected."
            if press in _MANY_PRESSES and frame.chosen_ids:
                return _why_none(press, frame)
            if press == "diff" and _has_changed_nothing(frame, worker):
                return f"{worker.name} has changed nothing yet."
            return _why_not_unit(press, world, worker)
    return ""


def _has_changed_nothing(frame: Frame, worker: Worker) -> bool:
    """Tell whether it is known that there is nothing to review."""
    detail = frame.selected_detail
    is_empty = detail is not None and detail.file_count == 0
    return is_empty and frame.world.pull_request_of(worker) is None


def _why_not_spawn(frame: Frame) -> str:
    world = frame.world
    if not world.project:
        return _no_project(frame)
    if not choose_ticket(world):
        return "No ticket is open: n files one."
    if world.supply_limit and len(world.workers) >= world.supply_limit:
        return f"Supply is used up: {len(world.workers)} of {world.supply_limit} live; x dismisses."
    return ""


def _no_project(frame: Frame) -> str:
    if not frame.is_open:
        return "The store is being opened."
    return "You stand in no repository: start rts inside one."


def _why_not_unit(press: str, world: World, worker: Worker) -> str:
    judgement = world.judgement_of(worker)
    is_gone = judgement.activity is Activity.GONE
    match press:
        case "enter" | "tell" | "type" | "pause" if worker.started_at is None:
            return f"{worker.name} has no session yet."
        case "enter" if judgement.activity is Activity.PAUSED:
            return f"{worker.name} is paused: P resumes it."
        case "tell" if is_gone or judgement.activity is Activity.PAUSED:
            return f"{worker.name} is {judgement.activity}, nobody would read it: P resumes it."
        case "type" if is_gone or judgement.activity is Activity.PAUSED:
            return f"{worker.name} is {judgement.activity}, nobody would hear it: P resumes it."
        case "queue" if is_gone:
            return f"{worker.name} is gone, it will never be idle: P resumes it."
        case "queue" if world.has_landed(worker):
            return f"{worker.name} has landed already."
        case "rally" if worker.started_at is None:
            return f"{worker.name} is still being spawned."
        case "pause" if world.has_landed(worker):
            return f"{worker.name} has landed already."
        case "allow" | "deny" if not wants_permission(judgement):
            return f"{worker.name} asks for no permission."
        case "pull_request" | "merge" if world.has_landed(worker):
            return f"{worker.name} has landed already."
        case "merge" if world.pull_request_of(worker) is None:
            return f"{worker.name} has no pull request yet: p opens one."
    return ""


def is_resumable(judgement: Judgement) -> bool:
    """Tell whether there is no agent to pause, but one to resume."""
    return judgement.activity in (Activity.PAUSED, Activity.GONE)


def list_new_alerts(before: World, after: World) -> list[Worker]:
    """Return the workers that need the commander now and did not before."""
    known = {visit_of(before, w) for w in before.alerts}
    return [w for w in after.alerts if visit_of(after, w) not in known]
