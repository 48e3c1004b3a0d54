from dataclasses import replace

import pytest
from textual.widgets import Input

from rts.errors import OrderRefused, StoreBroken
from rts.settings import Settings
from rts.tui.app import RtsApp
from rts.tui.keymap import BATTLE_KEYS, REVIEW_KEYS
from rts.tui.presses import unit
from rts.tui.screens.ask import AskYesNo
from rts.tui.screens.battle import BattleScreen
from rts.tui.screens.help import list_blocks
from rts.tui.screens.review import ReviewScreen
from rts.tui.widgets.minimap import Minimap
from rts.tui.widgets.pane import PaneView
from rts.tui.widgets.tickets import TicketList
from rts.world.nouns import TicketKind
from tests.scenes import SCENES, skirmish
from tests.tui.commander import Play
from tests.tui.played_backend import PlayedBackend


async def test_n_and_a_line_file_a_ticket_and_spawn_on_it(play: Play) -> None:
    async with play("empty") as commander:
        await commander.press("n")
        await commander.write("bug: login fails on Mondays")

        assert commander.orders == [
            ("file_ticket", "login fails on Mondays", TicketKind.BUG),
            ("spawn", "login fails on Mondays"),
        ]
        await commander.wait_until(lambda: "falcon-1" in commander.sees(), "the unit is seen")


async def test_escape_files_nothing(play: Play) -> None:
    async with play("empty") as commander:
        await commander.press("n", "a", "escape")

        assert commander.orders == []


async def test_space_visits_the_last_alert_then_the_one_before_and_who_is_ready_last(
    play: Play,
) -> None:
    async with play("trouble") as commander:
        seen = []
        for _ in range(7):
            await commander.press("space")
            seen.append(commander.selected)

        assert seen == [
            "otter-1",
            "heron-1",
            "lynx-1",
            "ibis-1",
            "crane-1",
            "otter-1",
            "heron-1",
        ]


