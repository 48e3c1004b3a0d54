"""Reading the world again when there is news, or when the shown one has become old."""

from collections.abc import Callable
from datetime import datetime

from rts.errors import RtsError
from rts.tui.backend import Backend
from rts.tui.give import Background
from rts.world.nouns import Worker
from rts.world.world import World

LOOK_AGAIN_S = 1.0
"""Longest that a picture stands without news: ages and windows of time go on."""


class Reading:
    """Asks the backend; the same question is not asked again before its answer is there."""

    def __init__(
        self, backend: Backend, background: Background, now: Callable[[], datetime]
    ) -> None:
        self._backend = backend
        self._background = background
        self._now = now
        self._event_id = -1
        self._looked_at: datetime | None = None
        self._is_looking = False
        self._peeked_ids: set[str] = set()

    def expect_news(self) -> None:
        """Look at the next chance, whatever the newest event is."""
        self._looked_at = None

    async def look(self) -> World | None:
        """Return a new world, or None where the last one is still good.

        Raises:
            RtsError: the world cannot be read.
        """
        if self._is_looking:
            return None
        self._is_looking = True
        try:
            return await self._background.read(self._look)
        finally:
            self._is_looking = False

    async def peek(self, worker: Worker) -> tuple[str, str] | None:
        """Return the worker's pane and a hint, one of them empty; None: that is being asked."""
        if worker.id in self._peeked_ids:
            return None
        self._peeked_ids.add(worker.id)
        try:
            return await self._background.read(lambda: self._backend.peek(worker)), ""
        except RtsError as error:
            return "", error.what
        finally:
            self._peeked_ids.discard(worker.id)

    def _look(self) -> World | None:
        now = self._now()
        is_fresh = self._looked_at and (now - self._looked_at).total_seconds() < LOOK_AGAIN_S
        if is_fresh and self._backend.newest_event_id() == self._event_id:
            return None
        self._looked_at = now
        world = self._backend.look()
        self._event_id = world.event_id
        return world
