"""How fast the screen is: start to first paint, key to paint, and what an open screen costs."""

import random
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rts.game import open_game
from rts.world.nouns import Worker
from tests.benchmarks.measuring import Figure, Measurement, Row, quietly, take_time
from tests.benchmarks.scenery import enter_workers, make_repository
from tests.benchmarks.terminal import Terminal
from tests.making import an_event

RTS = str(Path(sys.executable).parent / "rts")
WORKER_COUNT = 100
START_COUNT = 10
KEY_COUNT = 200
KEYS = (b"l", b"j", b"h", b"k")
"""Round four units: the selection, the card and the footer change with each."""

TITLE = re.compile(rb"(feature|bug|chore|research) #")
"""Stands in the frame of the selected unit, which is only drawn when another one is selected."""

LATE_S = 5.0
_dice = random.Random(7)

SPAN_S = 15.0
EVENTS_PER_S = 50
IDLE_AIM, EVENTS_AIM, LIVELY_AIM = 2.0, 10.0, 10.0
"""Percent of a core."""

IMPORT = "from textual.app import App; from textual.screen import Screen; import textual.widgets"


def measure(room: Path) -> list[Row]:
    """Return the rows of this benchmark."""
    repository = make_repository(room / "shop", 10)
    with open_game() as game:
        _, workers = enter_workers(game, repository, WORKER_COUNT)
    return [
        _paint_first(repository),
        _press("100 units at rest", "still"),
        _press("100 busy units, all changing ten times a second", "lively"),
        *_leave_open(repository, workers),
    ]


def _paint_first(repository: Path) -> Measurement:
    imported, painted = [], []
    for _ in range(START_COUNT + 1):
        imported.append(take_time(quietly(sys.executable, "-c", IMPORT)))
        with Terminal([RTS], repository) as terminal:
            painted.append(terminal.await_text(b"minimap"))
            terminal.rest()
    return Measurement("`rts` → first paint", painted[1:], "import of Textual", imported[1:])


def _press(words: str, kind: str) -> Measurement:
    bare, times = [], []
    with _played("plain", b"plain") as plain, _played(kind, b"minimap") as played:
        for i in range(KEY_COUNT):
            key = KEYS[i % len(KEYS)]
            bare.append(_time_key(plain, key, re.compile(key + b" at ")))
            times.append(_time_key(played, key, TITLE))
    return Measurement(f"key → paint, {words}", times, "a bare Textual app", bare)


@contextmanager
def _played(kind: str, sign: bytes) -> Iterator[Terminal]:
    with Terminal([sys.executable, "-m", "tests.benchmarks.played", kind]) as terminal:
        terminal.await_text(sign)
        terminal.rest()
        yield terminal


def _time_key(terminal: Terminal, key: bytes, answer: re.Pattern[bytes]) -> float:
    """Return how long after `key` its answer is printed, at any moment of the screen's own work."""
    time.sleep(_dice.uniform(0.02, 0.12))
    while terminal.read(0):
        pass
    started_at, seen = time.perf_counter(), b""
    terminal.press(key)
    while not answer.search(seen):
        assert time.perf_counter() - started_at < LATE_S, f"no {answer.pattern!r}: {seen[-300:]!r}"
        seen += terminal.read(0.5)
    return time.perf_counter() - started_at


def _leave_open(repository: Path, workers: list[Worker]) -> list[Row]:
    """Return what an open screen uses, in percent of a core."""
    rows: list[Row] = []
    with Terminal([RTS], repository) as terminal:
        terminal.await_text(b"falcon")
        terminal.rest()
        idle = terminal.cpu_percent(SPAN_S)
        name = f"screen, {WORKER_COUNT} units, nothing happens"
        rows.append(Figure(name, idle, "% of a core", "aim", IDLE_AIM))
        with _events(workers):
            used = terminal.cpu_percent(SPAN_S)
        name = f"screen, {EVENTS_PER_S} events a second"
        rows.append(Figure(name, used, "% of a core", "aim", EVENTS_AIM))
    with _played("lively", b"minimap") as lively:
        used = lively.cpu_percent(SPAN_S)
    name = "screen, 100 busy units, all changing ten times a second"
    return [*rows, Figure(name, used, "% of a core", "aim", LIVELY_AIM)]


@contextmanager
def _events(workers: list[Worker]) -> Iterator[None]:
    """Write events into the store, from another thread, while inside."""
    is_over = threading.Event()

    def write() -> None:
        with open_game() as game:
            for i in range(10**9):
                if is_over.wait(1 / EVENTS_PER_S):
                    return
                worker = workers[i % len(workers)]
                ids = {"project_id": worker.project_id, "worker_id": worker.id}
                game.store.record(an_event("worker_told", **ids))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
