"""Gemini CLI's row: its own HOME, its hooks, and what its recorded conversation and panes say."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rts.adapters.agents.others.gemini import GEMINI, own_home
from rts.adapters.agents.program import Heard, Launch
from rts.adapters.agents.screen_rules import find_keys, read_screen, read_title
from rts.world.evidence import Activity, Source
from rts.world.judge import judge
from tests.adapters.agents.recorded import SAMPLES_FOLDER, find_payload, read_payloads

AT = datetime(2026, 11, 21, tzinfo=UTC)
CONVERSATION = SAMPLES_FOLDER / "gemini_conversation.jsonl"
CONVERSATION_ID = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def launch(room: Path) -> Launch:
    folder = room / "run"
    folder.mkdir()
    return Launch("w1", room / "shop", folder, room / "inbox", CONVERSATION_ID, folder / "brief.md")


def hear(**facts: object) -> Heard:
    return GEMINI.hear("w1", find_payload("gemini_hooks", **facts), AT, "w1.request")


def test_a_worker_begins_with_the_brief_and_goes_on_with_its_own_conversation(
    launch: Launch,
) -> None:
    fresh = GEMINI.command_line(launch)
    assert f"--session-id {CONVERSATION_ID}" in fresh
    assert f'--prompt-interactive="$(cat {launch.brief})"' in fresh
    assert "--approval-mode default" in fresh
    assert "--skip-trust" not in fresh
    assert "--include-directories" not in fresh

    resumed = GEMINI.command_line(replace(launch, is_resumed=True, skips_permissions=True))
    assert f"--resume {CONVERSATION_ID}" in resumed
    assert "--prompt-interactive" not in resumed
    assert "--approval-mode yolo --skip-trust" in resumed
    assert f"--include-directories {launch.run_folder}" in resumed


def test_the_commanders_own_settings_are_linked_and_never_written(
    launch: Launch, room: Path
) -> None:
    theirs = room / "home" / ".gemini"
    (theirs / "extensions" / "their-own").mkdir(parents=True)
    (theirs / "tmp").mkdir()
    (theirs / "settings.json").write_text('{"theme": "theirs"} // with a comment')

    GEMINI.write_files(launch)
    GEMINI.write_files(launch)

    own = own_home(launch) / ".gemini"
    assert (own / "settings.json").read_text() == '{"theme": "theirs"} // with a comment'
    assert (own / "extensions" / "their-own").is_dir()
    assert not (own / "tmp").exists()
    hooks = json.loads((own / "extensions" / "rts" / "hooks" / "hooks.json").read_text())
    assert "BeforeAgent" in hooks["hooks"]
    assert sorted(p.name for p in theirs.rglob("*")) == [
        "extensions",
        "settings.json",
        "their-own",
        "tmp",
    ]


@pytest.mark.parametrize(
    "planted", ["extensions", "extensions/rts", "extensions/rts/hooks"], ids=lambda name: name
)
def test_a_link_that_an_agent_left_in_its_home_leads_nowhere(
    launch: Launch, room: Path, planted: str
) -> None:
    theirs = room / "theirs"
    theirs.mkdir()
    place = own_home(launch) / ".gemini" / planted
    place.parent.mkdir(parents=True)
    place.symlink_to(theirs)

    GEMINI.write_files(launch)

    assert not list(theirs.iterdir())
    assert (own_home(launch) / ".gemini/extensions/rts/hooks/hooks.json").is_file()


def test_a_prompt_that_was_submitted_is_proven() -> None:
    (evidence,) = hear(hook_event_name="BeforeAgent").evidence

    assert evidence.kind == "UserPromptSubmit"
    assert json.loads(evidence.detail)["prompt"].startswith("[[bash: echo hi > hi.txt]]")


def test_the_conversation_is_known_when_it_starts_but_not_its_file() -> None:
    heard = hear(hook_event_name="SessionStart", source="resume")

    assert heard.conversation_id == CONVERSATION_ID
    assert "transcript" not in json.loads(heard.evidence[0].detail)


def test_a_turn_is_heard_from_call_to_last_words() -> None:
    (call,) = hear(hook_event_name="BeforeTool", tool_name="run_shell_command").evidence
    assert (call.kind, call.value) == ("PreToolUse", "Shell: echo hi > hi.txt")

    completed = hear(hook_event_name="AfterTool")
    assert completed.evidence[0].kind == "PostToolUse"
    assert completed.actions == ()

    (end,) = hear(hook_event_name="AfterAgent").evidence
    assert (end.kind, end.value) == ("Stop", "All done. Which port?")


def test_a_question_is_heard_with_its_words() -> None:
    (evidence,) = hear(hook_event_name="BeforeTool", tool_name="ask_user").evidence

    assert (evidence.kind, evidence.value) == ("PermissionRequest", "Which port?")
    assert judge((evidence,), AT).activity is Activity.ASKING


def test_a_command_that_esc_ended_is_an_interrupt() -> None:
    cancelled = next(p for p in read_payloads("gemini_hooks") if "cancelled by user" in str(p))

    (evidence,) = GEMINI.hear("w1", cancelled, AT, "").evidence

    assert evidence.kind == "Interrupt"
    assert judge((evidence,), AT).activity is Activity.DONE


def test_every_recorded_hook_and_every_strange_one_is_borne() -> None:
    strange: list[dict[str, Any]] = [
        {},
        {"hook_event_name": 1},
        {"hook_event_name": "BeforeTool", "tool_name": []},
        {"hook_event_name": "AfterTool", "tool_response": "x", "tool_input": 3},
        {"hook_event_name": "Notification", "details": 3, "message": None},
        {"hook_event_name": "AfterAgent", "prompt_response": {}},
    ]
    for payload in [*read_payloads("gemini_hooks"), *strange]:
        GEMINI.hear("w1", payload, AT, "")


def test_tokens_are_counted_once_per_message_and_calls_once_per_id() -> None:
    heard, offset = GEMINI.read_transcript("w1", CONVERSATION, 0)

    assert offset == CONVERSATION.stat().st_size
    ids = [usage.message_id for usage in heard.usage]
    assert len(ids) == len(set(ids)) > 1
    assert all(u.input_tokens > 0 and u.output_tokens > 0 for u in heard.usage)
    assert [(a.tool, a.has_failed) for a in heard.actions] == [("Shell", False)]


def test_esc_is_read_in_the_conversation() -> None:
    heard, _ = GEMINI.read_transcript("w1", CONVERSATION, 0)

    assert {e.kind for e in heard.evidence} == {"Interrupt"}
    assert all(e.source is Source.TRANSCRIPT for e in heard.evidence)


def test_the_conversation_is_found_by_its_id_and_not_by_its_name(launch: Launch) -> None:
    chats = own_home(launch) / ".gemini" / "tmp" / "shop" / "chats"
    chats.mkdir(parents=True)
    assert GEMINI.find_conversation(launch) is None
    (chats / "session-2026-11-21T12-49-11111111.jsonl").write_text(
        json.dumps({"sessionId": CONVERSATION_ID}) + "\n"
    )
    (chats / "session-2026-11-21T12-50-11111111.jsonl").write_text(
        json.dumps({"sessionId": "11111111-other"}) + "\n" + "x" * 10**5
    )
    own = chats / "session-2026-11-21T12-41-11111111.jsonl"
    own.write_bytes(CONVERSATION.read_bytes())

    assert GEMINI.find_conversation(launch) == own
    assert GEMINI.read_conversation_id(own) == CONVERSATION_ID


@pytest.mark.parametrize(
    ("pane", "says", "reason"),
    [
        ("trust", "dialog", "asks whether you trust this folder"),
        ("permission", "permission", "Shell echo hi > hi.txt"),
        ("question", "question", ""),
        ("busy", "busy", ""),
    ],
    ids=lambda value: value or "no reason",
)
def test_a_pane_is_read(pane: str, says: str, reason: str) -> None:
    text = (SAMPLES_FOLDER / f"gemini_{pane}.txt").read_text()

    evidence = read_screen("gemini", "0.61.0", "w1", text, AT)

    assert evidence is not None
    assert evidence.value == says
    assert json.loads(evidence.detail).get("reason", "") == reason


def test_an_idle_pane_that_quotes_a_dialog_says_nothing() -> None:
    idle = (SAMPLES_FOLDER / "gemini_idle.txt").read_text()
    dialog = (SAMPLES_FOLDER / "gemini_permission.txt").read_text()
    quoted = "\n".join(f"  {line}" for line in dialog.splitlines())

    assert read_screen("gemini", "0.61.0", "w1", idle, AT) is None
    assert read_screen("gemini", "0.61.0", "w1", f"{quoted}\n{idle}", AT) is None


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("✦  Working… (shop)", "busy"),
        ("◇  Ready (shop)", "idle"),
        ("✋  Action Required (shop)", "permission"),
    ],
)
def test_a_title_is_read(title: str, says: str) -> None:
    evidence = read_title("gemini", "0.61.0", "w1", title, AT)

    assert evidence is not None
    assert evidence.value == says


def test_a_permission_is_answered_by_keys() -> None:
    keys = find_keys("gemini", "0.61.0")

    assert (keys.allow, keys.deny) == (("1",), ("Escape",))
    assert not GEMINI.answers_by_hook


def test_only_its_login_is_writable_in_the_sandbox(launch: Launch, room: Path) -> None:
    places = GEMINI.places(launch)

    assert places.writable == (room / "home/.gemini/oauth_creds.json",)
    assert places.fresh == ()
