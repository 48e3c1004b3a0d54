"""From Enter in `rts spawn` to the first instruction of the agent, in a large repository."""

import json
import subprocess
import sys
import time
from pathlib import Path

from rts import paths
from tests.benchmarks.measuring import Measurement, take_time
from tests.benchmarks.scenery import git, make_repository
from tests.waiting import wait_until

RUN_COUNT = 5
FILE_COUNT = 20_000

SETTINGS = """\
[agents.generic]
argv = ["sh", "-c", ": >$RTS_RUN/began; exec sleep 600"]
"""
"""An agent whose first instruction leaves its time on the disk."""


def measure(room: Path) -> list[Measurement]:
    """Return the rows of this benchmark."""
    repository = make_repository(room / "large", FILE_COUNT)
    home = paths.rts_home()
    home.mkdir(parents=True, exist_ok=True)
    paths.settings_path().write_text(SETTINGS)
    _spawn(repository, home, 0)  # starts the tmux server and the watch
    plain: list[float] = []
    times: list[float] = []
    for number in range(1, RUN_COUNT + 1):
        turns = [
            lambda n=number: plain.append(_add_worktree(repository, room / "bare", n)),
            lambda n=number: times.append(_spawn(repository, home, n)),
        ]
        # The disk still writes what the one before left, so each goes first in turn.
        for turn in turns if number % 2 else reversed(turns):
            turn()
    name = f"`rts spawn`, {FILE_COUNT} files"
    return [Measurement(name, times, "`git worktree add`", plain)]


def _add_worktree(repository: Path, folder: Path, number: int) -> float:
    path = str(folder / str(number))
    seconds = take_time(lambda: git(repository, "worktree", "add", "-b", f"bare-{number}", path))
    git(repository, "worktree", "remove", "--force", path)
    return seconds


def _spawn(repository: Path, home: Path, number: int) -> float:
    started_at = time.time()
    worker = _order(repository, "spawn", f"Number {number}", "--agent", "generic")
    began = paths.run_folder(home, worker["id"]) / "began"
    wait_until(began.exists, message="the agent's first instruction")
    seconds = began.stat().st_mtime - started_at
    _order(repository, "dismiss", worker["name"])
    return seconds


def _order(repository: Path, *words: str) -> dict[str, str]:
    argv = [sys.executable, "-m", "rts", *words, "--json"]
    done = subprocess.run(argv, cwd=repository, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, str] = json.loads(done.stdout)
    return answer
