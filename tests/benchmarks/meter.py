"""What a running program costs: processor time, memory, and programs that it starts."""

import time
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Reading:
    """How much a program had used at one moment."""

    cpu_s: float
    start_count: int
    at_s: float


class Meter:
    """Reads one process that was started through `counted`."""

    def __init__(self, pid: int, starts_path: Path) -> None:
        self._process = psutil.Process(pid)
        self._starts_path = starts_path

    def read(self) -> Reading:
        """Return what it has used until now, with the children that have ended."""
        times = self._process.cpu_times()
        cpu_s = times.user + times.system + times.children_user + times.children_system
        starts = self._starts_path.read_text() if self._starts_path.exists() else ""
        return Reading(cpu_s, starts.count("\n"), time.monotonic())

    def pss_bytes(self) -> int:
        """Return its own memory: pages that it shares are counted in parts."""
        return int(self._process.memory_full_info().pss)

    def rss_bytes(self) -> int:
        """Return all its memory, shared or not."""
        return int(self._process.memory_info().rss)


def cores_used(before: Reading, after: Reading) -> float:
    """Return how much of one core was used between two readings: 0.03 is three percent."""
    return (after.cpu_s - before.cpu_s) / (after.at_s - before.at_s)


def starts_per_minute(before: Reading, after: Reading) -> float:
    """Return how many programs were started a minute between two readings."""
    return (after.start_count - before.start_count) * 60 / (after.at_s - before.at_s)
