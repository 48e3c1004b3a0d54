"""No sequence of keys crashes the screen or destroys anything without its yes."""

import random
import time
from dataclasses import replace

import pytest

from rts.tui import app
from rts.tui.giving import desk
from rts.world.world import World
from tests.scenes import SCENES
from tests.tui.dice import roll_steps
from tests.tui.random_keys import press_anything

KEY_COUNT = 200
CROWD_COUNT = 24
LONG_S = 20 * 60.0
SCENE_NAMES = ("trouble", "skirmish", "crowd", "empty")


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the world and what is held be looked at as often as keys come."""
    monkeypatch.setattr(app, "NEWS_POLL_S", 0.03)
    monkeypatch.setattr(desk, "HOLD_LOOK_S", 0.02)


def make_scene(name: str) -> World:
    """Return a world; of the crowd, as many as one screen has room for."""
    world = SCENES[name]()
    return replace(world, workers=world.workers[:CROWD_COUNT])


async def press_by(seed: int) -> None:
    """Take the steps that belong to a seed."""
    dice = random.Random(seed)
    scene = SCENE_NAMES[seed % len(SCENE_NAMES)]
    try:
        steps = roll_steps(dice, KEY_COUNT)
        await press_anything(make_scene(scene), steps, has_opening=scene == "empty")
    except BaseException as error:
        error.add_note(f"seed {seed}, scene {scene}")
        raise


@pytest.mark.parametrize("seed", [0, 2, 3])
async def test_no_keys_crash_the_screen_or_destroy_without_a_yes(seed: int) -> None:
    await press_by(seed)


@pytest.mark.long
async def test_no_keys_of_many_seeds_crash_the_screen_or_destroy_without_a_yes() -> None:
    end_s = time.monotonic() + LONG_S
    while time.monotonic() < end_s:
        await press_by(random.randrange(1_000_000))
