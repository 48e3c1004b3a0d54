"""The replay: another clock under the same screen, and not one order in it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rts.settings import Settings
from rts.tui.keymap import BATTLE_KEYS, REPLAY_KEYS
from rts.tui.replay import SPEEDS, ReplayClock, choose_span
from rts.tui.screens.replay import NOT_LIVE, ReplayScreen
from rts.world.history import History
from tests.making import NOON, ago
from tests.tui.commander import Commander, Play
from tests.tui.replay_parts import LIVES, at_minute, played_history
from tests.tui.scene_parts import NOW

MOMENTS = (ago(minutes=30), ago(minutes=20), NOON)


class Monotonic:
    """A clock that goes on only when it is told to."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def ticking() -> Monotonic:
    return Monotonic()


@pytest.fixture
def clock(ticking: Monotonic) -> ReplayClock:
    return ReplayClock(MOMENTS, 10.0, ticking)


def replay_of(commander: Commander) -> ReplayScreen:
    screen = commander.app.screen
    assert isinstance(screen, ReplayScreen)
    return screen


def time_of(commander: Commander) -> datetime:
    shown = replay_of(commander).replay_bar.playhead
    assert shown is not None
    return shown.at


# The clock


def test_a_clock_begins_at_the_end_and_stands(clock, ticking):
    ticking.s += 5

    assert clock.playhead.at == NOON
    assert not clock.playhead.is_playing


def test_a_clock_that_plays_goes_as_fast_as_its_speed_and_stops_at_the_end(clock, ticking):
    clock.go_to(ago(minutes=20))
    clock.play_or_stop(MOMENTS[0])
    ticking.s += 6
    assert clock.playhead.at == ago(minutes=19)
    assert clock.playhead.is_playing

    ticking.s += 1e12

    assert clock.playhead.at == NOON
    assert not clock.playhead.is_playing


def test_at_the_end_playing_begins_where_the_timeline_does(clock, ticking):
    clock.play_or_stop(ago(minutes=25))
    ticking.s += 1

    assert clock.playhead.at == ago(minutes=25) + timedelta(seconds=10)


def test_a_clock_that_is_stopped_stands_where_it_was(clock, ticking):
    clock.go_to(ago(minutes=20))
    clock.play_or_stop(NOON)
    ticking.s += 6
    clock.play_or_stop(NOON)
    ticking.s += 60

    assert clock.playhead.at == ago(minutes=19)


def test_another_speed_counts_from_here_on_only(clock, ticking):
    clock.go_to(ago(minutes=20))
    clock.play_or_stop(NOON)
    ticking.s += 6
    clock.change_speed(1)
    ticking.s += 2

    assert clock.playhead.speed == 30.0
    assert clock.playhead.at == ago(minutes=18)


def test_speeds_stop_at_the_fastest_and_the_slowest(clock):
    for _ in SPEEDS:
        clock.change_speed(1)
    assert clock.playhead.speed == SPEEDS[-1]
    for _ in range(20):
        clock.change_speed(-1)
    assert clock.playhead.speed == SPEEDS[0]


def test_a_leap_ends_at_the_nearer_end_and_keeps_on_playing(clock, ticking):
    clock.leap(timedelta(minutes=-11))
    clock.play_or_stop(NOON)
    clock.leap(timedelta(hours=-9))

    assert clock.playhead.at == MOMENTS[0]
    assert clock.playhead.is_playing


def test_a_step_stands_at_the_next_event(clock, ticking):
    clock.go_to_end(-1)
    clock.play_or_stop(NOON)
    ticking.s += 6

    clock.step(1)

    assert (clock.playhead.at, clock.playhead.is_playing) == (ago(minutes=20), False)


def test_a_timeline_shows_all_or_of_many_days_the_one_that_is_looked_at():
    week = NOON - timedelta(days=6, hours=3)

    assert choose_span(ago(hours=5), NOON, ago(hours=1)) == (ago(hours=5), NOON)
    assert choose_span(week, NOON, ago(days=2)) == (ago(days=2, hours=12), ago(days=1, hours=12))
    assert choose_span(week, NOON, NOON) == (ago(hours=12), NOON)
    assert choose_span(week, NOON, week)[0] == week


