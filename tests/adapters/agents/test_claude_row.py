"""How Claude Code is taken up again, and where its conversations are found."""

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from rts.adapters.agents import AGENT_PROGRAMS, Launch

CLAUDE = AGENT_PROGRAMS["claude"]


@pytest.fixture
def launch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Launch:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    worktree, run_folder = tmp_path / "shop.rts" / "falcon_1", tmp_path / "run"
    worktree.mkdir(parents=True)
    run_folder.mkdir()
    return Launch("w1", worktree, run_folder, tmp_path / "inbox", "0b0c", run_folder / "brief.md")


def resumed(launch: Launch, words: Path | None = None) -> Launch:
    facts = {**vars(launch), "is_resumed": True, "words": words}
    return Launch(**facts)


def keep(launch: Launch, folder: Path) -> Path:
    path = folder / f"{launch.conversation_id}.jsonl"
    path.parent.mkdir(parents=True)
    path.touch()
    return path


def test_a_conversation_is_resumed_by_its_id_and_without_a_brief(launch: Launch) -> None:
    words = shlex.split(CLAUDE.command_line(resumed(launch)))

    assert words[words.index("--resume") + 1] == "0b0c"
    assert "--session-id" not in words
    assert words[-1] == "default"


def test_the_first_words_go_in_as_one_argument(launch: Launch, tmp_path: Path) -> None:
    line = CLAUDE.command_line(resumed(launch, tmp_path / "my words.md"))

    assert line.endswith(f""" -- "$(cat '{tmp_path}/my words.md')\"""")


def test_nothing_is_asked_only_when_the_launch_says_so(launch: Launch) -> None:
    free = Launch(**{**vars(launch), "skips_permissions": True})
    CLAUDE.write_files(free)
    settings = json.loads((launch.run_folder / "claude.json").read_text())

    assert "--dangerously-skip-permissions" in CLAUDE.command_line(free)
    assert "--permission-mode" not in CLAUDE.command_line(free)
    assert settings["skipDangerousModePermissionPrompt"] is True
    CLAUDE.write_files(launch)
    assert "skipDangerous" not in (launch.run_folder / "claude.json").read_text()


def test_a_conversation_is_found_under_the_key_of_its_worktree(
    launch: Launch, tmp_path: Path
) -> None:
    key = "".join(c if c.isalnum() and c.isascii() else "-" for c in str(launch.worktree))
    keep(launch, tmp_path / "home/.claude/projects/-elsewhere")
    own = keep(launch, tmp_path / "home/.claude/projects" / key)

    found = CLAUDE.find_conversation(launch)

    assert found == own
    assert CLAUDE.read_conversation_id(own) == "0b0c"


def test_a_conversation_under_another_key_is_found_by_its_id(
    launch: Launch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "config"))
    other = keep(launch, tmp_path / "config/projects/-a-long-name-cut-1x9z")

    assert CLAUDE.find_conversation(launch) == other


def test_a_conversation_that_is_not_there_is_not_found(launch: Launch) -> None:
    assert CLAUDE.find_conversation(launch) is None


@pytest.mark.parametrize("told_id", ["*", "--dangerously-skip-permissions", "../-elsewhere/0b0c"])
def test_a_conversation_is_never_found_by_what_could_be_no_id(
    launch: Launch, tmp_path: Path, told_id: str
) -> None:
    keep(launch, tmp_path / "home/.claude/projects/-elsewhere")
    strange = replace(launch, conversation_id=told_id)
    (tmp_path / "home/.claude/projects/-elsewhere" / f"{Path(told_id).name}.jsonl").touch()

    assert CLAUDE.find_conversation(strange) is None
