"""How evidence becomes an activity: one pure function, tried in the order of its rules.

Process facts beat everything; then a level that the agent program publishes; then hooks, newest
first; then the age of the pane's last output; then nothing, which is said as such.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from rts.world.evidence import Activity, Evidence, Judgement, Source

STALL_AFTER = timedelta(minutes=6)
"""A turn without any sign for this long is called stalled: the longest model pause seen in recorded
conversations is under four minutes."""

TOOL_STALL_AFTER = timedelta(minutes=45)
"""The same while a tool runs: a build or a test suite of half an hour is work, not a stall."""

OUTPUT_COUNTS_FOR = timedelta(seconds=8)
"""How long new output on the pane speaks for a busy agent that tells nothing else."""

STOP_GRACE = timedelta(seconds=2)
"""How long an idle level waits for the hook that tells how the turn ended, before it means Esc."""

SPAWN_LIMIT = timedelta(minutes=11)
"""A worktree takes ten minutes at most; a spawn that says nothing for longer was cut off."""

TURN_STARTS = frozenset({"UserPromptSubmit", "PreToolUse", "PostToolUse", "PostToolUseFailure"})
TURN_HOOKS = TURN_STARTS | {"PermissionRequest", "Stop", "StopFailure"}


def judge(evidence: Iterable[Evidence], now: datetime) -> Judgement:
    """Say what a worker is doing, and why.

    `evidence` holds at most one piece per source and kind (the latest); order does not matter.
    """
    pieces = tuple(sorted(evidence, key=lambda piece: piece.at, reverse=True))
    verdict = (
        _by_process(pieces)
        or _by_level(pieces, now)
        or _by_hook(pieces)
        or _by_output(pieces, now)
        or _by_start(pieces, now)
    )
    if verdict is None:
        since = pieces[0].at if pieces else now
        return Judgement(Activity.NO_SIGNAL, "nothing is known", since, pieces)
    activity, reason, counted = verdict
    if activity is Activity.BUSY and (stalled := _stall(pieces, now)):
        activity, reason = Activity.STALLED, stalled
    return Judgement(activity, reason, _since(activity, pieces, counted), pieces, counted)


_Verdict = tuple[Activity, str, tuple[Evidence, ...]] | None


def _since(
    activity: Activity, pieces: tuple[Evidence, ...], counted: tuple[Evidence, ...]
) -> datetime:
    """Return when it became so: a busy worker is busy since its turn began."""
    turn = _find(pieces, Source.HOOK, "UserPromptSubmit") if activity is Activity.BUSY else None
    return min(turn.at, counted[0].at) if turn else counted[0].at


def _find(pieces: tuple[Evidence, ...], source: Source, *kinds: str) -> Evidence | None:
    return next((p for p in pieces if p.source is source and (not kinds or p.kind in kinds)), None)


def _by_process(pieces: tuple[Evidence, ...]) -> _Verdict:
    pane = _find(pieces, Source.PROCESS, "pane")
    if pane is None or pane.value == "alive":
        return None
    facts = json.loads(pane.detail)
    if pane.value == "failed":
        return Activity.GONE, facts.get("why", "could not be started"), (pane,)
    if pane.value == "missing":
        return Activity.GONE, "its session has ended", (pane,)
    code = facts.get("exit_code")
    reason = "the agent ended" if code is None else f"exit {code}"
    if words := facts.get("last_words"):
        reason = f'{reason}: "{words}"'
    return Activity.GONE, reason, (pane,)


def _by_level(pieces: tuple[Evidence, ...], now: datetime) -> _Verdict:
    level = _find(pieces, Source.LEVEL)
    if level is None:
        return None
    match level.value:
        case "busy":
            hook = _find(pieces, Source.HOOK, "PreToolUse", "PostToolUse")
            return Activity.BUSY, _busy_reason(hook), (level, *([hook] if hook else []))
        case "permission" | "question":
            return _waiting(pieces, level)
        case "idle":
            return _idle(pieces, level, now)
    return None


def _waiting(pieces: tuple[Evidence, ...], level: Evidence) -> _Verdict:
    """Read a level that waits: it may give its own reason (a dialog), or the hook has it."""
    if own_reason := json.loads(level.detail).get("reason"):
        return Activity.BLOCKED, own_reason, (level,)
    hook = _find(pieces, Source.HOOK, "PermissionRequest")
    counted = (level, *([hook] if hook else []))
    # Claude Code 2.1.197 publishes "permission prompt" for a question too; its hook tells.
    is_question = hook is not None and json.loads(hook.detail).get("is_question")
    if level.value == "question" or is_question:
        return Activity.ASKING, f"asks: {hook.value if hook else 'see its pane'}", counted
    return Activity.BLOCKED, f"wants permission: {hook.value if hook else 'see its pane'}", counted


def _idle(pieces: tuple[Evidence, ...], level: Evidence, now: datetime) -> _Verdict:
    """Read an idle level with the last hook: only the hook tells a finished turn from Esc."""
    hook = _find(pieces, Source.HOOK, *TURN_HOOKS)
    if hook is None:
        return Activity.DONE, "waits for a first word", (level,)
    # A hook that is newer than the level: the turn began, and the level is not written yet. A level
    # that is younger than the grace: the hook that ends the turn may still be on its way.
    is_early = hook.at > level.at or now - level.at < STOP_GRACE
    if hook.kind in ("Stop", "StopFailure") or is_early:
        return _by_hook(pieces)
    return Activity.DONE, "was interrupted", (level, hook)


def _by_hook(pieces: tuple[Evidence, ...]) -> _Verdict:
    hook = _find(pieces, Source.HOOK, *TURN_HOOKS)
    if hook is None:
        return None
    match hook.kind:
        case "PermissionRequest":
            if json.loads(hook.detail).get("is_question"):
                return Activity.ASKING, f"asks: {hook.value}", (hook,)
            return Activity.BLOCKED, f"wants permission: {hook.value}", (hook,)
        case "StopFailure":
            return Activity.BLOCKED, hook.value or "the model's service failed", (hook,)
        case "Stop":
            if json.loads(hook.detail).get("is_waiting_for_subagents"):
                return Activity.BUSY, "its subagents work", (hook,)
            if question := read_question(hook.value):
                return Activity.ASKING, f"asks: {question}", (hook,)
            return Activity.DONE, "finished its turn", (hook,)
    return Activity.BUSY, _busy_reason(hook), (hook,)


def _by_output(pieces: tuple[Evidence, ...], now: datetime) -> _Verdict:
    output = _find(pieces, Source.PROCESS, "output")
    if output is None:
        return None
    if now - output.at < OUTPUT_COUNTS_FOR:
        return Activity.BUSY, "its pane is moving", (output,)
    return Activity.NO_SIGNAL, "its pane is still, and it tells nothing else", (output,)


def _by_start(pieces: tuple[Evidence, ...], now: datetime) -> _Verdict:
    start = _find(pieces, Source.HOOK, "SessionStart") or _find(pieces, Source.PROCESS, "spawn")
    if start is None:
        return None
    if len(pieces) == 1 and start.kind == "spawn" and now - start.at > SPAWN_LIMIT:
        return Activity.GONE, "its spawn was cut off", (start,)
    return Activity.STARTING, start.value or "its agent starts", (start,)


def _busy_reason(hook: Evidence | None) -> str:
    if hook is None:
        return "works"
    if hook.kind == "PreToolUse":
        return f"runs {hook.value}"
    return "thinks"


def _stall(pieces: tuple[Evidence, ...], now: datetime) -> str:
    """Return why a busy worker counts as stalled, or an empty string."""
    sign = next((p for p in pieces if p.kind != "pane"), None)
    if sign is None:
        return ""
    silence = now - sign.at
    limit = TOOL_STALL_AFTER if sign.kind == "PreToolUse" else STALL_AFTER
    if silence < limit:
        return ""
    return f"no sign for {int(silence.total_seconds() // 60)}m since {sign.value or sign.kind}"


def read_question(last_words: str) -> str:
    """Return the question with which a message ends, or an empty string.

    A turn that ends on a question mark waits for an answer, whatever else it says.
    """
    lines = [line.strip() for line in last_words.strip().splitlines() if line.strip()]
    if not lines or not lines[-1].rstrip("*_`\"' )").endswith("?"):
        return ""
    return lines[-1]
