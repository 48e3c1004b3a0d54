from collections import Counter
from itertools import combinations

import pytest

from rts.demo.tickets import DemoTicket, read_backlog
from rts.drill.scenario import find_scenario
from rts.drill.steps import (
    Ask,
    Commit,
    Edit,
    Fail,
    Permission,
    PullRequestStep,
    Say,
    Step,
    Think,
    Write,
)
from rts.world.nouns import TicketKind

BACKLOG = read_backlog()


def steps_of(ticket: DemoTicket) -> tuple[Step, ...]:
    scenario = find_scenario(ticket.body)
    assert scenario is not None
    return (*scenario.steps, *scenario.on_tell)


def files_of(ticket: DemoTicket) -> set[str]:
    return {step.path for step in steps_of(ticket) if isinstance(step, Write | Edit)}


def count(kind: type) -> int:
    return sum(any(isinstance(step, kind) for step in steps_of(ticket)) for ticket in BACKLOG)


def test_there_are_six_tickets_of_every_kind():
    assert Counter(ticket.kind for ticket in BACKLOG) == {
        TicketKind.FEATURE: 2,
        TicketKind.BUG: 2,
        TicketKind.CHORE: 1,
        TicketKind.RESEARCH: 1,
    }


def test_one_asks_one_wants_a_permission_one_fails_and_the_others_hand_in():
    assert (count(Ask), count(Permission), count(Fail), count(PullRequestStep)) == (1, 1, 1, 5)


@pytest.mark.parametrize("ticket", BACKLOG, ids=lambda ticket: ticket.title)
def test_each_acts_ten_to_twenty_times(ticket: DemoTicket):
    scenario = find_scenario(ticket.body)
    assert scenario is not None
    acts = [step for step in scenario.steps if not isinstance(step, Say | Think | Ask | Fail)]

    assert 10 <= len(acts) <= 20


@pytest.mark.parametrize(("one", "other"), combinations(BACKLOG, 2), ids=lambda t: t.title[:12])
def test_no_two_touch_the_same_file_so_that_merges_never_conflict(
    one: DemoTicket, other: DemoTicket
):
    assert not files_of(one) & files_of(other)


def test_whoever_hands_in_also_takes_a_correction():
    for ticket in BACKLOG:
        scenario = find_scenario(ticket.body)
        assert scenario is not None
        if any(isinstance(step, PullRequestStep) for step in scenario.steps):
            assert any(isinstance(step, Commit) for step in scenario.on_tell)
            assert any(isinstance(step, PullRequestStep) for step in scenario.on_tell)
