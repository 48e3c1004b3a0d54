"""Events about a worker, made in one way."""

import json
from datetime import datetime
from typing import Any

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
