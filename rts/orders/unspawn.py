"""Taking a spawn back, as long as nothing came of it."""

from pathlib import Path

from rts.adapters.git.worktrees import count_commits, delete_branch, has_unsaved_work
from rts.errors import OrderRefused
from rts.game import Game
from rts.orders.claim import claim
from rts.orders.dismiss import put_away
from rts.orders.look import find_worktree
from rts.orders.projects import project_of
from rts.world.nouns import Worker


def unspawn(game: Game, worker: Worker) -> None:
    """Dismiss a worker that has changed nothing; its ticket is open again, its branch is gone.

    What it changes in the moment between this look and its end is kept as by any dismissal.

    Raises:
        OrderRefused: it has changed something, or is not there any more.
    """
    with claim(game, worker) as claimed:
        _refuse_changed(game, claimed)
        put_away(game, claimed)
        root = Path(project_of(game, claimed).root)
        delete_branch(root, claimed.branch, only_merged=True)


def _refuse_changed(game: Game, worker: Worker) -> None:
    path = find_worktree(game, worker)
    changed = ""
    if count_commits(path, worker.base_commit):
        changed = "has committed work"
    elif has_unsaved_work(path):
        changed = "has changed files"
    elif game.store.pull_request_of(worker):
        changed = "has a pull request"
    if changed:
        raise OrderRefused(
            f"The spawn is not undone: {worker.name} {changed} by now.",
            f"Put it away, and its work is kept: rts dismiss {worker.name}, or x on the map.",
        )
