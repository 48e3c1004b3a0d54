import os
import subprocess
import sys
from pathlib import Path

from rts.adapters.knowledge import Knowledge
from rts.demo.repository import build_repository, read_files
from rts.demo.tickets import read_backlog
from rts.drill.scenario import Scenario, find_scenario
from rts.drill.steps import Edit, Fail, Step, Write, fill_in
from rts.drill.tools import edit_file, write_file


def test_an_archive_holds_files_and_a_comment_before_them():
    archive = "words\n-- a.txt --\none\n-- not one\n-- b/c.txt --\n"

    assert read_files(archive) == {"a.txt": "one\n-- not one\n", "b/c.txt": ""}


def test_the_shop_is_committed_and_its_tests_pass(tmp_path: Path):
    build_repository(tmp_path / "shop")

    assert _run(tmp_path / "shop", "git", "status", "--porcelain") == ""
    assert "OK" in _run_tests(tmp_path / "shop")


def test_a_commander_who_signs_every_commit_still_gets_a_shop(tmp_path: Path):
    config = Path(os.environ["GIT_CONFIG_GLOBAL"])
    config.write_text("[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = false\n")

    build_repository(tmp_path / "shop")

    assert _run(tmp_path / "shop", "git", "log", "-1", "--format=%an") == "rts demo\n"


def test_its_knowledge_base_has_no_fault(tmp_path: Path):
    build_repository(tmp_path / "shop")

    knowledge = Knowledge(tmp_path / "shop" / "knowledge_base")
    assert len(knowledge.notes()) == 2
    assert knowledge.lint() == []


def test_all_work_together_passes_its_tests_with_and_without_the_rework(tmp_path: Path):
    shop = tmp_path / "shop"
    build_repository(shop)
    scenarios = [s for s in _scenarios() if not any(isinstance(step, Fail) for step in s.steps)]

    for scenario in scenarios:
        _apply(shop, scenario.steps)
    first = _run_tests(shop)
    for scenario in scenarios:
        _apply(shop, scenario.on_tell)
    second = _run_tests(shop)

    assert "OK" in first
    assert "OK" in second
    assert first != second


def _scenarios() -> list[Scenario]:
    return [s for ticket in read_backlog() if (s := find_scenario(ticket.body))]


def _apply(shop: Path, steps: tuple[Step, ...]) -> None:
    for step in steps:
        match fill_in(step, {"answer": "Thank you!", "tests": "a run"}):
            case Write(path, text):
                assert not write_file(shop / path, text).error
            case Edit(path, old, new):
                assert not edit_file(shop / path, old, new).error
            case _:
                pass


def _run_tests(shop: Path) -> str:
    argv = [sys.executable, "-m", "unittest", "-q"]
    done = subprocess.run(argv, cwd=shop, text=True, capture_output=True, timeout=30)
    return done.stderr


def _run(folder: Path, *argv: str) -> str:
    return subprocess.run(argv, cwd=folder, check=True, capture_output=True, text=True).stdout
