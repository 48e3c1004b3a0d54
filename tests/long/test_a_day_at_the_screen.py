"""Eight hours before the screen, played in minutes: its memory stays what it was after the first.

`python -m tests --long`; the figures are in `results.md`.
"""

import random
from dataclasses import replace
from datetime import timedelta

import psutil
import pytest

from rts.tui.app import RtsApp
from rts.world.nouns import Event
from rts.world.world import EVENT_COUNT_MAX
from tests.benchmarks.played import LivelyBackend
from tests.tui.scene_parts import NOW

pytestmark = pytest.mark.long

HOURS, LOOKS_PER_HOUR = 8, 3600
"""A busy fleet gives the screen about one new picture a second."""

KEYS = (
    "l",
    "j",
    "h",
    "k",
    "space",
    "full_stop",
    "v",
    "v",
    "question_mark",
    "escape",
    "d",
    "escape",
)
GROWTH_MAX = 1.1


class Day(LivelyBackend):
    """A fleet whose events and clock go on."""

    def look(self):
        world = super().look()
        number = world.event_id
        worker = world.workers[number % len(world.workers)]
        at = NOW + timedelta(seconds=number)
        event = Event(
            "worker_told", f"you told {worker.name} {number}", at, "p", worker.id, id=number
        )
        self.world = replace(world, events=(*world.events, event)[-EVENT_COUNT_MAX:])
        return self.world

    def peek(self, worker, window):
        lines = (f"\x1b[3{n % 8}m{self.world.event_id} line {n}" for n in range(40))
        return replace(super().peek(worker, window), text="\n".join(lines))


@pytest.mark.timeout(3600)
async def test_after_eight_hours_the_screen_needs_no_more_memory_than_after_one():
    backend, dice, process = Day(), random.Random(11), psutil.Process()
    app = RtsApp(backend, lambda: NOW + timedelta(seconds=backend.world.event_id))
    by_hour = []
    async with app.run_test(size=(200, 50)) as pilot:
        await pilot.pause()
        for _ in range(HOURS):
            for second in range(LOOKS_PER_HOUR):
                app.expect_news()
                await app._look()
                if second % 20 == 0:
                    await pilot.press(dice.choice(KEYS))
                    await pilot.pause()
            by_hour.append(process.memory_info().rss / 1e6)
    app.close_backend()

    print("MB after each hour:", [round(mb) for mb in by_hour])
    assert by_hour[-1] < by_hour[0] * GROWTH_MAX
