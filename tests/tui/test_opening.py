"""The opening: a few steps at the very first start."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.widgets import Input

from rts.settings import Settings
from rts.tui.app import RtsApp
from rts.tui.screens.ask import AskLine
from rts.tui.screens.opening import OpeningScreen
from rts.world.opening import Opening, Tool
from tests.scenes import SCENES
from tests.tui.commander import Commander
from tests.tui.played_backend import PlayedBackend
from tests.tui.scene_parts import NOW

OPENING = Opening(
    tools=(Tool("git", "2.39.5", True), Tool("tmux", "3.3", True)),
    agents=(
        Tool("claude", "2.1.329", True),
        Tool("drill", "plays a worker; no account, no model", True),
        Tool("codex", "not installed", False, "npm install -g @openai/codex"),
    ),
    agent="claude",
    settings_file="/home/ada/.config/rts/settings.toml",
)


@asynccontextmanager
async def start(opening=OPENING, size=(120, 36), **set_) -> AsyncIterator[Commander]:
    """Start for the first time."""
    settings = Settings(has_reduced_motion=True, **set_)
    backend = PlayedBackend(SCENES["empty"](), settings, opening=opening)
    app = RtsApp(backend, lambda: NOW)
    async with app.run_test(size=size) as pilot:
        commander = Commander(app, backend, pilot)
        await commander.rest()
        await commander.rest()
        yield commander
    app.close_backend()


async def test_the_first_start_tells_what_is_on_this_machine():
    async with start() as commander:
        assert isinstance(commander.app.screen, OpeningScreen)
        assert "git         2.39.5" in commander.sees()
        assert "Everything that is needed is here." in commander.sees()


async def test_what_is_missing_is_named_with_how_to_get_it():
    tools = (Tool("tmux", "missing", False, "apt-get install tmux"),)
    async with start(Opening(tools, ())) as commander:
        assert "missing: apt-get install tmux" in commander.sees()


async def test_all_steps_lead_to_the_line_for_the_first_ticket():
    async with start() as commander:
        await commander.press("enter", "enter")
        assert "rts demo" in commander.sees()

        await commander.press("enter", "enter")

        assert isinstance(commander.app.screen, AskLine)
        assert commander.orders == [("end_opening",)]
        assert commander.app.screen.query_one(Input).has_focus


async def test_another_agent_program_is_written_down():
    async with start() as commander:
        await commander.press("enter", "down", "down", "enter")

        assert commander.orders == [("choose_agent", "drill")]


async def test_the_one_that_would_run_anyway_is_not_written_down():
    async with start() as commander:
        await commander.press("enter", "enter")

        assert commander.orders == []


async def test_each_step_can_be_skipped():
    async with start() as commander:
        await commander.press("right", "down", "right", "right", "right")

        assert commander.battle.is_current
        assert commander.orders == [("end_opening",)]


async def test_escape_skips_all_and_it_is_never_shown_again():
    async with start() as commander:
        await commander.pilot.press("escape", "escape")
        await commander.rest()

        assert commander.battle.is_current
        assert commander.orders == [("end_opening",)]


async def test_whoever_knows_the_key_writes_the_first_ticket_at_once():
    async with start() as commander:
        await commander.press("n")

        assert isinstance(commander.app.screen, AskLine)


async def test_outside_of_a_repository_the_last_step_says_so_and_opens_no_line():
    opening = Opening(OPENING.tools, OPENING.agents, "claude", "s.toml", has_project=False)
    async with start(opening) as commander:
        await commander.press("enter", "enter", "enter")
        assert "You stand in no repository" in commander.sees()

        await commander.press("enter")
        assert commander.battle.is_current


async def test_a_later_start_tells_nothing():
    async with start(None) as commander:
        assert commander.battle.is_current
        assert commander.orders == []


async def test_it_fits_a_small_terminal_in_ascii():
    async with start(size=(80, 24), is_ascii=True) as commander:
        for _ in range(4):
            assert "Esc skip all" in commander.sees()
            assert commander.sees().isascii()
            await commander.press("right")
