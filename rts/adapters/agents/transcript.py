"""Claude Code's transcript: a growing file of JSON lines, from which the tokens are counted."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rts.adapters.agents.hearing import WORDS_LENGTH_MAX, clean
from rts.world.nouns import Usage

TOKEN_COUNT_MAX = 2**53
"""More tokens in one message than any model takes: a number that no store keeps."""

READ_SIZE_MAX_BYTES = 8 * 1024 * 1024
"""Most that one call reads: a long conversation is caught up with in a few beats, not in one."""


def read_usage(worker_id: str, transcript: Path, offset: int) -> tuple[list[Usage], int]:
    """Return the tokens of the model's messages from byte `offset` on, and where to go on.

    Only whole lines are read. A file that is missing or has become shorter says nothing.
    """
    try:
        with transcript.open("rb") as file:
            file.seek(offset)
            chunk = file.read(READ_SIZE_MAX_BYTES)
    except OSError:
        return [], offset
    whole, line_break, _ = chunk.rpartition(b"\n")
    if not line_break:
        # A single line above the limit is skipped, or the same bytes would be read for ever.
        return [], offset + (len(chunk) if len(chunk) == READ_SIZE_MAX_BYTES else 0)
    # One line per content block repeats its message's usage: the last one of an id counts.
    usage_by_message = {
        usage.message_id: usage
        for line in whole.split(b"\n")
        if (usage := _read_line(worker_id, line))
    }
    return list(usage_by_message.values()), offset + len(whole) + 1


def _read_line(worker_id: str, line: bytes) -> Usage | None:
    if b'"assistant"' not in line:  # the large lines, whole requests, are not even parsed
        return None
    try:
        entry = json.loads(line)
        if entry["type"] != "assistant" or entry.get("isApiErrorMessage"):
            return None
        return _read_message(worker_id, entry)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _read_message(worker_id: str, entry: dict[str, Any]) -> Usage:
    message = entry["message"]
    tokens = message["usage"]
    return Usage(
        worker_id=worker_id,
        message_id=_read_words(message["id"]),
        at=datetime.fromisoformat(entry["timestamp"]).astimezone(UTC),
        model=_read_words(message["model"]),
        input_tokens=_read_count(tokens["input_tokens"]),
        cached_tokens=_read_count(tokens.get("cache_read_input_tokens") or 0)
        + _read_count(tokens.get("cache_creation_input_tokens") or 0),
        output_tokens=_read_count(tokens["output_tokens"]),
    )


def _read_words(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return clean(value[:WORDS_LENGTH_MAX])


def _read_count(value: Any) -> int:
    count = int(value)
    if not 0 <= count <= TOKEN_COUNT_MAX:
        raise ValueError("no number of tokens")
    return count
