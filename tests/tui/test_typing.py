"""Type-through: every key goes to the agent until C-q, and none of them is an order meanwhile."""

from dataclasses import replace

from textual.events import Key, Paste

from rts.errors import OrderRefused
from rts.world.evidence import Activity, Judgement
from tests.tui.commander import Commander, Play
from tests.tui.scene_parts import NOW


def typed(commander: Commander) -> list[str]:
    """Every stroke that arrived, in the order of arrival."""
    return [stroke for words in commander.orders if words[0] == "type_keys" for stroke in words[2:]]


def burst(commander: Commander, *keys: str) -> None:
    """Press keys faster than the screen can take them."""
    for key in keys:
        commander.app.post_message(Key(key, key if len(key) == 1 else None))


async def test_every_key_goes_to_the_agent_until_c_q(play: Play):
    async with play("skirmish") as commander:
        await commander.press("2", "i", "m", "x", "1", "space", "tab", "escape", "ctrl+c", "enter")

        assert typed(commander) == ["m", "x", "1", " ", "tab", "escape", "ctrl+c", "enter"]
        assert {words[0] for words in commander.orders} == {"type_keys"}
        assert commander.selected == "otter-1"

        await commander.press("ctrl+q", "1")

        assert commander.selected == "falcon-1"
        assert len(typed(commander)) == 8


async def test_that_keys_go_to_the_agent_is_seen_in_frame_and_footer(play: Play):
    async with play("skirmish") as commander:
        await commander.press("2", "i")

        lines = commander.sees().splitlines()
        assert "typing to otter-1 · C-q comes back" in lines[1]
        assert "typing to otter-1: every key goes to it · C-q comes back" in lines[-1]

        await commander.press("ctrl+q")
        assert "typing to" not in commander.sees()


async def test_keys_typed_in_a_burst_keep_their_order_and_are_not_lost_to_the_map(play: Play):
    text = "mergexdiff1234" * 3
    async with play("skirmish") as commander:
        await commander.press("2")
        burst(commander, "i", *text, "ctrl+q", "1")
        await commander.wait_until(lambda: commander.selected == "falcon-1", "the last key")
        await commander.rest()

        assert "".join(typed(commander)) == text
        assert commander.selected == "falcon-1"


async def test_what_comes_while_a_batch_is_on_its_way_is_one_batch(play: Play):
    async with play("skirmish") as commander:
        await commander.press("2", "i")
        burst(commander, *"abcdefghij")
        await commander.wait_until(lambda: len(typed(commander)) == 10, "all is typed")

        batches = [words for words in commander.orders if words[0] == "type_keys"]
        assert "".join(typed(commander)) == "abcdefghij"
        assert len(batches) <= 3


async def test_a_paste_goes_through_as_one(play: Play):
    async with play("skirmish") as commander:
        await commander.press("2", "i", "a")
        commander.app.post_message(Paste("one\ntwo"))
        await commander.rest()
        await commander.press("b")

        assert typed(commander) == ["a", "one\ntwo", "b"]


async def test_where_the_session_has_ended_typing_ends_and_the_rest_of_the_word_is_no_order(
    play: Play,
):
    async with play("skirmish") as commander:
        await commander.press("2", "i", "a")
        world, worker = commander.backend.world, commander.battle.selected
        gone = {**world.judgement_by_worker, worker.id: Judgement(Activity.GONE, "exit 1", NOW)}
        commander.backend.world = replace(world, event_id=77, judgement_by_worker=gone)
        await commander.wait_until(lambda: not commander.battle.frame.is_typing, "typing ended")
        commander.battle._typed_at_s = float("inf")  # the last key was a moment ago

        await commander.press("x")

        assert "Typing has ended: otter-1 is gone" in commander.toasts[0]
        assert commander.orders == [("type_keys", "otter-1", "a")]


async def test_what_cannot_be_typed_is_said_and_keys_are_orders_again(play: Play):
    async with play("skirmish") as commander:
        await commander.press("2", "i")
        commander.backend.refusal = OrderRefused("otter-1 has no session any more.", "Look at it.")

        await commander.press("a")

        assert commander.toasts == ["Typing has ended: otter-1 has no session any more."]
        assert not commander.battle.frame.is_typing


async def test_typing_ends_when_another_unit_is_selected(play: Play):
    async with play("skirmish") as commander:
        await commander.press("2", "i")
        commander.battle.select(commander.backend.world.workers[0].id)
        await commander.rest()

        assert not commander.battle.frame.typing_to


async def test_nobody_can_be_typed_to_who_is_gone(play: Play):
    async with play("trouble") as commander:
        await commander.press("4", "i")

        assert "nobody would hear it" in commander.toasts[0]
        assert not commander.battle.frame.typing_to


async def test_a_narrow_terminal_shows_the_pane_that_is_typed_to(play: Play):
    async with play("skirmish", size=(80, 24)) as commander:
        await commander.press("2", "i")

        assert commander.battle.pane.size.height > 0


async def test_a_question_that_comes_late_is_not_answered_by_what_is_typed(play: Play):
    async with play("skirmish") as commander:
        await commander.press("2", "i")
        commander.battle.confirm_dismissal(commander.battle.selected, "nothing is kept.")
        await commander.press("y")

        assert typed(commander) == ["y"]
        assert ("dismiss", "otter-1") not in commander.orders
