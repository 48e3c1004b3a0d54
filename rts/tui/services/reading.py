"""Reading the world again when there is news, or when the shown one has become old."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from rts.errors import RtsError
from rts.tui.backend import Backend
from rts.tui.frame import Frame
from rts.tui.giving.give import Background
from rts.world.detail import UnitDetail
from rts.world.evidence import Activity
from rts.world.nouns import Worker
from rts.world.sight import Sight, Window
from rts.world.territory import Survey
from rts.world.world import World

STILL_PEEK_S, IDLE_PEEK_S = 1.0, 3.0
"""Pause between two looks at a pane that showed the same twice: each starts a program. The pane of
a unit that is not busy rarely changes before its activity does."""

STILL_CLOSER_S = 10.0
"""Pause between two closer looks at a unit that moves nothing: each runs git, and walks through all
processes."""

LOOK_AGAIN_S = 1.0
"""Longest that a picture stands without news: ages and windows of time go on."""


SURVEY_APART_S = 30.0
"""Seconds between two surveys while only the minimap is shown: a conflict between two workers may
be told half a minute late, and a survey starts two programs for each worker that does something."""

MOVING = frozenset({Activity.BUSY, Activity.STARTING, Activity.NO_SIGNAL})
"""Activities in which a pane may change at any moment."""

Answer = TypeVar("Answer")


def is_survey_due(frame: Frame, now: datetime) -> bool:
    """Tell whether to survey: whenever the territory is shown, else rarely, and for two or more."""
    if frame.has_territory:
        return True
    surveyed_at = frame.survey.surveyed_at
    if len(frame.world.workers) < 2:
        return False
    return surveyed_at is None or abs(now - surveyed_at).total_seconds() >= SURVEY_APART_S


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
        self._asked: set[str] = set()
        self._still: tuple[str, datetime] | None = None
        """The worker whose pane was seen the same twice, and when it was seen last."""
        self._last_peek: tuple[str, Sight | str] = ("", Sight())
        self._closer: tuple[object, datetime] = (None, datetime.min.replace(tzinfo=UTC))
        """Who was looked at more closely last, whether it moved then, and when that was."""

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

    async def peek(self, worker: Worker, window: Window) -> tuple[Sight, str] | None:
        """Return some lines of the worker's pane and a hint, one of them empty.

        None: that is being asked, or the pane stands still and was looked at a moment ago.
        """
        if worker.id in self._peeked_ids or self.stands_still(worker):
            return None
        self._peeked_ids.add(worker.id)
        try:
            sight = await self._background.read(lambda: self._backend.peek(worker, window))
            self._note_peek(worker, sight)
            return sight, ""
        except RtsError as error:
            self._note_peek(worker, error.what)
            return Sight(), error.what
        finally:
            self._peeked_ids.discard(worker.id)

    async def look_closer(self, worker: Worker) -> UnitDetail | None:
        """Return what only the card shows.

        None: that is being asked, cannot be known, or the worker moves nothing and was looked at a
        moment ago.
        """
        asked, now = (worker.id, self._is_moving(worker)), self._now()
        age_s = (now - self._closer[1]).total_seconds()
        if asked == self._closer[0] and not asked[1] and age_s < STILL_CLOSER_S:
            return None
        self._closer = (asked, now)
        return await self._once(f"detail {worker.id}", lambda: self._backend.read_detail(worker))

    async def survey(self) -> Survey | None:
        """Return a new survey; None: one is being made, or cannot be made."""
        return await self._once("survey", self._backend.survey)

    async def _once(self, what: str, work: Callable[[], Answer]) -> Answer | None:
        """Ask on the surveyor's thread, unless the same is being asked."""
        if what in self._asked:
            return None
        self._asked.add(what)
        try:
            return await self._background.survey(work)
        except RtsError:
            return None
        finally:
            self._asked.discard(what)

    def stands_still(self, worker: Worker) -> bool:
        """Tell whether the worker's pane need not be looked at again yet."""
        if self._still is None or self._still[0] != worker.id:
            return False
        pause_s = STILL_PEEK_S if self._is_moving(worker) else IDLE_PEEK_S
        return (self._now() - self._still[1]).total_seconds() < pause_s

    def _is_moving(self, worker: Worker) -> bool:
        """Tell whether the worker may change something at any moment."""
        judgement = self._world.judgement_by_worker.get(worker.id) if self._world else None
        return judgement is None or judgement.activity in MOVING

    def expect_motion(self) -> None:
        """Look at the pane at the next chance, however still it stood."""
        self._still = None

    def _note_peek(self, worker: Worker, seen_there: Sight | str) -> None:
        seen = (worker.id, seen_there)
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
