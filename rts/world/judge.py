"""How evidence becomes an activity: one pure function, tried in the order of its rules.

Process facts beat everything; then a level that the agent program publishes; then edges (hooks and
the transcript), newest first; then title and screen; then the age of the pane's last output; then
nothing, which is said as such.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rts.world.dialogs import BY_HAND
from rts.world.edges import (
    EDGE_SOURCES,
    TURN_STARTS,
    Verdict,
    as_request,
    busy_reason,
    by_edge,
    find,
    find_edge,
    find_kind,
    names_request,
    runs_tool,
)
from rts.world.evidence import ASIDE, Activity, Evidence, Judgement, Source

STALL_AFTER = timedelta(minutes=6)
"""A turn without any sign for this long is called stalled: the longest model pause seen in recorded
conversations is under four minutes."""

TOOL_STALL_AFTER = timedelta(minutes=45)
"""The same while a tool runs: a build or a test suite of half an hour is work, not a stall."""

OUTPUT_COUNTS_FOR = timedelta(seconds=8)
"""How long new output on the pane speaks for a busy agent that tells nothing else."""

STOP_GRACE = timedelta(seconds=2)
"""How long an idle level waits for the hook that tells how the turn ended, before it means Esc."""

STEADY_AFTER = timedelta(seconds=4)
"""How long title or screen must say the same before it corrects what a hook said: a missed Esc is
corrected within ten seconds, and a spinner between two frames corrects nothing."""

SPAWN_LIMIT = timedelta(minutes=11)
"""A worktree takes ten minutes at most; a spawn that says nothing for longer was cut off."""

CUT = "was cut in its turn; it waits for a word"
"""What is said of an agent that was resumed and has not gone on yet."""

RESUME_LIMIT = timedelta(minutes=1)
"""Longest that a resume takes: one that says nothing for longer was cut off."""

SIGNALLED = 128
"""A shell's exit code for a process that a signal ended is this and the signal's number."""

SHELLS = frozenset({"sh", "bash", "dash", "zsh", "fish", "ksh", "ash"})
"""What the pane's foreground is called when an agent has quit and left a shell behind."""

REASON_LENGTH_MAX = 200
"""How much is told of why a worker could not be judged."""

CLOCK_SLACK = timedelta(milliseconds=50)
"""File times are coarser than the clock: a hook file may seem this much older than it is."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

QUIT_AFTER = timedelta(seconds=1)
"""A conversation that ended begins anew at once when it was only cleared."""


def judge(evidence: Iterable[Evidence], now: datetime) -> Judgement:
    """Say what a worker is doing, and why.

    `evidence` holds at most one piece per source and kind (the latest); order does not matter.
    """
    pieces = sort_by_age(evidence, now)
    living = tuple(p for p in _of_this_life(pieces) if p.kind not in ASIDE)
    for rule in RULES:
        if verdict := rule(living, now):
            break
    else:
        since = pieces[0].at if pieces else now
        return Judgement(Activity.NO_SIGNAL, "nothing is known", since, pieces, (), "nothing")
    if verdict[0] is Activity.DONE and find_edge(living) is None:
        verdict = _after_cut(pieces, now) or verdict
    activity, reason, counted = verdict
    rule_name = rule.__name__.removeprefix("by_")
    if activity is Activity.BUSY and (stalled := _stall(living, now)):
        activity, reason, rule_name = Activity.STALLED, stalled, f"{rule_name}, too long ago"
    since = _since(activity, living, counted)
    return Judgement(activity, reason, since, pieces, counted, rule_name)


def give_up(evidence: Iterable[Evidence], now: datetime, error: Exception) -> Judgement:
    """Return the judgement of a worker for whom judging failed: the others are judged all the same.

    What it is judged by was told by agents, and may be stranger than was thought of.
    """
    reason = " ".join(f"could not be judged: {type(error).__name__}: {error}".split())
    pieces = tuple(evidence)
    return Judgement(Activity.NO_SIGNAL, reason[:REASON_LENGTH_MAX], now, pieces, (), "nothing")


def sort_by_age(evidence: Iterable[Evidence], now: datetime) -> tuple[Evidence, ...]:
    """Return the pieces, newest first, none of them in the future.

    A clock that was stepped back leaves pieces ahead of `now`: they keep their order, and the
    newest of them is taken for just observed.
    """
    pieces = sorted(evidence, key=lambda piece: piece.at, reverse=True)
    ahead = pieces[0].at - now if pieces else timedelta(0)
    if ahead > timedelta(0):
        pieces = [replace(p, at=move_back(p.at, ahead)) if p.at > now else p for p in pieces]
        pieces.sort(key=lambda piece: piece.at, reverse=True)
    return tuple(pieces)


def move_back(at: datetime, span: timedelta) -> datetime:
    """Return `at` less `span`, but never a time before 1970: an agent may have told any."""
    return at - min(span, max(at - EARLIEST, timedelta(0)))


def _of_this_life(pieces: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Return the pieces without what an earlier process of a resumed worker said."""
    pane = find(pieces, Source.PROCESS, "pane")
    if pane is None or pane.value != "alive":
        return pieces
    begun_at = pane.at - CLOCK_SLACK
    return tuple(p for p in pieces if p.source is Source.PROCESS or p.at >= begun_at)


