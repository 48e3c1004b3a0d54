"""Digits: control groups, cells, and the double tap."""

from dataclasses import replace

import pytest

from rts.tui.keymap import DIGIT_BY_KEY
from rts.tui.widgets.minimap import Minimap
from tests.scenes import SCENES
from tests.tui.commander import Commander, Play


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self, commander: Commander) -> None:
        self.at_s = 100.0
        commander.battle.clock = lambda: self.at_s

    def go_on(self, seconds: float) -> None:
        self.at_s += seconds


def chosen(commander: Commander) -> list[str]:
    return [worker.name for worker in commander.battle.frame.meant]


async def test_a_digit_without_a_group_selects_the_unit_in_that_cell(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("5")

        assert commander.selected == "ibis-1"
        assert commander.battle.frame.chosen_ids == frozenset()


async def test_g_and_a_digit_set_a_group_that_the_digit_recalls(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("2", "L", "g")
        assert "Press 1-9: 2 units becomes that control group." in commander.toasts
        await commander.press("7")
        assert commander.orders == [("set_group", "7", "otter-1", "heron-1")]
        assert "control group 7: 2 units" in commander.toasts
        await commander.wait_until(lambda: "groups 7 (2)" in commander.sees(), "it is seen")

        await commander.press("1", "7")

        assert chosen(commander) == ["otter-1", "heron-1"]
        assert commander.selected == "otter-1", "not crane-1, who stands in cell 7"


@pytest.mark.parametrize("key", ["ctrl+4", "alt+4", "cent_sign"])
async def test_ctrl_or_alt_and_a_digit_set_that_group(play: Play, key: str) -> None:
    async with play("trouble") as commander:
        await commander.press("2", key)

        assert commander.orders == [("set_group", "4", "otter-1")]


def test_what_textual_makes_of_alt_and_a_digit_sets_that_group() -> None:
    from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
    from textual.keys import _character_to_key

    for digit in range(1, 10):
        arrived = ANSI_SEQUENCES_KEYS[f"\x1b{digit}"]
        assert DIGIT_BY_KEY[_character_to_key(str(arrived))] == digit


async def test_any_other_key_between_g_and_a_digit_sets_nothing(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("g", "right", "3")

        assert commander.orders == []
        assert commander.selected == "heron-1"


async def test_a_group_that_was_set_is_recalled_before_the_store_was_read_again(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with play("trouble") as commander:
        monkeypatch.setattr(commander.backend, "set_group", lambda number, workers: None)

        await commander.press("2", "L", "ctrl+9", "1", "9")

        assert chosen(commander) == ["otter-1", "heron-1"]


async def test_a_digit_pressed_twice_attaches_and_pressed_slowly_does_not(play: Play) -> None:
    async with play("trouble") as commander:
        clock = Clock(commander)
        await commander.press("2")
        clock.go_on(0.5)
        await commander.press("2")
        assert commander.orders == []
        clock.go_on(0.3)

        await commander.press("2")

        assert commander.orders == [("attach", "otter-1")]


async def test_a_third_tap_begins_anew(play: Play) -> None:
    async with play("trouble") as commander:
        Clock(commander)
        await commander.press("2", "2", "2")

        assert commander.orders == [("attach", "otter-1")]


async def test_two_different_digits_do_not_attach(play: Play) -> None:
    async with play("trouble") as commander:
        Clock(commander)
        await commander.press("2", "3", "2")

        assert commander.orders == []


async def test_a_double_tap_says_why_it_cannot_attach(play: Play) -> None:
    async with play("trouble") as commander:
        Clock(commander)
        paused = commander.battle.frame.world.workers[1]
        commander.backend.pause(paused)
        commander.backend.orders.clear()
        await commander.wait_until(lambda: "paused" in commander.sees(), "it is seen")

        await commander.press("2", "2")

        assert commander.orders == []
        assert commander.toasts == ["otter-1 is paused: P resumes it."]


async def test_a_double_tap_brings_a_unit_back_in_sight(play: Play) -> None:
    async with play("crowd", size=(80, 16)) as commander:
        Clock(commander)
        minimap = commander.battle.query_one(Minimap)
        await commander.press("2")
        minimap._scroll(8)
        await commander.rest()
        assert "  2" not in minimap.render_line(0).text

        await commander.press("2", "2")

        assert any(" 2" in minimap.render_line(y).text for y in range(minimap.size.height))


async def test_a_double_tap_attaches_although_the_tickets_have_the_focus(play: Play) -> None:
    async with play("trouble") as commander:
        Clock(commander)
        await commander.press("f", "2", "2")

        assert commander.orders == [("attach", "otter-1")]


async def test_a_digit_that_means_nobody_says_so(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("9", "9")

        (toast,) = commander.toasts
        assert toast == "No unit stands in cell 9, and no control group has that number."


async def test_recalling_a_group_keeps_the_selected_unit_where_it_is_one_of_them(
    play: Play,
) -> None:
    async with play("trouble") as commander:
        await commander.press("2", "L", "ctrl+1", "3", "1")

        assert commander.selected == "heron-1"
        assert chosen(commander) == ["otter-1", "heron-1"]


async def test_a_group_of_dismissed_workers_gives_the_digit_back_to_the_cell(play: Play) -> None:
    async with play("trouble") as commander:
        clock = Clock(commander)
        world = replace(SCENES["trouble"](), event_id=50, groups={2: ("w5",)})
        commander.backend.world = world
        await commander.wait_until(lambda: "groups 2 (1)" in commander.sees(), "it is seen")
        await commander.press("2")
        assert commander.selected == "wolf-1"

        commander.backend.world = replace(world, event_id=51, groups={})
        await commander.wait_until(lambda: "groups" not in commander.sees(), "it is gone")
        clock.go_on(1)
        await commander.press("2")

        assert commander.selected == "otter-1"


async def test_before_there_is_a_unit_no_group_can_be_set(play: Play) -> None:
    async with play("empty") as commander:
        await commander.press("g", "ctrl+1")

        assert commander.orders == []
        assert commander.toasts == ["No unit is selected."]
