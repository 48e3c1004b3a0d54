"""Queued messages: in order, one at a time, told once or given up with a reason."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from rts.errors import OrderRefused
from rts.orders import queue
from rts.orders import tell as telling
from rts.orders.dismiss import dismiss
from rts.orders.look import look
from rts.orders.projects import open_project
from rts.orders.queue import (
    BEING_TYPED,
    Delivery,
    deliver_queued,
    end_queued,
    queue_tell,
    queued_of,
    tell_or_queue,
    withdraw,
)
from rts.orders.spawn import spawn
from rts.orders.tickets import file_ticket
from rts.watch.messenger import TRIES_MAX, Messenger
from rts.world.evidence import Activity
from rts.world.nouns import Event, QueuedTell
from tests.making import a_hook, a_project, a_ticket, a_worker, an_event
from tests.waiting import wait_until

SLOW = """\
```drill
step = [{ do = "run", command = "while [ ! -e go ]; do sleep 0.05; done" }]
on_tell = [{ do = "say", text = "Heard." }]
```
"""


@pytest.fixture
def worker(game, room):
    """A drill worker in whose session `cat` shows what is typed."""
    entered = replace(a_worker(), spawned_at=game.now(), started_at=game.now())
    game.store.record(an_event(project_id="p1"), a_project(root=str(room)), a_ticket(), entered)
    game.tmux.start_session(entered.session_name, room, "exec cat", {}, "#7")
    return entered


def says(game, worker, hook, value="", **detail):
    piece = replace(a_hook(hook, value, detail=json.dumps(detail)), at=game.now())
    game.store.note_down([replace(piece, worker_id=worker.id)])


def waiting(game, worker, text="hello", outcome=""):
    queued = QueuedTell("q1", worker.id, text, game.now() - timedelta(seconds=1), outcome=outcome)
    game.store.note_down([queued])
    return queued


def stored(game):
    return game.store.select(QueuedTell)[0]


def test_what_is_queued_for_a_busy_worker_is_told_in_order_when_it_is_idle(game, repository):
    project = open_project(game, repository)
    hired = spawn(game, project, file_ticket(game, project, "Do it", SLOW), "drill")
    wait_until(lambda: look(game, project).judgement_of(hired).reason.startswith("runs"))

    assert tell_or_queue(game, hired, "first") is not None
    queue_tell(game, hired, "second")
    assert look(game, project).queued_by_worker == {hired.id: 2}
    (repository.parent / "shop.rts" / hired.name / "go").touch()

    wait_until(lambda: queued_of(game, hired) == [], 30)
    assert game.store.told_texts(hired) == ["first", "second"]
    assert [q.outcome for q in game.store.select(QueuedTell, "1 ORDER BY queued_at")] == [
        "told",
        "told",
    ]


def test_a_message_that_was_taken_before_the_watch_was_killed_is_not_told_again(game, worker):
    queued = waiting(game, worker, outcome=BEING_TYPED)
    says(game, worker, "UserPromptSubmit", prompt="hello")
    says(game, worker, "Stop", "Ready.")

    assert deliver_queued(game, worker, queued, is_last_try=False) is Delivery.OVER

    assert stored(game).outcome == "told"
    assert "hello" not in game.tmux.capture(worker.session_name)


def test_a_message_that_may_have_been_typed_is_only_submitted(game, worker, monkeypatch):
    monkeypatch.setattr(telling, "SUBMIT_TIMEOUT_S", 0.3)
    queued = waiting(game, worker, outcome=BEING_TYPED)
    says(game, worker, "Stop", "Ready.")

    assert deliver_queued(game, worker, queued, is_last_try=False) is Delivery.FAILED
    assert "hello" not in game.tmux.capture(worker.session_name)
    assert deliver_queued(game, worker, queued, is_last_try=True) is Delivery.OVER

    assert "has not said that it took" in stored(game).outcome
    assert game.store.count("tell_failed") == 1


def test_the_watch_gives_a_message_up_after_two_tries(game, worker, monkeypatch):
    monkeypatch.setattr(telling, "SUBMIT_TIMEOUT_S", 0.3)
    waiting(game, worker)
    says(game, worker, "Stop", "Ready.")

    with closing(Messenger(game)) as messenger:

        def look_again():
            messenger.look([worker], {worker.id: Activity.DONE})
            return stored(game).ended_at

        wait_until(look_again)

    assert TRIES_MAX == 2
    assert game.tmux.capture(worker.session_name).split().count("hello") == 2  # typed, repeated
    assert game.store.count("tell_failed") == 1


@pytest.mark.parametrize(
    ("hook", "detail"),
    [("UserPromptSubmit", {"prompt": "x"}), ("PermissionRequest", {"is_question": True})],
    ids=["busy", "a list to choose from"],
)
def test_nothing_is_typed_to_a_worker_that_is_not_idle(game, worker, hook, detail):
    queued = waiting(game, worker)
    says(game, worker, hook, **detail)

    assert deliver_queued(game, worker, queued, is_last_try=True) is Delivery.WAITS

    assert stored(game) == queued


def test_what_waits_can_be_withdrawn(game, worker):
    waiting(game, worker)

    assert withdraw(game, worker) == 1

    assert stored(game).outcome == "withdrawn"
    with pytest.raises(OrderRefused, match="Nothing waits"):
        withdraw(game, worker)


def test_what_was_withdrawn_while_the_watch_waited_for_the_pane_is_not_told(game, worker):
    says(game, worker, "Stop", "Ready.")
    taken = waiting(game, worker)
    with ThreadPoolExecutor(1) as watch:
        with telling.pane_lock(game, worker):
            told = watch.submit(deliver_queued, game, worker, taken, is_last_try=False)
            game.store.note_down([*end_queued(game, worker)])

        assert told.result() is Delivery.OVER

    assert stored(game).outcome == "withdrawn"
    assert "hello" not in game.tmux.capture(worker.session_name)


def test_a_dismissal_during_a_try_is_not_undone_when_the_worker_refuses(game, worker, monkeypatch):
    queued = waiting(game, worker)
    says(game, worker, "Stop", "Ready.")

    def refuse(*_, **__):
        game.store.note_down(end_queued(game, worker))
        raise OrderRefused("It has become busy.", "")

    monkeypatch.setattr(queue, "deliver", refuse)
    deliver_queued(game, worker, queued, is_last_try=False)

    assert stored(game).outcome == "withdrawn"
    assert game.store.count("tell_failed") == 0


def test_a_try_that_a_bug_breaks_off_counts(game, worker, monkeypatch):
    def break_off(*_, **__):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(queue, "deliver", break_off)
    waiting(game, worker)
    says(game, worker, "Stop", "Ready.")

    with closing(Messenger(game)) as messenger:

        def look_again():
            messenger.look([worker], {worker.id: Activity.DONE})
            return stored(game).ended_at

        wait_until(look_again)

    assert "ZeroDivisionError" in stored(game).outcome
    assert game.store.count("tell_failed") == 1


def test_a_dismissal_withdraws_what_waits(game, repository):
    project = open_project(game, repository)
    hired = spawn(game, project, file_ticket(game, project, "Do it", SLOW), "drill")
    queue_tell(game, hired, "hello")

    dismiss(game, hired)

    assert stored(game).outcome == "withdrawn"
    assert game.store.select(Event, "kind = 'tell_queued'")


def test_nothing_is_queued_for_a_program_that_never_says_that_it_is_idle(game, repository):
    project = open_project(game, repository)
    hired = spawn(game, project, file_ticket(game, project, "Do it"), "generic")

    with pytest.raises(OrderRefused, match="neither when it is idle"):
        queue_tell(game, hired, "hello")