# The screen


async def test_shift_r_replays_from_the_end_and_says_that_it_is_no_longer_live(play: Play):
    async with play("replay") as commander:
        await commander.press("R")

        assert time_of(commander) == played_history().ends_at
        assert "REPLAY" in commander.sees()
        assert "14:02" in commander.sees()


async def test_arrows_step_from_event_to_event_and_the_map_and_the_log_follow(play: Play):
    async with play("replay") as commander:
        await commander.press("R", "left")
        assert time_of(commander) == at_minute(290)
        assert "lynx-1 asks: debounce by time" in commander.sees()

        await commander.press("left")

        assert time_of(commander) == at_minute(282)
        assert "lynx-1 asks: debounce by time" not in commander.sees()
        await commander.press("right")
        assert time_of(commander) == at_minute(290)


async def test_bigger_steps_are_minutes_and_ten_minutes(play: Play):
    async with play("replay") as commander:
        await commander.press("R", "left")
        for key, minute in (
            ("shift+left", 289), ("down", 279), ("up", 289), ("shift+right", 290)
        ):  # fmt: skip
            await commander.press(key)
            assert time_of(commander) == at_minute(minute)


async def test_home_shows_the_first_event_and_end_the_last(play: Play):
    async with play("replay") as commander:
        await commander.press("R", "home")

        assert time_of(commander) == at_minute(2)
        assert replay_of(commander).frame.world.workers == ()
        assert "Nobody had been spawned yet." in commander.sees()

        await commander.press("end")

        assert time_of(commander) == played_history().ends_at
        assert len(replay_of(commander).frame.world.workers) == 5


async def test_space_plays_and_stops(play: Play):
    async with play("replay") as commander:
        await commander.press("R", "home", "space")
        assert "playing" in commander.sees()
        await commander.wait_until(lambda: time_of(commander) > at_minute(2), "time goes on")

        await commander.press("space")

        assert "stopped" in commander.sees()


async def test_plus_and_minus_change_the_speed(play: Play):
    async with play("replay") as commander:
        await commander.press("R", "plus")
        assert "30×" in commander.sees()
        await commander.press("minus", "minus")
        assert "5×" in commander.sees()


@pytest.mark.parametrize("key", ["R", "L", "escape"])
async def test_live_again_is_exactly_the_former_view(play: Play, key: str):
    async with play("replay") as commander:
        await commander.press("l", "l")
        before, focused = commander.sees(), commander.battle.focused

        await commander.press("R", "left", "left", "h", "down", key)

        assert commander.app.screen is commander.battle
        assert commander.battle.focused is focused
        assert commander.sees() == before


async def test_what_happens_meanwhile_is_there_when_one_comes_back(play: Play):
    async with play("replay") as commander:
        await commander.press("R", "home")
        worker = commander.backend.world.workers[-1]
        commander.backend.dismiss(worker, None)
        await commander.wait_until(
            lambda: worker not in commander.battle.frame.world.workers, "the present is read"
        )
        assert replay_of(commander).frame.world.workers == ()

        await commander.press("L")

        assert worker.name not in [w.name for w in commander.battle.frame.world.workers]


OTHER_KEYS = sorted(
    {key for row in BATTLE_KEYS for key in row.keys}
    - {key for row in REPLAY_KEYS for key in row.keys}
)


async def test_every_other_key_of_the_battle_is_refused_with_the_way_back(play: Play):
    async with play("replay") as commander:
        await commander.press("R")
        bound = replay_of(commander)._bindings
        for key in OTHER_KEYS:
            assert [b.action for b in bound.get_bindings_for_key(key)] == ["refuse"], key

        for key in ("x", "m", "enter", "n"):
            commander.app.clear_notifications()
            await commander.press(key)
            assert commander.toasts == [NOT_LIVE], key
            assert isinstance(commander.app.screen, ReplayScreen), key
        assert commander.orders == []


