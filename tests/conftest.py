"""The clean room: every test has its own HOME, state folder, tmux server and git identity.

The developer's settings and sessions can neither be seen nor harmed. What a test leaves running is
ended with its server; what even that does not end makes the run fail.
"""

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from rts.game import Game, open_game
from tests.cleaning import end_processes, end_room, find_leaks, make_root, room_environment

_room_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def rooms() -> Iterator[Path]:
    """The folder of all rooms of this run; nothing may run in it when the run ends."""
    root = make_root()
    yield root
    leaks = find_leaks(root)
    told = [str(process) for process in leaks]
    end_processes(leaks)
    shutil.rmtree(root, ignore_errors=True)
    assert not told, f"left running by the tests: {told}"


@pytest.fixture(autouse=True)
def room(rooms: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """This test's own folder, with its HOME in it; the test starts in that HOME."""
    room = rooms / str(next(_room_numbers))
    environment = room_environment(room)
    for name in set(os.environ) - set(environment):
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(room / "home")
    yield room
    end_room(room)


@pytest.fixture
def repository(room: Path) -> Path:
    """A repository with one commit: a small program, its passing test, and its `.rts.toml`."""
    folder = room / "shop"
    folder.mkdir()
    (folder / ".rts.toml").write_text('test = "python -m unittest -q"\n')
    (folder / "shop.py").write_text("def total(prices):\n    return sum(prices)\n")
    (folder / "test_shop.py").write_text(
        "import unittest\n\nimport shop\n\n\n"
        "class TotalTest(unittest.TestCase):\n"
        "    def test_a_total_is_the_sum(self):\n"
        "        self.assertEqual(shop.total([1, 2]), 3)\n"
    )
    (folder / ".gitignore").write_text("__pycache__/\n")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Open the shop"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


@pytest.fixture
def game(room: Path) -> Iterator[Game]:
    """An open game on a real store and a private tmux server."""
    with open_game() as game:
        yield game
