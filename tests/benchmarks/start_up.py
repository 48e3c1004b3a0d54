"""How long the commander waits for `rts --help` and `rts ls`, against a bare Python."""

import sys
from pathlib import Path

from rts.game import open_game
from tests.benchmarks.measuring import Measurement, quietly, take_times
from tests.benchmarks.scenery import enter_workers, make_repository

RUN_COUNT = 15
WORKER_COUNT = 100
RTS = str(Path(sys.executable).parent / "rts")


def measure(room: Path) -> list[Measurement]:
    """Return the rows of this benchmark."""
    repository = make_repository(room / "shop", 10)
    bare = quietly(sys.executable, "-c", "pass")
    ls = quietly(RTS, "ls", cwd=repository)
    with open_game() as game:
        enter_workers(game, repository, 0)
        plain, asked, empty = take_times(RUN_COUNT, bare, quietly(RTS, "--help"), ls)
        enter_workers(game, repository, WORKER_COUNT)
        plain_again, full = take_times(RUN_COUNT, bare, ls)
    return [
        Measurement("`rts --help`", asked, "`python -c pass`", plain),
        Measurement("`rts ls`, nothing there", empty, "`python -c pass`", plain),
        Measurement(f"`rts ls`, {WORKER_COUNT} workers", full, "`python -c pass`", plain_again),
    ]
