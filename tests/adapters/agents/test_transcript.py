"""Tokens, actions and evidence from a transcript that grows while it is read."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rts.adapters.agents.claude.transcript import read_transcript
from rts.adapters.agents.hearing import digest_call
from rts.adapters.agents.program import Heard
from rts.world.evidence import Evidence, Source
from rts.world.nouns import Usage
from tests.adapters.agents.recorded import SAMPLES_FOLDER

RECORDED = (SAMPLES_FOLDER / "transcript.jsonl").read_bytes()


def read_usage(worker_id: str, path: Path, offset: int) -> tuple[list[Usage], int]:
    heard, end = read_transcript(worker_id, path, offset)
    return list(heard.usage), end


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


def read(name: str) -> Heard:
    path = SAMPLES_FOLDER / f"{name}.jsonl"
    heard, end = read_transcript("w1", path, 0)
    assert end == path.stat().st_size
    return heard


def told(heard: Heard) -> dict[str, Evidence]:
    assert all(piece.source is Source.TRANSCRIPT for piece in heard.evidence)
    return {piece.kind: piece for piece in heard.evidence}


def test_an_interrupted_request_is_told_here_although_no_hook_fires() -> None:
    assert "Interrupt" in told(read("transcript"))


def test_the_end_of_a_turn_carries_the_last_words() -> None:
    stop = told(read("transcript_subagents"))["Stop"]

    assert stop.value == "That was the whole script."
    assert json.loads(stop.detail)["is_waiting_for_subagents"] is False


def test_a_turn_that_ends_while_subagents_work_says_so(tmp_path: Path) -> None:
    lines = (SAMPLES_FOLDER / "transcript_subagents.jsonl").read_text().splitlines()
    end = next(i for i, text in enumerate(lines) if "pendingBackgroundAgentCount" in text)
    path = tmp_path / "t.jsonl"
    path.write_text("\n".join(lines[: end + 1]) + "\n")

    stop = told(read_transcript("w1", path, 0)[0])["Stop"]

    assert (stop.value, json.loads(stop.detail)["is_waiting_for_subagents"]) == ("They work.", True)


def test_a_typed_prompt_proves_a_tell() -> None:
    prompt = told(read("transcript_limit"))["UserPromptSubmit"]

    assert json.loads(prompt.detail)["prompt"].startswith("[[limit: 5400]]")


def test_what_claude_tells_itself_is_no_prompt() -> None:
    prompt = told(read("transcript_subagents"))["UserPromptSubmit"]

    assert json.loads(prompt.detail)["prompt"].startswith("[[tool: Agent")


def test_a_usage_limit_is_told_with_its_reset() -> None:
    failure = told(read("transcript_limit"))["StopFailure"]

    assert failure.value.startswith("usage limit, resets at ")
    assert json.loads(failure.detail)["resets_at"] == "2026-11-21T14:21:00+00:00"


def test_tool_calls_are_actions_with_the_ids_and_digests_of_their_hooks() -> None:
    actions = read("transcript_subagents").actions

    assert [(a.tool, a.has_failed, a.agent_id) for a in actions] == [("Agent", False, "")] * 2
    assert all(action.tool_use_id.startswith("toolu_") for action in actions)


def test_denied_calls_are_no_actions() -> None:
    assert [action.tool for action in read("transcript").actions] == ["Bash"]


def test_a_subagents_file_tells_its_actions_and_nothing_of_the_workers_turn() -> None:
    heard = read("transcript_of_subagent")

    assert heard.evidence == ()
    assert [(a.tool, bool(a.agent_id)) for a in heard.actions] == [("Bash", True)]


def entry(kind: str, **facts: object) -> str:
    return json.dumps({"type": kind, "timestamp": "2026-11-21T00:40:49.429Z", **facts}) + "\n"


def a_call() -> str:
    block = {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "make"}}
    return entry("assistant", message={"content": [block]})


def test_an_outcome_that_is_read_later_than_its_call_finds_it(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(a_call())
    before, offset = read_transcript("w1", path, 0)
    assert told(before)["PreToolUse"].value == "Bash: make"
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "is_error": True, "content": "no"}
    with path.open("a") as file:
        file.write(entry("user", message={"content": [result]}))

    (action,) = read_transcript("w1", path, offset)[0].actions

    assert (action.tool_use_id, action.has_failed) == ("toolu_1", True)
    assert action.digest == digest_call("Bash", {"command": "make"})


def test_the_last_words_are_found_although_they_were_read_before(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    words = {"content": [{"type": "text", "text": "Which port?"}]}
    path.write_text(entry("assistant", message=words))
    _, offset = read_transcript("w1", path, 0)
    with path.open("a") as file:
        file.write(entry("system", subtype="turn_duration"))

    assert told(read_transcript("w1", path, offset)[0])["Stop"].value == "Which port?"


@pytest.mark.parametrize(
    ("status", "words"),
    [(429, "rate limit (429)"), (529, "overloaded (529)"), (500, "server error (500)")],
)
def test_a_request_that_is_sent_again_says_why_and_when(
    tmp_path: Path, status: int, words: str
) -> None:
    """As versions write it that keep their tries in the transcript; 2.1.329 shows them only."""
    path = tmp_path / "t.jsonl"
    facts = {"retryInMs": 2000, "retryAttempt": 4, "error": {"status": status}}
    path.write_text(entry("system", subtype="api_error", **facts))

    retry = told(read_transcript("w1", path, 0)[0])["ApiRetry"]

    assert retry.value == words
    detail = json.loads(retry.detail)
    assert (detail["attempt"], detail["until"]) == (4, "2026-11-21T00:40:51.429000+00:00")


def test_compaction_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    facts = {"compactMetadata": {"trigger": "auto"}}
    path.write_text(entry("system", subtype="compact_boundary", **facts))

    assert told(read_transcript("w1", path, 0)[0])["PreCompact"].value == "auto"


@pytest.mark.parametrize("junk", [None, 7, [], "text", {}], ids=repr)
@pytest.mark.parametrize("kind", ["user", "assistant", "system"])
def test_strange_lines_are_survived(tmp_path: Path, kind: str, junk: object) -> None:
    path = tmp_path / "t.jsonl"
    facts = dict.fromkeys(("message", "error", "compactMetadata", "retryInMs", "timestamp"), junk)
    path.write_text(
        entry(kind, subtype="api_error", **facts)
        + entry(kind, subtype="compact_boundary", **facts)
        + line("msg_1")
    )

    assert [usage.message_id for usage in read_transcript("w1", path, 0)[0].usage] == ["msg_1"]


def test_times_that_cannot_be_are_kept_within_bounds(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    path = tmp_path / "c.jsonl"
    retry = {"subtype": "api_error", "retryInMs": 9e14, "retryAttempt": 5, "error": {"status": 529}}
    lines = [
        {"type": "system", "subtype": "turn_duration", "timestamp": "9999-12-31T23:59:59Z"},
        {"type": "user", "message": {"content": "hi"}, "timestamp": "0001-01-02T00:00:00Z"},
        {"type": "system", "timestamp": now.isoformat(), **retry},
        {"type": "user", "message": {"content": "hi"}, "timestamp": "9999-12-31T23:59:59-12:00"},
    ]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))

    heard, _ = read_transcript("w1", path, 0)

    at_by_kind = {piece.kind: piece.at for piece in heard.evidence}
    assert now < at_by_kind["Stop"] <= datetime.now(UTC) + timedelta(days=1)
    assert at_by_kind["UserPromptSubmit"].year == 1970
    until = json.loads(told(heard)["ApiRetry"].detail)["until"]
    assert datetime.fromisoformat(until) <= datetime.now(UTC) + timedelta(days=1)
