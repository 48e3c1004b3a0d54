"""Two orders on one worker at once: real git, real locks, real threads."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from rts.adapters.git.command import git
from rts.errors import OrderRefused, RtsError
from rts.orders.dismiss import dismiss
from rts.orders.merge import merge
from rts.orders.projects import open_project, worktree_path
from rts.orders.review import open_pull_request
from rts.orders.spawn import spawn
from rts.orders.tickets import file_ticket
from rts.world.nouns import Event, PullRequestState, TicketStatus
from tests.waiting import wait_until


@pytest.fixture
def project(game, repository):
    slow = (
        "test ! -e slow || { touch began; while [ -e slow ]; do sleep 0.05; done; }; echo 1 passed"
    )
    (repository / ".rts.toml").write_text(f'test = "cd {repository}; {slow}"\n')
    (repository / ".gitignore").write_text("slow\nbegan\n")
    git(repository, "commit", "--quiet", "--all", "-m", "Slow tests")
    return open_project(game, repository)


@pytest.fixture
def worker(game, project):
    hired = spawn(game, project, file_ticket(game, project, "Do it"), "generic")
    commit(project, hired, "work.txt")
    open_pull_request(game, hired)
    return hired


def commit(project, worker, name):
    path = worktree_path(project, worker)
    (path / name).write_text("work\n")
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "-m", name)


class Slowness:
    """Makes the project's tests wait until it is over."""

    def __init__(self, project):
        self.root = Path(project.root)

    def __enter__(self):
        (self.root / "slow").touch()
        return self

    def wait_for_tests(self):
        wait_until((self.root / "began").exists)

    def end(self):
        (self.root / "slow").unlink(missing_ok=True)

    def __exit__(self, *_):
        self.end()
        (self.root / "began").unlink(missing_ok=True)


def try_order(order, game, worker):
    try:
        return order(game, worker)
    except RtsError as error:
        return error


def test_two_merges_of_one_worker_land_it_once(game, worker):
    with ThreadPoolExecutor(2) as both:
        outcomes = list(both.map(lambda _: try_order(merge, game, worker), range(2)))

    assert sum(isinstance(outcome, OrderRefused) for outcome in outcomes) == 1
    assert game.store.count("pull_request_merged") == 1


def test_commits_that_come_during_the_merge_do_not_land(game, project, worker):
    with ThreadPoolExecutor(1) as other, Slowness(project) as slowness:
        merging = other.submit(merge, game, worker)
        slowness.wait_for_tests()
        commit(project, worker, "sneaked.txt")
        slowness.end()
        merging.result()

    assert (Path(project.root) / "work.txt").exists()
    assert not (Path(project.root) / "sneaked.txt").exists()


@pytest.mark.parametrize("order", [dismiss, open_pull_request], ids=lambda o: o.__name__)
def test_what_is_asked_during_a_merge_waits_and_finds_it_landed(game, project, worker, order):
    with ThreadPoolExecutor(2) as others, Slowness(project) as slowness:
        merging = others.submit(merge, game, worker)
        slowness.wait_for_tests()
        asked = others.submit(try_order, order, game, worker)
        slowness.end()
        merging.result()
        asked.result()

    pull_request = game.store.pull_request_of(worker)
    assert pull_request is not None
    assert pull_request.state is PullRequestState.MERGED
    assert game.store.ticket(worker.ticket_id).status is TicketStatus.DONE


def test_two_dismissals_of_one_worker_keep_its_work_once(game, project, worker):
    (worktree_path(project, worker) / "half.txt").write_text("a thought\n")

    with ThreadPoolExecutor(2) as both:
        outcomes = list(both.map(lambda _: try_order(dismiss, game, worker), range(2)))

    refs = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert refs == ["refs/rts/preserved/falcon-1"]
    assert git(Path(project.root), "show", f"{refs[0]}:half.txt") == "a thought"
    assert len(game.store.select(Event, "kind = 'worker_dismissed'")) == 1


def test_a_worker_with_a_repository_of_its_own_inside_is_not_dismissed(game, project, worker):
    inner = worktree_path(project, worker) / "inner"
    git(worktree_path(project, worker), "init", "--quiet", "inner")
    (inner / "a.txt").write_text("work")

    with pytest.raises(OrderRefused, match="inside its worktree: inner/"):
        dismiss(game, worker)

    assert game.tmux.has_session(worker.session_name)
    assert (inner / "a.txt").exists()


def test_a_merge_that_is_ended_leaves_no_worktree_and_no_test_behind(game, project, worker):
    root = Path(project.root)
    with Slowness(project) as slowness:
        argv = [sys.executable, "-m", "rts", "merge", worker.name]
        ordered = subprocess.Popen(argv, cwd=root, stderr=subprocess.DEVNULL)
        slowness.wait_for_tests()
        ordered.terminate()
        assert ordered.wait(20) == 143

    assert "merge" not in git(root, "worktree", "list")
    assert not (root / "work.txt").exists()
    merge(game, worker)


def test_a_note_lands_although_the_project_ignores_its_folder_and_has_strict_hooks(
    game, project, worker
):
    root = Path(project.root)
    hook = root / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    (root / ".git/info/exclude").write_text("knowledge_base/\n")
    game.store.record(
        replace(
            Event("worker_told", "told", game.now(), worker_id=worker.id),
            detail='{"text": "Payments need the idempotency key of the first try."}',
        )
    )

    merge(game, worker)

    assert list((root / "knowledge_base").glob("payments*.md"))
