"""From commits to a merge with its note: real git, no agent needed."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from rts import paths
from rts.adapters.git.command import git, try_git
from rts.adapters.git.worktrees import commit_of
from rts.adapters.run_files import open_folder, write_new
from rts.errors import OrderRefused
from rts.orders.dismiss import dismiss, what_is_kept
from rts.orders.look import look, read_diff
from rts.orders.merge import merge
from rts.orders.projects import open_project, worktree_path
from rts.orders.review import open_pull_request
from rts.orders.spawn import spawn
from rts.orders.tell import tell
from rts.orders.tickets import file_ticket
from rts.world.evidence import Evidence, Source
from rts.world.nouns import Event, PullRequestState, TicketStatus

HANDED_IN = """\
# Retry payments

## Summary

Payments are tried three times.

## Assumptions

Three is enough.

## Tests

All pass.

## What the next worker should know

The payment gateway needs the idempotency key of the first try (see pay.txt), or it pays twice.
"""


@pytest.fixture
def project(game, repository):
    return open_project(game, repository)


@pytest.fixture
def worker(game, project):
    return spawn(game, project, file_ticket(game, project, "Retry payments"), "generic")


def work(project, worker, name="pay.txt", text="three times\n"):
    path = worktree_path(project, worker)
    (path / name).write_text(text)
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "-m", f"Change {name}")


def hand_in(game, worker, text=HANDED_IN):
    paths.pull_request_path(paths.run_folder(game.home, worker.id)).write_text(text)


def test_a_pull_request_has_the_workers_words_and_the_measured_tests(game, project, worker):
    work(project, worker)
    hand_in(game, worker)

    opened = open_pull_request(game, worker)

    assert (opened.number, opened.title) == (1, "Retry payments")
    assert "Three is enough." in opened.body
    check = look(game, project).check_of(worker)
    assert check is not None
    assert check.has_passed
    assert game.store.ticket(worker.ticket_id).status is TicketStatus.IN_REVIEW


def test_without_words_a_pull_request_lists_the_commits(game, project, worker):
    work(project, worker)

    assert "- Change pay.txt" in open_pull_request(game, worker).body


def test_a_link_to_a_file_elsewhere_is_not_read_into_a_pull_request(game, project, worker, room):
    work(project, worker)
    (room / "secret").write_text("# hush\n")
    file = paths.pull_request_path(paths.run_folder(game.home, worker.id))
    file.unlink(missing_ok=True)
    file.symlink_to(room / "secret")

    opened = open_pull_request(game, worker)

    assert "hush" not in opened.title + opened.body


def test_a_link_within_the_run_folder_is_followed(game, project, worker):
    work(project, worker)
    file = paths.pull_request_path(paths.run_folder(game.home, worker.id))
    file.unlink(missing_ok=True)
    (file.parent / "hand-in").mkdir()
    file.symlink_to(file.parent / "hand-in" / file.name)
    file.write_text(HANDED_IN)

    assert "Three is enough." in open_pull_request(game, worker).body


def test_an_answer_is_not_written_through_a_link(room):
    (room / "elsewhere").mkdir()
    (room / "secret").write_text("as it was")
    (room / "answers").symlink_to(room / "elsewhere")
    (room / "elsewhere" / ".q").symlink_to(room / "secret")
    (room / "elsewhere" / "q").symlink_to(room / "secret")

    with pytest.raises(OSError, match="answers"):
        open_folder(room / "answers")
    place = open_folder(room / "elsewhere")
    write_new(place, "q", "yes")
    os.close(place)

    assert (room / "secret").read_text() == "as it was"
    assert (room / "elsewhere" / "q").read_text() == "yes"


def test_opening_again_brings_the_same_pull_request_up_to_date(game, project, worker):
    work(project, worker)
    first = open_pull_request(game, worker)
    work(project, worker, "more.txt")

    second = open_pull_request(game, worker)

    assert second.id == first.id
    assert second.head_commit == commit_of(worktree_path(project, worker))


def test_nothing_committed_or_something_uncommitted_is_no_pull_request(game, project, worker):
    with pytest.raises(OrderRefused, match="not committed anything"):
        open_pull_request(game, worker)
    work(project, worker)
    (worktree_path(project, worker) / "pay.txt").write_text("half a thought")

    with pytest.raises(OrderRefused, match=r"uncommitted work in pay\.txt"):
        open_pull_request(game, worker)


def test_untracked_files_do_not_stop_a_pull_request(game, project, worker):
    work(project, worker)
    (worktree_path(project, worker) / "cache.pyc").write_text("x")

    assert open_pull_request(game, worker).number == 1


def test_a_landed_worker_is_not_told_more(game, project, worker):
    work(project, worker)
    open_pull_request(game, worker)
    merge(game, worker)
    entered = replace(worker, agent="drill")
    done = Evidence(worker.id, Source.HOOK, "Stop", game.now(), "Ready.")
    game.store.note_down([entered, done])

    with pytest.raises(OrderRefused, match="has landed"):
        tell(game, entered, "one thing more")


def test_the_tests_are_those_of_the_base_commit(game, project, worker):
    work(project, worker, ".rts.toml", 'test = "echo forged: 99 passed"\n')

    open_pull_request(game, worker)

    check = look(game, project).check_of(worker)
    assert check is not None
    assert "forged" not in check.summary


def test_a_merge_lands_the_work_with_a_note_that_names_its_source(game, project, worker):
    work(project, worker)
    hand_in(game, worker)
    open_pull_request(game, worker)

    landed = merge(game, worker)

    root = Path(project.root)
    assert landed.state is PullRequestState.MERGED
    assert (root / "pay.txt").read_text() == "three times\n"
    notes = [p for p in (root / "knowledge_base").glob("*.md") if "idempotency" in p.read_text()]
    assert any("pull request 1" in note.read_text().lower() for note in notes)
    assert git(root, "status", "--porcelain") == ""
    assert game.store.ticket(worker.ticket_id).status is TicketStatus.DONE
    kinds = [e.kind for e in game.store.events(project, 2)]
    assert kinds == ["pull_request_merged", "note_written"]
    assert look(game, project).landed_today_count == 1


def test_the_next_brief_on_the_same_matter_contains_the_note(game, project, worker):
    work(project, worker)
    hand_in(game, worker)
    open_pull_request(game, worker)
    merge(game, worker)

    ticket = file_ticket(game, project, "The payment gateway pays twice")
    after = spawn(game, project, ticket, "generic")

    brief = paths.brief_path(paths.run_folder(game.home, after.id)).read_text()
    assert "idempotency key of the first try" in brief


def test_failing_tests_after_the_merge_leave_everything_as_it_was(game, project, repository):
    (repository / ".rts.toml").write_text('test = "test ! -e bad.txt"\n')
    git(repository, "commit", "--quiet", "-am", "strict")
    worker = spawn(game, project, file_ticket(game, project, "Break it"), "generic")
    work(project, worker, "bad.txt")
    open_pull_request(game, worker)
    before = commit_of(repository)

    with pytest.raises(OrderRefused, match="tests fail after the merge"):
        merge(game, worker)

    assert commit_of(repository) == before
    assert git(repository, "worktree", "list").count("\n") == 1
    assert game.store.select(Event, "kind = 'merge_refused'")


def test_commits_after_the_pull_request_must_be_shown_before_they_land(game, project, worker):
    work(project, worker)
    open_pull_request(game, worker)
    work(project, worker, "sneaked.txt")

    with pytest.raises(OrderRefused, match="does not show"):
        merge(game, worker)


def test_a_dirty_main_worktree_refuses_the_merge(game, project, worker):
    work(project, worker)
    open_pull_request(game, worker)
    (Path(project.root) / "shop.py").write_text("half a thought\n")

    with pytest.raises(OrderRefused, match="uncommitted changes"):
        merge(game, worker)

    assert (Path(project.root) / "shop.py").read_text() == "half a thought\n"


def test_without_a_pull_request_there_is_nothing_to_merge(game, worker):
    with pytest.raises(OrderRefused, match="no pull request"):
        merge(game, worker)


def test_a_merge_is_given_once(game, project, worker):
    work(project, worker)
    open_pull_request(game, worker)
    merge(game, worker)

    with pytest.raises(OrderRefused, match="is merged"):
        merge(game, worker)
    with pytest.raises(OrderRefused, match="merged already"):
        open_pull_request(game, worker)


def test_a_dismissal_keeps_uncommitted_work_and_opens_the_ticket_again(game, project, worker):
    work(project, worker)
    (worktree_path(project, worker) / "half.txt").write_text("a thought\n")
    assert "refs/rts/preserved/falcon-1" in what_is_kept(game, worker)

    ref = dismiss(game, worker)

    root = Path(project.root)
    assert git(root, "show", f"{ref}:half.txt") == "a thought"
    assert git(root, "show", f"{worker.branch}:pay.txt") == "three times"
    assert not worktree_path(project, worker).exists()
    assert not game.tmux.has_session(worker.session_name)
    assert game.store.ticket(worker.ticket_id).status is TicketStatus.OPEN
    assert look(game, project).workers == ()


def test_a_dismissal_after_the_merge_takes_the_branch_away_too(game, project, worker):
    work(project, worker)
    open_pull_request(game, worker)
    merge(game, worker)

    assert dismiss(game, worker) == ""

    assert try_git(Path(project.root), "rev-parse", worker.branch).exit_code != 0
    assert game.store.ticket(worker.ticket_id).status is TicketStatus.DONE


def test_a_diff_shows_what_is_committed_and_what_is_not(game, project, worker):
    work(project, worker)
    (worktree_path(project, worker) / "half.txt").write_text("a thought\n")

    diff = read_diff(game, worker)

    assert "+three times" in diff
    assert "+a thought" in diff
