"""Taking times, and telling them as rows of a markdown table."""

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HEAD = """\
| what | runs | median | p99 | baseline | its median | ratio | difference |
|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Measurement:
    """Times of one thing, beside those of the plain thing that it is compared with."""

    name: str
    times_s: Sequence[float]
    baseline_name: str
    baseline_times_s: Sequence[float]

    def row(self) -> str:
        """Return the row of the table."""
        median_s = statistics.median(self.times_s)
        plain_s = statistics.median(self.baseline_times_s)
        cells = (
            self.name,
            str(len(self.times_s)),
            _ms(median_s),
            _ms(find_p99(self.times_s)),
            self.baseline_name,
            _ms(plain_s),
            f"{median_s / plain_s:.2f} ×",
            _ms(median_s - plain_s),
        )
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True)
class Figure:
    """One number beside the one that is aimed at, or that it is compared with."""

    name: str
    value: float
    unit: str
    baseline_name: str
    baseline_value: float
    run_count: int = 1

    def row(self) -> str:
        """Return the row of the table."""
        cells = (
            self.name,
            str(self.run_count),
            self._say(self.value),
            "–",
            self.baseline_name,
            self._say(self.baseline_value),
            f"{self.value / self.baseline_value:.2f} ×",
            self._say(self.value - self.baseline_value),
        )
        return f"| {' | '.join(cells)} |"

    def _say(self, value: float) -> str:
        words = f"{value:.0f}" if value == round(value) else f"{value:.1f}"
        return f"{words} {self.unit}"


Row = Measurement | Figure
"""What a benchmark gives."""


def find_p99(times_s: Sequence[float]) -> float:
    """Return the time that 99 of 100 runs stay below: of fewer than 100 runs, the longest."""
    return sorted(times_s)[max(0, -(-len(times_s) * 99 // 100) - 1)]


def take_time(act: Callable[[], object]) -> float:
    """Return how long `act` took, in seconds."""
    started_at = time.perf_counter()
    act()
    return time.perf_counter() - started_at


def take_times(count: int, *acts: Callable[[], object]) -> list[list[float]]:
    """Return `count` times of each of `acts`, taken in turns so that a busy moment hits all."""
    for act in acts:
        act()  # the first run fills the caches
    rounds = [[take_time(act) for act in acts] for _ in range(count)]
    return [list(times) for times in zip(*rounds, strict=True)]


def quietly(*argv: str, **options: object) -> Callable[[], object]:
    """Return an act that runs a program to its end, which must be a good one."""

    def act() -> object:
        kinds = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **options}
        return subprocess.run(argv, check=True, **kinds)  # type: ignore[call-overload]

    return act


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.{1 if abs(seconds) < 0.1 else 0}f} ms"
