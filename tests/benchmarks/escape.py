"""Esc in the middle of a turn, of which no hook tells: how long it counts as busy."""

import time
from pathlib import Path

from rts.game import open_game
from rts.orders.look import look
from rts.orders.watching import ensure_watch
from rts.world.evidence import Activity
from rts.world.judge import STEADY_AFTER
from tests.benchmarks.fleet import await_activity
from tests.benchmarks.measuring import Measurement, Row
from tests.benchmarks.scenery import enter_workers, make_repository, seat_agents

WORKER_COUNT = 10
PAUSE_S = 0.4
"""Between two presses, so that they fall at any moment of a beat."""

LATE_S = 30.0

BUSY = '# Long\n\n```drill\n[[step]]\ndo = "run"\ncommand = "sleep 600"\n```\n'


def measure(room: Path) -> list[Row]:
    """Return the rows of this benchmark."""
    repository = make_repository(room / "shop", 10)
    with open_game() as game:
        _, entered = enter_workers(game, repository, WORKER_COUNT)
        ensure_watch(game)
        workers = seat_agents(game, entered, BUSY)
        await_activity(game, workers, Activity.BUSY)
        time.sleep(STEADY_AFTER.total_seconds())
        pressed_at: dict[str, float] = {}
        for worker in workers:
            game.tmux.press(worker.session_name, "Escape")
            pressed_at[worker.id] = time.monotonic()
            time.sleep(PAUSE_S)
        times: dict[str, float] = {}
        while len(times) < len(workers):
            assert time.monotonic() < max(pressed_at.values()) + LATE_S, "still busy after Esc"
            for worker_id, judgement in look(game, None).judgement_by_worker.items():
                if judgement.activity is Activity.DONE and worker_id not in times:
                    times[worker_id] = time.monotonic() - pressed_at[worker_id]
            time.sleep(0.05)
    steady = [STEADY_AFTER.total_seconds()]
    name = "Esc without a hook → no longer busy"
    return [Measurement(name, list(times.values()), "a title's steadiness", steady)]
