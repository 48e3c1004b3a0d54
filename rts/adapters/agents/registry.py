"""Claude Code's session registry: one file per process says busy, waiting or idle, even after Esc.

It is no documented interface, so whatever does not look as expected counts as nothing said.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rts.adapters.agents.hearing import one_line
from rts.world.evidence import Evidence, Source

WAITING_VALUES = {"permission prompt": "permission", "input needed": "question"}
"""What an open dialog is by its `waitingFor`; 2.1.197 calls a question a permission prompt, too."""

PROCESS_FOLDER = Path("/proc")
"""Where Linux shows processes; elsewhere a process's start cannot be compared and is trusted."""


def registry_path(pid: int) -> Path:
    """Return the file in which Claude process `pid` publishes its status."""
    configured = os.environ.get("CLAUDE_CONFIG_DIR")
    folder = Path(configured) if configured else Path.home() / ".claude"
    return folder / "sessions" / f"{pid}.json"


def read_level(pid: int, worker_id: str) -> Evidence | None:
    """Return the status that Claude process `pid` publishes, or None when it says none.

    A file left by an earlier process of the same number is told by its `procStart`.
    """
    entry = _read_json(registry_path(pid))
    status, changed_at_ms = entry.get("status"), entry.get("statusUpdatedAt")
    if not isinstance(changed_at_ms, int | float) or not _is_of(pid, entry):
        return None
    try:
        at = datetime.fromtimestamp(changed_at_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    match status:
        case "busy" | "idle":
            return Evidence(worker_id, Source.LEVEL, "registry", at, status)
        case "waiting":
            wish = one_line(str(entry.get("waitingFor")))
            value = WAITING_VALUES.get(wish)
            if value:
                return Evidence(worker_id, Source.LEVEL, "registry", at, value)
            detail = json.dumps({"reason": f"shows a dialog ({wish}): attach and answer"})
            return Evidence(worker_id, Source.LEVEL, "registry", at, "permission", detail)
    return None


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
        entry = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):  # missing, or only half written
        return {}
    return entry if isinstance(entry, dict) else {}
