from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import _wait

from rts.settings import Settings
from rts.tui.app import RtsApp
from tests.scenes import SCENES
from tests.tui.commander import Commander, Play
from tests.tui.played_backend import PlayedBackend
from tests.tui.scene_parts import NOW


@pytest.fixture
def play() -> Play:
    """Open a scene and sit down before it: `async with play("skirmish") as commander`."""

    @asynccontextmanager
    async def sit_down(
        scene: str, size: tuple[int, int] = (120, 36), settings: Settings | None = None
    ) -> AsyncIterator[Commander]:
        still = settings or Settings(has_reduced_motion=True, undo_grace_s=0.0)
        backend = PlayedBackend(SCENES[scene](), still)
        app = RtsApp(backend, lambda: NOW)
        async with app.run_test(size=size) as pilot:
            commander = Commander(app, backend, pilot)
            await commander.rest()
            yield commander
        app.close_backend()

    return sit_down


@pytest.fixture(autouse=True)
def quick_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pilot look for rest every 4 ms, not 20: it looks twice for each key."""
    monkeypatch.setattr(_wait, "SLEEP_GRANULARITY", 0.004)
    monkeypatch.setattr(_wait, "SLEEP_IDLE", 0.0004)