async def test_digits_arrows_and_letters_select_units(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("5")
        assert commander.selected == "ibis-1"
        await commander.press("right")
        assert commander.selected == "wolf-1"
        await commander.press("k")
        assert commander.selected == "heron-1"
        await commander.press("full_stop")
        assert commander.selected == "lynx-1"
        await commander.press("tab")
        assert commander.selected == "crane-1"


async def test_a_selection_counts_for_the_very_next_key(play: Play) -> None:
    async with play("skirmish") as commander:
        commander.battle.action_press("number", "2")

        assert commander.selected == "otter-1"


async def test_what_is_typed_before_the_line_has_the_focus_is_kept(play: Play) -> None:
    async with play("empty") as commander:
        await commander.press("n")
        commander.app.screen.set_focus(None)
        await commander.press("a", "b")

        assert commander.app.screen.query_one(Input).value == "ab"


async def test_t_tells_the_selected_unit(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("2", "t")
        await commander.write("use port 8080")

        assert commander.orders == [("tell", "otter-1", "use port 8080")]


async def test_t_queues_for_a_busy_unit_and_says_so(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("1", "t")
        await commander.write("use port 8080")

        assert commander.orders == [("tell", "falcon-1", "use port 8080")]
        assert commander.toasts == ["queued: falcon-1 is told as soon as it is idle."]
        await commander.wait_until(lambda: "1 queued ·" in commander.sees(), "the card says so")


async def test_a_doubled_enter_after_a_line_does_not_attach(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit, "ENTER_GUARD_S", 60.0)  # a busy machine may be slow to press
    async with play("skirmish") as commander:
        await commander.press("2", "t")
        await commander.write("use port 8080")
        await commander.press("enter")

        assert commander.orders == [("tell", "otter-1", "use port 8080")]


async def test_shift_p_asks_before_it_pauses_a_busy_unit_and_resumes_a_paused_one(
    play: Play,
) -> None:
    async with play("skirmish") as commander:
        await commander.press("1", "P")
        assert "pause falcon-1? its turn is cut off" in commander.sees()
        await commander.press("n")
        assert commander.orders == []

        await commander.press("P", "y")
        await commander.wait_until(lambda: "paused" in commander.sees(), "it is seen as paused")
        await commander.press("t")
        assert "P resumes it" in commander.toasts[0]
        assert "P resume" in commander.sees()
        await commander.press("P")

        assert commander.orders == [("pause", "falcon-1"), ("resume", "falcon-1")]


async def test_shift_p_pauses_an_idle_unit_at_once(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("3", "P")

        assert commander.orders == [("pause", "heron-1")]


async def test_m_asks_before_it_merges(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("3", "m")
        assert isinstance(commander.app.screen, AskYesNo)
        assert "merge pull request 82 of heron-1 into main" in commander.sees()
        await commander.press("n")
        assert commander.orders == []

        await commander.press("m", "y")

        assert commander.orders == [("merge", "heron-1")]


async def test_x_says_what_is_kept_before_it_dismisses(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("2", "x")
        assert "unsaved work goes to refs/rts/preserved/otter-1" in commander.sees()
        assert commander.orders == []

        await commander.press("y")

        assert commander.orders == [("dismiss", "otter-1")]


@pytest.mark.parametrize(("key", "answer"), [("y", "yes"), ("N", "no")])
async def test_y_and_shift_n_answer_a_permission(play: Play, key: str, answer: str) -> None:
    async with play("trouble") as commander:
        await commander.press("3", key)

        assert commander.orders == [("answer", "heron-1", answer)]


async def test_words_typed_to_a_unit_that_wants_permission_deny_it_with_them(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("3", "t", *"stay", "enter")

        assert commander.orders == [("answer", "heron-1", "stay")]


async def test_p_opens_a_pull_request(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("1", "p")

        assert commander.orders == [("open_pull_request", "falcon-1")]


async def test_enter_attaches_and_comes_back_to_the_same_unit(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("2", "enter")

        assert commander.orders == [("attach", "otter-1")]
        assert commander.selected == "otter-1"
        assert isinstance(commander.app.screen, BattleScreen)


async def test_enter_spawns_while_the_tickets_have_the_focus(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("f", "down")
        assert "Enter spawn" in commander.sees()

        await commander.press("enter")

        assert commander.orders == [("spawn", "Spike: usage-based pricing")]
        await commander.wait_until(lambda: commander.selected == "lynx-1", "it is selected")
        assert commander.battle.query_one(Minimap).has_focus


async def test_d_shows_the_diff_and_escape_comes_back(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("d")
        assert isinstance(commander.app.screen, ReviewScreen)
        assert "2 files +7 −1" in commander.sees()

        await commander.press("escape")

        assert isinstance(commander.app.screen, BattleScreen)


async def test_help_shows_every_row_of_the_key_table(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("question_mark")

        blocks = list_blocks(commander.battle.frame)
        told = {(keys, words) for block in blocks for keys, words, _ in block.rows}
        assert {(row.name, row.help) for row in (*BATTLE_KEYS, *REVIEW_KEYS)} <= told
        assert all(block.title in commander.sees() for block in blocks[:3])


async def test_a_key_that_cannot_be_used_says_why(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("1", "m")
        assert commander.toasts == ["falcon-1 has no pull request yet: p opens one."]

        await commander.press("y")

        assert commander.orders == []
        assert commander.toasts == ["falcon-1 asks for no permission."], "one at a time"


async def test_a_refused_order_is_told_in_both_sentences(play: Play) -> None:
    async with play("skirmish") as commander:
        commander.backend.refusal = OrderRefused("otter-1 is starting.", "Try [again] soon.")
        await commander.press("2", "t")
        await commander.write("go on")

        assert commander.toasts == ["otter-1 is starting.\nTry [again] soon."]


async def test_the_pane_of_the_selected_unit_is_shown(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.wait_until(lambda: "41 passed" in commander.sees(), "the pane is seen")

        await commander.press("4")

        await commander.wait_until(
            lambda: "lynx-1 has no session any more." in commander.sees(), "the hint is seen"
        )
        assert commander.battle.query_one(PaneView).pane_text == ""


async def test_news_is_shown_and_a_new_alert_rings_the_bell_once(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with play("skirmish") as commander:
        rings: list[int] = []
        monkeypatch.setattr(commander.app, "bell", lambda: rings.append(1))
        trouble = replace(SCENES["trouble"](), event_id=50)
        commander.backend.world = trouble
        await commander.wait_until(lambda: "11/12" in commander.sees(), "the news is seen")
        assert rings == [1]

        commander.backend.world = replace(trouble, event_id=51, landed_today_count=5)
        await commander.wait_until(lambda: "5 landed" in commander.sees(), "more news is seen")

        assert rings == [1]


async def test_a_muted_screen_rings_no_bell(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = Settings(is_muted=True, has_reduced_motion=True)
    async with play("skirmish", settings=quiet) as commander:
        rings: list[int] = []
        monkeypatch.setattr(commander.app, "bell", lambda: rings.append(1))
        commander.backend.world = replace(SCENES["trouble"](), event_id=50)
        await commander.wait_until(lambda: "11/12" in commander.sees(), "the news is seen")

        assert rings == []


async def test_who_needs_the_commander_pulses_unless_motion_is_reduced(play: Play) -> None:
    async with play("skirmish", settings=Settings()) as commander:
        minimap = commander.battle.query_one(Minimap)
        await commander.wait_until(lambda: not minimap.is_lit, "the pulse goes dim")
        await commander.wait_until(lambda: minimap.is_lit, "the pulse is lit again")


async def test_c_q_does_not_leave(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("ctrl+q", "2")

        assert commander.selected == "otter-1"


async def test_a_store_that_cannot_be_opened_ends_the_screen_with_the_reason() -> None:
    failure = StoreBroken("The store is no database.", "Move it aside.")
    app = RtsApp(PlayedBackend(SCENES["empty"](), failure=failure))
    async with app.run_test() as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
    app.close_backend()

    assert app.failure is failure
    assert not app.is_running


async def test_a_dismissed_selection_goes_to_the_nearest_unit(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("3", "x", "y")
        await commander.wait_until(lambda: "2/12" in commander.sees(), "it is gone")

        assert commander.selected == "otter-1"


async def test_a_narrow_terminal_slides_the_card_over_and_away(play: Play) -> None:
    async with play("skirmish", size=(80, 24)) as commander:
        assert "#1 Retry failed payments" not in commander.sees()

        await commander.press("c")
        assert "#1 Retry failed payments" in commander.sees()

        await commander.press("escape")
        assert "#1 Retry failed payments" not in commander.sees()


async def test_a_click_selects_a_unit_and_a_double_click_attaches(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.pilot.click(Minimap, offset=(20, 1))
        await commander.rest()
        assert commander.selected == "otter-1"

        await commander.pilot.click(Minimap, offset=(36, 1), times=2)
        await commander.rest()

        assert commander.orders == [("attach", "heron-1")]


async def test_a_click_selects_a_ticket_and_a_double_click_spawns_on_it(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.pilot.click(TicketList, offset=(10, 2))
        await commander.rest()
        assert commander.orders == []
        assert "▸ #5" in commander.sees()

        await commander.pilot.click(TicketList, offset=(10, 2), times=2)
        await commander.rest()

        assert commander.orders == [("spawn", "Spike: usage-based pricing")]


async def test_a_click_in_the_footer_presses_that_key(play: Play) -> None:
    async with play("skirmish") as commander:
        footer = commander.sees().splitlines()[-1]

        await commander.pilot.click("#footer", offset=(footer.index("d review"), 0))
        await commander.rest()

        assert commander.orders == [("read_review", "falcon-1")]


async def test_every_row_of_the_battle_keys_is_something_that_the_screen_does() -> None:
    assert [
        row.press for row in BATTLE_KEYS if not hasattr(BattleScreen, f"press_{row.press}")
    ] == []


async def test_leaving_closes_the_backend(play: Play) -> None:
    async with play("empty") as commander:
        assert not commander.backend.is_closed
        await commander.press("q")

    assert commander.backend.is_closed


async def test_outside_a_repository_nothing_can_be_filed(play: Play) -> None:
    async with play("skirmish") as commander:
        commander.backend.world = replace(skirmish(), event_id=99, project=None)
        await commander.wait_until(lambda: "all projects" in commander.sees(), "it is seen")

        await commander.press("n")

        assert commander.toasts == ["You stand in no repository: start rts inside one."]
