"""Words of others that look like markup, or are too many, in titles, reviews and toasts."""

from dataclasses import replace

import pytest

from rts.tui.drawing.diff_text import DiffLine
from rts.tui.giving.undo import Final, UndoStack
from rts.tui.widgets.diff_view import DiffView
from rts.tui.widgets.output_view import OUTPUT_LINE_LENGTH_MAX, read_output
from rts.tui.widgets.quiet_markdown import LINE_COUNT_MAX, is_heavy, show_plainly
from tests.tui.commander import Play
from tests.tui.review_parts import PULL_REQUEST_BODY
from tests.tui.scene_parts import DIFF, NOW


@pytest.mark.parametrize("title", ["Fix [/users] twice", "Fix [id] page", "Fix [@click=app.exit]y"])
async def test_a_title_like_markup_is_shown_as_it_is(play: Play, title: str) -> None:
    async with play("skirmish") as commander:
        world = commander.backend.world
        ticket = world.ticket_of(world.workers[0])
        tickets = tuple(replace(t, title=title) if t == ticket else t for t in world.tickets)
        commander.backend.world = replace(world, tickets=tickets)
        commander.app.expect_news()
        await commander.app._look()
        await commander.press("1")
        commander.battle.notify(title)
        await commander.rest()

        assert commander.sees().count(title) >= 2


@pytest.mark.parametrize("folder", ["pages/[slug]/", "app/[/x]/", "a[@click=app.exit]/"])
async def test_a_path_like_markup_is_shown_as_it_is(play: Play, folder: str) -> None:
    async with play("skirmish") as commander:
        commander.backend.diff = DIFF.replace("payments/", folder)
        await commander.press("3", "d")

        line: DiffLine | None = commander.app.screen.query_one(DiffView).line
        assert line is not None
        assert folder in line.path
        assert line.path in commander.sees()


@pytest.mark.parametrize(
    "body", ["- a\n" * 5000, "a\n\n" * 6600, ">" * 19_000, "[" * 19_000, "---\n" * 500]
)
def test_a_body_that_would_make_the_screen_wait_is_shown_plainly(body: str) -> None:
    assert is_heavy(body)
    assert len(show_plainly(body).plain.split("\n")) <= LINE_COUNT_MAX + 2


def test_a_usual_body_is_laid_out() -> None:
    assert not is_heavy(PULL_REQUEST_BODY)


def test_a_line_of_megabytes_in_an_output_is_cut() -> None:
    lines = read_output("\x1b[31m.\x1b[0m" * 200_000 + "\nlast")

    assert len("".join(segment.text for segment in lines[0])) <= OUTPUT_LINE_LENGTH_MAX
    assert [segment.text for segment in lines[1]] == ["last"]


def test_what_is_final_is_not_offered_to_be_undone() -> None:
    stack = UndoStack()
    stack.settle(stack.begin("MergeOrdered", "merging", NOW), Final("what is merged is merged"))

    assert stack.peek(NOW) == ""
    assert stack.take(NOW) == Final("what is merged is merged")


async def test_the_footer_leaves_out_what_is_final_but_its_key_says_why(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("u")
        assert commander.toasts == ["Nothing to undo."]
        assert "u undo" not in commander.sees()
