"""Handing in: a pull request with what the worker wrote and what `rts` measured."""

import time
import uuid
from dataclasses import asdict, replace
from pathlib import Path

from rts import paths
from rts.adapters.git.changes import ChangeSize, read_change_size, read_subjects
from rts.adapters.git.repository import read_project_file
from rts.adapters.git.worktrees import commit_of, count_commits, list_changed
from rts.adapters.process import run_shell
from rts.adapters.run_files import read_inside
from rts.errors import OrderRefused, RecordClash
from rts.game import Game
from rts.orders.claim import claim
from rts.orders.look import find_worktree
from rts.world.events import about
from rts.world.handed_in import ASSUMPTIONS, SUMMARY, read_handed_in
from rts.world.nouns import (
    Check,
    Event,
    PullRequest,
    PullRequestState,
    TicketStatus,
    Worker,
)
from rts.world.tests_output import summarise

NUMBER_TRIES_MAX = 50
"""How often a number that somebody else took meanwhile is chosen anew."""

BODY_LENGTH_MAX = 60_000
"""Longest pull-request body in characters: GitHub refuses more than 65,536."""


def open_pull_request(game: Game, worker: Worker) -> PullRequest:
    """Open the worker's pull request, or bring the open one up to date; runs the tests first.

    Raises:
        OrderRefused: there is no commit to propose, work is uncommitted, or it was merged already.
    """
    with claim(game, worker):
        path = find_worktree(game, worker)
        before = game.store.pull_request_of(worker)
        _refuse_unless_proposable(path, worker, before)
        head = commit_of(path)
        check = run_tests(game, worker, path, head)
        size = read_change_size(path, worker.base_commit, head)
        title, body = _read_words(game, worker, path)
        for _ in range(NUMBER_TRIES_MAX):
            pull_request = _draw_up(game, worker, before, title, body, head)
            ticket = replace(game.store.ticket(worker.ticket_id), status=TicketStatus.IN_REVIEW)
            event = _event(game, worker, pull_request, check, size, is_new=before is None)
            try:
                game.store.record(event, pull_request, ticket, *([check] if check else []))
            except RecordClash:
                continue
            return pull_request
    raise OrderRefused("Too many pull requests are being opened at once.", "Try again in a moment.")


def _refuse_unless_proposable(path: Path, worker: Worker, before: PullRequest | None) -> None:
    if before is not None and before.state is PullRequestState.MERGED:
        raise OrderRefused(
            f"Pull request {before.number} of {worker.name} is merged already.",
            f"Put the worker away with: rts dismiss {worker.name}",
        )
    if count_commits(path, worker.base_commit) == 0:
        raise OrderRefused(
            f"{worker.name} has not committed anything yet.",
            f"See what it has done so far: rts diff {worker.name}",
        )
    # Untracked files do not count: test runs leave such behind, and a dismissal keeps them.
    if changed := list_changed(path):
        raise OrderRefused(
            f"{worker.name} has uncommitted work in {', '.join(changed[:3])}.",
            f'Tell it to finish: rts tell {worker.name} "commit your work"',
        )


def _read_words(game: Game, worker: Worker, path: Path) -> tuple[str, str]:
    """Return title and body as the worker wrote them, or made from its commits."""
    file = paths.pull_request_path(paths.run_folder(game.home, worker.id))
    ticket = game.store.ticket(worker.ticket_id)
    text = read_inside(file.parent, file, 4 * BODY_LENGTH_MAX)
    if text is None:
        subjects = "\n".join(f"- {line}" for line in read_subjects(path, worker.base_commit))
        body = f"## {SUMMARY}\n\n{subjects}\n\n## {ASSUMPTIONS}\n\nNone were written down.\n"
        return ticket.title, body
    text = text[:BODY_LENGTH_MAX]
    title = read_handed_in(text).title
    return title or ticket.title, text.removeprefix(f"# {title}\n").strip() + "\n"


def _draw_up(
    game: Game,
    worker: Worker,
    before: PullRequest | None,
    title: str,
    body: str,
    head: str,
) -> PullRequest:
    if before is not None:
        state = PullRequestState.OPEN
        return replace(before, title=title, body=body, head_commit=head, state=state)
    taken = game.store.select(PullRequest, "project_id = ?", worker.project_id)
    return PullRequest(
        id=uuid.uuid4().hex,
        project_id=worker.project_id,
        ticket_id=worker.ticket_id,
        worker_id=worker.id,
        number=max((p.number for p in taken), default=0) + 1,
        title=title,
        body=body,
        branch=worker.branch,
        base_branch=worker.base_branch,
        head_commit=head,
        state=PullRequestState.OPEN,
        opened_at=game.now(),
    )


def _event(
    game: Game,
    worker: Worker,
    pull_request: PullRequest,
    check: Check | None,
    size: ChangeSize,
    *,
    is_new: bool,
) -> Event:
    verb = "opened" if is_new else "updated"
    tests = f", tests: {check.summary}" if check else ""
    words = (
        f"{worker.name} {verb} pull request {pull_request.number} “{pull_request.title}”,"
        f" +{size.added_line_count} −{size.removed_line_count}{tests}"
    )
    facts = {"number": pull_request.number, **asdict(size)}
    return about(worker, f"pull_request_{verb}", words, game.now(), **facts)


def run_tests(game: Game, worker: Worker, path: Path, commit: str) -> Check | None:
    """Run the project's tests in the worktree at `path`; None when the project names none.

    The command comes from the worker's base commit, so that a worker cannot rewrite its judge.

    Raises:
        OrderRefused: the project's file at the base commit cannot be read.
    """
    command = str(read_project_file(path, worker.base_commit).get("test", ""))
    if not command:
        return None
    output_path = paths.tests_output_path(paths.run_folder(game.home, worker.id))
    output_path.parent.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    done = run_shell(
        command, cwd=path, timeout_s=game.settings.test_timeout_s, output_path=output_path
    )
    return Check(
        id=uuid.uuid4().hex,
        worker_id=worker.id,
        name="tests",
        command=command,
        commit=commit,
        has_passed=done.exit_code == 0,
        summary=summarise(done.stdout, has_passed=done.exit_code == 0),
        output_path=str(output_path),
        duration_s=time.monotonic() - begun,
        ran_at=game.now(),
    )
