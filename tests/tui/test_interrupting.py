"""What was asked for a moment ago, or asked by an agent, does not come between two keys."""

import asyncio
import threading
from dataclasses import replace

import pytest

from rts.tui.screens.ask import AskLine
from rts.tui.screens.review import ReviewScreen
from rts.world.dialogs import wants_permission
from rts.world.evidence import Activity, Source
from rts.world.nouns import Worker
from tests.tui.commander import Commander, Play


def hold_back(commander: Commander, monkeypatch: pytest.MonkeyPatch, name: str) -> threading.Event:
    may_answer = threading.Event()
    answer = getattr(commander.backend, name)

    def wait(*words: object) -> object:
        may_answer.wait(10)
        return answer(*words)

    monkeypatch.setattr(commander.backend, name, wait)
    return may_answer


async def settle(commander: Commander) -> None:
    while commander.app.doing:
        await asyncio.sleep(0.01)
    await commander.rest()


async def test_a_letter_of_a_line_does_not_answer_whether_to_dismiss(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with play("skirmish") as commander:
        may_answer = hold_back(commander, monkeypatch, "what_is_kept")
        await commander.pilot.press("3", "x", "t", "r", "e")
        may_answer.set()
        await settle(commander)

        assert isinstance(commander.app.screen, AskLine)
        await commander.press("y")

        assert not [order for order in commander.orders if order[0] == "dismiss"]
        assert "heron-1 is not dismissed" in " ".join(commander.toasts)


@pytest.mark.parametrize("key", ["n", "i"])
async def test_a_review_does_not_lie_over_what_is_being_typed(
    play: Play, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    async with play("skirmish") as commander:
        may_answer = hold_back(commander, monkeypatch, "read_review")
        await commander.pilot.press("3", "d", key)
        may_answer.set()
        await settle(commander)

        assert not isinstance(commander.app.screen, ReviewScreen)
        assert "the review of heron-1 is not shown" in " ".join(commander.toasts)


async def find_asking(commander: Commander) -> Worker:
    world = commander.backend.world
    asking = next(w for w in world.workers if wants_permission(world.judgement_of(w)))
    commander.battle.select(asking.id)
    await commander.rest()
    return asking


async def test_words_for_one_question_do_not_answer_the_next(play: Play) -> None:
    async with play("trouble") as commander:
        asking = await find_asking(commander)
        await commander.press("t")
        world = commander.backend.world
        judgement = world.judgement_of(asking)
        counted = tuple(
            replace(piece, detail='{"request": "another"}')
            if piece.source is Source.LEVEL or piece.kind == "PermissionRequest"
            else piece
            for piece in judgement.counted
        )
        another = replace(judgement, reason="wants to run: rm -rf data", counted=counted)
        judgements = {**world.judgement_by_worker, asking.id: another}
        commander.backend.world = replace(world, judgement_by_worker=judgements)
        await commander.write("use the other branch")

        assert not [order for order in commander.orders if order[0] in ("answer", "tell")]
        assert f"{asking.name} asks something else" in " ".join(commander.toasts)


async def test_a_yes_to_what_is_asked_no_more_says_yes_to_nothing(play: Play) -> None:
    async with play("trouble") as commander:
        asking = await find_asking(commander)
        world = commander.backend.world
        busy = next(
            j for j in map(world.judgement_of, world.workers) if j.activity is Activity.BUSY
        )
        judgements = {**world.judgement_by_worker, asking.id: busy}
        commander.backend.world = replace(world, judgement_by_worker=judgements)
        await commander.press("y")

        assert not [order for order in commander.orders if order[0] == "answer"]
