"""What is not asked again: panes and cards of units that move nothing."""

from datetime import timedelta

import pytest

from rts.errors import OrderRefused
from rts.tui.giving.give import Background
from rts.tui.services.reading import STILL_CLOSER_S, Reading
from rts.world.sight import Window
from tests.scenes import trouble
from tests.tui.played_backend import PlayedBackend
from tests.tui.scene_parts import NOW


class Counted(PlayedBackend):
    """Counts what was asked."""

    peek_count = 0
    detail_count = 0

    def peek(self, worker, window):
        self.peek_count += 1
        raise OrderRefused("It has no session.", "None.")

    def read_detail(self, worker):
        self.detail_count += 1
        return super().read_detail(worker)


@pytest.fixture
def backend():
    return Counted(trouble())


@pytest.fixture
def clock():
    return [NOW]


@pytest.fixture
async def reading(backend, clock):
    background = Background()
    made = Reading(backend, background, lambda: clock[0])
    await made.look()
    yield made
    background.close(lambda: None)


async def test_a_session_that_is_gone_is_not_asked_for_three_times_a_second(backend, reading):
    gone = backend.world.workers[3]

    for _ in range(6):
        await reading.peek(gone, Window())

    assert backend.peek_count == 2


async def test_a_unit_that_moves_nothing_is_looked_at_closely_now_and_then(backend, reading, clock):
    done = backend.world.workers[9]

    for _ in range(3):
        await reading.look_closer(done)
    assert backend.detail_count == 1

    clock[0] += timedelta(seconds=STILL_CLOSER_S)
    await reading.look_closer(done)
    assert backend.detail_count == 2


async def test_a_busy_unit_and_another_one_are_looked_at_at_once(backend, reading):
    busy, asking = backend.world.workers[:2]

    for worker in (busy, busy, asking, busy):
        await reading.look_closer(worker)

    assert backend.detail_count == 4
