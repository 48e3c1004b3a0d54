"""`u`: what is held back is taken back, what has an opposite is undone, and the rest is said."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from rts.errors import OrderRefused
from rts.settings import Settings
from rts.tui import messages
from rts.tui.app import RtsApp
from rts.tui.giving.held import Held, Waiting
from rts.tui.giving.undo import (
    UNDO_COUNT_MAX,
    UNDO_MAX_AGE,
    VOLLEY,
    Final,
    Undo,
    UndoStack,
    find_undo,
)
from rts.world.nouns import QueuedTell, Rally
from tests.scenes import SCENES
from tests.tui.commander import Commander
from tests.tui.played_backend import PlayedBackend
from tests.tui.scene_parts import NOW

GRACE_S = 5.0


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@asynccontextmanager
async def sit_down(
    clock: Clock, scene: str = "skirmish", grace_s: float = GRACE_S
) -> AsyncIterator[Commander]:
    """Open a scene before a clock that the test moves."""
    settings = Settings(has_reduced_motion=True, undo_grace_s=grace_s)
    backend = PlayedBackend(SCENES[scene](), settings)
    app = RtsApp(backend, clock)
    async with app.run_test(size=(120, 36)) as pilot:
        commander = Commander(app, backend, pilot)
        await commander.rest()
        yield commander
    app.close_backend()


# Held back


async def test_a_dismissal_is_held_back_counted_down_and_then_carried_out(clock: Clock) -> None:
    async with sit_down(clock) as commander:
        await commander.press("2", "x", "y")
        assert "dismissing otter-1 in 5 s · u undoes" in commander.sees()
        clock.wait(3.2)
        await commander.wait_until(lambda: "in 2 s" in commander.sees(), "it is counted down")
        assert commander.orders == []

        clock.wait(2)

        await commander.wait_until(lambda: ("dismiss", "otter-1") in commander.orders, "due")
        assert "u undoes" not in commander.sees()


@pytest.mark.parametrize("keys", [("2", "x", "y"), ("3", "m", "y")], ids=["dismiss", "merge"])
async def test_u_takes_back_what_is_held_before_anything_is_lost(
    clock: Clock, keys: tuple[str, ...]
) -> None:
    async with sit_down(clock) as commander:
        await commander.press(*keys, "u")

        assert commander.toasts[0].startswith("Taken back: ")
        clock.wait(60)
        await commander.press("u")
        assert commander.orders == []
        assert commander.toasts == ["Nothing to undo."]


async def test_what_is_held_can_be_taken_back_although_another_order_came_after(
    clock: Clock,
) -> None:
    async with sit_down(clock) as commander:
        await commander.press("2", "x", "y", "t")
        await commander.write("use port 8080")
        await commander.press("u")

        assert commander.orders == [("tell", "otter-1", "use port 8080")]
        assert commander.toasts == ["Taken back: dismissing otter-1."]


async def test_a_second_yes_to_the_same_is_one_order(clock: Clock) -> None:
    async with sit_down(clock) as commander:
        await commander.press("2", "x", "y", "x", "y", "u")
        clock.wait(60)
        await commander.press("u")

        assert commander.orders == []


async def test_without_a_grace_it_is_carried_out_at_once(clock: Clock) -> None:
    async with sit_down(clock, grace_s=0) as commander:
        await commander.press("2", "x", "y")

        assert commander.orders == [("dismiss", "otter-1")]


async def test_what_is_held_is_carried_out_when_the_screen_is_left(clock: Clock) -> None:
    async with sit_down(clock) as commander:
        await commander.press("2", "x", "y", "q")

        assert commander.app.doing == ("dismissing otter-1",)
    assert commander.orders == [("dismiss", "otter-1")]
    assert commander.app.late_failures == []


async def test_what_fails_after_the_screen_was_left_is_not_lost(clock: Clock) -> None:
    async with sit_down(clock) as commander:
        await commander.press("2", "x", "y", "q")
        commander.backend.refusal = refusal = OrderRefused("It has inner work.", "Save it.")
    assert commander.app.late_failures == [refusal]


async def test_what_is_held_is_carried_out_when_the_terminal_is_handed_over(clock: Clock) -> None:
    async with sit_down(clock) as commander:
        await commander.press("2", "x", "y", "1", "enter")

        assert sorted(commander.orders) == [("attach", "falcon-1"), ("dismiss", "otter-1")]


# Undone by the opposite


async def test_u_resumes_who_was_paused_and_pauses_who_was_resumed(clock: Clock) -> None:
    async with sit_down(clock) as commander:
        await commander.press("3", "P")
        await commander.wait_until(lambda: "paused" in commander.sees(), "it is seen as paused")
        clock.wait(1)
        await commander.press("P")
        assert commander.orders == [("pause", "heron-1"), ("resume", "heron-1")]

        await commander.press("u", "u", "u")

        assert commander.orders[2:] == [("pause", "heron-1"), ("resume", "heron-1")]
        assert commander.toasts == ["Nothing to undo."]


async def test_u_withdraws_the_newest_queued_line(clock: Clock) -> None:
    async with sit_down(clock) as commander:
        for line in ("first", "second"):
            await commander.press("1", "Q")
            await commander.write(line)
            clock.wait(1)
        assert commander.orders[-1] == ("queue", "falcon-1", "second")

        await commander.press("u")

        assert commander.orders[-1] == ("withdraw", "falcon-1", "second")


async def test_u_withdraws_a_line_that_t_had_queued(clock: Clock) -> None:
    async with sit_down(clock) as commander:
        await commander.press("1", "t")
        await commander.write("use port 8080")
        await commander.press("u")

        assert commander.orders[-1] == ("withdraw", "falcon-1", "use port 8080")


async def test_u_sets_the_rally_point_back(clock: Clock) -> None:
    async with sit_down(clock) as commander:
        await commander.press("1", "r")
        await commander.wait_until(lambda: _rally(commander) is Rally.PULL_REQUEST, "it is set")
        clock.wait(1)
        await commander.press("r")
        await commander.wait_until(lambda: _rally(commander) is Rally.NEXT_TICKET, "the next")

        await commander.press("u")

        assert commander.orders[-1] == ("set_rally", "falcon-1", Rally.PULL_REQUEST)
        assert "falcon-1 will open a pull request when it is done" in commander.sees()


def _rally(commander: Commander) -> Rally:
    return commander.battle.frame.world.workers[0].rally


async def test_u_takes_a_spawn_back_and_says_why_it_cannot(clock: Clock) -> None:
    async with sit_down(clock) as commander:
        await commander.press("s")
        await commander.press("u")
        assert commander.orders[-1] == ("unspawn", "lynx-1")

        clock.wait(1)
        await commander.press("s")
        commander.backend.refusal = OrderRefused("lynx-1 has changed files by now.", "x")
        await commander.press("u")

        assert commander.toasts == ["lynx-1 has changed files by now.\nx"]


async def test_u_says_what_cannot_be_undone_and_goes_on_to_what_can(clock: Clock) -> None:
    async with sit_down(clock) as commander:
        await commander.press("3", "P")
        clock.wait(1)
        await commander.press("2", "t")
        await commander.write("use port 8080")
        await commander.press("u")
        assert commander.toasts == [
            "Nothing to undo: what was told is told.\nu again undoes: pausing heron-1"
        ]

        await commander.press("u")

        assert commander.orders[-1] == ("resume", "heron-1")


async def test_an_order_that_failed_leaves_nothing_to_undo(clock: Clock) -> None:
    async with sit_down(clock) as commander:
        commander.backend.refusal = OrderRefused("No.", "Never.")
        await commander.press("3", "P", "u")

        assert commander.toasts == ["Nothing to undo."]


async def test_u_sets_a_control_group_back(clock: Clock) -> None:
    async with sit_down(clock) as commander:
        await commander.press("1", "g", "4")
        await commander.wait_until(lambda: 4 in commander.battle.frame.world.groups, "it is set")
        clock.wait(1)
        await commander.press("2", "g", "4")
        await commander.wait_until(lambda: _group(commander) == ("w1",), "it is another")

        await commander.press("u")
        await commander.wait_until(lambda: _group(commander) == ("w0",), "it is as it was")
        await commander.press("u")
        await commander.wait_until(lambda: _group(commander) == (), "it is not set")


def _group(commander: Commander) -> tuple[str, ...]:
    return tuple(commander.battle.frame.world.groups.get(4, ()))


# Many


async def test_many_dismissals_are_held_and_taken_back_as_one(clock: Clock) -> None:
    async with sit_down(clock, "trouble") as commander:
        await commander.press("1", "L", "x", "y")
        assert "dismissing falcon-1 and 1 more in 5 s · u undoes" in commander.sees()

        await commander.press("u")
        clock.wait(60)
        await commander.press("u")

        assert commander.orders == []


async def test_many_dismissals_are_carried_out_when_due_or_when_the_screen_is_left(
    clock: Clock,
) -> None:
    async with sit_down(clock, "trouble") as commander:
        await commander.press("1", "L", "x", "y")
        clock.wait(6)
        await commander.wait_until(lambda: len(commander.orders) == 2, "both are dismissed")
    async with sit_down(clock, "trouble") as leaving:
        await leaving.press("1", "L", "x", "y", "q")
    assert leaving.orders == [("dismiss", "falcon-1"), ("dismiss", "otter-1")]


async def test_one_u_resumes_all_that_were_paused_at_once(clock: Clock) -> None:
    async with sit_down(clock, "trouble") as commander:
        await commander.press("1", "L", "P", "y")
        await commander.wait_until(lambda: len(commander.orders) == 2, "both are paused")

        await commander.press("u")
        await commander.wait_until(lambda: len(commander.orders) == 4, "both are resumed")

        assert sorted(commander.orders[2:]) == [("resume", "falcon-1"), ("resume", "otter-1")]


async def test_r_sets_one_rally_point_for_many_and_one_u_sets_them_back(clock: Clock) -> None:
    async with sit_down(clock, "trouble") as commander:
        await commander.press("1", "L", "r")
        await commander.wait_until(lambda: len(commander.orders) == 2, "both are set")
        await commander.press("u")
        await commander.wait_until(lambda: len(commander.orders) == 4, "both are set back")

        assert {order[2] for order in commander.orders[:2]} == {Rally.PULL_REQUEST}
        assert {order[2] for order in commander.orders[2:]} == {Rally.STOP}


async def test_a_line_is_queued_for_all_that_are_meant(clock: Clock) -> None:
    async with sit_down(clock, "trouble") as commander:
        await commander.press("1", "L", "Q")
        assert "queue for 2 units" in commander.sees()
        await commander.write("use port 8080")
        await commander.wait_until(lambda: len(commander.orders) == 2, "both are queued for")

        assert {order[:2] for order in commander.orders} == {
            ("queue", "falcon-1"),
            ("queue", "otter-1"),
        }


# The pure part

WORKER = SCENES["skirmish"]().workers[0]
QUEUED = QueuedTell("q", WORKER.id, "x", NOW)


@pytest.mark.parametrize(
    ("message", "outcome", "words"),
    [
        (messages.PauseOrdered(WORKER), None, "resuming falcon-1"),
        (messages.ResumeWanted(WORKER), None, "pausing falcon-1"),
        (messages.TellWanted(WORKER, "x"), QUEUED, "withdrawing what waits for falcon-1"),
        (messages.QueueWanted(WORKER, "x"), QUEUED, "withdrawing what waits for falcon-1"),
        (messages.RallyWanted(WORKER, Rally.STOP), WORKER, "setting falcon-1's rally point back"),
        (messages.TellWanted(WORKER, "x"), None, "what was told is told"),
        (messages.AnswerWanted(WORKER, "yes"), None, "what was answered is answered"),
        (messages.PullRequestWanted(WORKER), None, "the pull request of falcon-1 stays"),
        (messages.MergeOrdered(WORKER), None, "falcon-1 has landed, what is merged is merged"),
        (messages.DismissalOrdered(WORKER), "", "falcon-1 is put away, its work is kept"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_undoes_what(message: object, outcome: object, words: str) -> None:
    found = find_undo(message, outcome)  # type: ignore[arg-type]

    assert (found.words if isinstance(found, Undo) else found.why) == words


def an_undo(words: str = "resuming") -> Undo:
    return Undo(words, lambda backend: None)


def test_orders_of_one_kind_given_at_once_are_undone_at_once() -> None:
    stack = UndoStack()
    first, second = an_undo("first"), an_undo("second")
    for undo in (first, second):
        stack.settle(stack.begin("Pause", "pausing", NOW), undo)
    third = an_undo("third")
    stack.settle(stack.begin("Pause", "pausing", NOW + 2 * VOLLEY), third)

    now = NOW + timedelta(seconds=1)
    assert stack.take(now) == [third]
    assert stack.take(now) == [first, second]
    assert stack.take(now) == Final("")


def test_an_order_under_way_is_not_undone_and_not_passed_over() -> None:
    stack = UndoStack()
    stack.settle(stack.begin("Resume", "resuming", NOW), an_undo())
    slip = stack.begin("Pause", "pausing falcon-1", NOW)

    assert stack.take(NOW) == Final("pausing falcon-1 is not over yet", is_over=False)
    stack.settle(slip, undo := an_undo("later"))

    assert stack.take(NOW) == [undo]


def test_an_old_order_is_forgotten_and_of_many_the_oldest_are() -> None:
    stack = UndoStack()
    for i in range(UNDO_COUNT_MAX + 5):
        stack.settle(stack.begin("Pause", str(i), NOW + i * 2 * VOLLEY), an_undo(str(i)))
    last = NOW + (UNDO_COUNT_MAX + 4) * 2 * VOLLEY
    taken = []
    while isinstance(found := stack.take(last), list):
        taken += found
    assert len(taken) == UNDO_COUNT_MAX

    stack.settle(stack.begin("Pause", "pausing", NOW), an_undo())
    assert stack.peek(NOW + UNDO_MAX_AGE) == "pausing"
    assert stack.peek(NOW + UNDO_MAX_AGE + timedelta(seconds=1)) == ""


def test_many_that_are_held_at_once_are_counted_down_and_taken_back_at_once() -> None:
    waiting, later = Waiting(), NOW + timedelta(seconds=GRACE_S)
    for name in ("merging falcon-1", "dismissing otter-1", "dismissing lynx-1"):
        kind = name.split()[0]
        waiting.hold(Held(kind, name, NOW, later, lambda: None, lambda: None))

    assert waiting.say(NOW) == "dismissing otter-1 and 1 more in 5 s · u undoes"
    assert [one.doing for one in waiting.take_newest()] == [
        "dismissing otter-1",
        "dismissing lynx-1",
    ]
    assert waiting.doing == ("merging falcon-1",)
