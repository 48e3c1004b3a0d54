"""Figures: `python -m tests.benchmarks [NAME…]` prints one markdown table.

Each benchmark has a room of its own; the commander's state and tmux server are not touched.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks import (
    demo,
    escape,
    fleet,
    hearing,
    hooks,
    judge,
    measuring,
    painting,
    spawning,
    start_up,
    telling,
    territory,
)
from tests.benchmarks.measuring import Row
from tests.cleaning import end_room, make_root, room_environment

BENCHMARKS: dict[str, Callable[[Path], Sequence[Row]]] = {
    "start-up": start_up.measure,
    "hooks": hooks.measure,
    "spawning": spawning.measure,
    "hearing": hearing.measure,
    "judge": judge.measure,
    "fleet": fleet.measure,
    "painting": painting.measure,
    "telling": telling.measure,
    "escape": escape.measure,
    "territory": territory.measure,
    "demo": demo.measure,
}


def main(names: list[str]) -> int:
    """Run the benchmarks called `names`, or all."""
    if unknown := set(names) - set(BENCHMARKS):
        print(f"Unknown: {', '.join(sorted(unknown))}.", f"Known: {', '.join(BENCHMARKS)}.")
        return 1
    root = make_root()
    print(measuring.HEAD, flush=True)
    try:
        for name in names or BENCHMARKS:
            play(name, root / name)
    finally:
        root.rmdir()
    return 0


def play(name: str, room: Path) -> None:
    """Run one benchmark in its own room and print its rows."""
    environment = room_environment(room)
    os.environ.clear()
    os.environ.update(environment)
    try:
        for measurement in BENCHMARKS[name](room):
            print(measurement.row(), flush=True)
    finally:
        end_room(room)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
