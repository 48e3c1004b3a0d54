"""Named worlds, and a backend that plays them: `python -m tests.scenes crowd` opens the screen.

With `--svg NAME FILE` it draws a picture of one instead, as the README shows it.
"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from rts.settings import Settings
from rts.tui.app import RtsApp
from rts.world.evidence import Activity
from rts.world.world import World
from tests.tui.played_backend import PlayedBackend
from tests.tui.scene_parts import NOW, PROJECT, Part, make_world


def empty() -> World:
    """Nobody and nothing: the first minute."""
    return World(project=PROJECT, supply_limit=12)


def skirmish() -> World:
    """Three units: one busy, one asking, one ready."""
    return make_world(
        (
            Part(apm=14),
            Part(
                Activity.ASKING, "asks: which port should the proxy use?", age=timedelta(seconds=48)
            ),
            Part(Activity.DONE, "finished its turn", timedelta(minutes=3), is_proposed=True),
        )
    )


def trouble() -> World:
    """One unit for everything that a unit can be."""
    m = timedelta(minutes=1)
    return make_world(
        (
            Part(apm=21),
            Part(Activity.ASKING, "asks: which port should the proxy use?", m),
            Part(
                Activity.BLOCKED,
                "wants permission: Bash: rm -rf build",
                m * 2,
                wants_permission=True,
            ),
            Part(Activity.GONE, 'exit 1: "connection lost"', m * 9),
            Part(Activity.STALLED, "no sign for 14m since Bash", m * 14),
            Part(Activity.NO_SIGNAL, "its pane is still, and it tells nothing else", m * 5),
            Part(Activity.DONE, "finished its turn", m * 3, is_proposed=True),
            Part(Activity.DONE, "finished its turn", m * 30, is_proposed=True, is_merged=True),
            Part(Activity.STARTING, "its agent starts", timedelta(seconds=4)),
            Part(Activity.DONE, "was interrupted", m * 4),
            Part(apm=7),
        ),
        waiting_count=6,
    )


def crowd() -> World:
    """A hundred units."""
    kinds = (
        *(Part(apm=3 + i) for i in range(11)),
        Part(Activity.DONE, "finished its turn", timedelta(minutes=3), is_proposed=True),
        Part(apm=0.4),
        Part(Activity.DONE, "waits for a first word", timedelta(minutes=8)),
        Part(Activity.ASKING, "asks: may I drop the old table?", timedelta(minutes=6)),
        Part(apm=8),
        Part(Activity.DONE, "", timedelta(hours=1), is_proposed=True, is_merged=True),
    )
    return replace(make_world(tuple(kinds[i % 17] for i in range(100)), 12), supply_limit=120)


SCENES: dict[str, Callable[[], World]] = {
    "empty": empty,
    "skirmish": skirmish,
    "crowd": crowd,
    "trouble": trouble,
}


def make_app(name: str, settings: Settings | None = None) -> RtsApp:
    """Return the real app on a scene, with the clock standing still."""
    still = settings or Settings(has_reduced_motion=True)
    return RtsApp(PlayedBackend(SCENES[name](), still), lambda: NOW)


async def draw_svg(name: str, width: int, height: int) -> str:
    """Return a picture of a scene as SVG."""
    app = make_app(name)
    async with app.run_test(size=(width, height)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        return app.export_screenshot(title="rts")


def main(arguments: list[str]) -> None:
    """Open a scene, or draw one."""
    match arguments:
        case ["--svg", name, path]:
            Path(path).write_text(asyncio.run(draw_svg(name, 120, 36)))
        case [name] if name in SCENES:
            app = RtsApp(PlayedBackend(SCENES[name]()), lambda: NOW)
            app.run()
            app.close_backend()
        case _:
            sys.exit(f"python -m tests.scenes [--svg] {'|'.join(SCENES)} [FILE]")


if __name__ == "__main__":
    main(sys.argv[1:])
