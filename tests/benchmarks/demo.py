"""A whole game without a terminal."""

import sys
from pathlib import Path

from tests.benchmarks.measuring import Measurement, quietly, take_time, take_times

RUN_COUNT = 3


def measure(room: Path) -> list[Measurement]:
    """Return the rows of this benchmark."""
    play = quietly(sys.executable, "-m", "rts", "demo", "--headless", "--json", cwd=room)
    (plain,) = take_times(RUN_COUNT, quietly(sys.executable, "-c", "pass"))
    times = [take_time(play) for _ in range(RUN_COUNT)]
    return [Measurement("`rts demo --headless`", times, "`python -c pass`", plain)]
