"""The score on the screen."""

from rts.tui.screens.battle import BattleScreen
from rts.tui.screens.replay import ReplayScreen
from rts.tui.screens.score import ScoreScreen
from tests.tui.commander import Play


async def test_shift_s_shows_the_day_and_tab_the_week(play: Play):
    async with play("skirmish") as commander:
        await commander.press("S")
        assert "score ─ today" in commander.sees()
        assert "waited for you" in commander.sees()
        assert "cheapest landing" in commander.sees()

        await commander.press("tab")
        assert "the last seven days" in commander.sees()
        await commander.press("tab")
        assert "score ─ today" in commander.sees()

        await commander.press("escape")
        assert isinstance(commander.app.screen, BattleScreen)


async def test_the_replay_is_one_key_away_from_the_score(play: Play):
    async with play("skirmish") as commander:
        await commander.press("S", "R")

        assert isinstance(commander.app.screen, ReplayScreen)


async def test_the_score_is_readable_on_a_narrow_terminal(play: Play):
    async with play("skirmish", size=(80, 24)) as commander:
        await commander.press("S")

        assert isinstance(commander.app.screen, ScoreScreen)
        assert "landed" in commander.sees()
        await commander.press("G")
        assert "learnt" in commander.sees()
