"""Claude Code's session registry: one file per process says busy, waiting or idle, even after Esc.

It is no documented interface, so whatever does not look as expected counts as nothing said.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from rts import paths
from rts.adapters.agents.hearing import hear, one_line
from rts.adapters.agents.hooks import OpenRequest, open_requests
from rts.adapters.agents.program import Seat
from rts.adapters.run_files import read_inside
from rts.adapters.told_times import read_timestamp
from rts.world.evidence import Evidence, Source

PID_SIZE_MAX, ENTRY_SIZE_MAX_BYTES = 32, 1 << 20
"""Most that is read of files which an agent inside the sandbox can write."""

WAITING_VALUES = {"permission prompt": "permission", "input needed": "question"}
"""What an open dialog is by its `waitingFor`; 2.1.197 calls a question a permission prompt, too."""

PROCESS_FOLDER = Path("/proc")
"""Where Linux shows processes; elsewhere a process's start cannot be compared and is trusted."""


def registry_path(pid: int) -> Path:
    """Return the file in which Claude process `pid` publishes its status."""
    configured = os.environ.get("CLAUDE_CONFIG_DIR")
    folder = Path(configured) if configured else Path.home() / ".claude"
    return folder / "sessions" / f"{pid}.json"


def read_level(seat: Seat) -> Evidence | None:
    """Return the status that a worker's Claude publishes, or None when it says none.

    Inside the sandbox Claude writes into a folder of the worker's own, under the number that it has
    there; behind `rts pane` the pane's process is not Claude.

    A level that waits names the request that is open now (`detail.request`), and what it asks: of
    several, the one that is on the screen.

    A file left by an earlier process of the same number is told by its `procStart`.
    """
    worker_id, entry = seat.worker_id, _read_entry(seat)
    status, changed_at_ms = entry.get("status"), entry.get("statusUpdatedAt")
    if not isinstance(changed_at_ms, int | float):
        return None
    try:
        at = read_timestamp(changed_at_ms / 1000)
    except (ValueError, OverflowError):
        return None
    match status:
        case "busy":
            # A subagent in the background shows no dialog while its hook waits for the answer.
            if request := _find_request(seat, from_subagent=True):
                return _ask(worker_id, max(at, request.asked_at), "permission", request)
            return Evidence(worker_id, Source.LEVEL, "registry", at, status)
        case "idle":
            return Evidence(worker_id, Source.LEVEL, "registry", at, status)
        case "waiting":
            wish = one_line(str(entry.get("waitingFor")))
            if value := WAITING_VALUES.get(wish):
                request = _find_request(seat) or _find_request(seat, from_subagent=True)
                return _ask(worker_id, at, value, request)
            words = f"shows a dialog ({wish}): attach and answer"
            detail = json.dumps({"reason": words, "is_dialog": True})
            return Evidence(worker_id, Source.LEVEL, "registry", at, "permission", detail)
    return None


def _find_request(seat: Seat, *, from_subagent: bool = False) -> OpenRequest | None:
    """Return the oldest open request: Claude shows them one after the other, as they came."""
    requests = open_requests(seat.run_folder)
    return next((r for r in requests if bool(r.payload.get("agent_id")) is from_subagent), None)


def _ask(worker_id: str, at: datetime, value: str, request: OpenRequest | None) -> Evidence:
    """Return the level of a worker that waits, with the request that can be answered now."""
    if request is None:
        return Evidence(worker_id, Source.LEVEL, "registry", at, value)
    heard = hear(worker_id, request.payload, request.asked_at, request.name).evidence
    facts = json.loads(heard[0].detail) if heard else {}
    if facts.get("is_question"):
        value = "question"
    facts |= {"reason": heard[0].value if heard else "", "request": request.name}
    return Evidence(worker_id, Source.LEVEL, "registry", at, value, json.dumps(facts))


def _read_entry(seat: Seat) -> dict[str, Any]:
    folder = paths.agent_sessions_folder(seat.run_folder)
    own = [] if folder.is_symlink() else list(folder.glob("*.json"))
    if own:
        newest = max(own, key=_changed_at)
        return _parse(read_inside(folder, newest, ENTRY_SIZE_MAX_BYTES) or "")
    pid = read_agent_pid(seat)
    entry = _read_json(registry_path(pid))
    return entry if _is_of(pid, entry) else {}


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def read_agent_pid(seat: Seat) -> int:
    """Return the number of the agent's own process: what stands before it may have said so."""
    try:
        said = read_inside(seat.run_folder, paths.agent_pid_path(seat.run_folder), PID_SIZE_MAX)
        return int(said or "")
    except ValueError:
        return seat.pid


def _is_of(pid: int, entry: dict[str, Any]) -> bool:
    if not PROCESS_FOLDER.is_dir():
        return True
    try:
        facts = (PROCESS_FOLDER / str(pid) / "stat").read_text()
    except OSError:
        return False
    # proc(5): the program's name stands in parentheses and may hold spaces; field 22 is the start.
    after_name = facts.rpartition(")")[2].split()
    return after_name[0] != "Z" and after_name[19] == str(entry.get("procStart"))


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return _parse(path.read_text())
    except (OSError, ValueError):  # missing, or no text
        return {}


def _parse(text: str) -> dict[str, Any]:
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):  # only half written
        return {}
    return entry if isinstance(entry, dict) else {}
