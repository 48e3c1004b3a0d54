"""Copilot CLI's row: its command line, its hooks, and what its recorded conversation says."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rts.adapters.agents.others.copilot import COPILOT, HOOK_NAMES
from rts.adapters.agents.program import Heard, Launch
from rts.adapters.agents.screen_rules import find_keys, read_screen
from rts.world.evidence import Activity, Source
from rts.world.judge import judge
from rts.world.nouns import Action
from tests.adapters.agents.recorded import SAMPLES_FOLDER, find_payload, read_payloads

AT = datetime(2026, 11, 21, tzinfo=UTC)
EVENTS = SAMPLES_FOLDER / "copilot_events.jsonl"
CONVERSATION_ID = "0cb916db-26aa-40f2-86b5-1ba81b225fd3"


@pytest.fixture
def launch(room: Path) -> Launch:
    folder = room / "run"
    folder.mkdir()
    return Launch("w1", room / "shop", folder, room / "inbox", CONVERSATION_ID, folder / "brief.md")


def read_all() -> Heard:
    return COPILOT.read_transcript("w1", EVENTS, 0)[0]


def judge_line(tmp_path: Path, marks: tuple[str, ...]) -> tuple[Activity, str]:
    """Judge by the recorded lines up to the first that holds all of `marks`."""
    lines = EVENTS.read_text().splitlines(keepends=True)
    end = next(i for i, line in enumerate(lines) if all(mark in line for mark in marks))
    cut = tmp_path / "events.jsonl"
    cut.write_text("".join(lines[: end + 1]))
    heard, _ = COPILOT.read_transcript("w1", cut, 0)
    latest = {(piece.source, piece.kind): piece for piece in heard.evidence}
    verdict = judge(latest.values(), max(piece.at for piece in latest.values()))
    return verdict.activity, verdict.reason


def test_a_fresh_one_has_our_id_and_the_brief_behind_an_equals_sign(launch: Launch) -> None:
    line = COPILOT.command_line(launch)

    assert line.startswith(f"exec copilot --plugin-dir={launch.run_folder}/copilot ")
    assert f"'--allow-tool=write({launch.run_folder}/pull-request.md)'" in line
    assert line.endswith(f'--session-id={CONVERSATION_ID} --interactive="$(cat {launch.brief})"')


def test_a_resumed_one_stays_in_its_worktree(launch: Launch) -> None:
    resumed = replace(launch, is_resumed=True)
    words = launch.run_folder / "words.md"

    assert COPILOT.command_line(resumed).endswith(
        f"-C {launch.worktree} --resume={CONVERSATION_ID}"
    )
    assert COPILOT.command_line(replace(resumed, words=words)).endswith(
        f'--interactive="$(cat {words})"'
    )


def test_inside_the_sandbox_nothing_is_asked(launch: Launch) -> None:
    line = COPILOT.command_line(replace(launch, skips_permissions=True))

    assert line.startswith("COPILOT_ALLOW_ALL=true; export COPILOT_ALLOW_ALL; exec copilot ")
    assert " --allow-all " in line
    assert "--allow-tool" not in line


def test_its_hooks_are_a_plugin_in_the_run_folder(launch: Launch) -> None:
    COPILOT.write_files(launch)

    hooks = json.loads((launch.run_folder / "copilot" / "hooks.json").read_text())
    assert set(hooks["hooks"]) == set(HOOK_NAMES)
    assert {path.name for path in launch.run_folder.iterdir()} == {"copilot"}


def test_a_hook_names_the_conversation_and_its_file() -> None:
    start = find_payload("copilot_hooks", hook_event_name="SessionStart")

    heard = COPILOT.hear("w1", start, AT, "w1.a")

    named = json.loads(heard.evidence[0].detail)["transcript"]
    assert heard.conversation_id == CONVERSATION_ID
    assert named == str(Path.home() / ".copilot/session-state" / CONVERSATION_ID / "events.jsonl")


def test_every_recorded_hook_is_understood() -> None:
    heard = [COPILOT.hear("w1", payload, AT, "w1.a") for payload in read_payloads("copilot_hooks")]

    kinds = {piece.kind for part in heard for piece in part.evidence}
    assert kinds == set(HOOK_NAMES)
    assert not any(part.actions for part in heard)  # the transcript counts them, by their ids


@pytest.mark.parametrize("session_id", ["../../etc", "", 3, None, "a/b"])
def test_a_strange_id_names_no_file(session_id: object) -> None:
    payload = {"hook_event_name": "SessionEnd", "session_id": session_id}

    heard = COPILOT.hear("w1", payload, AT, "w1.a")

    named = json.loads(heard.evidence[0].detail).get("transcript", "")
    assert not named or Path(named).parent.parent == Path.home() / ".copilot/session-state"


@pytest.mark.parametrize(
    ("marks", "activity", "reason"),
    [
        (("user.message",), Activity.BUSY, "thinks"),
        (
            ("permission.requested",),
            Activity.BLOCKED,
            "wants permission: Bash: touch x2; sleep 30",
        ),
        (("permission.completed",), Activity.BUSY, "runs Bash: touch x2; sleep 30"),
        (('"abort"',), Activity.DONE, "was interrupted"),
        (
            ("execution_start", "ask_user", "requestedSchema"),
            Activity.ASKING,
            "asks: Which port?",
        ),
        (('"content": "thanks"',), Activity.DONE, "finished its turn"),
        (("session.error",), Activity.BLOCKED, "rate limit: Failed to get response"),
    ],
    ids=["prompt", "permission", "it was given", "Esc", "question", "end", "no answer"],
)
def test_what_it_does_is_judged_from_its_conversation(
    tmp_path: Path, marks: tuple[str, ...], activity: Activity, reason: str
) -> None:
    judged, words = judge_line(tmp_path, marks)

    assert judged is activity
    assert words.startswith(reason)


def test_calls_and_tokens_are_counted_once() -> None:
    heard = read_all()

    assert [action.tool for action in heard.actions] == [
        *("Bash", "AskUserQuestion", "AskUserQuestion", "Bash"),
    ]
    assert [action.has_failed for action in heard.actions] == [False, True, False, True]
    assert len({usage.message_id for usage in heard.usage}) == len(heard.usage) == 8
    assert (heard.usage[0].input_tokens, heard.usage[0].output_tokens) == (14374, 62)
    assert {piece.source for piece in heard.evidence} == {Source.TRANSCRIPT}


def test_read_line_by_line_it_counts_the_same(tmp_path: Path) -> None:
    growing, offset = tmp_path / "events.jsonl", 0
    actions: list[Action] = []
    for line in EVENTS.read_bytes().splitlines(keepends=True):
        with growing.open("ab") as file:
            file.write(line)
        heard, offset = COPILOT.read_transcript("w1", growing, offset)
        actions += heard.actions

    assert tuple(actions) == read_all().actions
    assert offset == EVENTS.stat().st_size


def test_a_call_that_began_long_before_is_still_named(tmp_path: Path) -> None:
    lines = EVENTS.read_bytes().splitlines(keepends=True)
    end = next(i for i, line in enumerate(lines) if b"tool.execution_complete" in line)
    growing = tmp_path / "events.jsonl"
    growing.write_bytes(b"".join(lines[:end]))
    _, offset = COPILOT.read_transcript("w1", growing, 0)
    growing.write_bytes(b"".join(lines[: end + 1]))

    heard, _ = COPILOT.read_transcript("w1", growing, offset)

    assert [action.tool for action in heard.actions] == ["Bash"]
    assert heard.evidence[0].value == "Bash: touch x2; sleep 30"


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "{}",
        '{"type": "abort", "data": 3, "timestamp": "2026-11-21T00:00:00Z"}',
        '{"type": "session.usage_record", "data": {"usage": {"model": 3, "inputTokens": -1, '
        '"outputTokens": 1}}, "id": "x", "timestamp": "2026-11-21T00:00:00Z"}',
        '{"type": "user.message", "data": {"content": "x"}, "timestamp": "soon"}',
    ],
)
def test_strange_lines_count_nothing(tmp_path: Path, line: str) -> None:
    events = tmp_path / "events.jsonl"
    events.write_text(f"{line}\n")

    heard, end = COPILOT.read_transcript("w1", events, 0)

    assert not heard.usage
    assert end == len(line) + 1


def test_its_conversation_is_found_by_our_id(launch: Launch) -> None:
    assert COPILOT.find_conversation(launch) is None
    events = Path.home() / ".copilot/session-state" / CONVERSATION_ID / "events.jsonl"
    events.parent.mkdir(parents=True)
    events.touch()

    assert COPILOT.find_conversation(launch) == events
    assert COPILOT.read_conversation_id(events) == CONVERSATION_ID


@pytest.mark.parametrize(
    ("pane", "says"),
    [
        ("copilot_trust", "dialog"),
        ("copilot_permission", "permission"),
        ("copilot_question", "question"),
        ("copilot_busy", "busy"),
        ("copilot_idle", "idle"),
    ],
)
def test_a_recorded_screen_is_read(pane: str, says: str) -> None:
    shown = read_screen(
        "copilot", "1.0.102", "w1", (SAMPLES_FOLDER / f"{pane}.txt").read_text(), AT
    )

    assert shown is not None
    assert shown.value == says


def test_output_that_quotes_a_prompt_is_no_prompt() -> None:
    idle = (SAMPLES_FOLDER / "copilot_idle.txt").read_text()
    quoted = " ● │ Do you trust the files in this folder? │\n   ❯ 1. Yes\n" + idle

    shown = read_screen("copilot", "1.0.102", "w1", quoted, AT)

    assert shown is not None
    assert shown.value == "idle"


def test_its_keys_are_known() -> None:
    keys = find_keys("copilot", "1.0.102")

    assert (keys.allow, keys.deny) == (("1",), ("Escape",))
    assert keys.interrupt == ("Escape", "Escape")
