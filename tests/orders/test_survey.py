"""Surveying: real worktrees of real workers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rts.adapters.git.command import git
from rts.adapters.git.worktrees import add_worktree, commit_of, remove_worktree
from rts.orders import survey as surveying
from rts.orders.projects import open_project, worktree_path
from rts.orders.survey import KEPT_FOR, Surveyor, survey
from tests.making import a_hook, a_ticket, a_worker, an_event


@pytest.fixture
def project(game, repository):
    return open_project(game, repository)


@pytest.fixture
def hire(game, project, repository):
    """Enter a worker with a worktree of its own; no agent runs in it."""

    def hire(number):
        ticket = a_ticket(number, project_id=project.id)
        worker = replace(
            a_worker(f"falcon-{number}", ticket=ticket, cell_index=number),
            project_id=project.id,
            host=game.host,
            base_commit=commit_of(repository),
        )
        path = worktree_path(project, worker)
        add_worktree(repository, path, worker.branch, "HEAD", worker.name)
        happened = an_event("worker_spawned", project_id=project.id, worker_id=worker.id)
        game.store.record(happened, ticket, worker)
        return worker, path

    return hire


def commit_all(path):
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "-m", "more")


def paths_of(footprint):
    assert footprint is not None
    return sorted(file.path for file in footprint.files)


def test_each_worker_has_a_footprint_and_the_repository_its_folders(game, project, hire):
    one, path = hire(1)
    two, _ = hire(2)
    (path / "new.py").write_text("x\n")

    found = survey(game, project)

    assert paths_of(found.footprint_of(one.id)) == ["new.py"]
    assert paths_of(found.footprint_of(two.id)) == []
    assert list(found.size_by_folder) == [""]
    assert found.collisions == ()


def test_outside_of_a_project_there_is_nothing_to_survey(game):
    found = survey(game, None)

    assert found.surveyed_at is not None
    assert found.size_by_folder == {}


def test_two_who_change_the_same_line_are_in_each_others_way(game, project, hire):
    (one, path), (two, other) = hire(1), hire(2)
    (path / "shop.py").write_text("def total(prices):\n    return 1\n")
    (other / "shop.py").write_text("def total(prices):\n    return 2\n")

    (collision,) = survey(game, project).collisions

    assert (collision.path, collision.is_conflict) == ("shop.py", True)
    assert collision.worker_ids == (one.id, two.id)


def test_two_who_change_the_same_file_alike_only_meet(game, project, hire):
    for _, path in (hire(1), hire(2)):
        (path / "notes.md").write_text("the same\n")

    (collision,) = survey(game, project).collisions

    assert not collision.is_conflict


def test_a_conflict_that_was_mended_is_gone_at_the_next_look(game, project, hire):
    surveyor = Surveyor()
    (one, path), (_, other) = hire(1), hire(2)
    (path / "shop.py").write_text("def total(prices):\n    return 1\n")
    (other / "shop.py").write_text("def total(prices):\n    return 2\n")
    assert surveyor.survey(game, project).collisions[0].is_conflict

    git(path, "checkout", "--", "shop.py")
    tell_of(game, one)

    assert surveyor.survey(game, project).collisions == ()


def tell_of(game, worker):
    """Let the store hear of a worker, as a hook would."""
    game.store.note_down([replace(a_hook("PostToolUse", at=game.now()), worker_id=worker.id)])


def test_a_silent_worktree_is_not_looked_at_again_at_once(game, project, hire, monkeypatch):
    surveyor = Surveyor()
    worker, path = hire(1)
    tell_of(game, worker)
    surveyor.survey(game, project)
    (path / "new.py").write_text("x\n")

    assert paths_of(surveyor.survey(game, project).footprint_of(worker.id)) == []
    later = replace(game, now=lambda: game.now() + KEPT_FOR + timedelta(seconds=1))
    assert paths_of(surveyor.survey(later, project).footprint_of(worker.id)) == ["new.py"]


def test_a_worker_that_was_heard_of_or_committed_is_looked_at_again(game, project, hire):
    surveyor = Surveyor()
    (one, path), (two, other) = hire(1), hire(2)
    surveyor.survey(game, project)
    (path / "new.py").write_text("x\n")
    (other / "other.py").write_text("x\n")
    tell_of(game, one)
    commit_all(other)

    found = surveyor.survey(game, project)

    assert paths_of(found.footprint_of(one.id)) == ["new.py"]
    assert paths_of(found.footprint_of(two.id)) == ["other.py"]


def test_nothing_is_tried_again_while_nothing_changed(game, project, hire, monkeypatch):
    surveyor = Surveyor()
    for number in (1, 2):
        (hire(number)[1] / "shop.py").write_text(f"{number}\n")
    first = surveyor.survey(game, project)
    monkeypatch.setattr(surveying, "take_snapshot", lambda *_: pytest.fail("tried again"))

    again = surveyor.survey(game, project)

    assert again.collisions == first.collisions
    assert again.size_by_folder is first.size_by_folder


def test_what_there_was_no_time_for_has_its_turn_in_the_next_survey(
    game, project, hire, monkeypatch
):
    monkeypatch.setattr(surveying, "TRIAL_COUNT_MAX", 1)
    surveyor = Surveyor()
    for number in (1, 2, 3):
        (hire(number)[1] / "shop.py").write_text(f"{number}\n")

    counts = [len(surveyor.survey(game, project).collisions[0].worker_ids) for _ in range(3)]

    assert counts == [2, 3, 3]


def test_a_worktree_that_is_gone_hides_nobody_else(game, project, repository, hire):
    (one, path), (two, other) = hire(1), hire(2)
    (other / "new.py").write_text("x\n")
    remove_worktree(repository, path)

    found = survey(game, project)

    assert found.footprint_of(one.id) is None
    assert paths_of(found.footprint_of(two.id)) == ["new.py"]