async def test_a_double_click_on_a_unit_attaches_to_nobody(play: Play):
    async with play("replay") as commander:
        await commander.press("R")
        await commander.pilot.click("#minimap", offset=(20, 1), times=2)
        await commander.rest()

        assert commander.orders == []
        assert isinstance(commander.app.screen, ReplayScreen)
        selected = replay_of(commander).frame.selected
        assert selected is not None
        assert selected.name == "otter-1"


async def test_the_selected_unit_stays_selected_while_it_lives(play: Play):
    async with play("replay") as commander:
        await commander.press("R", "j")
        chosen = replay_of(commander).frame.selected
        await commander.press("home", "end")

        assert chosen is not None
        assert replay_of(commander).frame.selected == chosen


async def test_the_pane_says_that_it_is_not_kept_and_what_was_told(play: Play):
    async with play("replay") as commander:
        await commander.press("R", "left")

        pane = replay_of(commander).pane
        assert pane.hint.startswith("The pane of then is not kept")
        assert "otter-1 landed" in pane.hint


async def test_the_timeline_marks_landings_and_alerts_and_a_click_goes_there(play: Play):
    async with play("replay") as commander:
        await commander.press("R")
        line = commander.sees().splitlines()[-2]
        merged = sum(what == "merge" for life in LIVES for _, what, _ in life)
        assert line.count("✓") == merged
        assert "!" in line
        assert line.startswith(" 09:02")

        await commander.pilot.click("#replay-bar", offset=(line.index("✓"), 1))
        await commander.rest()

        assert abs(time_of(commander) - at_minute(84)) < timedelta(minutes=4)


async def test_nothing_is_lit_in_a_replay(play: Play):
    async with play("replay") as commander:
        await commander.press("R", "left")
        need = commander.app.theme_variables["need"].lower()
        strips = commander.app.screen._compositor.render_strips()
        grounds = {
            segment.style.bgcolor.get_truecolor().hex
            for strip in strips
            for segment in strip
            if segment.style and segment.style.bgcolor
        }

        assert need not in grounds


async def test_help_tells_the_keys_of_the_replay(play: Play):
    async with play("replay", size=(140, 120)) as commander:
        await commander.press("R", "question_mark")
        seen = commander.sees()

        assert all(row.help in seen for row in REPLAY_KEYS)


async def test_a_store_in_which_nothing_happened_is_not_replayed(play: Play):
    async with play("empty") as commander:
        commander.backend.history = History(read_at=NOW)
        await commander.press("R")

        assert commander.toasts == ["Nothing has happened yet that could be replayed."]
        assert commander.app.screen is commander.battle


async def test_what_is_cut_off_is_said(play: Play):
    async with play("replay") as commander:
        commander.backend.history = replace(played_history(), is_cut=True)
        await commander.press("R")

        assert "Only the last 7 days" in commander.toasts[0]


async def test_a_narrow_terminal_shows_map_log_and_timeline_and_slides_the_card_over(play: Play):
    async with play("replay", size=(80, 24)) as commander:
        await commander.press("R", "left")
        seen = commander.sees()
        assert "REPLAY" in seen
        assert "R L Esc live" in seen

        await commander.press("c")

        assert "The pane of then is not kept" in commander.sees()


async def test_ascii_keeps_to_ascii(play: Play):
    settings = Settings(has_reduced_motion=True, is_ascii=True)
    async with play("replay", settings=settings) as commander:
        await commander.press("R", "left", "space", "space")

        lines = commander.sees().splitlines()
        assert [line for line in lines[-3:] if not line.isascii()] == []


async def test_q_leaves_the_replay_and_not_the_program(play: Play):
    async with play("replay") as commander:
        await commander.press("R", "q")

        assert commander.app.is_running
        assert not isinstance(commander.app.screen, ReplayScreen)
