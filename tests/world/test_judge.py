"""What evidence means."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rts.world.evidence import Activity, Evidence, Source
from rts.world.judge import STALL_AFTER, TOOL_STALL_AFTER, judge, read_question
from tests.making import NOON, a_hook, a_level, a_pane, ago

ALIVE = a_pane("alive", ago(minutes=30))


def activity(*pieces: Evidence) -> Activity:
    return judge(pieces, NOON).activity


def test_a_dead_process_is_gone_whatever_else_is_claimed():
    dead = a_pane("dead", ago(hours=1), '{"exit_code": 1, "last_words": "please log in"}')

    judgement = judge([dead, a_level("busy"), a_hook("PreToolUse", "Bash: ls")], NOON)

    assert judgement.activity is Activity.GONE
    assert judgement.reason == 'exit 1: "please log in"'


def test_a_session_that_vanished_is_gone():
    assert activity(a_pane("missing"), a_level("busy")) is Activity.GONE


def test_the_published_level_beats_a_later_hook():
    late_hook = a_hook("PreToolUse", "Bash: sleep 60", NOON)

    assert activity(ALIVE, a_level("permission", ago(seconds=2)), late_hook) is Activity.BLOCKED


def test_esc_ends_the_turn_although_no_hook_fires():
    judgement = judge(
        [ALIVE, a_hook("PreToolUse", "Bash: x", ago(seconds=9)), a_level("idle", ago(seconds=5))],
        NOON,
    )

    assert judgement.activity is Activity.DONE
    assert judgement.reason == "was interrupted"


def test_an_idle_level_waits_a_moment_for_the_hook_that_ends_the_turn():
    hook = a_hook("PostToolUse", "Bash: x", ago(seconds=2))

    assert activity(ALIVE, hook, a_level("idle", ago(seconds=1))) is Activity.BUSY


def test_a_dialog_without_a_hook_blocks_with_its_own_reason():
    dialog = Evidence(
        "id", Source.LEVEL, "dialog", NOON, "permission", '{"reason": "asks for trust"}'
    )

    assert judge([ALIVE, dialog], NOON).reason == "asks for trust"


def test_a_permission_level_with_a_questions_hook_asks():
    hook = a_hook("PermissionRequest", "Which colour?", detail='{"is_question": true}')

    assert activity(ALIVE, a_level("permission"), hook) is Activity.ASKING


def test_a_turn_that_began_after_the_idle_level_was_written_is_busy():
    assert (
        activity(ALIVE, a_level("idle", ago(seconds=9)), a_hook("UserPromptSubmit"))
        is Activity.BUSY
    )


def test_a_permission_names_what_is_wanted():
    judgement = judge([ALIVE, a_hook("PermissionRequest", "Bash: rm -r build")], NOON)

    assert (judgement.activity, judgement.reason) == (
        Activity.BLOCKED,
        "wants permission: Bash: rm -r build",
    )


def test_a_choice_offered_by_the_agent_is_a_question():
    hook = a_hook("PermissionRequest", "Which colour?", detail='{"is_question": true}')

    assert judge([ALIVE, hook], NOON).reason == "asks: Which colour?"


def test_a_turn_that_ends_with_a_question_asks():
    assert activity(ALIVE, a_hook("Stop", "I found two.\n\nWhich port?")) is Activity.ASKING


def test_a_turn_that_ends_with_a_statement_is_done():
    assert activity(ALIVE, a_hook("Stop", "Which port? I took 8080.")) is Activity.DONE


def test_an_idle_level_after_a_question_asks():
    words = a_hook("Stop", "Which port?", ago(seconds=9))

    assert activity(ALIVE, a_level("idle", ago(seconds=8)), words) is Activity.ASKING


def test_a_worker_whose_subagents_run_is_busy():
    hook = a_hook("Stop", "They work.", detail=json.dumps({"is_waiting_for_subagents": True}))

    assert activity(ALIVE, hook) is Activity.BUSY


def test_a_failed_turn_is_blocked_with_its_reason():
    assert judge([ALIVE, a_hook("StopFailure", "rate limit")], NOON).reason == "rate limit"


@pytest.mark.parametrize(
    ("kind", "limit"), [("UserPromptSubmit", STALL_AFTER), ("PreToolUse", TOOL_STALL_AFTER)]
)
def test_a_turn_stalls_only_after_its_limit(kind, limit):
    before = a_hook(kind, "Bash: make", NOON - limit * 0.99)
    after = a_hook(kind, "Bash: make", NOON - limit)

    assert activity(ALIVE, before) is Activity.BUSY
    assert activity(ALIVE, after) is Activity.STALLED


def test_a_busy_level_that_nothing_confirms_is_not_believed_for_ever():
    assert activity(ALIVE, a_level("busy", NOON - STALL_AFTER)) is Activity.STALLED


def test_moving_output_speaks_for_an_agent_without_hooks():
    output = Evidence("id", Source.PROCESS, "output", ago(seconds=2), "output")

    assert activity(ALIVE, output) is Activity.BUSY


def test_still_output_is_no_signal_rather_than_a_guess():
    output = Evidence("id", Source.PROCESS, "output", ago(minutes=2), "output")

    assert activity(ALIVE, output) is Activity.NO_SIGNAL


def test_nothing_known_is_said_as_such():
    assert activity() is Activity.NO_SIGNAL


def test_a_worker_whose_worktree_is_being_made_starts():
    spawned = Evidence("id", Source.PROCESS, "spawn", NOON, "its worktree is made")

    assert judge([spawned], NOON).reason == "its worktree is made"


@given(
    st.permutations(
        [
            ALIVE,
            a_level("idle"),
            a_hook("Stop", "Ready."),
            a_hook("PreToolUse", "x", ago(seconds=3)),
        ]
    )
)
def test_the_order_of_evidence_does_not_matter(pieces):
    assert judge(pieces, NOON).activity is Activity.DONE


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("Done.\n\n**Shall I go on?**", "**Shall I go on?**"),
        ("What now?\n", "What now?"),
        ("Why? Because.", ""),
        ("", ""),
    ],
)
def test_a_question_is_read_from_the_last_line(words, question):
    assert read_question(words) == question


def test_a_spawn_that_was_cut_off_is_gone_and_not_starting_for_ever():
    spawned = Evidence("id", Source.PROCESS, "spawn", ago(minutes=12), "its worktree is made")

    assert judge([spawned], NOON).reason == "its spawn was cut off"


def test_a_worker_is_busy_since_its_turn_began():
    asked = a_hook("UserPromptSubmit", at=ago(minutes=4))
    call = a_hook("PreToolUse", "Bash: ls", at=ago(seconds=1))

    assert judge([ALIVE, asked, call], NOON).since == ago(minutes=4)
