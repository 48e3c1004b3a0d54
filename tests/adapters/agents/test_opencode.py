"""OpenCode's row: its command line, its configuration, and what its plugin drops."""

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rts.adapters.agents.others.opencode import CONFIG_VARIABLE, OPENCODE, PLUGIN_PATH
from rts.adapters.agents.program import Heard, Launch
from rts.adapters.agents.screen_rules import find_keys, read_screen
from rts.world.evidence import Activity
from rts.world.judge import judge
from tests.adapters.agents.recorded import SAMPLES_FOLDER, read_payloads

AT = datetime(2026, 11, 21, tzinfo=UTC)
CONVERSATION_ID = "ses_e01d3c997ffe0dtzG1pvzKXfEB"


@pytest.fixture
def launch(room: Path) -> Launch:
    folder = room / "run"
    folder.mkdir()
    return Launch("w1", room / "shop", folder, room / "inbox", "0b0c-uuid", folder / "brief.md")


def hear_recording() -> list[Heard]:
    return [
        OPENCODE.hear("w1", letter["payload"], datetime.fromisoformat(letter["at"]), "w1.a")
        for letter in read_payloads("opencode_letters")
    ]


def judge_until(kind: str, count: int) -> tuple[Activity, str]:
    """Judge by all that was dropped up to the letter that tells `kind` for the `count`-th time."""
    latest = {}
    for heard in hear_recording():
        for piece in heard.evidence:
            latest[piece.source, piece.kind] = piece
            if piece.kind == kind:
                count -= 1
        if count == 0:
            verdict = judge(latest.values(), max(piece.at for piece in latest.values()))
            return verdict.activity, verdict.reason
    raise AssertionError(f"no {kind}")


def config_of(launch: Launch) -> dict[str, object]:
    OPENCODE.write_files(launch)
    config: dict[str, object] = json.loads((launch.run_folder / "opencode.json").read_text())
    return config


def test_a_fresh_one_gets_the_brief_behind_an_equals_sign(launch: Launch) -> None:
    line = OPENCODE.command_line(launch)

    assert f'exec opencode --prompt="$(cat {launch.brief})"' in line
    assert "--auto" not in line
    assert "--auto" in OPENCODE.command_line(replace(launch, skips_permissions=True))


def test_a_resumed_one_goes_on_with_its_own_conversation(launch: Launch) -> None:
    resumed = replace(launch, is_resumed=True, conversation_id=CONVERSATION_ID)
    words = launch.run_folder / "words.md"

    assert OPENCODE.command_line(resumed).endswith(f"exec opencode --session={CONVERSATION_ID}")
    assert f"RTS_FIRST_WORDS={words}" in OPENCODE.command_line(replace(resumed, words=words))


def test_its_configuration_asks_before_all_but_the_pull_request(launch: Launch) -> None:
    config = config_of(launch)

    assert config["plugin"] == [PLUGIN_PATH.as_uri()]
    assert config["permission"] == {
        "bash": "ask",
        "webfetch": "ask",
        "edit": {"*": "ask", "../run/pull-request.md": "allow"},
        "external_directory": {f"{launch.run_folder}/*": "allow"},
    }
    assert "permission" not in config_of(replace(launch, skips_permissions=True))


