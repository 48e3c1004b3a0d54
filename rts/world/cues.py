"""What is to be heard for an event: a CESP 1.0 category and the unit it is about."""

import json
from dataclasses import dataclass

from rts.world.evidence import Activity
from rts.world.nouns import Event

CATEGORY_BY_ACTIVITY = {
    Activity.ASKING: "input.required",
    Activity.BLOCKED: "input.required",
    Activity.STALLED: "input.required",
    Activity.GONE: "task.error",
    Activity.DONE: "task.complete",
}
"""CESP category for a worker whose activity changed to this; others are silent."""


NOTHING_COMPLETE = ("waits for a word", "was cut")
"""How the reasons of workers begin that wait without having finished anything: after a resume."""


@dataclass(frozen=True)
class Cue:
    """One thing to be heard."""

    category: str
    """A CESP 1.0 category: `input.required`, `task.complete`, …"""
    worker_id: str


def choose_cue(event: Event) -> Cue | None:
    """Return what is to be heard for `event`, or None."""
    if event.kind != "activity_changed":
        return None
    facts = json.loads(event.detail)
    category = CATEGORY_BY_ACTIVITY.get(Activity(facts["activity"]))
    if category == "task.complete" and facts.get("reason", "").startswith(NOTHING_COMPLETE):
        return None
    return Cue(category, event.worker_id) if category else None
