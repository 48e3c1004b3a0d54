"""From a hook's file in the inbox to the worker's new activity in the store."""

import json
import os
import time
from pathlib import Path

from rts.adapters.inbox import Inbox
from rts.game import Game, open_game
from rts.orders.watching import ensure_watch, is_watched
from rts.watch.run import GATHER_S
from rts.world.nouns import Worker
from tests.benchmarks.measuring import Measurement, take_time, take_times
from tests.benchmarks.scenery import enter_workers, make_repository
from tests.making import an_event
from tests.waiting import wait_until

RUN_COUNT = 50
LOOK_S = 0.001

TURN = (
    {"hook_event_name": "UserPromptSubmit", "prompt": "go on"},
    {"hook_event_name": "Stop", "last_assistant_message": "Ready."},
)
"""Two hooks, each of which changes the activity: a turn begins, a turn ends."""


def measure(room: Path) -> list[Measurement]:
    """Return the rows of this benchmark."""
    repository = make_repository(room / "quiet", 10)
    with open_game() as game:
        project, (worker,) = enter_workers(game, repository, 1)
        game.tmux.start_session(worker.session_name, room, "exec sleep 600", {}, "#1")
        ensure_watch(game)
        wait_until(lambda: is_watched(game), message="the watch to run")
        times = [_time_hearing(game, worker, number) for number in range(RUN_COUNT)]
        event = an_event("cue_sounded", project_id=project.id, worker_id=worker.id)
        (plain,) = take_times(RUN_COUNT, lambda: game.store.record(event))
    return [Measurement("hook file → activity in the store", times, "one record", plain)]


def _time_hearing(game: Game, worker: Worker, number: int) -> float:
    """Time one hook in a quiet moment: of several in a row, some are heard together."""
    time.sleep(2 * GATHER_S)
    return take_time(lambda: _hear(game, worker, number))


def _hear(game: Game, worker: Worker, number: int) -> None:
    """Drop a hook's file as the shell line does, and wait until the activity is written."""
    known_count = game.store.count("activity_changed")
    drop(game.inbox, worker, TURN[number % 2])
    deadline = time.monotonic() + 10
    while game.store.count("activity_changed") == known_count:
        assert time.monotonic() < deadline, f"nothing heard of {TURN[number % 2]}"
        time.sleep(LOOK_S)


def drop(inbox: Inbox, worker: Worker, hook: dict[str, str]) -> None:
    """Drop a hook's file as the shell line does: it is in the inbox when this returns."""
    name = f"{worker.id}.{os.getpid()}-{time.monotonic_ns()}"
    aside = inbox.prepare_for(worker.id) / "tmp" / name
    aside.write_text(json.dumps({"session_id": "s", **hook}))
    aside.rename(inbox.new_folder_of(worker.id) / name)
