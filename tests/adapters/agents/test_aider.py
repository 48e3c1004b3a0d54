"""aider's row: its command line, and what its recorded history, log and screen say."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rts.adapters.agents.others.aider import AIDER
from rts.adapters.agents.program import Launch
from rts.adapters.agents.screen_rules import read_screen
from rts.world.evidence import Source
from tests.adapters.agents.recorded import SAMPLES_FOLDER

AT = datetime(2026, 11, 21, tzinfo=UTC)
HISTORY = SAMPLES_FOLDER / "aider-recorded.md"


@pytest.fixture
def launch(room: Path) -> Launch:
    folder = room / "run"
    folder.mkdir()
    return Launch("w1", room / "shop", folder, room / "inbox", "0b0c-uuid", folder / "brief.md")


def test_it_works_on_the_brief_first_and_then_waits_with_the_same_history(launch: Launch) -> None:
    first, _, then = AIDER.command_line(launch).partition("; ")

    history = f"--chat-history-file {launch.run_folder}/aider-0b0c-uuid.md"
    assert first.startswith("aider ")
    assert first.endswith(f"--message-file {launch.brief}")
    assert then.startswith("exec aider ")
    assert "--message-file" not in then
    assert all(history in line and "--restore-chat-history" in line for line in (first, then))


def test_a_resumed_one_says_something_only_when_told(launch: Launch) -> None:
    resumed = replace(launch, is_resumed=True)
    words = launch.run_folder / "words.md"

    assert AIDER.command_line(resumed).startswith("exec aider ")
    assert f"--message-file {words}; exec" in AIDER.command_line(replace(resumed, words=words))


def test_only_inside_the_sandbox_all_is_answered_with_yes(launch: Launch) -> None:
    assert "--yes-always" not in AIDER.command_line(launch)
    assert "--yes-always" in AIDER.command_line(replace(launch, skips_permissions=True))


def test_its_conversation_is_the_file_that_we_named(launch: Launch) -> None:
    assert AIDER.find_conversation(launch) is None
    history = launch.run_folder / "aider-0b0c-uuid.md"
    history.touch()

    assert AIDER.find_conversation(launch) == history
    assert AIDER.read_conversation_id(history) == "0b0c-uuid"


def test_prompts_are_read_from_the_history() -> None:
    heard, end = AIDER.read_transcript("w1", HISTORY, 0)

    prompts = [json.loads(p.detail)["prompt"] for p in heard.evidence if "prompt" in p.detail]
    assert end == HISTORY.stat().st_size
    assert prompts[1] == "[[say: I will make it.\ny2.txt\n```\nhello\n```\n]]"
    assert prompts[2] == "[[sleep: 30]] [[say: later]]"
    assert {piece.source for piece in heard.evidence} == {Source.TRANSCRIPT}


def test_the_history_names_itself_and_the_log_to_be_read_on() -> None:
    heard, _ = AIDER.read_transcript("w1", HISTORY, 0)
    later, _ = AIDER.read_transcript("w1", HISTORY, 1)

    named = {json.loads(piece.detail)["transcript"] for piece in heard.evidence}
    assert named == {str(HISTORY), str(HISTORY.with_suffix(".jsonl"))}
    assert {piece.kind for piece in later.evidence} == {"UserPromptSubmit"}


def test_tokens_are_read_from_the_log_once() -> None:
    heard, _ = AIDER.read_transcript("w1", HISTORY.with_suffix(".jsonl"), 0)

    assert len({usage.message_id for usage in heard.usage}) == len(heard.usage) == 4
    assert (heard.usage[0].input_tokens, heard.usage[0].output_tokens) == (797, 17)


@pytest.mark.parametrize(
    "line",
    ["{", "{}", '{"event": "message_send"}', '{"event": "message_send", "properties": 3}'],
)
def test_strange_lines_count_nothing(tmp_path: Path, line: str) -> None:
    log = tmp_path / "aider-x.jsonl"
    log.write_text(f"{line}\n")

    assert not AIDER.read_transcript("w1", log, 0)[0].usage


def test_a_history_that_is_missing_says_nothing(tmp_path: Path) -> None:
    heard, end = AIDER.read_transcript("w1", tmp_path / "none.md", 7)

    assert (heard.evidence, end) == ((), 7)


@pytest.mark.parametrize(
    ("pane", "says"),
    [("aider_permission", "permission"), ("aider_busy", "busy"), ("aider_idle", "idle")],
)
def test_a_recorded_screen_is_read(pane: str, says: str) -> None:
    shown = read_screen("aider", "0.86.2", "w1", (SAMPLES_FOLDER / f"{pane}.txt").read_text(), AT)

    assert shown is not None
    assert shown.value == says


def test_a_permission_gives_its_question() -> None:
    pane = (SAMPLES_FOLDER / "aider_permission.txt").read_text()

    shown = read_screen("aider", "0.86.2", "w1", pane, AT)

    assert shown is not None
    assert json.loads(shown.detail)["reason"] == "Create new file?"


def test_a_question_that_was_answered_is_over() -> None:
    pane = "Create new file? (Y)es/(N)o [Yes]: y\nApplied edit to y2.txt\n────\ny2.txt\n> \n"

    shown = read_screen("aider", "0.86.2", "w1", pane, AT)

    assert shown is not None
    assert shown.value == "idle"
