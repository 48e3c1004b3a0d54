"""Reads on in a growing file of JSON lines: the conversation of several agent programs."""

import json
from pathlib import Path
from typing import Any

READ_SIZE_MAX_BYTES = 8 * 1024 * 1024
"""Most that one call reads: a long conversation is caught up with in a few beats, not in one."""


def read_entries(path: Path, offset: int) -> tuple[list[dict[str, Any]], int]:
    """Return the objects on the lines from byte `offset` on, and where to go on.

    Only whole lines are read, and what is no JSON object is left out. A file that is missing or
    has become shorter says nothing.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            chunk = file.read(READ_SIZE_MAX_BYTES)
    except OSError:
        return [], offset
    whole, line_break, _ = chunk.rpartition(b"\n")
    if not line_break:
        # A single line above the limit is skipped, or the same bytes would be read for ever.
        return [], offset + (len(chunk) if len(chunk) == READ_SIZE_MAX_BYTES else 0)
    entries = [entry for line in whole.split(b"\n") if (entry := _parse(line)) is not None]
    return entries, offset + len(whole) + 1


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None
