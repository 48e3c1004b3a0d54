"""The program status (OSC 7501) of a worker's agent, as `rts pane` keeps it in the run folder.

The words in it were written by an agent about strangers' work, and the file may be half gone:
whatever does not look as expected counts as nothing said.
"""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rts import paths
from rts.adapters.run_files import read_inside
from rts.adapters.told_times import read_timestamp
from rts.world.evidence import Evidence, Source

if TYPE_CHECKING:  # rows of agent programs import this module, and they lie beside Seat
    from rts.adapters.agents.program import Seat

SIZE_MAX_BYTES = 1 << 21
"""Largest file that is read: 256 records of 4096 bytes, written as JSON."""

REASON_LENGTH_MAX = 200
"""How much is kept of what the program says: two lines of a unit's card."""

VALUES = {"idle": "idle", "working": "busy", "done": "done", "error": "error"}
"""What a state is called as a level."""

BLOCKED_VALUES = {"permission": "permission", "question": "question", "auth": "permission"}
"""The same for `blocked`, by its kind; without one it is a permission: something must be done."""

SUBAGENTS_WORK = "its subagents work"


def read_program_status(seat: "Seat") -> Evidence | None:
    """Return the status that the agent on `seat` reported last, or None when it says none.

    A working or waiting child counts for its worker. Reads one small file at each call.
    """
    records = _read_records(seat)
    root = records.pop("", None)
    counted = _choose(root, list(records.values()))
    if counted is None:
        return None
    value, reason, record = counted
    at = _read_time(record)
    if at is None:
        return None
    app = _words(record.get("app")) or _words((root or {}).get("app"))
    detail: dict[str, Any] = {"reason": reason, "app": app, "children": len(records)}
    if record.get("kind") == "auth" and value == "permission":
        detail["is_dialog"] = True  # no permission that could be answered: a login is done by hand
    kept = {key: fact for key, fact in detail.items() if fact != ""}
    return Evidence(seat.worker_id, Source.LEVEL, "program-status", at, value, json.dumps(kept))


Record = dict[str, Any]


def _choose(root: Record | None, children: list[Record]) -> tuple[str, str, Record] | None:
    """Return the value, its reason and the record that counts.

    Who waits for the commander counts before who works, and the worker before its children.
    """
    for record in [root, *sorted(children, key=_age)]:
        if record is not None and record.get("state") == "blocked":
            return _blocked(record)
    if root is not None and root.get("state") in ("working", "error"):
        return VALUES[root["state"]], _words(root.get("msg")), root
    working = [child for child in children if child.get("state") == "working"]
    if working:
        first = min(working, key=_age)
        began = root if root is not None and _age(root) > _age(first) else first
        return "busy", SUBAGENTS_WORK, began
    if root is not None and root.get("state") in ("idle", "done"):
        return VALUES[root["state"]], _words(root.get("msg")), root
    return None


def _blocked(record: Record) -> tuple[str, str, Record]:
    words = _words(record.get("msg"))
    if record.get("kind") == "auth":
        words = f"wants you to log in: {words}" if words else "wants you to log in"
    return BLOCKED_VALUES.get(str(record.get("kind")), "permission"), words, record


def _age(record: Record) -> float:
    at = record.get("at")
    try:
        return float(at) if isinstance(at, int | float) else 0.0
    except OverflowError:  # a whole number that no float holds
        return 0.0


def _read_time(record: Record) -> datetime | None:
    try:
        return read_timestamp(record.get("at"))
    except ValueError:
        return None


def _words(text: object) -> str:
    """Return a text on one line, without what no terminal should be shown."""
    if not isinstance(text, str):
        return ""
    printable = "".join(c if c.isprintable() else " " for c in text[: 4 * REASON_LENGTH_MAX])
    line = " ".join(printable.split())
    return line if len(line) <= REASON_LENGTH_MAX else line[: REASON_LENGTH_MAX - 1] + "…"


def _read_records(seat: "Seat") -> dict[str, Record]:
    try:
        path = paths.status_path(seat.run_folder)
        status = json.loads(read_inside(seat.run_folder, path, SIZE_MAX_BYTES) or "")
    except (ValueError, RecursionError):  # missing, half written, or no JSON
        return {}
    records = status.get("records") if isinstance(status, dict) else None
    if not isinstance(records, dict):
        return {}
    return {id: record for id, record in records.items() if isinstance(record, dict)}
