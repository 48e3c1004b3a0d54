"""Qwen Code's row: its settings, its hooks, and what its recorded conversation and panes say."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rts.adapters.agents.others.qwen import HOOK_NAMES, QWEN, settings_path
from rts.adapters.agents.program import Heard, Launch
from rts.adapters.agents.screen_rules import read_screen, read_title
from rts.world.evidence import Activity, Source
from rts.world.judge import judge
from tests.adapters.agents.recorded import SAMPLES_FOLDER, find_payload, read_payloads

AT = datetime(2026, 11, 21, tzinfo=UTC)
CONVERSATION = SAMPLES_FOLDER / "qwen_conversation.jsonl"
CONVERSATION_ID = "21111111-2222-4333-8444-555555555555"


@pytest.fixture
def launch(room: Path) -> Launch:
    folder = room / "run"
    folder.mkdir()
    return Launch("w1", room / "shop", folder, room / "inbox", CONVERSATION_ID, folder / "brief.md")


def hear(**facts: object) -> Heard:
    return QWEN.hear("w1", find_payload("qwen_hooks", **facts), AT, "w1.request")


def read_settings(launch: Launch) -> dict[str, Any]:
    QWEN.write_files(launch)
    settings: dict[str, Any] = json.loads(settings_path(launch).read_text())
    return settings


def test_a_worker_begins_with_the_brief_and_goes_on_with_its_own_conversation(
    launch: Launch,
) -> None:
    fresh = QWEN.command_line(launch)
    assert f"--session-id {CONVERSATION_ID}" in fresh
    assert f'--prompt-interactive="$(cat {launch.brief})"' in fresh
    assert "--approval-mode default" in fresh

    words = launch.run_folder / "words"
    resumed = QWEN.command_line(
        replace(launch, is_resumed=True, skips_permissions=True, words=words)
    )
    assert f"--resume {CONVERSATION_ID}" in resumed
    assert f'--prompt-interactive="$(cat {words})"' in resumed
    assert "--approval-mode yolo" in resumed


def test_our_hooks_and_the_pull_request_are_all_that_the_settings_say(launch: Launch) -> None:
    settings = read_settings(launch)

    assert set(settings["hooks"]) == set(HOOK_NAMES)
    assert settings["permissions"] == {"allow": [f"Edit(/{launch.run_folder}/pull-request.md)"]}


def test_the_machines_own_defaults_stay_in_force(
    launch: Launch, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = room / "defaults.json"
    own.write_text("""{
        // the address below is no comment
        "model": {"url": "http://model.example.org"}, /* nor is
        this text */
        "hooks": {"Stop": ["theirs"]}
    }""")
    monkeypatch.setenv("QWEN_CODE_SYSTEM_DEFAULTS_PATH", str(own))

    settings = read_settings(launch)

    assert settings["model"] == {"url": "http://model.example.org"}
    assert settings["hooks"]["Stop"][0] == "theirs"
    assert len(settings["hooks"]["Stop"]) == 2


def test_defaults_that_cannot_be_read_are_passed_over(
    launch: Launch, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (room / "defaults.json").write_text("{")
    monkeypatch.setenv("QWEN_CODE_SYSTEM_DEFAULTS_PATH", str(room / "defaults.json"))

    assert set(read_settings(launch)) == {"hooks", "permissions"}


def test_a_prompt_is_proven_and_what_goes_back_to_the_model_is_none() -> None:
    (evidence,) = hear(hook_event_name="UserPromptSubmit").evidence

    assert evidence.kind == "UserPromptSubmit"
    assert json.loads(evidence.detail)["prompt"].startswith("[[bash: echo hello")
    assert hear(hook_event_name="UserPromptSubmit", prompt="") == Heard()


def test_a_call_has_the_same_id_in_hook_and_conversation() -> None:
    (action,) = hear(hook_event_name="PostToolUse").actions

    assert (action.tool, action.tool_use_id) == ("Shell", "call_000231a623ad533fab")
    heard, _ = QWEN.read_transcript("w1", CONVERSATION, 0)
    assert all(a.tool_use_id.startswith("call_") for a in heard.actions)


def test_a_call_without_that_id_is_counted_from_its_hook_alone(tmp_path: Path) -> None:
    payload = {**find_payload("qwen_hooks", hook_event_name="PostToolUse"), "tool_call_id": None}
    (action,) = QWEN.hear("w1", payload, AT, "").actions
    assert action.tool_use_id.startswith("toolu_")

    path = tmp_path / "c.jsonl"
    path.write_text(CONVERSATION.read_text().replace('"call_id"', '"no_id"'))
    heard, _ = QWEN.read_transcript("w1", path, 0)
    assert heard.actions == ()
    assert "PostToolUse" in {e.kind for e in heard.evidence}


def test_a_permission_and_a_question_are_told_apart() -> None:
    (permission,) = hear(
        hook_event_name="PermissionRequest", tool_name="run_shell_command"
    ).evidence
    assert judge((permission,), AT).activity is Activity.BLOCKED
    assert permission.value == "Shell: echo hi > hi.txt"

    (question,) = hear(hook_event_name="PermissionRequest", tool_name="ask_user_question").evidence
    assert judge((question,), AT).reason == "asks: Which port?"


def test_a_tool_that_esc_ended_is_an_interrupt() -> None:
    (evidence,) = hear(hook_event_name="PostToolUseFailure", is_interrupt=True).evidence

    assert evidence.kind == "Interrupt"


def test_every_recorded_hook_and_every_strange_one_is_borne() -> None:
    strange: list[dict[str, Any]] = [
        {},
        {"hook_event_name": 1},
        {"hook_event_name": "UserPromptSubmit", "prompt": 7},
        {"hook_event_name": "PreToolUse", "tool_name": [], "tool_call_id": {}},
    ]
    for payload in [*read_payloads("qwen_hooks"), *strange]:
        QWEN.hear("w1", payload, AT, "")


def test_tokens_are_counted_once_per_message_and_the_cached_apart() -> None:
    heard, offset = QWEN.read_transcript("w1", CONVERSATION, 0)

    assert offset == CONVERSATION.stat().st_size
    ids = [usage.message_id for usage in heard.usage]
    assert len(ids) == len(set(ids)) > 3
    first = json.loads(
        next(x for x in CONVERSATION.read_text().splitlines() if "usageMetadata" in x)
    )
    tokens = first["usageMetadata"]
    assert heard.usage[0].input_tokens + heard.usage[0].cached_tokens == tokens["promptTokenCount"]


def test_a_call_that_was_refused_on_the_pane_ends_the_turn(tmp_path: Path) -> None:
    lines = CONVERSATION.read_text().splitlines(keepends=True)
    end = next(i for i, line in enumerate(lines) if '"cancelled"' in line)
    path = tmp_path / "c.jsonl"
    path.write_text("".join(lines[: end + 1]))

    heard, _ = QWEN.read_transcript("w1", path, 0)

    assert heard.evidence[-1].kind == "Interrupt"
    assert heard.evidence[-1].source is Source.TRANSCRIPT
    assert heard.actions == ()


def test_the_conversation_tells_prompts_calls_and_last_words() -> None:
    heard, _ = QWEN.read_transcript("w1", CONVERSATION, 0)

    kinds = {e.kind for e in heard.evidence}
    assert kinds == {"UserPromptSubmit", "Interrupt", "PostToolUse", "PostToolUseFailure", "Stop"}
    assert [a.has_failed for a in heard.actions] == [False, True]
    assert "All done. Which port?" in [e.value for e in heard.evidence]


@pytest.mark.parametrize(
    "junk",
    ["{}", "[]", '{"type": "user", "timestamp": 3}', '{"type": "assistant", "message": []}'],
)
def test_lines_of_other_kinds_are_passed_over(tmp_path: Path, junk: str) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(f"{junk}\n")

    assert QWEN.read_transcript("w1", path, 0) == (Heard(), path.stat().st_size)


def test_the_conversation_is_found_by_its_id(launch: Launch, room: Path) -> None:
    assert QWEN.find_conversation(launch) is None
    chats = room / "home" / ".qwen" / "projects" / "-shop" / "chats"
    chats.mkdir(parents=True)
    path = chats / f"{CONVERSATION_ID}.jsonl"
    path.touch()

    assert QWEN.find_conversation(launch) == path
    assert QWEN.read_conversation_id(path) == CONVERSATION_ID
    assert QWEN.find_conversation(replace(launch, conversation_id="../../x")) is None


@pytest.mark.parametrize(
    ("pane", "says", "reason"),
    [
        ("permission", "permission", "Shell echo hi > hi.txt (A scripted command)"),
        ("permission_0.15", "permission", "Shell echo hi > hi.txt (A scripted command)"),
        ("question", "question", ""),
        ("busy", "busy", ""),
        ("busy_0.15", "busy", ""),
        ("idle", "idle", ""),
        ("idle_0.15", "idle", ""),
    ],
    ids=lambda value: value or "no reason",
)
def test_a_pane_is_read(pane: str, says: str, reason: str) -> None:
    text = (SAMPLES_FOLDER / f"qwen_{pane}.txt").read_text()

    evidence = read_screen("qwen", "", "w1", text, AT)

    assert evidence is not None
    assert evidence.value == says
    assert json.loads(evidence.detail).get("reason", "") == reason


@pytest.mark.parametrize(
    ("title", "version", "says"),
    [
        ("◐︎ Qwen - shop", "0.24.4", "busy"),
        ("Qwen - shop", "0.24.4", "idle"),
        ("Qwen - shop", "0.15.10", ""),
        ("✳︎ Qwen - shop", "0.24.4", ""),
    ],
)
def test_a_title_is_read_where_it_changes(title: str, version: str, says: str) -> None:
    evidence = read_title("qwen", version, "w1", title, AT)

    assert (evidence.value if evidence else "") == says


def test_only_conversations_and_login_are_writable_in_the_sandbox(
    launch: Launch, room: Path
) -> None:
    folder = room / "home" / ".qwen"

    places = QWEN.places(launch)

    assert places.writable == (folder / "projects", folder / "oauth_creds.json")
    assert places.fresh == (folder,)
    assert (folder / "projects").is_dir()
