"""A hundred workers, at rest and at work: what watch and screen cost, and how late they are.

The drill agents are real processes in real panes; the screen runs in a terminal of its own. An hour
of actions lies in the store, as at the end of a working hour.
"""

import itertools
import json
import random
import re
import sqlite3
import sys
import time
from datetime import timedelta
from pathlib import Path

from rts import paths
from rts.adapters.store.codec import encode_time
from rts.adapters.tmux import shell_line
from rts.game import Game, open_game
from rts.orders.look import look
from rts.orders.watching import WATCH_SESSION, is_watched
from rts.world.evidence import Activity
from rts.world.nouns import Worker
from tests.benchmarks import counted
from tests.benchmarks.hearing import drop
from tests.benchmarks.measuring import Figure, Measurement, Row, quietly, take_times
from tests.benchmarks.meter import Meter, Reading, cores_used, starts_per_minute
from tests.benchmarks.scenery import enter_workers, make_repository, seat_agents
from tests.benchmarks.screen import Screen
from tests.waiting import wait_until

WORKER_COUNT = 100
CALLS_PER_MINUTE = 20
REST_S, WORK_S = 15.0, 15.0
"""How long the fleet is measured at rest and at work."""

SETTLE_S = 3.0
"""How long what was started is left alone before it is measured."""

RUN_COUNT = 40
"""Changes of one unit's activity that are timed until they are on the screen."""

LATE_S = 5.0
"""After this long a change is not waited for any more."""

IDLE_AIM, BUSY_AIM = 3.0, 15.0
"""Percent of a core for watch and screen together."""

REST = '# Rest\n\n```drill\n[[step]]\ndo = "say"\ntext = "Ready."\n```\n'
WORK = f"# Work\n\n```drill\nrepeat = {CALLS_PER_MINUTE}\n```\n"

TURN = (
    {"hook_event_name": "Stop", "last_assistant_message": "Which port?"},
    {"hook_event_name": "UserPromptSubmit", "prompt": "the usual one"},
)
"""Two hooks, each of which changes what the unit's cell shows."""


def measure(room: Path) -> list[Row]:
    """Return the rows of this benchmark."""
    repository = make_repository(room / "shop", 10)
    with open_game() as game:
        _, workers = enter_workers(game, repository, WORKER_COUNT)
        remember_hour(game, workers)
        seat_agents(game, workers, REST)
        watch = start_watch(game, room / "watch-starts")
        with Screen(room, repository) as screen:
            await_activity(game, workers, Activity.DONE)
            screen.await_words("100")
            meters = (watch, screen.meter())
            rows = _use("at rest", IDLE_AIM, meters, REST_S)
            rows.append(_list(repository))
            seat_agents(game, workers[1:], WORK)
            await_activity(game, workers[1:], Activity.BUSY)
            known_count = count_actions(game)
            rows += _use("at work", BUSY_AIM, meters, WORK_S)
            rate = (count_actions(game) - known_count) * 60 / (SETTLE_S + WORK_S)
            aim = (WORKER_COUNT - 1) * CALLS_PER_MINUTE
            rows.append(Figure("tool calls counted", rate, "a minute", "made", aim))
            rows.append(_time_changes(game, screen, workers[0]))
            rows += _weigh(meters)
    return rows


