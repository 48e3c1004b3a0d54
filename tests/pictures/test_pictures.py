"""Pictures of the screen. A changed one is looked at before it is accepted (--snapshot-update)."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from rts.settings import Settings
from tests.scenes import make_app

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
        pytest.param("trouble", (120, 36), ("3",), id="trouble"),
        pytest.param("trouble", (80, 24), (), id="narrow"),
        pytest.param("trouble", (120, 36), ("question_mark",), id="help"),
        pytest.param("skirmish", (120, 36), ("d",), id="diff"),
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


def test_ascii_looks_as_accepted(snap_compare: Compare) -> None:
    app = make_app("trouble", Settings(has_reduced_motion=True, is_ascii=True))
    try:
        assert snap_compare(app, terminal_size=(120, 36), run_before=pressing())
    finally:
        app.close_backend()