def _after_cut(pieces: tuple[Evidence, ...], now: datetime) -> Verdict | None:
    """Say what still holds of the life before, when a resumed agent has done nothing yet."""
    edge = find_edge(pieces)
    if edge is None:
        return None
    if edge.kind in TURN_STARTS or edge.kind in ("PermissionRequest", "ApiRetry"):
        return Activity.DONE, CUT, (edge,)
    if (
        edge.kind == "StopFailure"
        and json.loads(edge.detail).get("resets_at", "") > now.isoformat()
    ):
        return Activity.BLOCKED, edge.value, (edge,)
    verdict = by_edge((edge,), now)
    return verdict if verdict and verdict[0] is Activity.ASKING else None


def by_process(pieces: tuple[Evidence, ...], now: datetime) -> Verdict | None:
    """Read facts about the pane and the process in it."""
    pause = find(pieces, Source.PROCESS, "pause")
    if pause is not None and pause.value == "paused":
        return Activity.PAUSED, json.loads(pause.detail).get("why", "paused by you"), (pause,)
    if pause is not None and pause.value == "resuming" and now - pause.at < RESUME_LIMIT:
        return Activity.STARTING, "is being resumed", (pause,)
    pane = find(pieces, Source.PROCESS, "pane")
    if pane is None:
        return None
    if pane.value == "alive":
        return _by_shell(pieces, pane)
    facts = json.loads(pane.detail)
    if pane.value == "failed":
        return Activity.GONE, facts.get("why", "could not be started"), (pane,)
    if pane.value == "missing":
        return Activity.GONE, "its session has ended", (pane,)
    code = facts.get("exit_code")
    if code is not None and code > SIGNALLED:  # what a killed agent shows last is its footer
        return Activity.GONE, f"ended by signal {code - SIGNALLED}", (pane,)
    reason = "the agent ended" if code is None else f"exit {code}"
    if words := facts.get("last_words"):
        reason = f'{reason}: "{words}"'
    return Activity.GONE, reason, (pane,)


def _by_shell(pieces: tuple[Evidence, ...], pane: Evidence) -> Verdict | None:
    """Read a living pane in which the agent itself has quit: a shell may be left behind."""
    end, start = find(pieces, Source.HOOK, "SessionEnd"), find(pieces, Source.HOOK, "SessionStart")
    if end and end.at > pane.at and (start is None or end.at - start.at > QUIT_AFTER):
        newest = find_edge(pieces)
        if newest is None or newest.at <= end.at:
            return Activity.GONE, "the agent quit; its pane is still there", (end, pane)
    foreground = find(pieces, Source.PROCESS, "foreground")
    if foreground is None or foreground.value not in SHELLS:
        return None
    # A program that told something before, has stopped publishing, and has a shell in its place.
    was_heard = any(p.source is Source.HOOK for p in pieces)
    if was_heard and json.loads(foreground.detail).get("lost_level"):
        return Activity.GONE, f"the agent ended; {foreground.value} is left", (foreground, pane)
    return None


