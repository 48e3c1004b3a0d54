"""The rally point: what a worker does when it is done. It is set here; the watch carries it out."""

from rts import paths
from rts.adapters.git.worktrees import commit_of, count_commits
from rts.adapters.run_files import changed_at
from rts.errors import OrderRefused, RtsError
from rts.game import Game
from rts.orders.claim import claim
from rts.orders.look import find_worktree, judge_one
from rts.orders.projects import project_of
from rts.orders.queue import queued_of
from rts.orders.review import open_pull_request
from rts.orders.spawn import refuse_without_supply, spawn
from rts.orders.watching import ensure_watch
from rts.world.events import about
from rts.world.nouns import Check, Rally, Worker
from rts.world.rally import Ended, Step, choose_next_ticket, choose_step, say_rally


def set_rally(game: Game, worker: Worker, rally: Rally) -> Worker:
    """Say what the worker is to do when it is done; return it as it is now.

    Raises:
        OrderRefused: it was dismissed, or is still being spawned.
    """
    known = game.store.worker(worker.id)
    if known is None or known.dismissed_at is not None:
        raise OrderRefused(f"{worker.name} was dismissed.", "See who is there with: rts ls")
    if known.started_at is None:
        raise OrderRefused(f"{worker.name} is still being spawned.", "Say it again in a moment.")
    if known.rally is rally:
        return known
    ensure_watch(game)
    return _set(game, known, rally)


def _set(game: Game, worker: Worker, rally: Rally) -> Worker:
    words = f"{worker.name} {say_rally(rally)}"
    event = about(worker, "rally_set", words, game.now(), rally=rally)
    # One column, and no claim: a claim is held for as long as the worker's tests run.
    changed = game.store.amend(event, worker, rally=rally)
    if changed is None:
        raise OrderRefused(f"{worker.name} was dismissed.", "See who is there with: rts ls")
    return changed


def find_step(game: Game, worker: Worker) -> Step:
    """Return what the worker's rally point asks for now.

    Raises:
        OrderRefused: its worktree is gone.
        OutsideFailed: git or tmux does not answer.
    """
    path = find_worktree(game, worker)
    written = paths.pull_request_path(paths.run_folder(game.home, worker.id))
    pull_request = game.store.pull_request_of(worker)
    return choose_step(
        Ended(
            rally=worker.rally,
            judgement=judge_one(game, worker),
            queued_count=len(queued_of(game, worker)),
            commit_count=count_commits(path, worker.base_commit),
            head_commit=commit_of(path),
            has_written=bool(changed_at(written.parent, written)),
            pull_request=pull_request,
            fails_tests=pull_request is not None and _fails(game, worker),
        )
    )


def _fails(game: Game, worker: Worker) -> bool:
    ran = game.store.select(Check, "worker_id = ? ORDER BY ran_at DESC LIMIT 1", worker.id)
    return bool(ran) and not ran[0].has_passed


def propose(game: Game, worker: Worker) -> None:
    """Open the worker's pull request; where that is refused, say why, once for each reason."""
    try:
        open_pull_request(game, worker)
    except RtsError as error:
        if game.store.refusal_by_worker().get(worker.id) != error.what:
            words = f"{worker.name}: no pull request yet. {error.what}"
            event = about(worker, "pull_request_refused", words, game.now(), reason=error.what)
            game.store.record(event)


def take_next(game: Game, worker: Worker) -> Worker | None:
    """Spawn a worker on the project's next open ticket, with the same agent and rally point.

    The worker's own rally point goes back to `STOP` in the transaction that tells of it, before
    anything is spawned: whoever is killed in between spawns nothing twice. None: no ticket is
    open, or somebody else was faster.

    Raises:
        OrderRefused: supply is used up; the rally point stands, and it can be tried again.
    """
    with claim(game, worker) as worker:
        if worker.rally is not Rally.NEXT_TICKET:
            return None
        project = project_of(game, worker)
        ticket = choose_next_ticket(game.store.tickets(project), game.store.living_workers(None))
        if ticket is None:
            # It would else snatch a ticket that is filed later, for somebody who is to be spawned.
            words = f"{worker.name} is done, and no ticket is open"
            event = about(worker, "rally_ended", words, game.now())
            game.store.amend(event, worker, rally=Rally.STOP)
            return None
        refuse_without_supply(game)
        words = f"{worker.name} is done, the next ticket is {ticket.label} {ticket.title}"
        facts = {"ticket": ticket.number}
        event = about(worker, "next_ticket_taken", words, game.now(), **facts)
        game.store.amend(event, worker, rally=Rally.STOP)
    try:
        return _set(game, spawn(game, project, ticket, worker.agent), Rally.NEXT_TICKET)
    except RtsError as error:
        words = f"{worker.name}: nobody took {ticket.label}. {error.what}"
        game.store.record(about(worker, "rally_failed", words, game.now(), reason=error.what))
        return None
