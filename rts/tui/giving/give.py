"""Background work: the only module of the screen that knows threads.

Whatever may take longer than 50 ms is given away here, and awaited.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Answer = TypeVar("Answer")

ORDER_COUNT_MAX = 8
"""Orders carried out at the same time; more wait. A merge may run tests for minutes, and telling
another unit must not wait for it."""


class Background:
    """Four lanes beside the screen: one reads, one surveys, one types, one carries out orders."""

    def __init__(self) -> None:
        # One thread: an SQLite connection belongs to the thread that opened it.
        self._reader = ThreadPoolExecutor(1, "rts-read")
        # Two: the card must not wait for a survey of many worktrees.
        self._surveyor = ThreadPoolExecutor(2, "rts-survey")
        self._orders = ThreadPoolExecutor(ORDER_COUNT_MAX, "rts-order")
        self._typist = ThreadPoolExecutor(1, "rts-type")

    async def read(self, work: Callable[[], Answer]) -> Answer:
        """Run `work` after all reading that was given before, always on the same thread."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, work)

    async def survey(self, work: Callable[[], Answer]) -> Answer:
        """Run `work`, which may take seconds, beside all reading, two at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._surveyor, work)

    async def type(self, work: Callable[[], Answer]) -> Answer:
        """Run `work` after all typing that was given before, however many orders are under way."""
        return await asyncio.get_running_loop().run_in_executor(self._typist, work)

    async def carry_out(self, work: Callable[[], Answer]) -> Answer:
        """Run `work` beside everything else."""
        return await asyncio.get_running_loop().run_in_executor(self._orders, work)

    def begin(self, work: Callable[[], Answer]) -> Future[Answer]:
        """Begin `work` beside everything else; it goes on although nobody awaits it."""
        return self._orders.submit(work)

    def close(self, last_work: Callable[[], None]) -> None:
        """Do `last_work` on the reader's thread and wait until every order has ended.

        An order that was given is never cut off in the middle.
        """
        self._surveyor.shutdown(wait=True, cancel_futures=True)
        self._reader.submit(last_work)
        self._reader.shutdown(wait=True)
        self._orders.shutdown(wait=True)
        self._typist.shutdown(wait=True)
