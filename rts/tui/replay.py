"""The clock of a replay: where it stands, whether it runs, how fast. Knows no screen."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rts.world.history import step_moment

SPEEDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0)
"""How many seconds pass in one; at the fastest a working day takes a minute."""

DEFAULT_SPEED = 10.0
"""Fast enough that something happens, slow enough to be read."""

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Playhead:
    """Where a replay stands."""

    at: datetime
    speed: float
    is_playing: bool


class ReplayClock:
    """Stands at a time between the first and the last moment, or runs towards the last."""

    def __init__(
        self,
        moments: Sequence[datetime],
        speed: float = DEFAULT_SPEED,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Stand at the last of the `moments`, which are in order and at least one."""
        self._moments = moments
        self._speed = speed
        self._now_s = now_s
        self._at = moments[-1]
        self._begun_s: float | None = None
        """Since when it runs from `_at` on, by the monotonic clock; None: it stands."""

    @property
    def playhead(self) -> Playhead:
        """Return where it stands now; at the end it has stopped."""
        at = self._at
        if self._begun_s is not None:
            # Bounded first: a very long time at a very high speed is more than a date can hold.
            passed_s = (self._now_s() - self._begun_s) * self._speed
            left_s = (self._moments[-1] - at).total_seconds()
            at = self._moments[-1] if passed_s >= left_s else at + timedelta(seconds=passed_s)
        return Playhead(at, self._speed, self._begun_s is not None and at < self._moments[-1])

    def play_or_stop(self, from_there: datetime) -> None:
        """Run, or stand still; at the end, run from another time on."""
        before = self.playhead
        if before.is_playing:
            self._stand(before.at)
        elif before.at >= self._moments[-1]:
            self._run(from_there)
        else:
            self._run(before.at)

    def step(self, step: int) -> None:
        """Stand at the next moment (+1) or the one before (−1)."""
        self._stand(step_moment(self._moments, self.playhead.at, step))

    def leap(self, span: timedelta) -> None:
        """Go on, or back, by a span; what runs goes on running from there."""
        self.go_to(self.playhead.at + span)

    def go_to(self, at: datetime) -> None:
        """Go to a time, or to the end that is nearer to it; what runs goes on from there."""
        is_playing = self.playhead.is_playing
        nearest = min(max(at, self._moments[0]), self._moments[-1])
        self._run(nearest) if is_playing else self._stand(nearest)

    def go_to_end(self, step: int) -> None:
        """Stand at the first moment (−1) or the last (+1)."""
        self._stand(self._moments[-1 if step > 0 else 0])

    def change_speed(self, step: int) -> None:
        """Take the next higher (+1) or lower (−1) of the speeds; at the ends, stay."""
        before = self.playhead
        faster = [speed for speed in SPEEDS if speed > before.speed][:1]
        slower = [speed for speed in SPEEDS if speed < before.speed][-1:]
        self._speed = next(iter(faster if step > 0 else slower), before.speed)
        self._run(before.at) if before.is_playing else self._stand(before.at)

    def _run(self, at: datetime) -> None:
        self._at, self._begun_s = at, self._now_s()

    def _stand(self, at: datetime) -> None:
        self._at, self._begun_s = at, None


def choose_span(begin: datetime, end: datetime, at: datetime) -> tuple[datetime, datetime]:
    """Return what a timeline shows: all from begin to end, or of a longer time the day of `at`.

    The day is that of the time zone of `at`.
    """
    if end - begin <= DAY:
        return begin, end
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return max(begin, midnight), min(end, midnight + DAY)
