"""What evidence means."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rts.world.edges import read_question
from rts.world.evidence import Activity, Evidence, Source
from rts.world.judge import CUT, STALL_AFTER, TOOL_STALL_AFTER, judge
from tests.making import NOON, a_hook, a_level, a_pane, ago

ALIVE = a_pane("alive", ago(minutes=60))


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
    dialog = Evidence("id", Source.SCREEN, "screen", NOON, "dialog", '{"reason": "asks for trust"}')

    assert judge([ALIVE, dialog], NOON).reason == "asks for trust: attach and answer"


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


def shown(source: Source, value: str, at=NOON, reason: str = "") -> Evidence:
    return Evidence("id-of-falcon-1", source, source.value, at, value, f'{{"reason": "{reason}"}}')


def test_a_paused_worker_is_paused_although_its_session_is_missing():
    pause = Evidence("id-of-falcon-1", Source.PROCESS, "pause", ago(hours=1), "paused")

    assert activity(a_pane("missing"), pause, a_level("busy")) is Activity.PAUSED


def test_a_resumed_worker_is_judged_by_what_its_new_process_says():
    resumed = Evidence("id-of-falcon-1", Source.PROCESS, "pause", ago(minutes=1), "resumed")
    alive = a_pane("alive", ago(minutes=1))
    old = a_hook("PermissionRequest", "Bash: rm -r build", ago(minutes=9))

    assert activity(alive, resumed, old, a_level("idle", ago(seconds=30))) is Activity.DONE


def test_an_agent_that_quit_is_gone_although_a_shell_keeps_its_pane():
    end = a_hook("SessionEnd", "prompt_input_exit", ago(seconds=5))
    start = a_hook("SessionStart", "", ago(minutes=5))

    assert activity(ALIVE, start, a_hook("Stop", "Done.", ago(seconds=9)), end) is Activity.GONE


def test_a_cleared_conversation_is_no_agent_that_quit():
    end = a_hook("SessionEnd", "clear", ago(seconds=5))
    start = a_hook("SessionStart", "", ago(seconds=4.9))

    assert activity(ALIVE, end, start, a_level("idle", ago(seconds=4))) is Activity.DONE


def test_a_killed_agent_with_a_shell_in_its_place_is_gone():
    left = Evidence(
        "id-of-falcon-1", Source.PROCESS, "foreground", NOON, "bash", '{"lost_level": true}'
    )

    assert activity(ALIVE, a_hook("PreToolUse", "Bash: make"), left) is Activity.GONE


def test_a_clock_that_was_stepped_back_turns_nothing_upside_down():
    prompt = a_hook("UserPromptSubmit", "go", NOON + STALL_AFTER)
    stop = a_hook("Stop", "Done.", NOON + STALL_AFTER * 1.1)

    assert activity(ALIVE, prompt, stop) is Activity.DONE
    assert judge([ALIVE, prompt, stop], NOON).since == NOON


@pytest.mark.parametrize("source", [Source.TITLE, Source.SCREEN])
def test_a_missed_esc_is_corrected_by_what_the_terminal_shows(source):
    hook = a_hook("PreToolUse", "Bash: x", ago(seconds=8))

    assert activity(ALIVE, hook, shown(source, "idle", ago(seconds=1))) is Activity.BUSY
    assert activity(ALIVE, hook, shown(source, "idle", ago(seconds=5))) is Activity.DONE


def test_a_dialog_on_the_screen_corrects_a_busy_hook():
    hook = a_hook("UserPromptSubmit", "go", ago(seconds=20))
    dialog = shown(Source.SCREEN, "permission", ago(seconds=6), "run tests")

    assert judge([ALIVE, hook, dialog], NOON).reason == "wants permission: run tests"


def test_title_and_screen_speak_for_a_program_that_tells_nothing_else():
    assert activity(ALIVE, shown(Source.TITLE, "busy")) is Activity.BUSY
    assert activity(ALIVE, shown(Source.SCREEN, "limit")) is Activity.BLOCKED
    assert activity(ALIVE, shown(Source.SCREEN, "question")) is Activity.ASKING


@pytest.mark.parametrize(("attempt", "expected"), [(1, Activity.BUSY), (4, Activity.BLOCKED)])
def test_a_service_that_keeps_failing_blocks(attempt, expected):
    detail = json.dumps({"attempt": attempt, "until": ago(seconds=-2).isoformat()})
    retry = a_hook("ApiRetry", "rate limit (429)", ago(seconds=3), detail)

    assert activity(ALIVE, a_level("busy", ago(seconds=60)), retry) is expected


def test_an_error_level_gives_its_own_words_or_those_of_the_hook():
    level = Evidence(
        "id-of-falcon-1", Source.LEVEL, "program-status", NOON, "error", '{"reason": "HTTP 400"}'
    )

    assert judge([ALIVE, level], NOON).reason == "HTTP 400"
    assert judge([ALIVE, level, a_hook("StopFailure", "rate limit")], NOON).reason == "rate limit"


def test_a_permission_that_was_answered_is_not_wanted_again_when_the_turn_ends():
    request = a_hook("PermissionRequest", "Bash: make", ago(seconds=20))

    assert activity(ALIVE, request, a_level("idle", ago(seconds=1))) is Activity.BUSY
    assert activity(ALIVE, request, a_level("idle", ago(seconds=3))) is Activity.DONE


def test_a_resumed_worker_that_was_cut_in_its_turn_says_so():
    alive = a_pane("alive", ago(minutes=1))
    before = a_hook("PreToolUse", "Bash: make", ago(minutes=9))

    judgement = judge([alive, before, a_level("idle", ago(seconds=30))], NOON)

    assert (judgement.activity, judgement.reason) == (Activity.DONE, CUT)


def test_a_resumed_worker_asks_what_it_asked_before():
    alive = a_pane("alive", ago(minutes=1))
    before = a_hook("Stop", "Which port?", ago(minutes=9))

    assert activity(alive, before, a_level("idle", ago(seconds=30))) is Activity.ASKING


def test_a_resumed_worker_is_blocked_until_its_limit_ends():
    alive, level = a_pane("alive", ago(minutes=1)), a_level("idle", ago(seconds=30))
    until = json.dumps({"resets_at": ago(minutes=-60).isoformat()})
    over = json.dumps({"resets_at": ago(minutes=5).isoformat()})

    limit = a_hook("StopFailure", "usage limit", ago(minutes=9), until)
    assert activity(alive, limit, level) is Activity.BLOCKED
    limit = a_hook("StopFailure", "usage limit", ago(minutes=9), over)
    assert activity(alive, limit, level) is Activity.DONE


def test_a_worker_that_is_being_resumed_is_neither_gone_nor_done():
    resuming = Evidence("id-of-falcon-1", Source.PROCESS, "pause", ago(seconds=2), "resuming")

    assert activity(a_pane("missing"), resuming) is Activity.STARTING


def test_a_killed_agents_footer_is_not_its_reason():
    dead = a_pane("dead", detail='{"exit_code": 137, "last_words": "? for shortcuts"}')

    assert judge([dead], NOON).reason == "ended by signal 9"
