"""Somebody before the screen, for stories that read without knowing Textual."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from textual.pilot import Pilot
from textual.widgets import Input

from rts.tui.app import RtsApp
from rts.tui.screens.battle import BattleScreen
from tests.tui.played_backend import PlayedBackend

WAIT_COUNT_MAX = 200
"""How often a test lets the screen come to rest before it says that something never happened."""


@dataclass
class Commander:
    """Somebody before the screen: presses, types, sees; `orders` is what arrived behind it."""

    app: RtsApp
    backend: PlayedBackend
    pilot: Pilot[None]

    @property
    def orders(self) -> list[tuple[str, ...]]:
        return self.backend.orders

    @property
    def battle(self) -> BattleScreen:
        return next(s for s in self.app.screen_stack if isinstance(s, BattleScreen))

    @property
    def selected(self) -> str:
        worker = self.battle.frame.selected
        return worker.name if worker else ""

    @property
    def toasts(self) -> list[str]:
        return [notice.message for notice in self.app._notifications]

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.rest()

    async def write(self, line: str) -> None:
        self.app.screen.query_one(Input).value = line
        await self.press("enter")

    async def rest(self) -> None:
        await self.pilot.pause()
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    async def wait_until(self, is_so: Callable[[], bool], what: str) -> None:
        for _ in range(WAIT_COUNT_MAX):
            if is_so():
                return
            await self.pilot.pause(0.01)
        raise AssertionError(f"never happened: {what}")

    def sees(self) -> str:
        """What stands on the terminal, as text."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)


Play = Callable[..., AbstractAsyncContextManager[Commander]]
