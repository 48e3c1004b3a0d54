"""Workers as the minimap shows them, and the world they stand in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rts.world.apm import rate
from rts.world.evidence import Activity, Judgement
from rts.world.nouns import Check, PullRequestState
from rts.world.units import place_units, short_time
from rts.world.world import World
from tests.making import NOON, a_pull_request, a_ticket, a_worker, ago

TICKET = a_ticket()


def world_of(worker, activity, pull_requests=()):
    return World(
        tickets=(TICKET,),
        workers=(worker,),
        pull_requests=tuple(pull_requests),
        judgement_by_worker={worker.id: Judgement(activity, "because", ago(minutes=6))},
        tempo_by_worker={worker.id: rate({"1m": 4}, {})},
    )


def unit_of(worker, activity, *pull_requests):
    return place_units(world_of(worker, activity, pull_requests), 3, NOON)[0]


def test_a_unit_keeps_its_cell_when_another_leaves():
    stays = a_worker("otter-1", cell_index=4)

    unit = unit_of(stays, Activity.BUSY)

    assert (unit.cell, unit.number, unit.apm) == ((1, 1), 5, 4)


@pytest.mark.parametrize(
    ("activity", "mark", "words", "needs"),
    [
        (Activity.BUSY, "", "", False),
        (Activity.ASKING, "!", "asks 6m", True),
        (Activity.BLOCKED, "!", "blocked 6m", True),
        (Activity.STALLED, "~", "stalled 6m", True),
        (Activity.GONE, "✕", "gone 6m", True),
        (Activity.DONE, "", "done", False),
        (Activity.NO_SIGNAL, "?", "no-signal 6m", False),
    ],
    ids=str,
)
def test_each_activity_has_a_mark_and_words_beside_its_colour(activity, mark, words, needs):
    unit = unit_of(a_worker(), activity)

    assert (unit.mark, unit.words, unit.needs_commander) == (mark, words, needs)


def test_a_done_worker_with_an_open_pull_request_is_ready_and_needs_the_commander():
    worker = a_worker()

    unit = unit_of(worker, Activity.DONE, a_pull_request(worker))

    assert (unit.mark, unit.words, unit.needs_commander) == ("✓", "ready", True)


def test_a_pull_request_whose_tests_fail_is_not_ready_and_says_so():
    worker = a_worker()
    check = Check("c", worker.id, "tests", "make", "1" * 40, False, "1 failed", "", 0.1, NOON)
    world = replace(world_of(worker, Activity.DONE, [a_pull_request(worker)]), checks=(check,))

    unit = place_units(world, 3, NOON)[0]

    assert (unit.mark, unit.words, unit.is_ready) == ("✕", "tests fail", False)
    assert unit.needs_commander


def test_an_agent_that_ended_after_handing_in_leaves_ready_work():
    worker = a_worker()

    assert unit_of(worker, Activity.GONE, a_pull_request(worker)).words == "ready"


def test_a_worker_that_could_not_hand_in_needs_the_commander():
    worker = a_worker()
    world = replace(world_of(worker, Activity.DONE), refusal_by_worker={worker.id: "no commit"})

    unit = place_units(world, 3, NOON)[0]

    assert (unit.words, unit.needs_commander) == ("not handed in", True)


def test_a_landed_worker_that_asks_is_seen_asking():
    worker = a_worker()

    unit = unit_of(worker, Activity.ASKING, a_pull_request(worker, state=PullRequestState.MERGED))

    assert (unit.words, unit.needs_commander) == ("asks 6m", True)


def test_a_landed_worker_needs_nobody_even_when_its_agent_ended():
    worker = a_worker()

    unit = unit_of(worker, Activity.GONE, a_pull_request(worker, state=PullRequestState.MERGED))

    assert (unit.words, unit.needs_commander) == ("landed", False)


def test_a_ticket_with_a_worker_is_not_offered_again():
    free = a_ticket(8)
    world = World(tickets=(TICKET, free), workers=(a_worker(),))

    assert world.open_tickets() == (free,)


@pytest.mark.parametrize(
    ("seconds", "words"), [(-5, "0s"), (59, "59s"), (60, "1m"), (7199, "1h"), (200_000, "2d")]
)
def test_a_short_time_is_one_number_and_one_letter(seconds, words):
    assert short_time(timedelta(seconds=seconds)) == words
