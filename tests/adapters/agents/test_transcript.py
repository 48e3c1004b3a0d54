"""Tokens from a transcript that grows while it is read."""

import json
from pathlib import Path

import pytest

from rts.adapters.agents.transcript import read_usage
from rts.world.nouns import Usage
from tests.adapters.agents.recorded import SAMPLES_FOLDER

RECORDED = (SAMPLES_FOLDER / "transcript.jsonl").read_bytes()


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    path = tmp_path / "conversation.jsonl"
    path.write_bytes(RECORDED)
    return path


def line(message_id: str, output_tokens: int = 1) -> str:
    usage = {
        "input_tokens": 10,
        "cache_read_input_tokens": 200,
        "cache_creation_input_tokens": 30,
        "output_tokens": output_tokens,
    }
    message = {"id": message_id, "model": "m", "usage": usage}
    stamp = "2026-11-21T00:40:49.429Z"
    return json.dumps({"type": "assistant", "timestamp": stamp, "message": message}) + "\n"


def test_a_recorded_conversation_is_counted(transcript: Path) -> None:
    usages, offset = read_usage("w1", transcript, 0)

    assert offset == len(RECORDED)
    assert [u.message_id for u in usages][:2] == [
        "msg_00002176fe611e8b4b",
        "msg_000024ae3eb628a733",
    ]
    first = usages[0]
    assert (first.model, first.input_tokens) == ("claude-opus-5-5", 7085)
    assert (first.cached_tokens, first.output_tokens) == (7085, 19)
    assert first.at.isoformat() == "2026-11-21T00:40:49.435000+00:00"


def test_reading_on_finds_only_what_is_new(transcript: Path) -> None:
    _, offset = read_usage("w1", transcript, 0)
    with transcript.open("a") as file:
        file.write(line("msg_new"))

    usages, end = read_usage("w1", transcript, offset)

    assert [u.message_id for u in usages] == ["msg_new"]
    assert read_usage("w1", transcript, end) == ([], end)


def test_a_message_of_several_lines_is_counted_once(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(line("msg_1") + line("msg_1") + line("msg_2"))

    usages, _ = read_usage("w1", path, 0)

    assert [(u.message_id, u.input_tokens, u.cached_tokens) for u in usages] == [
        ("msg_1", 10, 230),
        ("msg_2", 10, 230),
    ]


@pytest.mark.parametrize("cut", range(1, len(line("msg_2")), 40))
def test_a_line_that_is_still_being_written_waits(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(line("msg_1") + line("msg_2")[:cut])
    before, offset = read_usage("w1", path, 0)
    path.write_text(line("msg_1") + line("msg_2"))

    after, _ = read_usage("w1", path, offset)

    assert [u.message_id for u in [*before, *after]] == ["msg_1", "msg_2"]


@pytest.mark.parametrize(
    "junk",
    [
        "half a li\n",
        '{"type": "assistant"}\n',
        '["assistant"]\n',
        '{"type": "api-request", "params": "assistant"}\n',
        line("msg_x").replace('"type"', '"isApiErrorMessage": true, "type"'),
        line("msg_x").replace('"output_tokens": 1', '"output_tokens": "many"'),
    ],
    ids=["no json", "no message", "a list", "another type", "an error's text", "no number"],
)
def test_lines_of_other_kinds_are_passed_over(tmp_path: Path, junk: str) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(junk + line("msg_1"))

    usages, offset = read_usage("w1", path, 0)

    assert [u.message_id for u in usages] == ["msg_1"]
    assert offset == path.stat().st_size


def test_a_missing_transcript_says_nothing(tmp_path: Path) -> None:
    nothing: tuple[list[Usage], int] = ([], 5)

    assert read_usage("w1", tmp_path / "none.jsonl", 5) == nothing
