"""Claude's session registry as evidence."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rts.adapters.agents.registry import read_level, registry_path
from rts.world.evidence import Activity, Source
from rts.world.judge import judge
from tests.adapters.agents.recorded import SAMPLES_FOLDER

PID = os.getpid()


@pytest.fixture(autouse=True)
def _config_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path))
    (tmp_path / "sessions").mkdir()


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
