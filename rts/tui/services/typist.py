"""The typist: types keys through to an agent, batch by batch, and looks for their echo."""

import asyncio
import contextlib
from collections import deque
from typing import Any, Protocol

from rts.errors import RtsError
from rts.tui.backend import Backend
from rts.tui.giving.give import Background
from rts.world.nouns import Worker
from rts.world.sight import Sight, Window
from rts.world.strokes import Stroke

ECHO_PAUSES_S = (0.012, 0.03, 0.08, 0.2)
"""Pauses before the looks that follow a batch: a terminal program echoes within some 10 ms, one
that draws its screen anew within 50 ms; what comes later is seen at the pane's usual pace."""

BATCH_COUNT_MAX = 500
"""Most strokes in one call: a paste that came as single keys is cut, and still keeps its order."""


class Typing(Protocol):
    """What the typist needs of whoever it works for."""

    def run_worker(self, work: Any) -> Any:
        """Run a coroutine beside the screen."""

    def show_sight(self, worker: Worker, sight: Sight) -> None:
        """Show what a worker's pane looks like now."""

    def stop_typing(self, worker: Worker, error: RtsError) -> None:
        """Say why nothing more can be typed to a worker."""


class Typist:
    """Sends what was typed while the last batch was on its way as one batch, in order."""

    def __init__(self, desk: Typing, backend: Backend, background: Background) -> None:
        self._desk = desk
        self._backend = backend
        self._background = background
        self._waiting: deque[tuple[Worker, Stroke]] = deque()
        self._has_come = asyncio.Event()
        self._is_at_work = False

    def type(self, worker: Worker, stroke: Stroke) -> None:
        """Type a stroke after all that were given before."""
        self._waiting.append((worker, stroke))
        self._has_come.set()
        if not self._is_at_work:
            self._is_at_work = True
            self._desk.run_worker(self._type_all())

    async def _type_all(self) -> None:
        try:
            while self._waiting:
                worker, batch = self._take()
                try:
                    await self._send(worker, batch)
                    await self._look_for_echo(worker)
                except RtsError as error:
                    self._drop(worker)
                    self._desk.stop_typing(worker, error)
        finally:
            self._is_at_work = False

    def _take(self) -> tuple[Worker, tuple[Stroke, ...]]:
        """Take all that waits for the first worker, up to where another one is meant."""
        self._has_come.clear()
        worker = self._waiting[0][0]
        batch: list[Stroke] = []
        while self._waiting and len(batch) < BATCH_COUNT_MAX:
            if self._waiting[0][0].id != worker.id:
                break
            batch.append(self._waiting.popleft()[1])
        return worker, tuple(batch)

    def _drop(self, worker: Worker) -> None:
        """Drop what waits for one worker; what was typed to another is still to come."""
        left = [one for one in self._waiting if one[0].id != worker.id]
        self._waiting = deque(left)

    async def _look_for_echo(self, worker: Worker) -> None:
        """Show the pane a few times soon after a batch; once at least, then the next one is due."""
        for pause_s in ECHO_PAUSES_S:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._has_come.wait(), pause_s)
            sight = await self._background.type(lambda: self._backend.peek(worker, Window()))
            self._desk.show_sight(worker, sight)
            if self._waiting:
                return

    async def _send(self, worker: Worker, batch: tuple[Stroke, ...]) -> None:
        await self._background.type(lambda: self._backend.type_keys(worker, batch))
