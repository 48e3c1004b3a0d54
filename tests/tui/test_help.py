"""Help: every key and sign, readable at every size."""

import pytest

from rts.settings import Settings
from rts.tui.keymap import key_tables
from rts.tui.screens.help import SIGNS, list_blocks
from rts.tui.screens.note import ReadingScroll

SIZES = [(80, 24), (120, 36), (200, 50), (300, 80)]


def line_starts(commander, title):
    """Where a heading stands from the left, wherever the page was scrolled to."""
    return [line.index(title) for line in commander.sees().splitlines() if title in line]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_word_can_be_read_by_scrolling(play, size):
    async with play("skirmish", size=size) as commander:
        await commander.press("question_mark")
        seen = commander.sees()
        for _ in range(20):
            await commander.press("space")
            seen += commander.sees()

        words = {
            word
            for block in list_blocks(commander.battle.frame)
            for keys, told, _ in block.rows
            for word in (*keys.split(), *told.split())
        }
        assert {word for word in words if word not in seen} == set()


async def test_the_wider_the_screen_the_more_columns(play):
    columns = {}
    for size in SIZES:
        async with play("skirmish", size=size) as commander:
            await commander.press("question_mark")
            blocks = list_blocks(commander.battle.frame)
            starts = {x for block in blocks for x in line_starts(commander, f" {block.title} ")}
            columns[size[0]] = len(starts)

    assert columns[80] == 1
    assert columns[80] < columns[120] < columns[200]


async def test_vim_and_arrows_scroll_to_the_end_and_back(play):
    for down, end, home in (("j", "G", "g"), ("down", "end", "home")):
        async with play("skirmish", size=(80, 24)) as commander:
            await commander.press("question_mark", down)
            scroll = commander.app.screen.query_one(ReadingScroll)
            assert scroll.scroll_target_y == 1

            await commander.press(end)
            assert scroll.scroll_target_y == scroll.max_scroll_y > 0

            await commander.press(home)
            assert scroll.scroll_target_y == 0


async def test_the_keys_of_the_battle_and_the_signs_come_before_those_of_other_screens(play):
    async with play("skirmish") as commander:
        titles = [block.title for block in list_blocks(commander.battle.frame)]

    groups = list(dict.fromkeys(row.group for row in key_tables()["battle"]))
    assert titles[: len(groups) + 1] == [*groups, "Signs"]


async def test_in_ascii_the_legend_shows_the_signs_that_are_drawn(play):
    settings = Settings(has_reduced_motion=True, is_ascii=True)
    async with play("empty", size=(200, 50), settings=settings) as commander:
        await commander.press("question_mark")

        assert commander.sees().isascii()
        legend = next(b for b in list_blocks(commander.battle.frame) if b.title == "Signs")
        assert len(legend.rows) == len(SIGNS) + 1
