"""pi's row: its extension, its recorded letters, conversation and panes."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rts.adapters.agents.others.pi import EXTENSION, PI, conversations_folder, extension_path
from rts.adapters.agents.program import Heard, Launch
from rts.adapters.agents.screen_rules import find_keys, read_screen
from rts.world.evidence import Activity
from rts.world.judge import judge
from tests.adapters.agents.recorded import SAMPLES_FOLDER, find_payload, read_payloads

AT = datetime(2026, 11, 21, tzinfo=UTC)
CONVERSATION = SAMPLES_FOLDER / "pi_conversation.jsonl"
CONVERSATION_ID = "01a1fbb2-b84e-72bc-96c3-42907efcf798"


@pytest.fixture
def launch(room: Path) -> Launch:
    folder = room / "run"
    folder.mkdir()
    return Launch("w1", room / "shop", folder, room / "inbox", CONVERSATION_ID, folder / "brief.md")


def hear(**facts: object) -> Heard:
    return PI.hear("w1", find_payload("pi_hooks", **facts), AT, "")


def test_a_brief_that_begins_with_a_dash_is_no_option(launch: Launch) -> None:
    line = PI.command_line(launch)

    assert f'" $(cat {launch.brief})"' in line
    assert f"--extension {extension_path(launch)}" in line
    assert "--session " not in line


def test_it_goes_on_with_its_own_file(launch: Launch) -> None:
    PI.write_files(launch)
    resumed = replace(launch, is_resumed=True)
    assert f"--session {CONVERSATION_ID}" in PI.command_line(resumed)

    path = conversations_folder(launch) / f"2026-11-21T01-22-36-238Z_{CONVERSATION_ID}.jsonl"
    path.write_bytes(CONVERSATION.read_bytes())

    assert PI.command_line(resumed).endswith(f"--session {path}")
    assert PI.read_conversation_id(path) == CONVERSATION_ID


def test_the_only_conversation_is_the_workers_until_its_id_is_known(launch: Launch) -> None:
    PI.write_files(launch)
    assert PI.find_conversation(launch) is None
    path = conversations_folder(launch) / "2026-11-21T01-22-36-238Z_other.jsonl"
    path.touch()

    assert PI.find_conversation(launch) == path
    assert PI.find_conversation(replace(launch, is_resumed=True)) is None


def test_the_extension_goes_into_the_run_folder(launch: Launch) -> None:
    PI.write_files(launch)

    assert extension_path(launch).read_text() == EXTENSION.read_text()


def test_a_turn_is_heard_from_prompt_to_last_words() -> None:
    (prompt,) = hear(hook_event_name="UserPromptSubmit").evidence
    assert json.loads(prompt.detail)["prompt"].strip().startswith("- [[bash: echo hi")

    (call,) = hear(hook_event_name="PreToolUse").evidence
    assert call.value == "bash: echo hi > hi.txt"

    (action,) = hear(hook_event_name="PostToolUse").actions
    assert (action.tool, action.has_failed) == ("bash", False)

    (end,) = hear(hook_event_name="Stop").evidence
    assert judge((end,), AT).reason == "asks: All done. Which port?"


def test_the_conversation_is_known_when_it_starts() -> None:
    assert hear(hook_event_name="SessionStart").conversation_id


def test_esc_is_told() -> None:
    (evidence,) = hear(hook_event_name="Interrupt").evidence

    assert judge((evidence,), AT).activity is Activity.DONE


def test_a_failure_is_told_and_so_is_the_next_try() -> None:
    (failure,) = hear(hook_event_name="StopFailure").evidence
    assert judge((failure,), AT).activity is Activity.BLOCKED
    assert "429" in failure.value

    (retry,) = hear(hook_event_name="ApiRetry").evidence
    verdict = judge((retry,), AT)
    assert verdict.activity is Activity.BUSY
    assert "tries again by itself (try 1)" in verdict.reason


def test_every_recorded_letter_and_every_strange_one_is_borne() -> None:
    strange: list[dict[str, Any]] = [
        {},
        {"hook_event_name": 1},
        {"hook_event_name": "ApiRetry", "attempt": "x", "error": {}},
        {"hook_event_name": "Stop", "last_assistant_message": 3},
    ]
    for payload in [*read_payloads("pi_hooks"), *strange]:
        PI.hear("w1", payload, AT, "")


def test_tokens_are_counted_once_per_message() -> None:
    heard, offset = PI.read_transcript("w1", CONVERSATION, 0)

    assert offset == CONVERSATION.stat().st_size
    assert [(u.input_tokens, u.cached_tokens, u.output_tokens) for u in heard.usage] == [
        (740, 740, 19),
        (781, 780, 6),
    ]
    assert {u.model for u in heard.usage} == {"standin-1"}


def test_a_message_that_was_cut_short_costs_nothing(tmp_path: Path) -> None:
    line = next(x for x in CONVERSATION.read_text().splitlines() if '"assistant"' in x)
    entry = json.loads(line)
    entry["message"]["usage"] |= {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0}
    path = tmp_path / "c.jsonl"
    path.write_text(f'{json.dumps(entry)}\n{{"type": "message", "message": 3}}\n')

    assert PI.read_transcript("w1", path, 0) == (Heard(), path.stat().st_size)


@pytest.mark.parametrize("pane", ["busy", "idle"])
def test_a_pane_is_read(pane: str) -> None:
    text = (SAMPLES_FOLDER / f"pi_{pane}.txt").read_text()

    evidence = read_screen("pi", "0.87.1", "w1", text, AT)

    assert evidence is not None
    assert evidence.value == pane


def test_a_retry_is_busy() -> None:
    text = (SAMPLES_FOLDER / "pi_retry.txt").read_text()

    evidence = read_screen("pi", "0.87.1", "w1", text, AT)

    assert evidence is not None
    assert (evidence.value, json.loads(evidence.detail)) == ("busy", {"reason": "2/3"})


def test_it_never_asks_so_that_no_key_answers() -> None:
    keys = find_keys("pi", "0.87.1")

    assert (keys.allow, keys.deny, keys.interrupt) == ((), (), ("Escape",))


def test_settings_are_read_and_only_its_login_is_written_in_the_sandbox(
    launch: Launch, room: Path
) -> None:
    places = PI.places(launch)

    assert places.writable == (room / "home/.pi/agent/auth.json",)
    assert places.fresh == (room / "home/.pi/agent",)
