"""A clock that nobody sets: it goes on evenly while the wall clock is put forward or back."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta


class SteadyClock:
    """Begins at the wall clock's time; for how long something lasts, not for when it was."""

    def __init__(
        self, now: Callable[[], datetime], count_seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._began_at = now()
        self._count_seconds = count_seconds
        self._first_s = count_seconds()

    def __call__(self) -> datetime:
        """Return the time that it would be had nobody set the clock."""
        return self._began_at + timedelta(seconds=self._count_seconds() - self._first_s)