def test_what_the_commander_put_into_the_same_variable_stays(
    launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, '{"plugin": ["mine"], "theme": "night"}')

    config = config_of(launch)

    assert config["plugin"] == ["mine", PLUGIN_PATH.as_uri()]
    assert config["theme"] == "night"
    assert (launch.run_folder / "opencode.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("inherited", ["{", "[]", '{"plugin": "mine"}'])
def test_a_variable_that_cannot_be_read_is_left_out(
    launch: Launch, monkeypatch: pytest.MonkeyPatch, inherited: str
) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, inherited)

    assert config_of(launch)["plugin"] == [PLUGIN_PATH.as_uri()]


@pytest.mark.parametrize(
    ("kind", "count", "activity", "reason"),
    [
        ("UserPromptSubmit", 1, Activity.BUSY, "thinks"),
        ("PermissionRequest", 1, Activity.BLOCKED, "wants permission: Bash: sleep 3"),
        ("PreToolUse", 3, Activity.BUSY, "runs Bash: sleep 3"),
        ("Stop", 1, Activity.ASKING, "asks: Shall I go on?"),
        ("Interrupt", 1, Activity.DONE, "was interrupted"),
        ("Interrupt", 3, Activity.DONE, "was interrupted"),
        ("PermissionRequest", 3, Activity.ASKING, "asks: Which port?"),
        ("Stop", 2, Activity.DONE, "finished its turn"),
        ("PermissionRequest", 4, Activity.BLOCKED, "wants permission: Bash: ls"),
        ("StopFailure", 1, Activity.BLOCKED, "not logged in: scripted status 401"),
    ],
    ids=[
        *("a prompt", "a permission", "it was given", "a question at the end", "Esc", "after Esc"),
        *("a question", "the end", "a permission for a subagent", "no login"),
    ],
)
def test_what_it_does_is_judged_from_the_recorded_letters(
    kind: str, count: int, activity: Activity, reason: str
) -> None:
    assert judge_until(kind, count) == (activity, reason)


def test_a_subagent_that_ends_does_not_end_the_turn() -> None:
    assert judge_until("SubagentStop", 1)[0] is Activity.BUSY


def test_a_failed_request_tells_when_it_is_sent_again() -> None:
    retry = next(e for heard in hear_recording() for e in heard.evidence if e.kind == "ApiRetry")

    assert retry.value == "scripted status 503"
    assert json.loads(retry.detail)["attempt"] == 1
    assert datetime.fromisoformat(json.loads(retry.detail)["until"]) > retry.at


def test_calls_and_tokens_are_counted_once() -> None:
    heard = hear_recording()
    actions = {a.tool_use_id: a.tool for part in heard for a in part.actions}
    usage = [u for part in heard for u in part.usage]

    assert list(actions.values()) == ["Write", "Bash", "Bash", "AskUserQuestion", "Bash", "Task"]
    assert len(usage) == len({u.message_id for u in usage}) == 9
    assert (usage[0].input_tokens, usage[0].output_tokens) == (8090, 61)


def test_a_prompt_proves_itself_and_names_its_conversation() -> None:
    prompt = next(h for h in hear_recording() if h.evidence and h.conversation_id)

    assert prompt.conversation_id == CONVERSATION_ID
    assert json.loads(prompt.evidence[0].detail)["prompt"].startswith("- Do it.")


@pytest.mark.parametrize(
    "payload",
    [
        {"hook_event_name": "Usage", "tokens": 3},
        {"hook_event_name": "Usage", "message_id": "m", "model": "x", "tokens": {"input": -1}},
        {"hook_event_name": "ApiRetry", "next": "soon"},
        {"hook_event_name": "ApiRetry", "next": 1e300, "attempt": 1},
        {"hook_event_name": "PostToolUse", "tool_input": 3, "tool_name": ["x"]},
        {"hook_event_name": ["Stop"]},
    ],
)
def test_strange_payloads_count_nothing(payload: dict[str, object]) -> None:
    heard = OPENCODE.hear("w1", payload, AT, "w1.a")

    assert not heard.usage
    assert not heard.actions


def test_a_conversation_is_found_by_its_id_or_its_worktree(launch: Launch) -> None:
    folder = Path.home() / ".local/share/opencode"
    folder.mkdir(parents=True)
    assert OPENCODE.find_conversation(launch) is None
    with sqlite3.connect(folder / "opencode.db") as connection:
        connection.execute("CREATE TABLE session (id TEXT, parent_id TEXT, directory TEXT)")
        connection.execute("INSERT INTO session VALUES ('ses_1', NULL, ?)", (str(launch.worktree),))
        connection.execute("INSERT INTO session VALUES ('ses_2', NULL, '/else')")
    connection.close()

    by_worktree = OPENCODE.find_conversation(launch)
    by_id = OPENCODE.find_conversation(replace(launch, conversation_id="ses_2"))

    assert by_worktree
    assert OPENCODE.read_conversation_id(by_worktree) == "ses_1"
    assert by_id
    assert OPENCODE.read_conversation_id(by_id) == "ses_2"
    assert OPENCODE.find_conversation(replace(launch, conversation_id="ses_3")) is None


@pytest.mark.parametrize(
    ("pane", "says"),
    [
        ("opencode_permission", "permission"),
        ("opencode_permission_wide", "permission"),
        ("opencode_question", "question"),
        ("opencode_busy", "busy"),
        ("opencode_retry", "busy"),
        ("opencode_esc_once", "busy"),
        ("opencode_idle", "idle"),
        ("opencode_idle_wide", "idle"),
    ],
)
def test_a_recorded_screen_is_read(pane: str, says: str) -> None:
    shown = read_screen(
        "opencode", "1.18.33", "w1", (SAMPLES_FOLDER / f"{pane}.txt").read_text(), AT
    )

    assert shown is not None
    assert shown.value == says


def test_output_that_quotes_a_prompt_is_no_prompt() -> None:
    idle = (SAMPLES_FOLDER / "opencode_idle.txt").read_text()
    quoted = "     △ Permission required\n     Allow once   Allow always   Reject\n" + idle

    shown = read_screen("opencode", "1.18.33", "w1", quoted, AT)

    assert shown is not None
    assert shown.value == "idle"


def test_its_keys_are_known() -> None:
    keys = find_keys("opencode", "1.18.33")

    assert keys.interrupt == ("Escape", "Escape")
    assert keys.allow
    assert keys.deny
    assert keys.quit
