"""Cases that would take too long, or another clock, to play.

The call that had to be allowed is what the real Claude Code 2.1.329 dropped, moved in time; the
rest is made by hand, in the shape that it has in the stories (tests/stories).
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rts.adapters.agents.hearing import hear
from rts.world.evidence import Activity, Evidence, Source
from rts.world.judge import judge
from tests.adapters.agents.recorded import find_payload
from tests.making import NOON, a_hook, a_level, a_pane, ago

CALL = "Bash: touch /srv/ada/src/wC/a.txt"


def recorded(hook: str, at: datetime) -> Evidence:
    """Return what the first such hook of the recording says, as if it came at `at`."""
    (piece,) = hear("id", find_payload("hooks_interactive", hook_event_name=hook), at, "").evidence
    return piece


ALIVE = a_pane("alive", ago(hours=2))

ALLOWED_CALL = (
    ALIVE,
    recorded("UserPromptSubmit", ago(minutes=31)),
    recorded("PreToolUse", ago(minutes=30, seconds=9)),
    recorded("PermissionRequest", ago(minutes=30, seconds=8)),
    a_level("busy", ago(minutes=30)),
    Evidence("id", Source.TITLE, "title", ago(minutes=30), "busy"),
)
"""A tool call that had to be allowed, so that its level is newer than its hooks."""


def test_a_tool_that_runs_for_30_minutes_is_busy_and_not_stalled():
    judgement = judge(ALLOWED_CALL, NOON)

    assert (judgement.activity, judgement.reason) == (Activity.BUSY, f"runs {CALL}")
    assert judgement.since == ago(minutes=31)


def test_a_tool_that_runs_for_46_minutes_is_stalled_and_named():
    judgement = judge(ALLOWED_CALL, NOON + timedelta(minutes=16))

    assert judgement.activity is Activity.STALLED
    assert CALL in judgement.reason


def test_a_tool_known_from_the_transcript_alone_is_no_stall_either():
    call = Evidence("id", Source.TRANSCRIPT, "PreToolUse", ago(minutes=30), "Bash: make check")

    judgement = judge([ALIVE, a_level("busy", ago(minutes=30)), call], NOON)

    assert (judgement.activity, judgement.reason) == (Activity.BUSY, "runs Bash: make check")


def test_a_model_that_says_nothing_after_its_tool_for_7_minutes_is_stalled():
    ended = a_hook("PostToolUse", "Bash: make check", ago(minutes=7))

    assert judge([*ALLOWED_CALL, ended], NOON).activity is Activity.STALLED


@pytest.mark.parametrize("back", [timedelta(minutes=5), timedelta(hours=3)], ids=str)
def test_a_clock_that_was_stepped_back_changes_no_verdict(back: timedelta):
    pieces = [
        replace(ALIVE, at=ago(minutes=9)),
        a_hook("UserPromptSubmit", "go on", ago(minutes=4)),
        a_hook("PreToolUse", "Bash: ls", ago(seconds=30)),
        a_hook("Stop", "Which port?", ago(seconds=20)),
        a_level("idle", ago(seconds=19)),
    ]

    assert judge(pieces, NOON).reason == "asks: Which port?"
    assert judge(pieces, NOON - back).reason == "asks: Which port?"


def test_a_request_that_the_level_names_counts_before_a_newer_hook():
    facts = {"reason": "Bash: touch one.txt", "request": "w1.one"}
    level = Evidence(
        "id", Source.LEVEL, "registry", ago(seconds=9), "permission", json.dumps(facts)
    )
    newer = a_hook("PermissionRequest", "Bash: touch two.txt", ago(seconds=5))

    judgement = judge([ALIVE, level, newer], NOON)

    assert judgement.reason == "wants permission: Bash: touch one.txt"
    request = next(e for e in judgement.counted if e.kind == "PermissionRequest")
    assert json.loads(request.detail)["request"] == "w1.one"


def test_a_screen_that_shows_failed_tries_blocks_a_busy_worker():
    retry = Evidence(
        "id", Source.SCREEN, "screen", NOON, "limit", '{"reason": "429 · retrying in 9s"}'
    )
    asked = a_hook("UserPromptSubmit", "go on", ago(seconds=40))

    judgement = judge([ALIVE, asked, a_level("busy", ago(seconds=39)), retry], NOON)

    assert (judgement.activity, judgement.reason) == (Activity.BLOCKED, "429 · retrying in 9s")


def test_the_end_of_a_turn_is_known_although_its_hook_was_lost():
    stop = Evidence("id", Source.TRANSCRIPT, "Stop", ago(seconds=6), "Ready.", "{}")
    call = a_hook("PreToolUse", "Bash: ls", ago(seconds=9))

    judgement = judge([ALIVE, call, stop, a_level("idle", ago(seconds=5))], NOON)

    assert judgement.reason == "finished its turn"


def test_the_end_of_a_cleared_conversation_is_no_quit():
    ended = a_hook("ConversationEnd", "clear", ago(seconds=1))

    judgement = judge([ALIVE, a_hook("Stop", "Done.", ago(seconds=9)), ended], NOON)

    assert judgement.activity is Activity.DONE


def test_a_request_whose_hook_waits_counts_before_a_newer_level_without_one():
    facts = {"reason": "Bash: touch one.txt", "request": "w1.one"}
    asks = Evidence("id", Source.LEVEL, "registry", ago(seconds=9), "permission", json.dumps(facts))
    works = Evidence("id", Source.LEVEL, "program-status", ago(seconds=1), "busy")

    assert judge([ALIVE, asks, works], NOON).activity is Activity.BLOCKED


FAR = datetime(9999, 12, 31, 23, tzinfo=UTC)


def test_times_that_cannot_be_are_judged_all_the_same():
    soon = a_hook("UserPromptSubmit", "go", NOON + timedelta(seconds=1))

    assert judge([ALIVE, a_hook("Stop", "Done.", FAR), soon], NOON).activity is Activity.DONE


@pytest.mark.parametrize(
    "until", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00", "2026-11-21", "soon", 7]
)
@pytest.mark.parametrize("attempt", [5, "many", 0])
def test_a_try_that_is_put_off_for_ever_is_survived(until: object, attempt: object):
    detail = json.dumps({"until": until, "attempt": attempt})
    retry = a_hook("ApiRetry", "overloaded (529)", ago(seconds=9), detail)

    judgement = judge([ALIVE, retry], NOON)

    assert judgement.activity in (Activity.BLOCKED, Activity.BUSY)
    assert "overloaded" in judgement.reason
    assert judge([ALIVE, retry], NOON + timedelta(days=2)).activity is Activity.STALLED
