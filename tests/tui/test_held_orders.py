"""What was said yes to is what is carried out, whatever happens until then."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.app import SuspendNotSupported

from rts.errors import OrderRefused
from rts.settings import Settings
from rts.tui.app import RtsApp
from rts.tui.presses.review_board import ReviewBoard
from rts.tui.services.steady import SteadyClock
from rts.world.evidence import Activity, Judgement
from rts.world.nouns import PullRequest, Worker
from rts.world.strokes import Stroke
from tests.scenes import SCENES
from tests.tui.commander import Commander, Play
from tests.tui.played_backend import PlayedBackend
from tests.tui.scene_parts import NOW
from tests.tui.test_undo import Clock, sit_down

HELD = Settings(has_reduced_motion=True, undo_grace_s=5.0)


def choose_ready(commander: Commander, count: int) -> list[Worker]:
    """Select units whose pull request can be merged."""
    world = commander.battle.frame.world
    ids = [p.worker_id for p in world.pull_requests if p.state == "open"][:count]
    commander.battle.choose(ids)
    return [next(w for w in world.workers if w.id == one) for one in ids]


class SlowMerge:
    """Merges of a backend that wait until they are let go on."""

    def __init__(self, commander: Commander) -> None:
        self.gate = threading.Event()
        self.begun: list[str] = []
        self.merged: list[str] = []
        self.seen: list[PullRequest | None] = []
        commander.backend.merge = self.merge  # type: ignore[method-assign,assignment]

    def merge(self, worker: Worker, seen: PullRequest | None) -> None:
        self.begun.append(worker.name)
        self.seen.append(seen)
        self.gate.wait(10)
        self.merged.append(worker.name)


async def start_many_merges(commander: Commander, count: int) -> tuple[SlowMerge, list[Worker]]:
    slow, ready = SlowMerge(commander), choose_ready(commander, count)
    await commander.pilot.press("m")
    await commander.pilot.pause()
    await commander.pilot.press("y")
    await commander.wait_until(lambda: len(slow.begun) == 1, "the first is being merged")
    return slow, ready


@pytest.mark.parametrize("keys", [("3", "m", "y"), ("3", "d", "m", "y")], ids=["map", "review"])
async def test_a_merge_is_of_the_pull_request_that_the_question_was_about(
    play: Play, keys: tuple[str, ...]
) -> None:
    async with play("skirmish") as commander:
        slow = SlowMerge(commander)
        slow.gate.set()
        await commander.press(*keys[:-1])
        assert isinstance(commander.app.screen_stack[-2], ReviewBoard) is (len(keys) == 4)
        seen = commander.battle.frame.world.pull_requests
        world = commander.backend.world
        newer = tuple(replace(p, head_commit="2" * 40) for p in world.pull_requests)
        commander.backend.world = replace(world, pull_requests=newer)
        await commander.press(keys[-1])

        assert len(slow.seen) == 1
        assert slow.seen[0] in seen


async def test_merges_that_wait_in_line_are_under_way_and_carried_out_after_the_screen_is_left(
    play: Play,
) -> None:
    async with play("crowd") as commander:
        slow, ready = await start_many_merges(commander, 3)
        assert commander.app.doing == tuple(f"merging {worker.name}" for worker in ready)
        await commander.pilot.press("q")
        slow.gate.set()
    assert slow.merged == [worker.name for worker in ready]
    assert commander.app.late_failures == []


async def test_a_merge_given_singly_waits_in_the_same_line_and_a_doubled_one_blocks_nothing(
    play: Play,
) -> None:
    async with play("crowd") as commander:
        slow, ready = await start_many_merges(commander, 3)
        commander.battle.choose([ready[1].id])
        await commander.pilot.press("m")
        await commander.pilot.pause()
        await commander.pilot.press("y")
        await commander.pilot.pause()
        assert slow.begun == [ready[0].name]
        slow.gate.set()
        await commander.wait_until(lambda: not commander.app.doing, "all have ended")

        assert slow.merged == [worker.name for worker in ready]
        assert commander.toasts == ["merged 3"]


@pytest.mark.parametrize("key", ["x", "a many"])
async def test_a_unit_that_works_again_is_not_dismissed_when_it_is_due(
    key: str, clock: Clock
) -> None:
    async with sit_down(clock, "trouble") as commander:
        world = commander.backend.world
        idle = [w for w in world.workers if world.judgement_of(w).activity is Activity.DONE]
        chosen = idle[:1] if key == "x" else idle[:2]
        commander.battle.choose([worker.id for worker in chosen])
        await commander.press("x", "y")
        busy = {chosen[0].id: Judgement(Activity.BUSY, "thinks", NOW)}
        judgements = {**world.judgement_by_worker, **busy}
        commander.backend.world = replace(world, judgement_by_worker=judgements)
        clock.wait(6)
        await commander.wait_until(lambda: not commander.app.doing, "they were due")
        await commander.rest()

        assert ("dismiss", chosen[0].name) not in commander.orders
        words = f"{chosen[0].name} works again: not dismissed"
        if key == "x":
            assert commander.toasts == [f"{words}.\nx dismisses it now."]
        else:
            assert commander.toasts == [f"dismissed {chosen[1].name}; {words}"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize("is_refused", [True, False], ids=["refused", "in a window"])
async def test_an_editor_that_takes_no_terminal_leaves_the_grace(
    play: Play, is_refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with play("skirmish", settings=HELD) as commander:
        commander.backend.has_windowed_editor = True
        if is_refused:

            def refuse(*_: object) -> None:
                raise OrderRefused("No editor is named.", "Name one.")

            monkeypatch.setattr(commander.backend, "plan_editing", refuse)
        await commander.press("2", "x", "y", "1", "e")

        assert commander.battle.frame.held
        assert ("dismiss", "otter-1") not in commander.orders
        await commander.press("u")


@pytest.mark.parametrize("key", ["enter", "e"])
async def test_a_browser_says_that_it_has_no_terminal_and_leaves_the_grace(
    play: Play, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise SuspendNotSupported("no")

    async with play("skirmish", settings=HELD) as commander:
        await commander.press("2", "x", "y", "1")
        monkeypatch.setattr(type(commander.app), "is_headless", False)
        monkeypatch.setattr(commander.app, "suspend", refuse)
        await commander.press(key)
        monkeypatch.undo()

        assert commander.toasts == [
            "A browser has no terminal to hand over.\n"
            "Use the pane: i types to the agent; or attach in a terminal: rts attach falcon-1"
        ]
        assert commander.battle.frame.held
        await commander.press("u")


async def test_whether_there_is_a_session_is_asked_beside_the_screen_and_a_doubled_enter_is_one(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    gate = threading.Event()

    def look(worker: Worker) -> None:
        threads.append(threading.current_thread())
        gate.wait(10)

    async with play("skirmish") as commander:
        monkeypatch.setattr(commander.backend, "refuse_attach", look)
        await commander.pilot.press("2", "enter", "enter")
        gate.set()
        await commander.rest()

        assert commander.orders == [("attach", "otter-1")]
        assert threading.main_thread() not in threads


def test_a_steady_clock_does_not_follow_the_wall_clock() -> None:
    at, seconds = [NOW], [100.0]
    clock = SteadyClock(lambda: at[0], lambda: seconds[0])
    at[0] -= timedelta(hours=1)
    seconds[0] += 2

    assert clock() == NOW + timedelta(seconds=2)


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_is_set_neither_ends_the_grace_nor_freezes_the_pane(
    hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = [NOW]
    monkeypatch.setattr("rts.tui.app._read_clock", lambda: at[0])
    app = RtsApp(PlayedBackend(SCENES["skirmish"](), HELD))
    async with app.run_test(size=(120, 36)) as pilot:
        commander = Commander(app, app._backend, pilot)  # type: ignore[arg-type]
        await commander.rest()
        await commander.press("2", "x", "y")
        at[0] += timedelta(hours=hours)
        await commander.pilot.pause(0.6)

        assert commander.battle.frame.held
        assert commander.orders == []
        await commander.press("u")
    app.close_backend()


async def test_what_fails_for_one_unit_does_not_end_typing_to_another(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    typed: list[str] = []

    def type_keys(worker: Worker, strokes: list[Stroke]) -> None:
        if worker.name == "falcon-1":
            gate.wait(10)
            raise OrderRefused("falcon-1 has ended.", "Look.")
        typed.extend(stroke.text for stroke in strokes)

    async with play("skirmish") as commander:
        monkeypatch.setattr(commander.backend, "type_keys", type_keys)
        await commander.pilot.press("1", "i", "a", "ctrl+q", "2", "i", "b", "c")
        gate.set()
        await commander.rest()

        assert typed == ["b", "c"]
        assert commander.battle.frame.is_typing
        await commander.press("ctrl+q")
