"""The keys of the diff screen: each takes the reader to the place that its row promises."""

import pytest

from rts.tui.diff_text import read_diff_lines
from rts.tui.screens.diff import DiffScreen, DiffView
from tests.tui.commander import Play
from tests.tui.scene_parts import DIFF

SIZE = (100, 12)
"""So low that the diff is longer than the screen."""


def place(commander):
    return int(commander.app.screen.query_one(DiffView).scroll_offset.y)


@pytest.mark.parametrize(
    ("there", "back"), [(("j",), ("k",)), (("down",), ("up",)), (("space",), ("b",))]
)
async def test_a_line_or_a_page_down_and_up_again(play: Play, there, back):
    async with play("skirmish", size=SIZE) as commander:
        await commander.press("d", *there)
        assert place(commander) > 0

        await commander.press(*back)

        assert place(commander) == 0


async def test_shift_g_goes_to_the_end_and_g_to_the_beginning(play: Play):
    async with play("skirmish", size=SIZE) as commander:
        await commander.press("d", "G")
        view = commander.app.screen.query_one(DiffView)
        assert place(commander) == len(read_diff_lines(DIFF)) - view.size.height

        await commander.press("g")

        assert place(commander) == 0


async def test_n_goes_to_the_next_file_and_shift_n_back(play: Play):
    async with play("skirmish", size=SIZE) as commander:
        await commander.press("d", "n")
        view = commander.app.screen.query_one(DiffView)
        assert place(commander) > 0
        assert view.find_file(-1) == 0

        await commander.press("N")

        assert place(commander) == 0


@pytest.mark.parametrize("key", ["escape", "q", "d"])
async def test_any_way_out_leads_back_to_the_battle(play: Play, key):
    async with play("skirmish", size=SIZE) as commander:
        await commander.press("d", key)

        assert not isinstance(commander.app.screen, DiffScreen)
