"""Edges: what hooks and the transcript say of the moment at which a turn began, paused or ended."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

from rts.world.evidence import Activity, Evidence, Source

TURN_STARTS = frozenset({"UserPromptSubmit", "PreToolUse", "PostToolUse", "PostToolUseFailure"})
TURN_EDGES = TURN_STARTS | {"PermissionRequest", "Stop", "StopFailure", "Interrupt", "ApiRetry"}

TOOL_ENDS = frozenset(
    {"PostToolUse", "PostToolUseFailure", "UserPromptSubmit", "Stop", "StopFailure", "Interrupt"}
)
"""After these no tool call of the turn runs any more; of parallel calls the first end counts."""

EDGE_SOURCES = frozenset({Source.HOOK, Source.TRANSCRIPT})

RETRY_COUNT_BUSY = 3
"""A service that fails this often in a row is in trouble: until then the agent is only slow."""

RETRY_WAIT_BUSY = timedelta(seconds=20)
"""The same for one long wait between two tries."""

RETRY_WAIT_MAX = timedelta(days=1)
"""Longest wait that is believed: an agent may have written any time."""

RETRY_GRACE = timedelta(seconds=30)
"""How long after its time a try may take to say how it went."""

Verdict = tuple[Activity, str, tuple[Evidence, ...]]
"""What a rule decides: the activity, the reason, and the pieces that it counted."""


def find(pieces: tuple[Evidence, ...], source: Source, *kinds: str) -> Evidence | None:
    """Return the newest piece of a source, of these kinds if any are named."""
    for piece in pieces:
        if piece.source is source and (not kinds or piece.kind in kinds):
            return piece
    return None


def find_edge(pieces: tuple[Evidence, ...]) -> Evidence | None:
    """Return the newest edge of a turn; a hook rather than the line that repeats it."""
    for piece in pieces:
        if piece.source in EDGE_SOURCES and piece.kind in TURN_EDGES:
            return piece
    return None


def find_kind(pieces: tuple[Evidence, ...], *kinds: str) -> Evidence | None:
    """Return the newest piece of these kinds that a hook or the transcript told."""
    return next((p for p in pieces if p.source in EDGE_SOURCES and p.kind in kinds), None)


def runs_tool(pieces: tuple[Evidence, ...]) -> bool:
    """Tell whether a tool call has begun, asked for its permission or not, and not ended."""
    newest = find_kind(pieces, "PreToolUse", *TOOL_ENDS)
    return newest is not None and newest.kind == "PreToolUse"


def names_request(level: Evidence) -> bool:
    """Tell whether a level names the request whose hook waits for an answer right now."""
    is_waiting = level.source is Source.LEVEL and level.value in ("permission", "question")
    return is_waiting and bool(json.loads(level.detail).get("request"))


def as_request(level: Evidence) -> Evidence:
    """Return the request that a level names, as its hook tells it.

    Of several that wait only the newest is kept as a hook's evidence; the level names the one that
    is on the screen.
    """
    words = str(json.loads(level.detail).get("reason") or "see its pane")
    return replace(level, source=Source.HOOK, kind="PermissionRequest", value=words)


def by_edge(pieces: tuple[Evidence, ...], now: datetime) -> Verdict | None:
    """Say what the newest edge means."""
    edge = find_edge(pieces)
    if edge is None:
        return None
    detail = json.loads(edge.detail)
    match edge.kind:
        case "PermissionRequest":
            if detail.get("is_question"):
                return Activity.ASKING, f"asks: {edge.value}", (edge,)
            return Activity.BLOCKED, f"wants permission: {edge.value}", (edge,)
        case "StopFailure":
            return Activity.BLOCKED, edge.value or "the model's service failed", (edge,)
        case "ApiRetry":
            return _retry(edge, detail, now)
        case "Interrupt":
            return Activity.DONE, "was interrupted", (edge,)
        case "Stop":
            if detail.get("is_waiting_for_subagents"):
                return Activity.BUSY, "its subagents work", (edge,)
            if question := read_question(edge.value):
                return Activity.ASKING, f"asks: {question}", (edge,)
            return Activity.DONE, "finished its turn", (edge,)
    return Activity.BUSY, busy_reason(edge), (edge,)


def _retry(edge: Evidence, detail: dict[str, object], now: datetime) -> Verdict:
    """Read a failed request that the agent sends again by itself."""
    wait, attempt = _read_wait(edge, detail), _read_attempt(detail)
    is_trouble = attempt >= RETRY_COUNT_BUSY or wait >= RETRY_WAIT_BUSY
    reason = f"{edge.value or 'the service failed'}; it tries again by itself (try {attempt})"
    if is_trouble and now - edge.at < wait + RETRY_GRACE:
        return Activity.BLOCKED, reason, (edge,)
    return Activity.BUSY, reason, (edge,)


def _read_wait(edge: Evidence, detail: dict[str, object]) -> timedelta:
    """Return how long the agent waits before its next try, as it says."""
    try:
        wait = datetime.fromisoformat(str(detail["until"])) - edge.at
    except (KeyError, ValueError, TypeError):  # TypeError: a time without a zone
        return timedelta(0)
    return min(wait, RETRY_WAIT_MAX)


def _read_attempt(detail: dict[str, object]) -> int:
    try:
        return int(str(detail.get("attempt") or 1))
    except ValueError:
        return 1


def busy_reason(edge: Evidence | None) -> str:
    """Return what a busy worker is doing, in a phrase."""
    if edge is None:
        return "works"
    if edge.kind == "PreToolUse":
        return f"runs {edge.value}"
    return "thinks"


def read_question(last_words: str) -> str:
    """Return the question with which a message ends, or an empty string.

    A turn that ends on a question mark waits for an answer, whatever else it says.
    """
    lines = [line.strip() for line in last_words.strip().splitlines() if line.strip()]
    if not lines or not lines[-1].rstrip("*_`\"' )").endswith("?"):
        return ""
    return lines[-1]
