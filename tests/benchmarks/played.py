"""The screen on a played fleet, as a program: `python -m tests.benchmarks.played still|lively`.

`plain` is the least that Textual can do with a key: the baseline of a key's way to the screen.
"""

import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Label

from rts.settings import Settings
from rts.tui import app as app_module
from rts.tui.app import RtsApp
from rts.world.apm import Tempo
from rts.world.world import World
from tests.scenes import crowd
from tests.tui.played_backend import PlayedBackend
from tests.tui.scene_parts import Part, make_world

UNIT_COUNT = 100
LIVELY_POLL_S = 0.1
"""All units change ten times a second, more often than the screen looks by itself."""


@dataclass
class LivelyBackend(PlayedBackend):
    """Every look shows every unit with another tempo."""

    world: World = field(
        default_factory=lambda: make_world(tuple(Part(apm=3 + i % 30) for i in range(UNIT_COUNT)))
    )

    def newest_event_id(self) -> int:
        return self.world.event_id + 1

    def look(self) -> World:
        round_number = self.world.event_id + 1
        tempos = {
            w.id: Tempo(dict.fromkeys(("1m", "5m", "1h", "1d", "7d"), (i + round_number) % 60))
            for i, w in enumerate(self.world.workers)
        }
        sparks = {
            w.id: tuple((i + k + round_number) % 9 for k in range(10))
            for i, w in enumerate(self.world.workers)
        }
        self.world = replace(
            self.world, event_id=round_number, tempo_by_worker=tempos, spark_by_worker=sparks
        )
        return self.world


class PlainApp(App[None]):
    """Shows the key that was pressed last, and nothing else."""

    def compose(self) -> ComposeResult:
        yield Label("plain")

    def on_key(self, event: Key) -> None:
        self.query_one(Label).update(f"{event.key} at {datetime.now(UTC):%S%f}")


def main(kind: str) -> None:
    """Run one of the three until the terminal ends it."""
    if kind == "plain":
        PlainApp().run()
        return
    if kind == "lively":
        app_module.NEWS_POLL_S = LIVELY_POLL_S
    settings = Settings(has_reduced_motion=kind == "still")
    backend = LivelyBackend() if kind == "lively" else PlayedBackend(crowd(), settings)
    app = RtsApp(backend)
    app.run()
    app.close_backend()


if __name__ == "__main__":
    main(sys.argv[1])
