"""Actions per minute: windows, effective actions, sparklines.

An action is one completed tool call. A call that repeats one of the worker's last three calls to
the letter is ineffective (a window of three catches the loops that agents fall into, and leaves a
test run after some edits alone). EPM counts the effective ones, so EPM ≤ APM always.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rts.world.nouns import Action

WINDOWS: dict[str, timedelta] = {
    "1m": timedelta(minutes=1),
    "5m": timedelta(minutes=5),
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
}
"""The five windows, shortest first."""

REPEAT_REACH = 3
"""How many of a worker's last calls an exact repetition is looked for in."""

SPARKS = "▁▂▃▄▅▆▇█"
ASCII_SPARKS = "_.-=+*#@"


@dataclass(frozen=True)
class Tempo:
    """Actions per minute of a unit or of the fleet."""

    apm: dict[str, float] = field(default_factory=lambda: dict.fromkeys(WINDOWS, 0.0))
    """By window name, divided by wall minutes."""
    epm: dict[str, float] = field(default_factory=lambda: dict.fromkeys(WINDOWS, 0.0))
    """The same, effective actions only."""

    def __add__(self, other: "Tempo") -> "Tempo":
        """Return both together: rates over the same windows add up."""
        return Tempo(
            {window: self.apm[window] + other.apm[window] for window in WINDOWS},
            {window: self.epm[window] + other.epm[window] for window in WINDOWS},
        )


def rate(action_count_by_window: dict[str, int], effective_by_window: dict[str, int]) -> Tempo:
    """Return the tempo for counts in each window; a missing window counts 0."""
    return Tempo(
        {w: action_count_by_window.get(w, 0) / _minutes(span) for w, span in WINDOWS.items()},
        {w: effective_by_window.get(w, 0) / _minutes(span) for w, span in WINDOWS.items()},
    )


def is_effective(action: Action, earlier: Sequence[Action]) -> bool:
    """Tell whether `action` does more than repeat one of the same worker's last three calls.

    `earlier` holds that worker's actions before this one, oldest first.
    """
    return all(action.digest != past.digest for past in earlier[-REPEAT_REACH:])


def count_by_bucket(
    times: Iterable[datetime], now: datetime, bucket: timedelta, bucket_count: int
) -> list[int]:
    """Return how many of `times` fall into each of the last buckets, oldest first."""
    counts = [0] * bucket_count
    for at in times:
        buckets_ago = (now - at) // bucket
        if 0 <= buckets_ago < bucket_count:
            counts[bucket_count - 1 - buckets_ago] += 1
    return counts


def draw_sparkline(counts: Sequence[int], signs: str = SPARKS) -> str:
    """Return one sign per count, scaled to the highest; an empty past is a flat line."""
    highest = max(counts, default=0)
    if highest == 0:
        return signs[0] * len(counts)
    return "".join(signs[round(count / highest * (len(signs) - 1))] for count in counts)


def _minutes(span: timedelta) -> float:
    return span.total_seconds() / 60
