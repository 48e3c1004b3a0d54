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
from rts.tui.messages import ReplayWanted
from rts.world.evidence import Activity
from rts.world.world import World
from tests.tui.played_backend import PlayedBackend
from tests.tui.replay_parts import played_day
from tests.tui.scene_parts import NOW, PROJECT, QUOTAS, Part, make_world


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
    world = make_world(tuple(kinds[i % 17] for i in range(100)), 12)
    return replace(world, supply_limit=120, quotas=QUOTAS)


SCENES: dict[str, Callable[[], World]] = {
    "empty": empty,
    "skirmish": skirmish,
    "crowd": crowd,
    "trouble": trouble,
    "replay": played_day,
}


PICTURE_PAUSE_S = 0.3
"""How long what a key has opened may take to be whole."""

WISHES = {"replay": ReplayWanted(NOW - timedelta(minutes=75))}
"""What is wanted as soon as a scene is open."""


def make_app(name: str, settings: Settings | None = None) -> RtsApp:
    """Return the real app on a scene, with the clock standing still."""
    still = settings or Settings(has_reduced_motion=True)
    app = RtsApp(PlayedBackend(SCENES[name](), still), lambda: NOW)
    app.first_wish = WISHES.get(name)
    return app


PICTURES_FOLDER = Path(__file__).parent.parent / "knowledge_base" / "pictures"

PICTURES: dict[str, tuple[str, tuple[str, ...]]] = {
    "battle": ("trouble", ("2",)),
    "territory": ("crowd", ("v",)),
    "review": ("skirmish", ("d",)),
    "score": ("skirmish", ("S",)),
    "replay": ("replay", ()),
}
"""The README's pictures: a scene, and the keys that were pressed in it."""


async def draw_picture(name: str) -> str:
    """Return one of the README's pictures as SVG."""
    scene, keys = PICTURES[name]
    return await draw_svg(scene, 120, 36, keys=keys)


async def draw_svg(
    name: str, width: int, height: int, theme: str = "night", keys: tuple[str, ...] = ()
) -> str:
    """Return a picture of a scene as SVG, after some keys were pressed."""
    app = make_app(name, Settings(has_reduced_motion=True, theme=theme))
    async with app.run_test(size=(width, height)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await app.workers.wait_for_complete()
        await pilot.pause(PICTURE_PAUSE_S)
        picture = app.export_screenshot(title="rts")
    app.close_backend()
    return picture


def main(arguments: list[str]) -> None:
    """Open a scene, or draw one."""
    match arguments:
        case ["--pictures"]:
            for name in PICTURES:
                (PICTURES_FOLDER / f"{name}.svg").write_text(asyncio.run(draw_picture(name)))
        case ["--svg", name, path]:
            Path(path).write_text(asyncio.run(draw_svg(name, 120, 36)))
        case ["--svg", name, path, theme]:
            Path(path).write_text(asyncio.run(draw_svg(name, 120, 36, theme)))
        case [name, *theme] if name in SCENES:
            app = make_app(name, Settings(theme=theme[0] if theme else "night"))
            app.run()
            app.close_backend()
        case _:
            sys.exit(
                f"python -m tests.scenes --pictures | [--svg] {'|'.join(SCENES)} [FILE] [THEME]"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
