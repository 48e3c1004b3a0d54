"""Claude's session registry as evidence."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rts.adapters.agents.claude.registry import read_level as read_seat
from rts.adapters.agents.claude.registry import registry_path
from rts.adapters.agents.program import Seat
from rts.world.evidence import Activity, Evidence, Source
from rts.world.judge import judge
from tests.adapters.agents.recorded import SAMPLES_FOLDER

PID = os.getpid()


@pytest.fixture(autouse=True)
def _config_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path))
    (tmp_path / "sessions").mkdir()


def read_level(pid: int, worker_id: str) -> Evidence | None:
    return read_seat(Seat(worker_id, Path("/nowhere"), pid))


def own_start() -> str:
    if not Path("/proc").is_dir():
        return "0"
    return Path(f"/proc/{PID}/stat").read_text().rpartition(")")[2].split()[19]


def publish(**facts: Any) -> None:
    entry = json.loads((SAMPLES_FOLDER / "registry.json").read_text())
    entry |= {"pid": PID, "procStart": own_start(), **facts}
    registry_path(PID).write_text(json.dumps(entry))


@pytest.mark.parametrize(
    ("status", "waiting_for", "value"),
    [
        ("busy", None, "busy"),
        ("idle", None, "idle"),
        ("waiting", "permission prompt", "permission"),
        ("waiting", "input needed", "question"),
    ],
)
def test_a_published_status_is_a_level(status: str, waiting_for: str | None, value: str) -> None:
    publish(status=status, waitingFor=waiting_for)

    level = read_level(PID, "w1")

    assert level is not None
    assert (level.worker_id, level.source, level.kind) == ("w1", Source.LEVEL, "registry")
    assert level.value == value
    assert level.at == datetime(2026, 11, 21, 0, 51, 34, 835000, UTC)


def test_a_dialog_of_another_kind_blocks_and_is_named() -> None:
    publish(status="waiting", waitingFor="sandbox request")

    level = read_level(PID, "w1")

    assert level is not None
    assert level.value == "permission"
    assert "sandbox request" in json.loads(level.detail)["reason"]
    assert judge([level], level.at).activity is Activity.BLOCKED


def ask(run_folder: Path, name: str, **payload: Any) -> None:
    """Write what a waiting permission hook writes."""
    answers = run_folder / "answers"
    answers.mkdir(exist_ok=True)
    facts = {"hook_event_name": "PermissionRequest", "tool_name": "Bash", **payload}
    (answers / f"{name}.asked").write_text(json.dumps(facts))
    (answers / f"{name}.open").touch()


def test_of_several_requests_the_one_on_the_screen_is_named(tmp_path: Path) -> None:
    publish(status="waiting", waitingFor="permission prompt")
    ask(tmp_path, "w1.sub", tool_input={"command": "ls sub"}, agent_id="a1")
    ask(tmp_path, "w1.one", tool_input={"command": "ls one"})
    ask(tmp_path, "w1.two", tool_input={"command": "ls two"})
    for name, age in (("w1.sub", 9), ("w1.one", 8), ("w1.two", 7)):
        asked = tmp_path / "answers" / f"{name}.asked"
        os.utime(asked, (asked.stat().st_mtime - age,) * 2)

    level = read_seat(Seat("w1", tmp_path, PID))

    assert level is not None
    facts = json.loads(level.detail)
    assert (level.value, facts["request"], facts["reason"]) == (
        "permission",
        "w1.one",
        "Bash: ls one",
    )


def test_a_subagent_in_the_background_waits_although_claude_calls_itself_busy(
    tmp_path: Path,
) -> None:
    publish(status="busy")
    ask(tmp_path, "w1.main", tool_input={"command": "ls"})
    busy = read_seat(Seat("w1", tmp_path, PID))
    ask(tmp_path, "w1.sub", tool_input={"command": "ls"}, agent_id="a1")
    waiting = read_seat(Seat("w1", tmp_path, PID))

    assert busy is not None
    assert busy.value == "busy"  # its dialog was answered on the pane: the hook ends soon
    assert waiting is not None
    assert (waiting.value, json.loads(waiting.detail)["request"]) == ("permission", "w1.sub")


def test_a_question_keeps_its_options(tmp_path: Path) -> None:
    publish(status="waiting", waitingFor="permission prompt")  # as 2.1.197 calls it
    questions = [{"question": "Which port?", "options": [{"label": "80"}]}]
    asked = {"questions": questions}
    ask(tmp_path, "w1.q", tool_name="AskUserQuestion", tool_input=asked)

    level = read_seat(Seat("w1", tmp_path, PID))

    assert level is not None
    assert level.value == "question"
    assert json.loads(level.detail)["questions"] == questions


def test_the_files_of_the_default_folder_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLAUDE_CONFIG_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))

    assert registry_path(7) == tmp_path / ".claude" / "sessions" / "7.json"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="only Linux shows a process's start")
def test_a_file_left_by_another_process_of_the_same_number_says_nothing() -> None:
    publish(status="busy", procStart="1")

    assert read_level(PID, "w1") is None


def test_a_missing_file_says_nothing() -> None:
    assert read_level(PID, "w1") is None


@pytest.mark.parametrize(
    "text",
    ["", '{"status": "bu', "[]", '{"status": "busy"}', "\xff"],
    ids=["empty", "half", "a list", "no time", "no utf-8"],
)
def test_a_malformed_file_says_nothing(text: str) -> None:
    registry_path(PID).write_bytes(text.encode("latin-1"))

    assert read_level(PID, "w1") is None


def test_a_status_nobody_knows_says_nothing() -> None:
    publish(status="dreaming")

    assert read_level(PID, "w1") is None
