"""Who is next, and what can be done now: pure answers about a frame."""

from collections.abc import Collection

from rts.tui.frame import Frame
from rts.world.dialogs import wants_permission
from rts.world.evidence import Activity, Judgement
from rts.world.nouns import Ticket, Worker
from rts.world.world import World

Visit = tuple[str, object]
"""A worker's id and since when it is as it is: a new alert of the same worker is another visit."""

_UNIT_PRESSES = frozenset(
    {"enter", "tell", "allow", "deny", "pause", "diff", "pull_request", "merge", "dismiss"}
)
"""Keys that are about the selected unit."""

_IDLE = frozenset({Activity.DONE, Activity.GONE})


def list_alerts(world: World) -> list[Worker]:
    """Return the workers that need the commander, newest alert first."""
    return sorted(
        (w for w in world.workers if world.needs_commander(w)),
        key=lambda w: world.judgement_of(w).since,
        reverse=True,
    )


def list_urgent(world: World) -> list[Worker]:
    """Return those alerts that hold up work: all but what is merely ready to be merged."""
    return [w for w in list_alerts(world) if not world.is_ready(w)]


def visit_of(world: World, worker: Worker) -> Visit:
    """Return what has been seen when the commander has looked at `worker` now."""
    return (worker.id, world.judgement_of(worker).since)


def choose_alert(world: World, visited: Collection[Visit]) -> Worker | None:
    """Return the first alert that was not visited; when all were, the first of all.

    First come those that hold up work, whatever they wait for, and then those that are ready to be
    merged; among each, whoever waits longest: so nobody is passed over for ever.
    """
    alerts = [*reversed(list_urgent(world)), *filter(world.is_ready, reversed(list_alerts(world)))]
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


def choose_nearest(world: World, gone: Worker | None) -> str:
    """Return the id of the worker whose cell is nearest to that of `gone`; empty: nobody is left.

    Of two equally near ones it is the one before.
    """
    here = gone.cell_index if gone else 0
    workers = sorted(world.workers, key=lambda w: (abs(w.cell_index - here), w.cell_index))
    return workers[0].id if workers else ""


def why_not(press: str, frame: Frame, ticket: Ticket | None) -> str:
    """Return why a key of the table cannot be used now; empty: it can.

    `ticket` is the one under the cursor while the tickets have the focus, else None.
    """
    world, worker = frame.world, frame.selected
    match press:
        case "new_ticket":
            return "" if world.project else _no_project(frame)
        case "alert":
            return "" if list_alerts(world) else "Nobody needs you."
        case "idle":
            return "" if choose_idle(frame) else "Nobody is idle."
        case "enter" if ticket is not None:
            return "" if world.project else _no_project(frame)
        case _ if press in _UNIT_PRESSES:
            if worker is None:
                return "No unit is selected."
            return _why_not_unit(press, world, worker)
    return ""


def _no_project(frame: Frame) -> str:
    if not frame.is_open:
        return "The store is being opened."
    return "You stand in no repository: start rts inside one."


def _why_not_unit(press: str, world: World, worker: Worker) -> str:
    judgement = world.judgement_of(worker)
    is_gone = judgement.activity is Activity.GONE
    match press:
        case "enter" | "tell" | "pause" if worker.started_at is None:
            return f"{worker.name} has no session yet."
        case "enter" if judgement.activity is Activity.PAUSED:
            return f"{worker.name} is paused: P resumes it."
        case "tell" if is_gone or judgement.activity is Activity.PAUSED:
            return f"{worker.name} is {judgement.activity}, nobody would read it: P resumes it."
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
    known = {visit_of(before, w) for w in list_alerts(before)}
    return [w for w in list_alerts(after) if visit_of(after, w) not in known]
