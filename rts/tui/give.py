"""Background work: the only module of the screen that knows threads.

Whatever may take longer than 50 ms is given away here, and awaited.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Answer = TypeVar("Answer")

ORDER_COUNT_MAX = 8
"""Orders carried out at the same time; more wait. A merge may run tests for minutes, and telling
another unit must not wait for it."""


class Background:
    """Two lanes beside the screen: one that reads, one that carries out orders."""

    def __init__(self) -> None:
        # One thread: an SQLite connection belongs to the thread that opened it.
        self._reader = ThreadPoolExecutor(1, "rts-read")
        self._orders = ThreadPoolExecutor(ORDER_COUNT_MAX, "rts-order")

    async def read(self, work: Callable[[], Answer]) -> Answer:
        """Run `work` after all reading that was given before, always on the same thread."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, work)

    async def carry_out(self, work: Callable[[], Answer]) -> Answer:
        """Run `work` beside everything else."""
        return await asyncio.get_running_loop().run_in_executor(self._orders, work)

    def close(self, last_work: Callable[[], None]) -> None:
        """Do `last_work` on the reader's thread and wait until every order has ended.

        An order that was given is never cut off in the middle.
        """
        self._reader.submit(last_work)
        self._reader.shutdown(wait=True)
        self._orders.shutdown(wait=True)