def remember_hour(game: Game, workers: list[Worker]) -> None:
    """Enter the actions of the past hour, as many as the fleet makes."""
    now = game.now()
    count = 60 * CALLS_PER_MINUTE
    rows = [
        (
            worker.id,
            f"past-{i}",
            "Grep",
            encode_time(now - timedelta(seconds=3 * i)),
            f"d{i}",
            0,
            "",
        )
        for worker in workers
        for i in range(1, count + 1)
    ]
    with sqlite3.connect(game.store.path) as connection:
        connection.executemany("INSERT INTO actions VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    connection.close()


def start_watch(game: Game, starts_path: Path) -> Meter:
    """Start the watch in its usual session, with its starts written down."""
    game.inbox.prepare()
    argv = [sys.executable, "-P", counted.__file__, str(starts_path), "watch"]
    env = {"RTS_HOME": str(game.home), **paths.agent_environment()}
    game.tmux.start_session(WATCH_SESSION, Path.home(), shell_line(argv), env, "the watch")
    wait_until(lambda: is_watched(game), message="the watch to run")
    return Meter(game.tmux.panes()[WATCH_SESSION].pid, starts_path)


def await_activity(game: Game, workers: list[Worker], activity: Activity) -> None:
    """Wait until all of `workers` are judged to be so."""

    def are_so() -> bool:
        judged = look(game, None).judgement_by_worker
        return all(judged[worker.id].activity is activity for worker in workers)

    wait_until(are_so, timeout_s=120, message=f"{len(workers)} workers to be {activity}")


def count_actions(game: Game) -> int:
    """Return how many actions the store knows."""
    with sqlite3.connect(game.store.path) as connection:
        count = int(connection.execute("SELECT count(*) FROM actions").fetchone()[0])
    connection.close()
    return count


def _use(what: str, aim: float, meters: tuple[Meter, Meter], span_s: float) -> list[Row]:
    """Return what watch and screen use, as percent of a core, and the programs they start."""
    time.sleep(SETTLE_S)
    before = [meter.read() for meter in meters]
    time.sleep(span_s)
    after = [meter.read() for meter in meters]
    watch, screen = (100 * used for used in map(cores_used, before, after))
    fleet = f"{WORKER_COUNT} workers {what}"
    return [
        Figure(f"{fleet}: watch + screen", watch + screen, "% of a core", "aim", aim),
        Figure(f"{fleet}: the watch alone", watch, "% of a core", "aim", aim),
        *_starts(fleet, before, after),
    ]


def _starts(fleet: str, before: list[Reading], after: list[Reading]) -> list[Row]:
    watch, screen = map(starts_per_minute, before, after)
    return [
        Figure(f"{fleet}: programs that the watch starts", watch, "a minute", "beats", 60),
        Figure(f"{fleet}: programs that the screen starts", screen, "a minute", "beats", 60),
    ]


def _list(repository: Path) -> Measurement:
    argv = (sys.executable, "-m", "rts", "ls", "--json")
    plain, times = take_times(
        10, quietly(sys.executable, "-c", "pass"), quietly(*argv, cwd=repository)
    )
    return Measurement(f"`rts ls --json`, {WORKER_COUNT} workers", times, "`python -c pass`", plain)


def _weigh(meters: tuple[Meter, Meter]) -> list[Row]:
    bare = 10.0
    return [
        Figure(f"memory of the {name}, {kind}", size / 1e6, "MB", "a bare Python", bare)
        for name, meter in zip(("watch", "screen"), meters, strict=True)
        for kind, size in (("PSS", meter.pss_bytes()), ("RSS", meter.rss_bytes()))
    ]


def _time_changes(game: Game, screen: Screen, worker: Worker) -> Measurement:
    """Time one unit's changes while the others work: hook file renamed → cell on the screen."""
    dice = random.Random(7)
    times, looks = [], []
    for hook in itertools.islice(itertools.cycle(TURN), RUN_COUNT):
        time.sleep(dice.uniform(0.2, 0.6))  # at any moment of a beat
        times.append(_time_change(game, screen, worker, hook))
        started_at = time.perf_counter()
        screen.text()
        looks.append(time.perf_counter() - started_at)
    return Measurement("hook file → cell on the screen", times, "one look at the screen", looks)


def _time_change(game: Game, screen: Screen, worker: Worker, hook: dict[str, str]) -> float:
    known = _cell(screen.text())
    drop(game.inbox, worker, hook)
    started_at = time.perf_counter()
    while _cell(screen.text()) == known:
        late_s = time.perf_counter() - started_at
        assert late_s < LATE_S, f"{json.dumps(hook)} is not on the screen:\n{screen.text()}"
        screen.await_output(LATE_S - late_s)
    return time.perf_counter() - started_at


def _cell(screen_text: str) -> str:
    """Return the first unit's cell: number, glyph and mark."""
    found = re.search(r"│\s*.?(1\S* .{4})", screen_text)
    return found[1] if found else ""
