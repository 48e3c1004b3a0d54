"""Selecting many, and one order to all of them."""

from dataclasses import replace

import pytest
from textual.widgets import Input

from rts.errors import OrderRefused
from rts.settings import Settings
from rts.tui.choices import Visit, choose_alert, join_reasons, keep_chosen, visit_of
from rts.tui.widgets.box import Box
from rts.tui.widgets.minimap import Minimap
from rts.world.nouns import Worker
from tests.scenes import SCENES, trouble
from tests.tui.commander import Commander, Play


def chosen(commander: Commander) -> list[str]:
    """Who is in the selection of many; nobody when only one is selected."""
    frame = commander.battle.frame
    return [w.name for w in frame.world.workers if w.id in frame.chosen_ids]


async def drag(commander: Commander, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw a box over the minimap, from and to offsets in its frame."""
    pilot = commander.pilot
    await pilot.mouse_down(Minimap, offset=start)
    await pilot.hover(Minimap, offset=end)
    await pilot.mouse_up(Minimap, offset=end)
    await commander.rest()


@pytest.mark.parametrize("keys", [("L", "J"), ("shift+right", "shift+down")])
async def test_the_selection_is_extended_over_a_block_of_cells(
    play: Play, keys: tuple[str, str]
) -> None:
    async with play("trouble") as commander:
        await commander.press("1", *keys)

        assert chosen(commander) == ["falcon-1", "otter-1", "lynx-1", "ibis-1"]
        assert commander.selected == "ibis-1"


async def test_going_back_makes_the_block_smaller_again(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("1", "L", "L", "H")
        assert chosen(commander) == ["falcon-1", "otter-1"]

        await commander.press("H")

        assert chosen(commander) == []
        assert commander.selected == "falcon-1"


async def test_a_new_block_is_added_to_what_was_chosen_before(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.pilot.click(Minimap, offset=(4, 1))
        await commander.pilot.click(Minimap, offset=(36, 1), control=True)
        await commander.rest()
        assert chosen(commander) == ["falcon-1", "heron-1"]

        await commander.press("J")

        assert chosen(commander) == ["falcon-1", "heron-1", "wolf-1"]


async def test_every_unit_of_a_crowd_is_reached_with_the_arrows(play: Play) -> None:
    async with play("crowd") as commander:
        await commander.press("1", *["J"] * 20, *["L"] * 20)

        frame = commander.battle.frame
        assert len(frame.chosen_ids) == 100
        assert frame.selected is not None
        columns = 8
        assert frame.selected.cell_index % columns == columns - 1


async def test_asterisk_chooses_all_of_the_same_kind(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("4", "asterisk")

        assert chosen(commander) == ["lynx-1", "ibis-1", "marten-1"]
        assert commander.selected == "lynx-1"


async def test_asterisk_on_the_only_one_of_its_kind_says_so(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("1", "asterisk")

        assert commander.toasts == ["falcon-1 is the only one of its kind."]
        assert chosen(commander) == []


async def test_a_box_drawn_with_the_mouse_chooses_what_it_touches(play: Play) -> None:
    async with play("trouble") as commander:
        await drag(commander, (20, 2), (40, 4))

        assert chosen(commander) == ["otter-1", "heron-1", "ibis-1", "wolf-1"]
        assert commander.selected == "otter-1"


async def test_a_box_may_be_drawn_from_its_lower_right_corner_and_end_outside(play: Play) -> None:
    async with play("trouble") as commander:
        minimap = commander.battle.query_one(Minimap)
        await commander.pilot.mouse_down(Minimap, offset=(40, 5))
        await commander.pilot.hover(offset=(0, 0))
        await commander.pilot.mouse_up(offset=(0, 0))
        await commander.rest()

        assert len(chosen(commander)) == 6
        await commander.pilot.click(Minimap, offset=(4, 1))
        await commander.rest()
        assert chosen(commander) == [], "the mouse is free again"
        assert commander.app.mouse_captured is not minimap


async def test_a_box_is_seen_while_it_is_drawn(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.pilot.mouse_down(Minimap, offset=(4, 1))
        await commander.pilot.hover(Minimap, offset=(30, 4))
        await commander.rest()
        seen = commander.sees().splitlines()
        assert "─◆─" in seen[2], "names stay readable"
        assert "─▲─lynx-1───" in seen[5]

        await commander.pilot.mouse_up(Minimap, offset=(30, 4))
        await commander.rest()

        assert "─◆─" not in commander.sees().splitlines()[2]


async def test_a_box_around_nobody_changes_nothing(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("2")
        await drag(commander, (4, 8), (30, 12))

        assert commander.selected == "otter-1"


async def test_a_box_with_shift_adds_to_those_chosen(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("1")
        await commander.pilot.mouse_down(Minimap, offset=(20, 4))
        await commander.pilot.hover(Minimap, offset=(40, 4))
        await commander.pilot.mouse_up(Minimap, offset=(40, 4), shift=True)
        await commander.rest()

        assert chosen(commander) == ["falcon-1", "ibis-1", "wolf-1"]


@pytest.mark.parametrize("how", ["control", "shift"])
async def test_a_click_with_ctrl_or_shift_takes_one_in_and_out(play: Play, how: str) -> None:
    async with play("trouble") as commander:
        await commander.press("1")
        held = {how: True}
        await commander.pilot.click(Minimap, offset=(36, 1), **held)
        await commander.rest()
        assert chosen(commander) == ["falcon-1", "heron-1"]
        assert commander.selected == "heron-1"

        await commander.pilot.click(Minimap, offset=(36, 1), **held)
        await commander.rest()

        assert chosen(commander) == []
        assert commander.selected == "falcon-1"


async def test_escape_gives_up_the_many_first_and_then_closes_the_card(play: Play) -> None:
    async with play("trouble", size=(80, 24)) as commander:
        await commander.press("c", "1", "L", "escape")
        assert chosen(commander) == []
        assert commander.battle.has_class("-card")

        await commander.press("escape")

        assert not commander.battle.has_class("-card")


@pytest.mark.parametrize("key", ["right", "3", "space", "full_stop"])
async def test_selecting_one_gives_up_the_many(play: Play, key: str) -> None:
    async with play("trouble") as commander:
        await commander.press("1", "L", key)

        assert chosen(commander) == []


async def test_when_units_go_the_selection_keeps_the_others(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("1", "L", "L")
        world = trouble()
        left = tuple(w for w in world.workers if w.name != "heron-1")
        commander.backend.world = replace(world, event_id=50, workers=left)
        await commander.wait_until(lambda: "10/12" in commander.sees(), "it is gone")

        assert chosen(commander) == ["falcon-1", "otter-1"]
        assert commander.selected == "otter-1", "the nearest of those chosen"


def test_a_selection_of_one_is_none_and_holds_the_selected_one() -> None:
    world = trouble()

    assert keep_chosen(frozenset({"w1", "w2", "gone"}), world, "w2") == {"w1", "w2"}
    assert keep_chosen(frozenset({"w1", "gone"}), world, "w1") == frozenset()
    assert keep_chosen(frozenset({"w1", "w2"}), world, "w3") == frozenset()


# One order to all


async def test_t_tells_all_and_says_once_how_it_went(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("1", "J", "L")  # falcon, otter, lynx (gone), ibis
        await commander.press("t")
        assert "tell 3 units" in commander.sees()
        await commander.write("use TLS")

        assert sorted(commander.orders) == [
            ("tell", "falcon-1", "use TLS"),
            ("tell", "ibis-1", "use TLS"),
            ("tell", "otter-1", "use TLS"),
        ]
        (toast,) = commander.toasts
        assert toast == (
            "told 2; queued for 1 till idle; lynx-1 is gone, nobody would read it: P resumes it"
        )


async def test_words_to_many_deny_no_permission(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("2", "L", "t")  # heron wants permission
        assert "answer otter-1" in commander.sees()
        await commander.write("use TLS")

        assert commander.orders == [("tell", "otter-1", "use TLS")]
        assert commander.toasts == ["told otter-1; heron-1 wants permission: y allows, N denies"]


async def test_where_none_can_be_ordered_the_reasons_are_said(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("1", "L", "y")

        assert commander.orders == []
        assert commander.toasts == [
            "falcon-1 asks for no permission; otter-1 asks for no permission."
        ]


async def test_y_allows_all_that_want_permission(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("2", "L", "y")

        assert commander.orders == [("answer", "heron-1", "yes")]
        assert commander.toasts == ["allowed heron-1; otter-1 asks for no permission"]


async def test_shift_p_asks_once_before_it_pauses_many(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("1", "J", "P")  # falcon is busy, lynx is gone
        assert "pause falcon-1? its turn is cut off" in commander.sees()
        await commander.press("n")
        await commander.press("L", "P")
        assert "pause 3 units? 3 turns are cut off" in commander.sees()
        assert commander.orders == []

        await commander.press("y")

        paused = [("pause", "falcon-1"), ("pause", "ibis-1"), ("pause", "otter-1")]
        assert sorted(commander.orders) == paused
        assert commander.toasts == ["paused 3; lynx-1 is gone"]


async def test_shift_p_resumes_many_where_none_is_left_to_pause(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("1", "L", "P", "y")
        await commander.wait_until(lambda: "‖" in commander.sees(), "they are paused")
        commander.orders.clear()

        await commander.press("P")

        assert sorted(commander.orders) == [("resume", "falcon-1"), ("resume", "otter-1")]


async def test_m_asks_once_and_merges_one_after_the_other(play: Play) -> None:
    async with play("crowd") as commander:
        minimap = commander.battle.query_one(Minimap)
        ready = [unit.worker_id for unit in minimap._units if unit.is_ready]
        commander.battle.choose([*ready, "w0"])
        await commander.press("m")
        seen = commander.sees()
        assert f"merge {len(ready)} pull requests into main, each after its tests?" in seen
        assert "91 of badger-1" in seen or "91 of" in seen
        assert commander.orders == []

        await commander.press("y")
        await commander.wait_until(lambda: len(commander.orders) == len(ready), "all are merged")
        await commander.rest()

        assert [order[0] for order in commander.orders] == ["merge"] * len(ready)
        assert commander.toasts == [
            f"merged {len(ready)}; falcon-1 has no pull request yet: p opens one"
        ]


async def test_a_merge_that_is_refused_lets_the_next_one_be_tried(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def merge(worker: Worker, seen: object) -> None:
        tried.append(worker.name)
        raise OrderRefused(f"{worker.name} conflicts.", "Look at it.")

    async with play("crowd") as commander:
        monkeypatch.setattr(commander.backend, "merge", merge)
        minimap = commander.battle.query_one(Minimap)
        ready = [unit for unit in minimap._units if unit.is_ready][:2]
        commander.battle.choose([unit.worker_id for unit in ready])
        await commander.press("m", "y")
        await commander.wait_until(lambda: len(tried) == 2, "both were tried")
        await commander.rest()

        assert tried == [unit.name for unit in ready]
        assert commander.toasts == [f"{ready[0].name} conflicts; {ready[1].name} conflicts"]


async def test_x_names_the_count_and_what_is_kept_before_it_dismisses_many(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("1", "L", "L", "x")
        seen = " ".join(commander.sees().split())
        assert "dismiss 3 units? falcon-1: its unsaved work goes to" in seen
        assert "heron-1: its unsaved work" in seen
        assert commander.orders == []
        await commander.press("n")
        assert commander.orders == []

        await commander.press("x", "y")
        await commander.wait_until(lambda: "8/12" in commander.sees(), "they are gone")

        gone = [("dismiss", "falcon-1"), ("dismiss", "heron-1"), ("dismiss", "otter-1")]
        assert sorted(commander.orders) == gone


async def test_attaching_and_reading_a_diff_stay_with_the_selected_one(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("1", "L", "enter")

        assert commander.orders == [("attach", "otter-1")]


async def test_the_footer_says_how_many_an_order_goes_to(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("1", "L", "L")

        assert commander.sees().splitlines()[-1].strip().endswith("3 units chosen")


def test_reasons_of_many_are_counted_after_the_first() -> None:
    reasons = [f"{name} is gone." for name in ("a", "b", "c", "d", "e")]

    assert join_reasons(reasons) == "a is gone; b is gone; c is gone; 2 more"
    assert join_reasons(reasons[:1]) == "a is gone"


# How it looks


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (60, 12)], ids=str)
@pytest.mark.parametrize("is_ascii", [False, True])
async def test_a_selection_of_many_is_seen_without_colours(
    play: Play, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], *, is_ascii: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    settings = Settings(has_reduced_motion=True, is_ascii=is_ascii)
    scene = "trouble" if size[0] == 120 else "crowd"
    async with play(scene, size=size, settings=settings) as commander:
        await commander.press("1", "L", "L")

        minimap = commander.battle.query_one(Minimap)
        line = minimap.render_line(0).text
        edges = "|" if is_ascii else "┏┓" if size[0] == 120 else "┃"
        brackets = "[]" if is_ascii else "▐▌"
        assert sum(line.count(edge) for edge in edges) == 4
        assert [line.count(bracket) for bracket in brackets] == [1, 1]


async def test_the_wheel_moves_the_map_and_news_does_not_move_it_back(play: Play) -> None:
    async with play("crowd", size=(80, 16)) as commander:
        minimap = commander.battle.query_one(Minimap)
        minimap._scroll(3)
        first = minimap.render_line(0).text
        world = replace(SCENES["crowd"](), event_id=500, landed_today_count=9)
        commander.backend.world = world
        frame = commander.battle.frame
        await commander.wait_until(lambda: minimap.frame is not frame, "the news is seen")

        assert minimap.render_line(0).text == first


def test_a_box_meets_what_it_touches_and_nothing_beside() -> None:
    box = Box((10, 4), (3, 2))

    assert (box.left, box.top, box.right, box.bottom) == (3, 2, 10, 4)
    assert box.meets(0, 0, 4, 3)
    assert not box.meets(0, 0, 3, 3)
    assert not box.meets(0, 0, 4, 2)
    assert box.meets(10, 4, 1, 1)
    assert not box.meets(11, 4, 1, 1)


def test_the_last_alert_comes_first_then_the_one_before_and_round() -> None:
    world, seen = trouble(), []
    visited: set[Visit] = set()
    for _ in range(6):
        worker = choose_alert(world, visited)
        assert worker is not None
        visited.add(visit_of(world, worker))
        seen.append(worker.name)

    assert seen == ["otter-1", "heron-1", "lynx-1", "ibis-1", "crane-1", "otter-1"]


async def test_a_line_to_many_can_be_taken_back(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("1", "L", "t")
        assert commander.app.screen.query_one(Input)
        await commander.press("escape")

        assert commander.orders == []
        assert chosen(commander) == ["falcon-1", "otter-1"]


async def test_many_that_are_held_back_are_taken_back_together(play: Play) -> None:
    settings = Settings(has_reduced_motion=True, undo_grace_s=60)
    async with play("trouble", settings=settings) as commander:
        await commander.press("1", "L", "x", "y")
        assert "dismissing falcon-1 and 1 more" in commander.sees()
        assert commander.orders == []

        await commander.press("u")

        assert commander.orders == []
        assert commander.toasts == ["Taken back: dismissing falcon-1, dismissing otter-1."]


async def test_a_question_about_many_is_not_covered_by_a_toast(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("1", "L", "y", "x")

        assert "dismiss 2 units?" in commander.sees()
        assert commander.toasts == []


@pytest.mark.parametrize("press", ["number", "set_group", "group", "extend", "same_kind"])
async def test_a_key_that_was_found_by_its_name_breaks_nothing(play: Play, press: str) -> None:
    async with play("trouble") as commander:
        commander.battle.action_press(press, "")
        await commander.rest()

        assert commander.orders == []