def by_level(pieces: tuple[Evidence, ...], now: datetime) -> Verdict | None:
    """Read the status that the agent program itself keeps; of two, the newer one."""
    # A hook that waits is waited for, whatever else is published: a subagent in the background
    # asks while its worker is busy.
    open_levels = (piece for piece in pieces if names_request(piece))
    level = next(open_levels, None) or find(pieces, Source.LEVEL)
    if level is None:
        return None
    match level.value:
        case "busy":
            return _busy(pieces, level, now)
        case "permission" | "question":
            return _waiting(pieces, level)
        case "error":
            return _failed(pieces, level)
        case "idle" | "done":
            return _idle(pieces, level, now)
    return None


def _busy(pieces: tuple[Evidence, ...], level: Evidence, now: datetime) -> Verdict:
    edge = find_edge(pieces)
    if edge is not None and edge.kind == "ApiRetry" and (verdict := by_edge(pieces, now)):
        return verdict[0], verdict[1], (level, edge)
    # Claude Code 2.1.329 tells only on its screen that the service fails and it tries again.
    screen = find(pieces, Source.SCREEN)
    if screen is not None and screen.value == "limit" and not runs_tool(pieces):
        words = json.loads(screen.detail).get("reason") or "a limit is reached"
        return Activity.BLOCKED, words, (level, screen)
    call = find_kind(pieces, "PreToolUse", "PostToolUse")
    reason = json.loads(level.detail).get("reason") if call is None else ""
    return Activity.BUSY, reason or busy_reason(call), (level, *([call] if call else []))


def _waiting(pieces: tuple[Evidence, ...], level: Evidence) -> Verdict:
    """Read a level that waits: the hook says for what; else the level's own words do."""
    own_reason = json.loads(level.detail).get("reason", "")
    if json.loads(level.detail).get("is_dialog"):
        return Activity.BLOCKED, own_reason, (level,)
    is_named = names_request(level)
    hook = as_request(level) if is_named else find(pieces, Source.HOOK, "PermissionRequest")
    if own_reason and not is_named and not any(p.source in EDGE_SOURCES for p in pieces):
        # Nothing was ever heard of this conversation: the dialog stands before it (trust, login).
        return Activity.BLOCKED, f"{own_reason}: {BY_HAND}", (level,)
    counted = (level, *([hook] if hook else []))
    words = hook.value if hook else own_reason or "see its pane"
    # Claude Code 2.1.197 publishes "permission prompt" for a question too; its hook tells.
    is_question = hook is not None and json.loads(hook.detail).get("is_question")
    if level.value == "question" or is_question:
        return Activity.ASKING, f"asks: {words}", counted
    return Activity.BLOCKED, f"wants permission: {words}", counted


def _failed(pieces: tuple[Evidence, ...], level: Evidence) -> Verdict:
    hook = find_edge(pieces)
    if hook is not None and hook.kind == "StopFailure" and hook.value:
        return Activity.BLOCKED, hook.value, (level, hook)
    words = json.loads(level.detail).get("reason")
    return Activity.BLOCKED, words or "the model's service failed", (level,)


def _idle(pieces: tuple[Evidence, ...], level: Evidence, now: datetime) -> Verdict | None:
    """Read an idle level with the last edge: only that tells a finished turn from Esc."""
    edge = find_edge(pieces)
    if edge is None:
        words = "finished its turn" if level.value == "done" else "waits for a word"
        return Activity.DONE, words, (level,)
    # An edge that is newer than the level: the turn began, and the level is not written yet. A
    # level that is younger than the grace: the hook that ends the turn may still be on its way.
    is_early = edge.at > level.at or now - level.at < STOP_GRACE
    if edge.kind == "PermissionRequest" and edge.at < level.at and is_early:
        return Activity.BUSY, "thinks", (level, edge)  # it was answered, or Esc was pressed
    if edge.kind in ("Stop", "StopFailure", "Interrupt") or is_early:
        verdict = by_edge(pieces, now)
        return (*verdict[:2], (*verdict[2], level)) if verdict else None
    if level.value == "done":
        return Activity.DONE, "finished its turn", (level, edge)
    return Activity.DONE, "was interrupted", (level, edge)


