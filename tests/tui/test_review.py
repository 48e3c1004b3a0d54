"""Review without leaving: each key takes the reader to the place that its row promises."""

import pytest
from textual.widgets import ContentSwitcher, Input

from rts.errors import OrderRefused
from rts.settings import Settings
from rts.tui.drawing.diff_text import LineKind
from rts.tui.screens.battle import BattleScreen
from rts.tui.screens.review import ReviewScreen
from rts.tui.widgets.diff_view import DiffView
from rts.tui.widgets.file_list import FileList
from tests.tui.commander import Commander, Play
from tests.tui.scene_parts import DIFF

SIZE = (100, 12)
"""So low that the diff is longer than the screen."""

READY = ("3", "d")
"""Opens the review of the unit that handed in: heron-1."""

AT_ONCE = Settings(has_reduced_motion=True, undo_grace_s=0.0)
"""Nothing is held back after its yes."""

LONG = DIFF.replace("raise GivenUp(payment)", f"raise GivenUp(payment, {'very ' * 30}late)")


def view(commander: Commander) -> DiffView:
    return commander.app.screen.query_one(DiffView)


def code(commander: Commander) -> str:
    """The line under the cursor."""
    line = view(commander).line
    return line.text.strip() if line else ""


def told(commander: Commander) -> list[str]:
    return [order[2] for order in commander.orders if order[0] == "tell"]


async def comment(commander: Commander, words: str) -> None:
    await commander.press("c")
    await commander.write(words)


