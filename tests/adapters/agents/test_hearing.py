"""What the recorded hooks of the real CLI are heard as, and what the judge makes of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rts.adapters.agents.hearing import PHRASE_LENGTH_MAX, hear, one_line
from rts.orders.wording import PROOF_LENGTH, is_in
from rts.world.evidence import Activity, Evidence, Source
from rts.world.judge import judge
from tests.adapters.agents.recorded import find_payload, read_payloads

AT = datetime(2026, 11, 21, tzinfo=UTC)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def only(payload: dict[str, Any]) -> Evidence:
    (evidence,) = hear("w1", payload, AT, "w1.abc").evidence
    return evidence


def detail(payload: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(only(payload).detail)
    return facts


def call(tool: str, **tool_input: Any) -> dict[str, Any]:
    return {
        "hook_event_name": "PreToolUse",
        "tool_name": tool,
        "tool_input": tool_input,
        "cwd": "/srv/ada/shop",
    }


@pytest.mark.parametrize("recording", ["hooks_interactive", "hooks_stopfailure", "hooks_2.1.197"])
def test_every_recorded_hook_is_evidence_with_its_transcript(recording: str) -> None:
    for payload in read_payloads(recording):
        evidence = only(payload)

        assert (evidence.worker_id, evidence.source, evidence.at) == ("w1", Source.HOOK, AT)
        assert json.loads(evidence.detail)["transcript"].endswith(".jsonl")


@pytest.mark.parametrize(
    ("payload", "phrase"),
    [
        (call("Bash", command="pytest -q", description="run"), "Bash: pytest -q"),
        (call("Edit", file_path="/srv/ada/shop/app/cart.py"), "Edit: app/cart.py"),
        (call("Read", file_path="/etc/hosts"), "Read: /etc/hosts"),
        (call("Grep", pattern="def total"), "Grep: def total"),
        (call("Bash", command="cat <<E\n  two\tlines\nE"), "Bash: cat <<E two lines E"),
        (call("Bash", command="printf '\x1b[31m\ud800'"), "Bash: printf ' [31m '"),
        (call("TodoWrite", todos=[1]), "TodoWrite"),
        (call("Strange", command=7), "Strange"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_tool_call_is_told_in_one_printable_line(payload: dict[str, Any], phrase: str) -> None:
    assert only(payload).value == phrase


def test_a_long_command_is_cut_with_an_ellipsis() -> None:
    phrase = only(call("Bash", command="x" * 1_000_000)).value

    assert len(phrase) == PHRASE_LENGTH_MAX
    assert phrase.endswith("…")


def test_a_permission_request_keeps_the_name_to_answer_to() -> None:
    payload = find_payload("hooks_interactive", hook_event_name="PermissionRequest")

    assert only(payload).value == "Bash: touch /srv/ada/src/wC/a.txt"
    assert detail(payload)["request"] == "w1.abc"
    assert "is_question" not in detail(payload)


def test_a_question_is_heard_with_its_words() -> None:
    payload = find_payload(
        "hooks_interactive", hook_event_name="PermissionRequest", tool_name="AskUserQuestion"
    )

    assert only(payload).value == "Which color?"
    assert detail(payload)["is_question"] is True


def test_several_questions_are_counted() -> None:
    asked = {"questions": [{"question": "Which port?"}, {"question": "Which host?"}]}
    payload = {
        "hook_event_name": "PermissionRequest",
        "tool_name": "AskUserQuestion",
        "tool_input": asked,
    }

    assert only(payload).value == "Which port? (+1)"


def test_a_completed_call_is_one_action() -> None:
    payload = find_payload("hooks_interactive", hook_event_name="PostToolUse")

    (action,) = hear("w1", payload, AT, "w1.abc").actions

    assert action is not None
    assert (action.worker_id, action.tool, action.at) == ("w1", "Bash", AT)
    assert action.tool_use_id == payload["tool_use_id"]
    assert (action.has_failed, action.agent_id) == (False, "")


def test_the_same_call_again_has_the_same_digest_and_another_has_not() -> None:
    def digest(**tool_input: Any) -> str:
        payload = {
            "hook_event_name": "PostToolUse",
            "tool_name": "Bash",
            "tool_use_id": "t",
            "tool_input": tool_input,
        }
        (action,) = hear("w1", payload, AT, "r").actions
        assert action is not None
        return action.digest

    assert digest(command="ls", timeout=1) == digest(timeout=1, command="ls")
    assert digest(command="ls", timeout=1) != digest(command="ls", timeout=2)


def test_a_failed_call_is_an_action_that_failed_and_says_how() -> None:
    payload = {
        "hook_event_name": "PostToolUseFailure",
        "tool_name": "Bash",
        "tool_input": {"command": "false"},
        "tool_use_id": "toolu_1",
        "error": "Exit code 1\nboom",
    }

    (action,) = hear("w1", payload, AT, "w1.abc").actions

    assert action is not None
    assert action.has_failed
    assert detail(payload)["error"] == "Exit code 1 boom"


def test_a_subagents_call_folds_into_the_worker() -> None:
    payload = next(
        p
        for p in read_payloads("hooks_interactive")
        if p["hook_event_name"] == "PostToolUse" and "agent_id" in p
    )

    heard = hear("w1", payload, AT, "w1.abc")

    assert heard.actions[0].agent_id == payload["agent_id"]
    assert heard.evidence[0].kind == "PostToolUse"


def test_a_subagents_end_names_its_own_transcript() -> None:
    payload = find_payload("hooks_interactive", hook_event_name="SubagentStop")

    assert detail(payload)["transcript"] == payload["agent_transcript_path"]


def test_a_turn_that_waits_for_subagents_is_told_from_one_that_is_over() -> None:
    stops = [
        json.loads(only(p).detail)["is_waiting_for_subagents"]
        for p in read_payloads("hooks_interactive")
        if p["hook_event_name"] == "Stop"
    ]

    assert stops == [False, False, False, True, False]


def test_only_the_end_of_long_last_words_is_kept() -> None:
    payload = {"hook_event_name": "Stop", "last_assistant_message": "x" * 9000 + "\nWhich port?"}

    assert only(payload).value.endswith("x\nWhich port?")
    assert len(only(payload).value) == 2000


def test_a_typed_prompt_comes_back_as_proof() -> None:
    payload = {"hook_event_name": "UserPromptSubmit", "prompt": "Use port 8080.\n" + "x" * 1000}

    assert only(payload).kind == "UserPromptSubmit"
    assert detail(payload)["prompt"].startswith("Use port 8080.\nxxx")
    assert len(detail(payload)["prompt"]) == 500


def test_a_notice_about_a_subagent_is_no_prompt_of_the_commander() -> None:
    notices = [
        p
        for p in read_payloads("hooks_interactive")
        if p.get("prompt", "").startswith("<task-notification>")
    ]

    assert notices
    assert {only(p).kind for p in notices} == {"TaskNotification"}


def test_a_failed_turn_says_why() -> None:
    failures = [
        only(p).value
        for p in read_payloads("hooks_stopfailure")
        if p["hook_event_name"] == "StopFailure"
    ]

    assert failures[:3] == [
        "the model's service refused: API Error: 400 scripted status 400",
        "not logged in: Please run /login · API Error: 401 scripted status 401",
        "rate limit: API Error: Request rejected (429) · scripted status 429",
    ]


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"hook_event_name": 7},
        {"hook_event_name": "FromTheFuture"},
    ],
    ids=["empty", "no name", "unknown"],
)
def test_an_unknown_payload_says_nothing(payload: dict[str, Any]) -> None:
    heard = hear("w1", payload, AT, "w1.abc")

    assert (heard.evidence, heard.actions) == ((), ())


@pytest.mark.parametrize("name", ["PreToolUse", "PostToolUse", "PermissionRequest", "Stop"])
@pytest.mark.parametrize("junk", [None, 7, [], "text"], ids=repr)
def test_fields_of_the_wrong_type_are_survived(name: str, junk: Any) -> None:
    payload = dict.fromkeys(
        ("tool_name", "tool_input", "tool_use_id", "prompt", "last_assistant_message", "cwd"), junk
    )

    assert hear("w1", {**payload, "hook_event_name": name}, AT, "w1.abc").evidence


def test_the_recorded_evening_is_judged_right_at_every_step() -> None:
    """By hooks alone, which miss an Esc: the two rejected calls stay as they were."""
    latest: dict[str, Evidence] = {}
    activities = []
    for index, payload in enumerate(read_payloads("hooks_interactive")):
        at = AT + timedelta(seconds=index)
        for evidence in hear("w1", payload, at, "w1.abc").evidence:
            latest[evidence.kind] = evidence
        activities.append(judge(latest.values(), at).activity)

    a, b, d, q = Activity.BUSY, Activity.BLOCKED, Activity.DONE, Activity.ASKING
    assert activities == [
        *(Activity.STARTING, a, a, b, b, a, d),
        *(a, a, b),
        *(a, a),
        *(a, d),
        *(a, a, q, q, a, d),
        *(a, a, a, a, a, a, a, a, a, d),
    ]


def test_one_line_leaves_a_short_text_alone() -> None:
    assert one_line("finished – ok") == "finished – ok"


STRANGE = "a\ud800\x00\x1b[31m\n"


@pytest.mark.parametrize("hook", ["PostToolUse", "PreToolUse", "SessionStart", "StopFailure"])
def test_nothing_that_is_kept_holds_half_surrogates_or_control_characters(hook: str) -> None:
    keys = ("tool_name", "tool_use_id", "agent_id", "transcript_path", "source", "model", "error")
    payload = {"hook_event_name": hook, **dict.fromkeys(keys, STRANGE)}
    heard = hear("w1", payload, AT, "w1.abc")

    kept = [*json.loads(heard.evidence[0].detail).values(), heard.evidence[0].value]
    for action in heard.actions:
        kept += [action.tool, action.tool_use_id, action.agent_id]
    assert len(kept) > 2
    assert all(text.isprintable() for text in kept)


def test_an_ordinary_path_stays_as_it_is() -> None:
    path = "/srv/zoë/お店\u3000二/it's \N{FAMILY}\u200d.jsonl"

    assert detail({**call("Bash"), "transcript_path": path})["transcript"] == path


def test_arguments_that_are_too_deep_to_write_are_heard() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    payload = call("Strange", thing=deep) | {"hook_event_name": "PostToolUse", "tool_use_id": "u"}

    heard = hear("w1", payload, AT, "w1.abc")

    assert heard.actions
    while deep:  # taken apart by hand: Python would recurse
        deep = deep.pop()


@pytest.mark.parametrize(
    ("words", "resets_at", "phrase"),
    [
        ("You've hit your 5-hour limit · resets 2:21pm (UTC)", "2026-11-21T14:21", "14:21"),
        (
            "You've hit your session limit · resets 3:45pm (Europe/Berlin)",
            "2026-11-21T14:45",
            "14:45",
        ),
        ("You've hit your weekly limit · resets Nov 25, 3pm (UTC)", "2026-11-25T15:00", "25 Nov"),
        ("You've hit your Opus limit · resets Jan 2 at 12am (UTC)", "2027-01-02T00:00", "02 Jan"),
        ("You've hit your 5-hour limit · resets 1am (UTC)", "2026-11-22T01:00", "01:00"),
        ("Claude AI usage limit reached|1795302000", "2026-11-21T23:00", "23:00"),
    ],
)
def test_a_usage_limit_says_when_it_resets(words: str, resets_at: str, phrase: str) -> None:
    noon = AT + timedelta(hours=12)
    payload = {
        "hook_event_name": "StopFailure",
        "error": "rate_limit",
        "last_assistant_message": words,
    }

    (failure,) = hear("w1", payload, noon, "w1.abc").evidence

    assert json.loads(failure.detail)["resets_at"] == f"{resets_at}:00+00:00"
    local = datetime.fromisoformat(f"{resets_at}:00+00:00").astimezone()
    assert failure.value.startswith("usage limit, resets at ")
    assert failure.value.endswith(local.strftime("%H:%M"))
    assert phrase in failure.value or local.utcoffset()


@pytest.mark.parametrize(
    "words",
    ["You've hit your 5-hour limit", "Claude usage limit reached · resets Feb 31, 3pm (UTC)"],
)
def test_a_usage_limit_without_a_time_is_still_one(words: str) -> None:
    payload = {"hook_event_name": "StopFailure", "last_assistant_message": words}

    assert only(payload).value == "usage limit"


def test_a_rate_limit_is_no_usage_limit() -> None:
    words = "API Error: Request rejected (429) · scripted status 429"
    payload = {
        "hook_event_name": "StopFailure",
        "error": "rate_limit",
        "last_assistant_message": words,
    }

    assert only(payload).value == f"rate limit: {words}"


def test_a_cleared_conversation_ends_nothing_but_itself() -> None:
    ended = {"hook_event_name": "SessionEnd", "reason": "clear", "session_id": "old"}
    begun = {"hook_event_name": "SessionStart", "source": "clear", "session_id": "new"}

    assert only(ended).kind == "ConversationEnd"
    heard = hear("w1", begun, AT, "w1.abc")
    assert heard.conversation_id == "new"
    assert [(e.kind, e.value) for e in heard.evidence][-1] == ("Stop", "")


def test_a_question_keeps_its_options_for_whoever_answers() -> None:
    payload = find_payload(
        "hooks_interactive", hook_event_name="PermissionRequest", tool_name="AskUserQuestion"
    )

    (question,) = detail(payload)["questions"]
    assert [option["label"] for option in question["options"]] == ["Red", "Blue"]


@pytest.mark.parametrize(
    ("entries", "is_waiting"),
    [
        ([{"type": "shell"}, {"type": "monitor"}, {"type": "workflow"}], False),
        ([{"type": "shell"}, {"type": "subagent"}], True),
        ([{"id": "a1"}], True),
        ("subagent", False),
    ],
)
def test_only_subagents_keep_a_turn_from_being_over(entries: Any, is_waiting: bool) -> None:
    payload = {"hook_event_name": "Stop", "background_tasks": entries}

    assert detail(payload)["is_waiting_for_subagents"] is is_waiting


@pytest.mark.parametrize("told_id", ["--resume", "*", "a/b", "", "x" * 101, "0b0c\n", "é"])
def test_what_could_be_no_conversation_is_not_followed(told_id: str) -> None:
    start = {"hook_event_name": "SessionStart", "source": "startup"}

    assert hear("w1", {**start, "session_id": told_id}, NOON, "").conversation_id == ""
    assert hear("w1", {**start, "session_id": "0b0c-1.a_b"}, NOON, "").conversation_id


def test_a_widely_indented_prompt_is_kept_far_enough_to_prove_it() -> None:
    text = "\n".join(" " * 30 + "ab" for _ in range(120))

    prompt = detail({"hook_event_name": "UserPromptSubmit", "prompt": text})["prompt"]

    assert is_in(text, prompt)
    assert len("".join(prompt.split())) >= PROOF_LENGTH
