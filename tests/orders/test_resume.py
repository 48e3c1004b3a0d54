"""Resuming: with the recorded conversation or not at all, once, and never for ever."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from rts.errors import OrderRefused, RtsError
from rts.orders.look import judge_one
from rts.orders.pause import pause
from rts.orders.projects import open_project
from rts.orders.resume import count_short_lives, recover, resume, was_lost
from rts.orders.spawn import spawn
from rts.orders.tickets import file_ticket
from rts.world.evidence import Activity, Evidence, Judgement, Source
from tests.making import NOON, a_pane


@pytest.fixture
def worker(game, repository):
    project = open_project(game, repository)
    return spawn(game, project, file_ticket(game, project, "Do it"), "generic")


def gone(*pieces):
    return Judgement(Activity.GONE, "exit 137", NOON, pieces, pieces)


def starts(count):
    return Evidence("id-of-falcon-1", Source.PROCESS, "starts", NOON, str(count))


def test_a_living_worker_is_not_started_a_second_time(game, worker):
    with pytest.raises(OrderRefused, match="lives"):
        resume(game, worker)


def test_a_program_that_cannot_resume_says_how_to_begin_anew(game, worker):
    pause(game, worker)

    with pytest.raises(OrderRefused, match="cannot take up a conversation") as refused:
        resume(game, worker)

    assert refused.value.hint.endswith(f"rts resume {worker.name} --fresh")
    assert judge_one(game, worker).activity is Activity.PAUSED


def test_a_fresh_start_has_a_new_conversation_and_a_living_agent(game, worker):
    pause(game, worker)

    started = resume(game, worker, is_fresh=True)

    assert game.store.worker(worker.id) == started
    assert started.conversation_id != worker.conversation_id
    assert judge_one(game, started).activity not in (Activity.PAUSED, Activity.GONE)
    assert game.store.count("worker_resumed") == 1


def test_a_fresh_start_takes_no_words(game, worker):
    pause(game, worker)

    with pytest.raises(OrderRefused, match="begins with the brief"):
        resume(game, worker, "go on", is_fresh=True)


def test_two_resumes_at_once_start_one_agent(game, worker):
    pause(game, worker)

    def try_resume(_):
        try:
            return resume(game, worker, is_fresh=True)
        except RtsError as error:
            return error

    with ThreadPoolExecutor(2) as both:
        outcomes = list(both.map(try_resume, range(2)))

    assert sum(isinstance(outcome, OrderRefused) for outcome in outcomes) == 1
    assert game.store.count("worker_resumed") == 1


@pytest.mark.parametrize(
    ("pane", "is_lost"),
    [
        (a_pane("missing"), True),
        (a_pane("dead", detail='{"exit_code": 137}'), True),
        (a_pane("dead", detail='{"exit_code": null}'), True),
        (a_pane("dead", detail='{"exit_code": 1}'), False),
        (a_pane("failed"), False),
    ],
    ids=["missing", "killed", "unknown", "ended by itself", "never started"],
)
def test_only_who_was_ended_by_something_else_is_recovered(pane, is_lost):
    assert was_lost(gone(pane)) is is_lost
    assert not was_lost(replace(gone(pane), activity=Activity.PAUSED))


@pytest.mark.parametrize(
    ("age", "before", "count"),
    [(2, 0, 1), (2, 1, 2), (60, 1, 0)],
    ids=["once", "twice", "a long life in between"],
)
def test_short_lives_in_a_row_are_counted(age, before, count):
    judgement = gone(a_pane("dead", NOON), starts(before))

    assert count_short_lives(NOON - timedelta(seconds=age), judgement) == count


def test_recover_says_of_each_why_it_could_not_be_resumed(game, worker):
    game.tmux.end_session(worker.session_name)

    (recovery,) = recover(game)

    assert recovery.error is not None
    assert "cannot take up" in recovery.error.what
    assert game.store.count("recovery_failed") == 1


def test_recover_leaves_who_ends_at_once_again_and_again(game, worker):
    game.tmux.end_session(worker.session_name)
    ended = a_pane("missing", game.now())
    game.store.note_down(
        [replace(ended, worker_id=worker.id), replace(starts(1), worker_id=worker.id)]
    )

    (recovery,) = recover(game)

    assert recovery.error is not None
    assert "ended at once 2 times in a row" in recovery.error.what
    assert f"rts resume {worker.name}" in recovery.error.hint


def test_recover_leaves_paused_workers_alone(game, worker):
    pause(game, worker)

    assert recover(game) == []
    assert judge_one(game, worker).activity is Activity.PAUSED
