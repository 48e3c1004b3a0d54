"""What a rally point asks for, decided from facts."""

from dataclasses import replace

import pytest

from rts.world.evidence import Activity, Judgement
from rts.world.judge import CUT
from rts.world.nouns import PullRequestState, Rally, TicketStatus
from rts.world.rally import (
    Ended,
    Step,
    choose_next_ticket,
    choose_step,
    next_rally,
    say_rally,
)
from tests.making import NOON, a_pull_request, a_ticket, a_worker

WORKER = a_worker()
OPEN = a_pull_request(WORKER)
MERGED = replace(OPEN, state=PullRequestState.MERGED)
DONE = Judgement(Activity.DONE, "finished its turn", NOON)
COMMITTED = Ended(Rally.NEXT_TICKET, DONE, 0, 1, "1" * 40, False, None, False)


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, Step.PROPOSE),
        ({"rally": Rally.PULL_REQUEST}, Step.PROPOSE),
        ({"rally": Rally.STOP}, Step.WAIT),
        ({"commit_count": 0}, Step.WAIT),
        ({"has_written": True}, Step.WAIT),
        ({"queued_count": 1}, Step.WAIT),
        ({"pull_request": OPEN}, Step.NEXT),
        ({"pull_request": OPEN, "rally": Rally.PULL_REQUEST}, Step.WAIT),
        ({"pull_request": OPEN, "head_commit": "2" * 40}, Step.PROPOSE),
        ({"pull_request": OPEN, "fails_tests": True}, Step.WAIT),
        ({"pull_request": MERGED}, Step.NEXT),
        ({"pull_request": MERGED, "rally": Rally.PULL_REQUEST}, Step.WAIT),
    ],
)
def test_what_is_done_for_a_worker_that_finished_its_turn(changes, step):
    assert choose_step(replace(COMMITTED, **changes)) is step


@pytest.mark.parametrize(
    "judgement",
    [
        Judgement(Activity.DONE, "was interrupted", NOON),
        Judgement(Activity.DONE, CUT, NOON),
        Judgement(Activity.BUSY, "thinks", NOON),
        Judgement(Activity.ASKING, "asks: which port?", NOON),
        Judgement(Activity.PAUSED, "paused by you", NOON),
        Judgement(Activity.GONE, "exit 1", NOON),
    ],
    ids=lambda judgement: judgement.reason,
)
def test_nothing_is_done_for_a_worker_that_did_not_end_its_turn_by_itself(judgement):
    assert choose_step(replace(COMMITTED, pull_request=OPEN, judgement=judgement)) is Step.WAIT


def test_the_next_ticket_is_the_open_one_with_the_lowest_number_that_nobody_has():
    tickets = [
        a_ticket(4),
        a_ticket(3),
        a_ticket(2),
        a_ticket(1, status=TicketStatus.IN_REVIEW),
    ]

    assert choose_next_ticket(tickets, [a_worker(ticket=a_ticket(2))]) == a_ticket(3)
    assert choose_next_ticket([a_ticket(2)], [a_worker(ticket=a_ticket(2))]) is None


def test_the_key_goes_round_and_each_point_can_be_said():
    points = [Rally.STOP]
    for _ in Rally:
        points.append(next_rally(points[-1]))

    assert points == [Rally.STOP, Rally.PULL_REQUEST, Rally.NEXT_TICKET, Rally.STOP]
    assert len({say_rally(rally) for rally in Rally}) == len(Rally)