def by_hook(pieces: tuple[Evidence, ...], now: datetime) -> Verdict | None:
    """Read hooks and transcript; a busy claim that the terminal contradicts is not believed."""
    verdict = by_edge(pieces, now)
    if verdict is None or verdict[0] is not Activity.BUSY:
        return verdict
    shown = _shown(pieces)
    if shown is None or shown.value == "busy" or now - shown.at < STEADY_AFTER:
        return verdict
    if shown.at <= verdict[2][0].at and now - verdict[2][0].at < STEADY_AFTER:
        return verdict
    if shown.value == "idle":
        return Activity.DONE, f"its turn is over, by its {shown.source}", (shown, *verdict[2])
    return by_screen(pieces, now)


def by_screen(pieces: tuple[Evidence, ...], now: datetime) -> Verdict | None:
    """Read title and screen, of programs and moments for which nothing better speaks."""
    shown = _shown(pieces)
    if shown is None:
        return None
    words = json.loads(shown.detail).get("reason", "")
    match shown.value:
        case "busy":
            return Activity.BUSY, words or "works", (shown,)
        case "idle":
            return Activity.DONE, words or "waits for a word", (shown,)
        case "question":
            return Activity.ASKING, f"asks: {words or 'see its pane'}", (shown,)
        case "permission":
            return Activity.BLOCKED, f"wants permission: {words or 'see its pane'}", (shown,)
        case "dialog":
            return Activity.BLOCKED, f"{words}: {BY_HAND}", (shown,)
        case "limit":
            return Activity.BLOCKED, words or "a limit is reached", (shown,)
    return None


def _shown(pieces: tuple[Evidence, ...]) -> Evidence | None:
    """Return what the terminal shows; the screen says more than the title."""
    return find(pieces, Source.SCREEN) or find(pieces, Source.TITLE)


def by_output(pieces: tuple[Evidence, ...], now: datetime) -> Verdict | None:
    """Read the age of the pane's last output."""
    output = find(pieces, Source.PROCESS, "output")
    if output is None:
        return None
    if now - output.at < OUTPUT_COUNTS_FOR:
        return Activity.BUSY, "its pane is moving", (output,)
    return Activity.NO_SIGNAL, "its pane is still, and it tells nothing else", (output,)


def by_start(pieces: tuple[Evidence, ...], now: datetime) -> Verdict | None:
    """Read that it was started, and nothing since."""
    spawn = find(pieces, Source.PROCESS, "spawn")
    start = find(pieces, Source.HOOK, "SessionStart") or spawn
    if start is None:
        return None
    if len(pieces) == 1 and start.kind == "spawn" and now - start.at > SPAWN_LIMIT:
        return Activity.GONE, "its spawn was cut off", (start,)
    return Activity.STARTING, start.value or "its agent starts", (start,)


RULES: tuple[Callable[[tuple[Evidence, ...], datetime], Verdict | None], ...] = (
    by_process,
    by_level,
    by_hook,
    by_screen,
    by_output,
    by_start,
)
"""In the order of precedence: the first that has a verdict decides."""


def _since(
    activity: Activity, pieces: tuple[Evidence, ...], counted: tuple[Evidence, ...]
) -> datetime:
    """Return when it became so: a busy worker is busy since its turn began."""
    turn = find_kind(pieces, "UserPromptSubmit") if activity is Activity.BUSY else None
    return min(turn.at, counted[0].at) if turn else counted[0].at


def _stall(pieces: tuple[Evidence, ...], now: datetime) -> str:
    """Return why a busy worker counts as stalled, or an empty string."""
    sign = next((p for p in pieces if p.kind not in ("pane", "foreground", "pause")), None)
    if sign is None:
        return ""
    silence = now - sign.at
    limit = TOOL_STALL_AFTER if runs_tool(pieces) else STALL_AFTER
    if silence < limit:
        return ""
    what = find_kind(pieces, "PreToolUse") if runs_tool(pieces) else None
    words = what.value if what else sign.value or sign.kind
    return f"no sign for {int(silence.total_seconds() // 60)}m since {words}"