async def test_d_opens_the_review_and_escape_comes_back_to_the_same_view(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("3")
        before = commander.sees()
        await commander.press("d")
        assert isinstance(commander.app.screen, ReviewScreen)
        assert "2 files +7 −1" in commander.sees()

        await commander.press("escape")

        assert isinstance(commander.app.screen, BattleScreen)
        assert commander.sees() == before


@pytest.mark.parametrize("key", ["escape", "q", "d"])
async def test_any_way_out_leads_back_to_the_battle(play: Play, key: str) -> None:
    async with play("skirmish", size=SIZE) as commander:
        await commander.press("d", key)

        assert isinstance(commander.app.screen, BattleScreen)


@pytest.mark.parametrize(
    ("there", "back"), [("j", "k"), ("down", "up"), ("space", "b"), ("pagedown", "pageup")]
)
async def test_a_line_or_a_page_down_and_up_again(play: Play, there: str, back: str) -> None:
    async with play("skirmish", size=SIZE) as commander:
        await commander.press("d", there)
        assert view(commander).cursor > 0

        await commander.press(back)

        assert view(commander).cursor == 0


async def test_shift_g_goes_to_the_end_and_g_to_the_beginning(play: Play) -> None:
    async with play("skirmish", size=SIZE) as commander:
        await commander.press("d", "G")
        assert code(commander) == "assert len(queue) == 1"
        assert code(commander) in commander.sees()

        await commander.press("g")

        assert view(commander).cursor == 0
        assert int(view(commander).scroll_offset.y) == 0


async def test_n_goes_to_the_next_file_and_shift_n_back(play: Play) -> None:
    async with play("skirmish", size=SIZE) as commander:
        await commander.press("d", "n")
        assert code(commander) == "tests/payments/test_retry.py"
        assert "▸   test_retry.py" in commander.sees()

        await commander.press("N")

        assert view(commander).cursor == 0


@pytest.mark.parametrize(
    ("on", "back"), [("right_square_bracket", "left_square_bracket"), ("J", "K")]
)
async def test_brackets_jump_from_change_to_change(play: Play, on: str, back: str) -> None:
    async with play("skirmish", size=SIZE) as commander:
        await commander.press("d", on)
        assert code(commander) == "queue.push(payment)"
        await commander.press(on)
        assert code(commander).startswith("def test_a_payment_is_pushed_once")

        await commander.press(back)

        assert code(commander) == "queue.push(payment)"


async def test_long_lines_move_sideways_and_the_numbers_stay(play: Play) -> None:
    async with play("skirmish") as commander:
        commander.backend.diff = LONG
        await commander.press("d")
        assert "late)" not in commander.sees()

        await commander.press(*["right"] * 20)
        assert "late)" in commander.sees()
        assert " 60    …" in commander.sees()

        await commander.press(*["h"] * 20)
        assert "raise GivenUp" in commander.sees()


async def test_the_files_stand_beside_the_diff_and_f_hides_them(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("d")
        assert "test_retry.py           +4" in commander.sees()

        await commander.press("f")

        assert "test_retry.py           +4" not in commander.sees()


async def test_a_narrow_terminal_shows_the_files_on_demand(play: Play) -> None:
    async with play("skirmish", size=(80, 24)) as commander:
        await commander.press("d")
        assert commander.app.screen.query_one(FileList).size.width == 0

        await commander.press("f")

        assert commander.app.screen.query_one(FileList).size.width > 0


async def test_a_click_on_a_file_goes_there(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("d")

        await commander.pilot.click(FileList, offset=(8, 4))
        await commander.rest()

        assert code(commander) == "tests/payments/test_retry.py"


async def test_a_click_on_a_line_puts_the_cursor_there(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("d")

        await commander.pilot.click(DiffView, offset=(20, 5))
        await commander.rest()

        assert code(commander) == "raise GivenUp(payment)"


async def test_digits_and_tab_show_pull_request_and_tests(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press(*READY, "2")
        await commander.wait_until(lambda: "The queue keeps keys" in commander.sees(), "the body")

        await commander.press("3")
        assert "tests/payments/test_webhook.py ....." in commander.sees()
        assert "a title" not in commander.sees()
        assert "\x1b" not in commander.sees()

        await commander.press("tab")
        assert "payments/retry.py" in commander.sees()


async def test_a_long_output_begins_at_its_end_where_the_verdict_is(play: Play) -> None:
    async with play("skirmish", size=SIZE) as commander:
        commander.backend.tests_output = "".join(f"line {i}\n" for i in range(3000)) + "1 failed\n"
        await commander.press(*READY, "3")
        assert "1 failed" in commander.sees()

        await commander.press("b", "b")
        assert "1 failed" not in commander.sees()
        assert "line 29" in commander.sees()


async def test_without_pull_request_and_tests_the_tabs_say_what_opens_one(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("1", "d", "2")
        await commander.wait_until(lambda: "No pull request yet" in commander.sees(), "the hint")

        await commander.press("3")

        assert "No tests were run on this yet" in commander.sees()


async def test_a_comment_stands_under_its_line_until_all_are_sent_as_one_message(
    play: Play,
) -> None:
    async with play("skirmish") as commander:
        await commander.press(*READY, "J")
        await comment(commander, "why is this gone?")
        await commander.press("j")
        await comment(commander, "name it better")
        assert "2 to send" in commander.sees()
        assert "▎ name it better" in commander.sees()

        await commander.press("s")

        assert told(commander) == [
            "Review comments on your change:\n\n"
            "payments/retry.py:61 (removed)\n> queue.push(payment)\nwhy is this gone?\n\n"
            "payments/retry.py:61\n> key = payment.idempotency_key\nname it better"
        ]
        assert "▎ name it better  (sent)" in commander.sees()
        assert commander.toasts == ["heron-1 was told: 2 comments."]


async def test_comments_to_a_busy_unit_are_queued(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("1", "d", "J")
        await comment(commander, "why?")

        await commander.press("s")

        assert commander.toasts == ["falcon-1 is told as soon as it is idle: your comment."]


async def test_comments_that_could_not_be_sent_stay(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press(*READY, "J")
        await comment(commander, "why?")
        commander.backend.refusal = OrderRefused("heron-1 is starting.", "Wait.")

        await commander.press("s")

        assert commander.toasts == ["heron-1 is starting.\nWait."]
        assert "1 to send" in commander.sees()


async def test_a_unit_that_is_gone_is_not_sent_comments(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("4", "d", "J")
        await comment(commander, "why?")

        await commander.press("s")

        assert told(commander) == []
        assert "1 to send" in commander.sees()


async def test_leaving_with_unsent_comments_asks_first_and_keeps_them(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press(*READY, "J")
        await comment(commander, "why?")
        await commander.press("escape", "n")
        assert isinstance(commander.app.screen, ReviewScreen)

        await commander.press("escape", "y")
        await commander.wait_until(
            lambda: isinstance(commander.app.screen, BattleScreen), "it is left"
        )
        await commander.press("d")

        assert "▎ why?" in commander.sees()
        assert "1 to send" in commander.sees()


async def test_x_takes_the_comment_of_this_line_back(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press(*READY, "J")
        await comment(commander, "why?")

        await commander.press("x")
        assert "why?" not in commander.sees()

        await commander.press("x")
        assert commander.toasts == ["No comment stands on this line."]


async def test_a_comment_on_a_files_name_is_about_the_file(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press(*READY)
        await comment(commander, "too long")

        await commander.press("s")

        assert told(commander) == ["Review comments on your change:\n\npayments/retry.py\ntoo long"]


async def test_r_reads_anew_and_keeps_place_and_comments(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press(*READY, "n", "J", "j", "j")
        assert view(commander).line is not None
        await comment(commander, "twice?")
        number = view(commander).cursor
        commander.backend.diff = DIFF.replace(
            "+    key = payment", "+    # One more line.\n+    key = payment"
        )

        await commander.press("r")

        assert view(commander).cursor == number + 1
        assert code(commander) == "retry(queue, payment)"
        assert "2 files +8 −1" in commander.sees()
        assert "▎ twice?" in commander.sees()


async def test_e_opens_the_line_in_the_editor(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press(*READY, "J", "j", "e")

        assert commander.orders[-2:] == [
            ("plan_editing", "heron-1", "payments/retry.py", "61"),
            ("edit", "vi", "+61", "payments/retry.py"),
        ]
        assert isinstance(commander.app.screen, ReviewScreen)


async def test_e_on_the_map_opens_the_worktree(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("1", "e")

        assert ("plan_editing", "falcon-1", "", "0") in commander.orders


async def test_an_editor_with_a_window_of_its_own_leaves_the_screen_alone(play: Play) -> None:
    async with play("skirmish") as commander:
        commander.backend.has_windowed_editor = True

        await commander.press("1", "e")

        assert commander.orders[-1][0] == "edit"


async def test_no_editor_is_said_in_both_sentences(play: Play) -> None:
    async with play("skirmish") as commander:
        commander.backend.refusal = OrderRefused("No editor is named.", "Name yours.")

        await commander.press("1", "e")

        assert commander.toasts == ["No editor is named.\nName yours."]


@pytest.mark.parametrize("keys", [("3", "w"), ("3", "d", "w")], ids=["map", "review"])
async def test_w_opens_what_the_unit_serves(play: Play, keys: tuple[str, ...]) -> None:
    async with play("skirmish") as commander:
        await commander.press(*keys)

        assert commander.orders[-1] == ("browse", "heron-1")
        assert commander.toasts == ["http://localhost:4173 is opened in your browser."]


async def test_m_asks_and_merges_from_the_review(play: Play) -> None:
    async with play("skirmish", settings=AT_ONCE) as commander:
        await commander.press(*READY, "m", "n")
        assert ("merge", "heron-1") not in commander.orders

        await commander.press("m", "y")
        await commander.wait_until(lambda: ("merge", "heron-1") in commander.orders, "it is merged")


async def test_u_takes_a_merge_back_in_the_review(play: Play) -> None:
    async with play("skirmish", settings=Settings(has_reduced_motion=True)) as commander:
        await commander.press(*READY, "m", "y", "u")

        assert ("merge", "heron-1") not in commander.orders


async def test_p_opens_a_pull_request_and_the_review_shows_it(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("1", "d", "p")

        assert ("open_pull_request", "falcon-1") in commander.orders
        await commander.wait_until(
            lambda: "2 pull request 80" in commander.sees(), "the review is read anew"
        )


async def test_t_tells_from_the_review(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press(*READY, "t")
        await commander.write("well done")

        assert told(commander) == ["well done"]
        assert isinstance(commander.app.screen, ReviewScreen)


async def test_keys_of_the_diff_say_why_they_do_nothing_on_other_tabs(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press(*READY, "3", "c")

        assert not commander.app.screen.query(Input)
        assert commander.toasts == ["Go to the diff first: 1."]


async def test_s_without_a_comment_says_how_to_write_one(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press(*READY, "s")

        assert commander.toasts == ["No comment is written yet: c writes one on this line."]


async def test_question_mark_shows_every_key_over_the_review(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press(*READY, "question_mark", "escape")

        assert isinstance(commander.app.screen, ReviewScreen)


async def test_a_unit_that_changed_nothing_has_no_review(play: Play) -> None:
    async with play("skirmish") as commander:
        commander.backend.diff = ""

        await commander.press("1", "d")

        assert commander.toasts == ["falcon-1 has changed nothing yet."]


async def test_what_a_file_holds_moves_no_cursor(play: Play) -> None:
    async with play("skirmish") as commander:
        commander.backend.diff = DIFF.replace("return queue", "return '\x1b[2J\x1b]0;owned\x07'")

        await commander.press("d")

        assert "return '^[[2J^[]0;owned^G'" in commander.sees()
        assert "\x1b" not in commander.sees()


async def test_wide_signs_keep_the_frame_straight(play: Play) -> None:
    async with play("skirmish") as commander:
        commander.backend.diff = DIFF.replace("return queue", f"return '{'日本語' * 40}'")

        await commander.press("d")

        strips = commander.app.screen._compositor.render_strips()
        assert {strip.cell_length for strip in strips} == {120}


async def test_ascii_keeps_to_ascii_signs(play: Play) -> None:
    async with play("skirmish", settings=Settings(is_ascii=True)) as commander:
        commander.backend.diff = LONG
        await commander.press(*READY, "J")
        await comment(commander, "why?")

        assert [sign for sign in commander.sees() if not sign.isascii()] == []


async def test_a_line_of_the_diff_is_drawn_only_when_it_is_in_sight(play: Play) -> None:
    async with play("skirmish", size=SIZE) as commander:
        many = "".join(f"+line_{i} = {i}\n" for i in range(15_000))
        commander.backend.diff = f"diff --git a/a.py b/a.py\n@@ -0,0 +1,15000 @@\n{many}"
        await commander.press("d", "G")

        assert code(commander) == "line_14999 = 14999"
        assert view(commander).lines[-1].kind is LineKind.ADDED
        assert code(commander) in commander.sees()


async def test_a_tab_that_is_asked_for_before_the_screen_stands_is_shown_then(play: Play):
    async with play("skirmish") as commander:
        await commander.press("d")
        shown = commander.app.screen
        assert isinstance(shown, ReviewScreen)
        fresh = ReviewScreen(shown.worker, shown._review, [], commander.battle.frame)

        fresh.action_press("tab", "3")
        commander.app.push_screen(fresh)
        await commander.rest()

        assert fresh.query_one(ContentSwitcher).current == "tests"
