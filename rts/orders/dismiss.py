"""Putting a worker away without losing any of its work."""

from dataclasses import replace
from pathlib import Path

from rts.adapters import sandbox
from rts.adapters.git.repository import common_folder
from rts.adapters.git.worktrees import (
    count_commits,
    delete_branch,
    find_inner_repositories,
    has_unsaved_work,
    preserve,
    remove_worktree,
)
from rts.errors import OrderRefused
from rts.game import Game
from rts.orders.claim import claim
from rts.orders.ending import end_at_once
from rts.orders.look import judge_one
from rts.orders.projects import project_of, worktree_path
from rts.orders.queue import end_queued
from rts.world.events import about
from rts.world.evidence import AT_WORK, Activity
from rts.world.nouns import PullRequestState, Record, TicketStatus, Worker


def dismiss(game: Game, worker: Worker, seen_in: Activity | None = None) -> str:
    """End the worker's session and remove its worktree; return the ref that holds unsaved work.

    Whatever no branch holds (uncommitted, untracked, or committed beside the branch) is first
    captured under `refs/rts/preserved/<call-sign>`; the branch stays unless it is merged. An
    unfinished ticket is open again. The returned ref is empty when nothing was unsaved.

    `seen_in` is the activity in which the commander saw it when he said yes; None: any.

    Raises:
        OrderRefused: it was dismissed already, works although it was seen at rest, or a
            repository inside its worktree has work that could not be captured; nothing was changed.
        OutsideFailed: the work could not be captured; the worktree is left as it is.
    """
    with claim(game, worker) as claimed:
        _refuse_working_again(game, claimed, seen_in)
        return put_away(game, claimed)


def put_away(game: Game, worker: Worker) -> str:
    """Do what `dismiss` does, to a worker that the caller has claimed."""
    project = project_of(game, worker)
    root, path = Path(project.root), worktree_path(project, worker)
    _refuse_inner_work(worker, path)
    end_at_once(game, worker)
    ref = ""
    if path.is_dir() and has_unsaved_work(path):
        ref = preserve(path, preserved_ref(worker), f"rts: unsaved work of {worker.name}")
    remove_worktree(root, path)
    sandbox.release(common_folder(root), worker.branch)
    if is_merged := _is_merged(game, worker):
        delete_branch(root, worker.branch, only_merged=True)
    _record(game, worker, ref, is_merged=is_merged)
    game.inbox.forget(worker.id)
    return ref


def _refuse_working_again(game: Game, worker: Worker, seen_in: Activity | None) -> None:
    if seen_in is None or seen_in in AT_WORK:
        return
    if judge_one(game, worker).activity in AT_WORK:
        raise OrderRefused(f"{worker.name} works again: not dismissed.", "x dismisses it now.")


def _refuse_inner_work(worker: Worker, path: Path) -> None:
    if not path.is_dir():
        return
    if inner := find_inner_repositories(path, worker.base_commit):
        raise OrderRefused(
            f"{worker.name} may have work in a repository inside its worktree: {inner[0]}",
            f"Save it by hand, then remove {path / inner[0]} (or: git submodule deinit).",
        )


def _record(game: Game, worker: Worker, ref: str, *, is_merged: bool) -> None:
    kept = f", unsaved work is in {ref}" if ref else ""
    words = f"{worker.name} dismissed{kept}"
    event = about(worker, "worker_dismissed", words, game.now(), preserved=ref)
    withdrawn = end_queued(game, worker)
    records: list[Record] = [replace(worker, dismissed_at=game.now()), *withdrawn]
    if not is_merged:
        records.append(replace(game.store.ticket(worker.ticket_id), status=TicketStatus.OPEN))
        if pull_request := game.store.pull_request_of(worker):
            records.append(replace(pull_request, state=PullRequestState.CLOSED))
    game.store.record(event, *records)


def what_is_kept(game: Game, worker: Worker) -> str:
    """Say in one phrase what a dismissal would keep, for the question before it."""
    path = worktree_path(project_of(game, worker), worker)
    if path.is_dir() and has_unsaved_work(path):
        return f"its uncommitted work is kept under {preserved_ref(worker)}"
    root = Path(project_of(game, worker).root)
    if _is_merged(game, worker) and path.is_dir():
        left = count_commits(root, worker.base_branch, worker.branch)
        return f"{left} commits stay on {worker.branch}" if left else "its work has landed"
    return f"its commits stay on {worker.branch}"


def preserved_ref(worker: Worker) -> str:
    """Return the ref under which a worker's unsaved work is kept."""
    return f"refs/rts/preserved/{worker.name}"


def _is_merged(game: Game, worker: Worker) -> bool:
    pull_request = game.store.pull_request_of(worker)
    return pull_request is not None and pull_request.state is PullRequestState.MERGED
