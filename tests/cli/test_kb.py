"""`rts kb` in a real repository."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from rts.adapters.knowledge import Knowledge
from rts.cli.kb import kb_app
from rts.errors import OrderRefused
from rts.world.knowledge.notes import Note
from tests.making import NOON

NOTE = Note("", "trap", "Clock tests need TZ=UTC", "At night", "They fail.", generated_at=NOON)
PATH = "clock-tests-need-tz-utc.md"


@pytest.fixture
def folder(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The knowledge base of the repository that the test stands in."""
    monkeypatch.chdir(repository)
    folder = repository / "knowledge_base"
    Knowledge(folder).add(NOTE)
    return folder


def run(*words: str, exit_code: int = 0) -> str:
    done = CliRunner().invoke(kb_app, words, catch_exceptions=False)
    assert done.exit_code == exit_code, done.output
    return done.stdout


def run_json(*words: str, exit_code: int = 0) -> Any:
    return json.loads(run(*words, "--json", exit_code=exit_code))


def test_notes_are_listed_searched_and_shown(folder: Path):
    assert PATH in run("list")
    assert PATH in run("search", "clock", "at", "night")
    assert run("search", "paint") == "No note fits.\n"
    assert run("show", "clock") == (folder / PATH).read_text()


def test_a_program_reads_the_same(folder: Path):
    short = {
        "path": PATH, "type": "trap", "status": "stable", "title": NOTE.title,
        "description": "At night",
    }  # fmt: skip

    assert run_json("list") == [short]
    assert {**short, **run_json("search", "clock")[0]} == run_json("search", "clock")[0]
    assert run_json("search", "paint") == []
    assert run_json("show", PATH)["body"] == "They fail."
    assert run_json("show", PATH)["generated_at"] == NOON.isoformat()


def test_lint_is_quiet_until_something_is_broken(folder: Path):
    assert run("lint") == "1 notes, 0 errors, 0 faults in all.\n"
    (folder / "broken.md").write_text("---\ntype: [\n---\n")
    (folder / "page.md").write_text("A page.")

    assert "✕ broken.md  broken-note: " in run("lint", exit_code=1)
    assert {fault["path"] for fault in run_json("lint", exit_code=1)} == {"broken.md", "page.md"}
    assert "1 more cannot be read" in run("list")


def test_lint_looks_at_another_folder_when_told(folder: Path, room: Path):
    other = room / "other"
    other.mkdir()
    (other / "index.md").write_text("[gone](gone.md)")

    assert run_json("lint", str(other), exit_code=1)[0]["kind"] == "broken-link"


def test_the_knowledge_base_is_the_one_that_the_settings_name(repository: Path, room: Path):
    (room / "state").mkdir(exist_ok=True)
    (room / "state" / "settings.toml").write_text('knowledge_folder = "lore"\n')
    Knowledge(repository / "lore").add(NOTE)

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(repository)
        assert PATH in run("list")


def test_outside_a_repository_the_order_is_refused(room: Path):
    with pytest.raises(OrderRefused):
        run("list")
