"""The rally point as an order: set once, the next ticket taken exactly once; a spawn taken back."""

from dataclasses import replace

import pytest

from rts.adapters.git.command import git
from rts.errors import OrderRefused
from rts.orders import rally as rally_orders
from rts.orders.dismiss import dismiss
from rts.orders.projects import open_project
from rts.orders.queue import queued_of, withdraw_one
from rts.orders.rally import find_step, propose, set_rally, take_next
from rts.orders.spawn import spawn
from rts.orders.tickets import file_ticket
from rts.orders.unspawn import unspawn
from rts.world.nouns import Event, QueuedTell, Rally, TicketStatus
from rts.world.rally import Step
from tests.making import a_project, a_ticket, a_worker, an_event
from tests.waiting import wait_until

WAITS = """\
```drill
step = [{ do = "run", command = "while [ ! -e go ]; do sleep 0.05; done" }]
```
"""


@pytest.fixture
def project(game, repository):
    return open_project(game, repository)


@pytest.fixture
def hired(game, project):
    """A drill worker that waits for a file `go`."""
    return spawn(game, project, file_ticket(game, project, "Do it", WAITS), "drill")


@pytest.fixture
def worker(game, room):
    """A worker of whom only the store knows."""
    entered = replace(a_worker(), spawned_at=game.now(), started_at=game.now())
    game.store.record(an_event(project_id="p1"), a_project(root=str(room)), a_ticket(), entered)
    return entered


def kinds(game):
    return [event.kind for event in game.store.select(Event, "1 ORDER BY id")]


def test_a_rally_point_is_kept_told_and_set_only_once(game, worker):
    changed = set_rally(game, worker, Rally.PULL_REQUEST)
    set_rally(game, worker, Rally.PULL_REQUEST)

    assert game.store.worker(worker.id) == changed
    assert changed.rally is Rally.PULL_REQUEST
    told = game.store.select(Event, "kind = 'rally_set'")
    assert [e.text for e in told] == ["falcon-1 will open a pull request when it is done"]


def test_who_is_being_spawned_or_put_away_has_no_rally_point(game, worker):
    game.store.note_down([replace(worker, started_at=None)])
    with pytest.raises(OrderRefused, match="still being spawned"):
        set_rally(game, worker, Rally.NEXT_TICKET)

    game.store.note_down([replace(worker, dismissed_at=game.now())])
    with pytest.raises(OrderRefused, match="was dismissed"):
        set_rally(game, worker, Rally.NEXT_TICKET)


def test_the_next_ticket_is_taken_once_and_the_new_worker_inherits_the_rally(game, project, hired):
    file_ticket(game, project, "The next one", WAITS)
    file_ticket(game, project, "The one after", WAITS)
    armed = set_rally(game, hired, Rally.NEXT_TICKET)

    second = take_next(game, armed)

    assert second is not None
    assert game.store.ticket(second.ticket_id).title == "The next one"
    assert (second.agent, second.rally) == ("drill", Rally.NEXT_TICKET)
    assert take_next(game, armed) is None  # although it was read before
    assert len(game.store.living_workers(project)) == 2


def test_whoever_is_killed_before_the_spawn_spawns_nothing_twice(game, project, hired, monkeypatch):
    file_ticket(game, project, "The next one", WAITS)
    armed = set_rally(game, hired, Rally.NEXT_TICKET)

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(rally_orders, "spawn", die)
    with pytest.raises(KeyboardInterrupt):
        take_next(game, armed)
    monkeypatch.undo()

    assert take_next(game, armed) is None
    assert kinds(game).count("next_ticket_taken") == 1
    assert len(game.store.living_workers(project)) == 1


def test_a_spawn_that_fails_is_told_and_not_tried_again(game, project, hired, monkeypatch):
    file_ticket(game, project, "The next one", WAITS)
    armed = set_rally(game, hired, Rally.NEXT_TICKET)

    def refuse(*_):
        raise OrderRefused("There is no agent.", "Install one.")

    monkeypatch.setattr(rally_orders, "spawn", refuse)
    assert take_next(game, armed) is None

    assert "nobody took #2. There is no agent." in game.store.select(Event)[-1].text


def test_without_an_open_ticket_the_rally_ends_and_says_so(game, project, hired):
    armed = set_rally(game, hired, Rally.NEXT_TICKET)

    assert take_next(game, armed) is None

    assert game.store.select(Event)[-1].text == f"{hired.name} is done, and no ticket is open"
    known = game.store.worker(hired.id)
    assert known is not None
    assert known.rally is Rally.STOP


def test_without_supply_the_rally_point_stands(game, project, hired):
    file_ticket(game, project, "The next one", WAITS)
    armed = set_rally(game, hired, Rally.NEXT_TICKET)
    full = replace(game, settings=replace(game.settings, supply_limit=1))

    with pytest.raises(OrderRefused, match="Supply is used up"):
        take_next(full, armed)

    assert take_next(game, armed) is not None


def test_a_refused_proposal_is_told_once(game, project, hired, repository):
    set_rally(game, hired, Rally.PULL_REQUEST)

    for _ in range(2):
        propose(game, hired)

    assert kinds(game).count("pull_request_refused") == 1


def test_what_was_committed_without_handing_in_is_proposed(game, project, repository):
    commits = (
        '```drill\nstep = [{ do = "write", path = "A.md", text = "a" },'
        ' { do = "commit", message = "Add a page" }, { do = "say", text = "Done." }]\n```\n'
    )
    hired = spawn(game, project, file_ticket(game, project, "Do it", commits), "drill")
    armed = set_rally(game, hired, Rally.PULL_REQUEST)
    wait_until(lambda: game.store.pull_request_of(armed), 30)  # by the watch

    assert find_step(game, armed) is Step.WAIT
    assert kinds(game).count("pull_request_opened") == 1


def test_a_spawn_that_changed_nothing_is_taken_back_with_its_branch(
    game, project, hired, repository
):
    unspawn(game, hired)

    assert game.store.living_workers(project) == []
    assert game.store.tickets(project)[0].status is TicketStatus.OPEN
    assert git(repository, "branch", "--list", hired.branch) == ""
    with pytest.raises(OrderRefused, match="was dismissed"):
        unspawn(game, hired)


def test_a_spawn_that_changed_something_is_not_taken_back(game, project, hired, repository):
    path = repository.parent / hired.worktree
    (path / "new.py").write_text("pass\n")
    with pytest.raises(OrderRefused, match="has changed files"):
        unspawn(game, hired)

    git(path, "add", ".")
    git(path, "commit", "--quiet", "-m", "more")
    with pytest.raises(OrderRefused, match="has committed work"):
        unspawn(game, hired)

    assert [w.id for w in game.store.living_workers(project)] == [hired.id]
    dismiss(game, hired)


def test_one_queued_line_is_withdrawn_and_the_others_wait(game, worker):
    first, second = (QueuedTell(word, worker.id, word, game.now()) for word in ("first", "second"))
    game.store.note_down([first, second])

    withdraw_one(game, worker, second)

    assert queued_of(game, worker) == [first]
    with pytest.raises(OrderRefused, match="“second” waits no more"):
        withdraw_one(game, worker, second)
