"""Keeping what was slow to count, for a while: counting may cost one percent of a core."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

KEEP_FACTOR = 100
"""What took a second to count is shown for a hundred: counting costs one percent of a core."""

Kept = TypeVar("Kept")


class Keeper:
    """Counts anew only when it is time. Safe from any thread: two may count the same at worst."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], tuple[datetime, float, Any]] = {}

    def keep(self, key: tuple[Any, ...], now: datetime, count: Callable[[], Kept]) -> Kept:
        """Return what was counted lately, or count again."""
        kept = self._kept.get(key)
        if kept and timedelta(0) <= now - kept[0] < timedelta(seconds=KEEP_FACTOR * kept[1]):
            found: Kept = kept[2]
            return found
        begun = time.thread_time()
        found = count()
        self._kept[key] = (now, time.thread_time() - begun, found)
        return found
