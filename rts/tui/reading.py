"""Reading the world again when there is news, or when the shown one has become old."""

from collections.abc import Callable
from datetime import datetime

from rts.errors import RtsError
from rts.tui.backend import Backend
from rts.tui.give import Background
from rts.world.evidence import Activity
from rts.world.nouns import Worker
from rts.world.world import World

STILL_PEEK_S, IDLE_PEEK_S = 1.0, 3.0
"""Pause between two looks at a pane that showed the same twice: each starts a program. The pane of
a unit that is not busy rarely changes before its activity does."""

LOOK_AGAIN_S = 1.0
"""Longest that a picture stands without news: ages and windows of time go on."""


MOVING = frozenset({Activity.BUSY, Activity.STARTING, Activity.NO_SIGNAL})
"""Activities in which a pane may change at any moment."""


class Reading:
    """Asks the backend; the same question is not asked again before its answer is there."""

    def __init__(
        self, backend: Backend, background: Background, now: Callable[[], datetime]
    ) -> None:
        self._backend = backend
        self._background = background
        self._now = now
        self._event_id = -1
        self._world: World | None = None
        self._looked_at: datetime | None = None
        self._is_looking = False
        self._peeked_ids: set[str] = set()
        self._still: tuple[str, datetime] | None = None
        """The worker whose pane was seen the same twice, and when it was seen last."""
        self._last_peek = ("", "")

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
        """Return the worker's pane and a hint, one of them empty.

        None: that is being asked, or the pane stands still and was looked at a moment ago.
        """
        if worker.id in self._peeked_ids or self.stands_still(worker):
            return None
        self._peeked_ids.add(worker.id)
        try:
            pane_text = await self._background.read(lambda: self._backend.peek(worker))
            self._note_peek(worker, pane_text)
            return pane_text, ""
        except RtsError as error:
            return "", error.what
        finally:
            self._peeked_ids.discard(worker.id)

    def stands_still(self, worker: Worker) -> bool:
        """Tell whether the worker's pane need not be looked at again yet."""
        if self._still is None or self._still[0] != worker.id:
            return False
        judgement = self._world.judgement_by_worker.get(worker.id) if self._world else None
        is_idle = judgement is not None and judgement.activity not in MOVING
        pause_s = IDLE_PEEK_S if is_idle else STILL_PEEK_S
        return (self._now() - self._still[1]).total_seconds() < pause_s

    def _note_peek(self, worker: Worker, pane_text: str) -> None:
        seen = (worker.id, pane_text)
        self._still = (worker.id, self._now()) if seen == self._last_peek else None
        self._last_peek = seen

    def _look(self) -> World | None:
        now = self._now()
        is_fresh = self._looked_at and (now - self._looked_at).total_seconds() < LOOK_AGAIN_S
        if is_fresh and self._backend.newest_event_id() == self._event_id:
            return None
        self._looked_at = now
        world = self._backend.look()
        is_shown = world is self._world
        self._world, self._event_id = world, world.event_id
        return None if is_shown else world
