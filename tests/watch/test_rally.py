"""The watch carries rally points out, with the real drill agent and beside the beat."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rts import paths
from rts.errors import OrderRefused, OutsideFailed
from rts.orders.projects import open_project
from rts.orders.rally import set_rally
from rts.orders.spawn import spawn
from rts.orders.tickets import file_ticket
from rts.watch import marshal
from rts.watch.marshal import LOOK_AGAIN, SETTLE, Marshal
from rts.world.evidence import Activity
from rts.world.nouns import Event, PullRequest, Rally
from rts.world.rally import Step
from tests.making import a_worker
from tests.waiting import wait_until

COMMITS = """\
```drill
step = [
  { do = "run", command = "while [ ! -e ../../go ]; do sleep 0.05; done" },
  { do = "write", path = "PAGE.md", text = "A page.\\n" },
  { do = "commit", message = "Write a page" },
  { do = "say", text = "Done." },
]
```
"""
"""A worker that commits and forgets to hand in; it waits until its rally point is set."""

ARMED = replace(a_worker(), rally=Rally.NEXT_TICKET)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def steps(monkeypatch):
    """Let the rally point always ask for the next ticket; return what was taken."""
    taken: list[str] = []
    monkeypatch.setattr(marshal, "find_step", lambda *_: Step.NEXT)
    monkeypatch.setattr(marshal, "take_next", lambda _, worker: taken.append(worker.name))
    return taken


def look(errand: Marshal, worker, activity: Activity = Activity.DONE) -> None:
    errand.look([worker], {worker.id: activity})
    wait_until(lambda: all(job.done() for job in errand._running.values()))


def test_one_ticket_after_the_other_is_handed_in_and_taken(game, repository):
    project = open_project(game, repository)
    for title in ("First", "Second"):
        file_ticket(game, project, title, COMMITS)
    first = spawn(game, project, game.store.tickets(project)[0], "drill")
    set_rally(game, first, Rally.NEXT_TICKET)
    (repository.parent / "go").touch()

    wait_until(lambda: "rally_ended" in _kinds(game), 60, "the second was done, too")

    assert _kinds(game).count("pull_request_opened") == 2
    assert _kinds(game).count("next_ticket_taken") == 1
    assert len(game.store.living_workers(project)) == 2
    assert {p.title for p in game.store.select(PullRequest)} == {"First", "Second"}


def test_a_worker_that_stays_done_is_looked_at_now_and_then(game, steps):
    clock = Clock()
    with closing(Marshal(replace(game, now=clock))) as errand:

        def count_after(pause: timedelta, activity: Activity = Activity.DONE) -> int:
            clock.at += pause
            look(errand, ARMED, activity)
            return len(steps)

        assert count_after(SETTLE) == 0
        assert count_after(SETTLE) == 1
        assert count_after(SETTLE) == 1  # not due yet
        assert count_after(LOOK_AGAIN) == 2
        assert count_after(SETTLE, Activity.BUSY) == 2
        assert count_after(SETTLE) == 2
        assert count_after(SETTLE) == 3


def test_a_rally_point_that_the_key_only_passes_is_not_carried_out(game, steps):
    clock = Clock()
    with closing(Marshal(replace(game, now=clock))) as errand:
        for rally in (Rally.PULL_REQUEST, Rally.NEXT_TICKET, Rally.STOP, Rally.STOP):
            look(errand, replace(ARMED, rally=rally))
            clock.at += SETTLE - timedelta(seconds=1)

    assert steps == []


@pytest.mark.parametrize("activity", [a for a in Activity if a is not Activity.DONE])
def test_nothing_is_done_for_a_worker_that_is_not_done(game, steps, activity):
    clock = Clock()
    with closing(Marshal(replace(game, now=clock))) as errand:
        for _ in range(2):
            look(errand, ARMED, activity)
            clock.at += LOOK_AGAIN

    assert steps == []


def test_nothing_is_done_for_a_worker_that_is_to_stop(game, steps):
    clock = Clock()
    with closing(Marshal(replace(game, now=clock))) as errand:
        for _ in range(2):
            look(errand, a_worker())
            clock.at += LOOK_AGAIN

    assert steps == []


def test_why_a_rally_point_waits_is_told_once(game, steps, monkeypatch):
    def refuse(*_):
        raise OrderRefused("Supply is used up.", "Dismiss one.")

    monkeypatch.setattr(marshal, "take_next", refuse)
    clock = Clock()
    with closing(Marshal(replace(game, now=clock))) as errand:
        for _ in range(3):
            look(errand, ARMED)
            clock.at += 2 * LOOK_AGAIN

    told = game.store.select(Event, "kind = 'rally_waits'")
    assert [e.text for e in told] == ["falcon-1 is done, its rally point waits: Supply is used up."]


@pytest.mark.parametrize("error", [OutsideFailed("git is slow.", "Wait."), KeyError("a bug")])
def test_what_fails_outside_or_is_a_bug_is_logged(game, steps, monkeypatch, error):
    def fail(*_):
        raise error

    game.home.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(marshal, "find_step", fail)
    clock = Clock()
    with closing(Marshal(replace(game, now=clock))) as errand:
        look(errand, ARMED)
        clock.at += SETTLE
        look(errand, ARMED)

        wait_until(lambda: paths.log_path(game.home).exists())
        assert "rally" in paths.log_path(game.home).read_text()


def _kinds(game):
    return [event.kind for event in game.store.select(Event, "1 ORDER BY id")]
