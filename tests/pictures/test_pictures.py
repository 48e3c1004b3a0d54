"""Pictures of the screen. A changed one is looked at before it is accepted (--snapshot-update)."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from rts.settings import Settings
from rts.tui.drawing.theme import THEMES
from tests.scenes import PICTURES, PICTURES_FOLDER, draw_picture, make_app

Compare = Callable[..., bool]


def pressing(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def press(pilot: Pilot[Any]) -> None:
        await pilot.app.workers.wait_for_complete()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

    return press


@pytest.mark.parametrize(
    ("scene", "size", "keys"),
    [
        pytest.param("empty", (120, 36), (), id="empty"),
        pytest.param("skirmish", (120, 36), ("2",), id="skirmish"),
        pytest.param("crowd", (120, 36), (), id="crowd"),
        pytest.param("crowd", (200, 50), ("v",), id="territory"),
        pytest.param("trouble", (120, 36), ("3", "L", "L"), id="trouble"),
        pytest.param("trouble", (80, 24), ("7",), id="narrow"),
        pytest.param("trouble", (80, 24), ("3", "c"), id="narrow-card"),
        pytest.param("trouble", (120, 36), ("question_mark",), id="help"),
        pytest.param("skirmish", (120, 36), ("d",), id="review"),
        pytest.param("skirmish", (120, 36), ("S",), id="score"),
        pytest.param("replay", (120, 36), (), id="replay"),
        pytest.param("trouble", (120, 36), ("ctrl+p", "m", "e"), id="palette"),
    ],
)
def test_the_screen_looks_as_accepted(
    snap_compare: Compare, scene: str, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    app = make_app(scene)
    try:
        assert snap_compare(app, terminal_size=size, run_before=pressing(*keys))
    finally:
        app.close_backend()


@pytest.mark.parametrize("theme", [name for name in THEMES if name != "night"])
def test_each_theme_looks_as_accepted(snap_compare: Compare, theme: str) -> None:
    app = make_app("trouble", Settings(has_reduced_motion=True, theme=theme))
    try:
        assert snap_compare(app, terminal_size=(120, 36), run_before=pressing("2"))
    finally:
        app.close_backend()


def test_ascii_looks_as_accepted(snap_compare: Compare) -> None:
    app = make_app("trouble", Settings(has_reduced_motion=True, is_ascii=True))
    try:
        assert snap_compare(app, terminal_size=(120, 36), run_before=pressing())
    finally:
        app.close_backend()


@pytest.mark.parametrize("name", PICTURES)
def test_the_readmes_pictures_are_of_this_screen(name: str) -> None:
    """`python -m tests.scenes --pictures` draws them anew."""
    shown = words_of((PICTURES_FOLDER / f"{name}.svg").read_text())

    assert shown == words_of(asyncio.run(draw_picture(name)))


def words_of(svg: str) -> list[str]:
    """Return what stands in a picture: its classes and ids are made anew for each drawing."""
    return re.findall(r">([^<>]+)</text>", svg)
