"""Events about a worker, made in one way."""

import json
from datetime import datetime
from typing import Any

from rts.world.evidence import Activity
from rts.world.nouns import Event, Worker


def about(worker: Worker, kind: str, text: str, at: datetime, /, **facts: Any) -> Event:
    """Return an event of `kind` about `worker`; `facts` are for programs and must be JSON."""
    return Event(
        kind,
        text,
        at,
        project_id=worker.project_id,
        worker_id=worker.id,
        ticket_id=worker.ticket_id,
        detail=json.dumps(facts),
    )


_ACTIVITY_BY_KIND = {"worker_paused": Activity.PAUSED, "worker_resumed": Activity.STARTING}
"""Events of orders that change an activity; the watch tells nothing of these."""


def activity_told(event: Event) -> Activity | None:
    """Return which activity an event tells of, or None."""
    if event.kind == "activity_changed":
        return Activity(event_facts(event)["activity"])
    return _ACTIVITY_BY_KIND.get(event.kind)


def event_facts(event: Event) -> dict[str, str]:
    """Return what an event says to programs."""
    facts: dict[str, str] = json.loads(event.detail)
    return facts
