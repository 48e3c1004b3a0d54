"""Codex's rollout: tokens, tool calls and turns from a conversation that grows while it is read."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rts.adapters.agents import AGENT_PROGRAMS, Heard, Launch
from rts.world.evidence import ASIDE, Source
from tests.adapters.agents.recorded import SAMPLES_FOLDER, read_payloads
from tests.adapters.agents.test_codex import AT, CODEX_ID, home, keep_rollout, launch

__all__ = ["home", "launch"]

CODEX = AGENT_PROGRAMS["codex"]
BEGUN_AT = "2026-11-21T01:14:23.068Z"
RECORDED = (SAMPLES_FOLDER / "codex_rollout.jsonl").read_bytes()


@pytest.fixture
def rollout(tmp_path: Path) -> Path:
    path = tmp_path / "rollout.jsonl"
    path.write_bytes(RECORDED)
    return path


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock on the wall is UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def entry(kind: str, payload: dict[str, Any]) -> bytes:
    stamp = "2026-11-21T12:00:00.000Z"
    line = {"timestamp": stamp, "type": kind, "payload": payload}
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"


def told(error: dict[str, str]) -> bytes:
    return entry("event_msg", {"type": "task_complete", "error": error})


def read(path: Path, *lines: bytes) -> Heard:
    """Return what lines say that are added to the recorded conversation."""
    offset = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"".join(lines))
    heard, end = CODEX.read_transcript("w1", path, offset)
    assert end == path.stat().st_size
    return heard


def stretches(path: Path) -> Iterator[Heard]:
    """Read the conversation as it grew, line by line."""
    lines, offset = path.read_bytes().splitlines(keepends=True), 0
    path.write_bytes(b"")
    for line in lines:
        with path.open("ab") as file:
            file.write(line)
        heard, offset = CODEX.read_transcript("w1", path, offset)
        yield heard


def test_tokens_are_counted_once_per_response_without_the_cached_ones(rollout: Path) -> None:
    heard, offset = CODEX.read_transcript("w1", rollout, 0)

    assert offset == len(RECORDED)
    assert [(u.input_tokens, u.cached_tokens, u.output_tokens) for u in heard.usage] == [
        *((6738, 6738, 73), (6805, 6805, 42), (6849, 6848, 45))
    ]
    assert {u.model for u in heard.usage} == {"standin-1"}
    assert len({u.message_id for u in heard.usage}) == 3


def test_turns_become_evidence(rollout: Path) -> None:
    heard, _ = CODEX.read_transcript("w1", rollout, 0)

    assert {piece.source for piece in heard.evidence} == {Source.TRANSCRIPT}
    turns = [p for p in heard.evidence if not p.kind.endswith("ToolUse") and p.kind not in ASIDE]
    assert [(p.kind, p.value) for p in turns[1::2]] == [
        ("Stop", "did it"),
        ("Interrupt", ""),
        ("StopFailure", "the model's service failed: scripted status 400"),
    ]
    assert json.loads(turns[2].detail)["prompt"] == "[[bash: sleep 20]] [[say: done sleeping]]"


def test_a_tool_call_has_the_id_that_its_hook_gave_and_an_aborted_one_counts_not(
    rollout: Path,
) -> None:
    by_hook = [
        action
        for payload in read_payloads("codex_hooks")
        for action in CODEX.hear("w1", payload, AT, "").actions
    ]

    (action,) = CODEX.read_transcript("w1", rollout, 0)[0].actions

    assert [replace(a, at=action.at) for a in by_hook] == [action]


def test_read_line_by_line_it_says_the_same(rollout: Path) -> None:
    whole, _ = CODEX.read_transcript("w1", rollout, 0)

    pieces = list(stretches(rollout))

    assert tuple(e for heard in pieces for e in heard.evidence) == whole.evidence
    assert tuple(a for heard in pieces for a in heard.actions) == whole.actions
    assert tuple(u for heard in pieces for u in heard.usage) == whole.usage


@pytest.mark.parametrize(
    ("words", "reset"),
    [
        ("11:30 PM", "2026-11-21T23:30"),
        ("2:53 AM", "2026-11-22T02:53"),
        ("Dec 3rd, 2026 2:53 PM", "2026-12-03T14:53"),
    ],
)
@pytest.mark.usefixtures("utc")
def test_a_usage_limit_says_when_it_ends(rollout: Path, words: str, reset: str) -> None:
    message = f"You’ve hit your usage limit. Upgrade to Pro or try again at {words}."
    error = {"message": message, "codex_error_info": "usage_limit_exceeded"}

    (piece,) = read(rollout, told(error)).evidence

    assert (piece.kind, piece.value) == ("StopFailure", f"usage limit until {words}")
    until = datetime.fromisoformat(json.loads(piece.detail)["until"]).astimezone()
    assert until.isoformat().startswith(reset)


def test_a_limit_without_a_time_is_a_limit_all_the_same(rollout: Path) -> None:
    error = {"message": "You’ve hit your usage limit.", "codex_error_info": "usage_limit_exceeded"}

    (piece,) = read(rollout, told(error)).evidence

    assert piece.value == "usage limit"


def test_a_subagents_rollout_tells_tokens_and_no_turns(tmp_path: Path) -> None:
    head, rest = RECORDED.split(b"\n", 1)
    meta = json.loads(head)
    meta["payload"] |= {
        "id": "other",
        "source": {"subagent": "review"},
        "thread_source": "subagent",
    }
    path = tmp_path / "rollout.jsonl"
    path.write_bytes(json.dumps(meta).encode() + b"\n" + rest)

    heard, _ = CODEX.read_transcript("w1", path, 0)

    assert heard.evidence == ()
    assert len(heard.usage) == 3


@pytest.mark.parametrize(
    "line",
    [
        b"{}\n",
        b"[]\n",
        b"no json\n",
        entry("event_msg", {"type": "item_completed", "item": 7}),
        entry("response_item", {"type": "function_call_output"}),
        entry("response_item", {"type": "function_call", "name": "x", "call_id": ["a"]}),
        entry("token_usage_record", {"response_id": "r", "usage": {"input_tokens": -1}}),
        entry("token_usage_record", {"response_id": "r", "usage": {"input_tokens": 10**30}}),
        b'{"timestamp":"never","type":"event_msg","payload":{"type":"task_complete"}}\n',
        b'{"timestamp":"2026-11-21T12:00:00Z","type":"event_msg","payload":null}\n',
    ],
)
def test_a_line_of_another_shape_says_nothing(rollout: Path, line: bytes) -> None:
    assert read(rollout, line) == Heard()


def test_a_conversation_is_found_by_its_id(launch: Launch, home: Path) -> None:
    rollout = keep_rollout(home)

    found = CODEX.find_conversation(replace(launch, conversation_id=CODEX_ID))

    assert found == rollout
    assert CODEX.read_conversation_id(rollout) == CODEX_ID


def test_a_conversation_that_is_gone_is_never_taken_for_another(launch: Launch, home: Path) -> None:
    rollout = keep_rollout(home)
    begin_in(rollout, launch.worktree)
    lost = CODEX_ID.replace("01a1", "01a2")

    assert CODEX.find_conversation(replace(launch, conversation_id=lost)) is None


def test_without_an_id_the_only_one_begun_in_the_worktree_is_found(
    launch: Launch, home: Path
) -> None:
    unknown = replace(launch, conversation_id="f8a6e2ab-5d3c-4b6e-9a39-1d1f1c0f6a11")
    rollout = keep_rollout(home)
    assert CODEX.find_conversation(unknown) is None  # begun elsewhere

    begin_in(rollout, launch.worktree)
    assert CODEX.find_conversation(unknown) == rollout

    begin_in(keep_rollout(home, CODEX_ID.replace("01a1", "01a2")), launch.worktree)
    assert CODEX.find_conversation(unknown) is None  # two: neither is chosen


def begin_in(rollout: Path, folder: Path) -> None:
    """Make it a conversation that begins now in `folder`."""
    text = rollout.read_text().replace("/home/ada/src/xw", str(folder))
    rollout.write_text(text.replace(BEGUN_AT, datetime.now(UTC).isoformat()))


def test_an_older_conversation_in_the_same_worktree_that_still_grows_is_not_taken(
    launch: Launch, home: Path
) -> None:
    unknown = replace(launch, conversation_id="f8a6e2ab-5d3c-4b6e-9a39-1d1f1c0f6a11")
    older = keep_rollout(home)
    begin_in(older, launch.worktree)
    launch.brief.write_text("written after it was begun")
    older.write_bytes(older.read_bytes() + entry("event_msg", {"type": "task_started"}))

    assert CODEX.find_conversation(unknown) is None


def test_arguments_that_are_nested_too_deep_are_passed_over(rollout: Path) -> None:
    deep = {"type": "function_call", "call_id": "1", "name": "x", "arguments": "[" * 100_000}

    heard = read(rollout, entry("response_item", deep), told({"message": "503"}))

    assert [piece.kind for piece in heard.evidence] == ["StopFailure"]


@pytest.mark.parametrize("told_id", ["--dangerously-skip-permissions", "*", "../x", "é"])
def test_an_id_that_could_not_be_one_is_not_read(rollout: Path, told_id: str) -> None:
    own_id = CODEX.read_conversation_id(rollout)
    text = rollout.read_text().replace(own_id, told_id)
    rollout.write_text(text)

    assert own_id
    assert CODEX.read_conversation_id(rollout) == ""
