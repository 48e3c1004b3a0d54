"""Opening a worker's files in the commander's own editor."""

from pathlib import Path

from rts import paths
from rts.adapters.editor import add_place, find_editor, has_own_window, run_editor
from rts.errors import OrderRefused
from rts.game import Game
from rts.orders.look import find_worktree
from rts.world.editing import Editing
from rts.world.nouns import Worker


def plan_editing(game: Game, worker: Worker, path: str = "", line_number: int = 0) -> Editing:
    """Return how a file of the worker's worktree is opened at a line; no path: the worktree.

    Raises:
        OrderRefused: no editor is named or installed, the worktree or the file is gone, or the
            file leads out of the worktree.
    """
    worktree = find_worktree(game, worker).resolve()
    target = _find_target(worktree, path, worker) if path else worktree
    argv = add_place(find_editor(paths.own_environment()), target, line_number)
    return Editing(worker.id, tuple(argv), str(worktree), has_own_window(argv))


def edit(editing: Editing) -> None:
    """Do it; returns when the editor has ended, or has a window of its own.

    Raises:
        OutsideFailed: the editor could not be run.
    """
    run_editor(list(editing.argv), Path(editing.folder))


def _find_target(worktree: Path, path: str, worker: Worker) -> Path:
    """Return the file at `path`; what an agent made may be a link to a file of the commander's."""
    target = (worktree / path).resolve()
    if not target.is_relative_to(worktree):
        raise OrderRefused(
            f"{path} leads out of the worktree of {worker.name}.", f"It leads to {target}."
        )
    if not target.is_file():
        raise OrderRefused(
            f"{path} is not in the worktree of {worker.name}.", "Read it in the diff: it was there."
        )
    return target
