"""A hundred long messages to agents that eat the first Enter after each paste."""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path

from rts.errors import RtsError
from rts.game import Game, open_game
from rts.orders.start import launch_of
from rts.orders.tell import ENTER_AGAIN_S, tell
from rts.orders.watching import ensure_watch
from rts.orders.wording import as_typed
from rts.world.evidence import Activity
from rts.world.nouns import Worker
from tests.benchmarks.fleet import await_activity
from tests.benchmarks.measuring import Figure, Measurement, Row, take_time
from tests.benchmarks.scenery import enter_workers, make_repository, seat_agents
from tests.waiting import wait_until

WORKER_COUNT, TELL_COUNT = 10, 10
SIZE_BYTES = 8 * 1024

EATER = """\
# Eat

```drill
eats_first_enter = true
[[step]]
do = "say"
text = "Ready."
[[on_tell]]
do = "write"
path = "told.txt"
text = "{answer}"
[[on_tell]]
do = "run"
command = "echo told >>count.txt"
```
"""

WORDS = (
    "/help me",
    "!ls -la",
    "grüße 🦅 👩‍💻",
    "```",
    "[200~ half a paste",
    "$(touch x)",
    "# no",
    "日本語",
    "",
)


class Outcome(StrEnum):
    """How a message went; only `WRONG` may not be."""

    PROVEN = "proven, once and to the letter"
    REFUSED = "not proven, and said so"
    WRONG = "said to be proven, and wrong"


def measure(room: Path) -> list[Row]:
    """Return the rows of this benchmark."""
    os.environ["RTS_DRILL_SPEED"] = "0"
    repository = make_repository(room / "shop", 10)
    with open_game() as game:
        _, entered = enter_workers(game, repository, WORKER_COUNT)
        ensure_watch(game)
        workers = seat_agents(game, entered, EATER)
        await_activity(game, workers, Activity.DONE)
        with ThreadPoolExecutor(WORKER_COUNT) as hands:
            told = [
                one for many in hands.map(lambda w: _tell_all(game, w), workers) for one in many
            ]
    count = {outcome: sum(one is outcome for one, _ in told) for outcome in Outcome}
    times = [seconds for outcome, seconds in told if outcome is Outcome.PROVEN]
    what = "tells of 8 KB, the first Enter eaten"
    rows: list[Row] = [
        Figure(f"{what}: {outcome}", count[outcome], "tells", "all", len(told))
        for outcome in Outcome
    ]
    if times:
        rows.append(Measurement(f"{what}: until proven", times, "Enter again", [ENTER_AGAIN_S]))
    return rows


def write_text(number: int) -> str:
    """Return a message of `SIZE_BYTES` in many lines, another one for each number."""
    dice = random.Random(number)
    lines = [f"Message {number}"]
    while len("\n".join(lines).encode()) < SIZE_BYTES:
        lines.append(f"{dice.choice(WORDS)} {'x' * dice.randrange(80)}".rstrip())
    return "\n".join(lines).rstrip()


def _tell_all(game: Game, worker: Worker) -> list[tuple[Outcome, float]]:
    """Return how each message went, and how long it took."""
    return [_tell(game, worker, number) for number in range(1, TELL_COUNT + 1)]


def _tell(game: Game, worker: Worker, number: int) -> tuple[Outcome, float]:
    text, errors = write_text(number), []

    def give() -> None:
        try:
            tell(game, worker, text)
        except RtsError as error:
            errors.append(error)

    seconds = take_time(give)
    if errors:
        return Outcome.REFUSED, seconds
    folder = launch_of(game, worker).worktree
    try:
        wait_until(lambda: _is_exact(folder, as_typed(text)))
    except AssertionError:
        return Outcome.WRONG, seconds
    return Outcome.PROVEN, seconds


def _is_exact(folder: Path, typed: str) -> bool:
    """Tell whether the agent took exactly this, once; what it took is taken away."""
    path, count_path = folder / "told.txt", folder / "count.txt"
    if not path.exists() or not count_path.exists():
        return False
    if count_path.read_text().count("\n") != 1 or path.read_text(encoding="utf-8") != typed:
        return False
    path.unlink()
    count_path.unlink()
    return True
