"""What was read for an order may be old when it is carried out: others give orders meanwhile."""

from dataclasses import replace
from pathlib import Path

import pytest

from rts.errors import OrderRefused, OutsideFailed
from rts.orders import rally as rally_orders
from rts.orders import unspawn as unspawn_orders
from rts.orders.dismiss import dismiss
from rts.orders.merge import merge
from rts.orders.projects import open_project, worktree_path
from rts.orders.rally import set_rally
from rts.orders.review import open_pull_request
from rts.orders.spawn import spawn
from rts.orders.tickets import file_ticket
from rts.orders.unspawn import unspawn
from rts.world.nouns import Event, Rally
from tests.orders.test_landing import work


@pytest.fixture
def project(game, repository):
    return open_project(game, repository)


@pytest.fixture
def worker(game, project):
    return spawn(game, project, file_ticket(game, project, "Retry payments"), "generic")


def test_a_merge_lands_the_pull_request_that_was_seen_and_no_newer_one(game, project, worker):
    work(project, worker)
    seen = open_pull_request(game, worker)
    work(project, worker, "unread.txt", "nobody read this\n")
    newer = open_pull_request(game, worker)

    with pytest.raises(OrderRefused, match="has changed since it was asked") as refused:
        merge(game, worker, seen)

    assert "d" in refused.value.hint
    assert not (Path(project.root) / "unread.txt").exists()
    merge(game, worker, newer)
    assert (Path(project.root) / "unread.txt").exists()


def test_a_rally_point_does_not_bring_a_dismissed_unit_back(game, worker, monkeypatch):
    monkeypatch.setattr(rally_orders, "ensure_watch", lambda game: dismiss(game, worker))

    with pytest.raises(OrderRefused, match="was dismissed"):
        set_rally(game, worker, Rally.PULL_REQUEST)

    assert game.store.living_workers(None) == []
    assert game.store.select(Event, "kind = 'rally_set'") == []


def test_a_conversation_that_is_heard_late_does_not_bring_a_dismissed_unit_back(
    game, worker, monkeypatch
):
    monkeypatch.setattr(game.store, "worker", lambda worker_id: worker)
    game.store.note_down([replace(worker, dismissed_at=game.now())])

    game.store.follow_conversation(worker, "another")

    assert game.store.living_workers(None) == []


def test_a_rally_point_leaves_what_others_wrote_meanwhile(game, worker, monkeypatch):
    def follow(game):
        game.store.follow_conversation(worker, "another")

    monkeypatch.setattr(rally_orders, "ensure_watch", follow)

    changed = set_rally(game, worker, Rally.PULL_REQUEST)

    assert (changed.conversation_id, changed.rally) == ("another", Rally.PULL_REQUEST)


def test_a_spawn_is_taken_back_in_the_same_claim_that_looked_for_changes(
    game, project, worker, monkeypatch
):
    asked = []

    def look_twice(path):
        with pytest.raises(OutsideFailed) as refused:
            open_at_once()
        asked.append(refused.value)
        return False

    def open_at_once():
        monkeypatch.setattr("rts.adapters.process.LOCK_TIMEOUT_S", 0.1)
        open_pull_request(game, worker)

    monkeypatch.setattr(unspawn_orders, "has_unsaved_work", look_twice)

    unspawn(game, worker)

    assert "Another order is at work" in str(asked[0])
    assert not worktree_path(project, worker).exists()
