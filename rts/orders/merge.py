"""Landing: merged and tested in a worktree of its own, with the note it taught, or not at all."""

from dataclasses import dataclass, replace
from pathlib import Path

from rts import paths
from rts.adapters.git.merging import commit_files, land, merge_commit, refuse_unless_landable
from rts.adapters.git.worktrees import borrow_worktree, commit_of
from rts.adapters.knowledge import INDEX, LOG, Knowledge
from rts.adapters.process import wait_for_lock
from rts.errors import OrderRefused, RtsError
from rts.game import Game
from rts.orders.claim import claim
from rts.orders.projects import project_of
from rts.orders.review import run_tests
from rts.scribe import propose_note
from rts.world.events import about
from rts.world.handed_in import read_handed_in
from rts.world.nouns import (
    Check,
    Project,
    PullRequest,
    PullRequestState,
    Ticket,
    TicketStatus,
    Worker,
)


@dataclass(frozen=True)
class _Landed:
    """What a merge made, before it is recorded."""

    old: str
    commit: str
    check: Check | None
    note_path: str
    """Relative to the knowledge base; empty when nothing was learnt."""


def merge(game: Game, worker: Worker, seen: PullRequest | None = None) -> PullRequest:
    """Land the worker's open pull request on its base branch, with a note of what it taught.

    `seen` is the pull request that the commander said yes to; None: whatever is open now.

    Raises:
        OrderRefused: nothing is open, it is not what was `seen`, it conflicts, its tests fail, or
            the base cannot be moved;
            the base and the main worktree are as they were.
    """
    project = project_of(game, worker)
    root = Path(project.root)
    busy = f"Another merge is under way in {project.name}."
    merging = wait_for_lock(paths.lock_path(game.home, f"merge-{project.id}"), busy)
    with claim(game, worker), merging:
        pull_request = find_open(game, worker)
        ticket = game.store.ticket(worker.ticket_id)
        try:
            _refuse_unseen(worker, pull_request, seen)
            _refuse_stale(root, worker, pull_request)
            refuse_unless_landable(root, pull_request.base_branch)
            landed = _merge_aside(game, project, ticket, worker, pull_request)
            land(root, pull_request.base_branch, landed.old, landed.commit)
        except RtsError as error:
            words = f"{worker.name} not merged: {error.what}"
            game.store.record(about(worker, "merge_refused", words, game.now()))
            raise
        return _record(game, ticket, worker, pull_request, landed)


def find_open(game: Game, worker: Worker) -> PullRequest:
    """Return the worker's open pull request.

    Raises:
        OrderRefused: there is none.
    """
    pull_request = game.store.pull_request_of(worker)
    hint = f"Open one with: rts pr {worker.name}"
    if pull_request is None:
        raise OrderRefused(f"{worker.name} has no pull request to merge yet.", hint)
    if pull_request.state is not PullRequestState.OPEN:
        what = f"Pull request {pull_request.number} of {worker.name} is {pull_request.state}."
        raise OrderRefused(what, hint)
    return pull_request


def _refuse_unseen(worker: Worker, now: PullRequest, seen: PullRequest | None) -> None:
    if seen and (now.id, now.head_commit) != (seen.id, seen.head_commit):
        raise OrderRefused(
            f"Pull request {now.number} of {worker.name} has changed since it was asked.",
            "Read it as it is now (d), and merge then.",
        )


def _refuse_stale(root: Path, worker: Worker, pull_request: PullRequest) -> None:
    if commit_of(root, pull_request.branch) != pull_request.head_commit:
        raise OrderRefused(
            f"{worker.name} has commits that pull request {pull_request.number} does not show.",
            f"Bring it up to date, look, and merge then: rts pr {worker.name}",
        )


def _merge_aside(
    game: Game, project: Project, ticket: Ticket, worker: Worker, pull_request: PullRequest
) -> _Landed:
    """Merge, test and write the note in a borrowed worktree; nothing else has moved yet."""
    root = Path(project.root)
    old = commit_of(root, pull_request.base_branch)
    with borrow_worktree(root, old) as path:
        message = (
            f"{pull_request.title} ({ticket.label})\n\n"
            f"Pull request {pull_request.number} by {worker.name} ({worker.agent})."
        )
        commit = merge_commit(path, pull_request.head_commit, message)
        check = run_tests(game, worker, path, commit)
        if check is not None and not check.has_passed:
            raise OrderRefused(
                f"The tests fail after the merge: {check.summary}.",
                f'Then: rts tell {worker.name} "merge the base, mend the tests"',
            )
        note_path = _write_note(game, ticket, worker, pull_request, path, commit)
        if note_path:
            commit = commit_of(path)
    return _Landed(old, commit, check, note_path)


def _write_note(
    game: Game, ticket: Ticket, worker: Worker, pull_request: PullRequest, path: Path, commit: str
) -> str:
    """Write and commit what was learnt; return the note's path, empty when nothing was."""
    note = propose_note(
        ticket,
        replace(pull_request, merge_commit=commit),
        read_handed_in(pull_request.body),
        game.store.told_texts(worker),
        game.now(),
    )
    if note is None:
        return ""
    folder = path / game.settings.knowledge_folder
    written = Knowledge(folder).add(note)
    ours = [written, folder / INDEX, folder / LOG]
    commit_files(
        path,
        [file.relative_to(path).as_posix() for file in ours],
        f"Note: {note.title}\n\nSource: pull request {pull_request.number} ({ticket.label}).",
    )
    return written.relative_to(folder).as_posix()


def _record(
    game: Game, ticket: Ticket, worker: Worker, pull_request: PullRequest, landed: _Landed
) -> PullRequest:
    merged = replace(
        pull_request,
        state=PullRequestState.MERGED,
        merged_at=game.now(),
        merge_commit=landed.commit,
    )
    words = f"{worker.name} landed: pull request {merged.number} “{merged.title}”"
    facts = {"number": merged.number, "commit": landed.commit}
    events = [about(worker, "pull_request_merged", words, game.now(), **facts)]
    if landed.note_path:
        words = f"note written: {landed.note_path}"
        events.append(about(worker, "note_written", words, game.now(), path=landed.note_path))
    done = replace(ticket, status=TicketStatus.DONE)
    game.store.record(events, merged, done, *([landed.check] if landed.check else []))
    return merged
