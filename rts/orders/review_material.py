"""All that there is to read about one worker's change."""

from pathlib import Path

from rts import paths
from rts.adapters.run_files import read_end_inside
from rts.game import Game
from rts.orders.look import read_diff
from rts.world.nouns import Check, Worker
from rts.world.review import Review

OUTPUT_END_BYTES = 200_000
"""How much of the tests' output is read: its end tells what failed."""


def read_review(game: Game, worker: Worker) -> Review:
    """Return diff, pull request and the tests' output, as they are now.

    Raises:
        OrderRefused: the worktree is gone.
        OutsideFailed: git cannot read it.
    """
    checks = game.store.select(Check, "worker_id = ? ORDER BY ran_at DESC LIMIT 1", worker.id)
    check = checks[0] if checks else None
    return Review(
        worker.id,
        read_diff(game, worker),
        game.store.pull_request_of(worker),
        check,
        _read_output(game, worker, check),
    )


def _read_output(game: Game, worker: Worker, check: Check | None) -> str:
    """Return the end of the output; empty where it is gone, or is no file of the worker's."""
    if check is None:
        return ""
    folder = paths.run_folder(game.home, worker.id)
    return read_end_inside(folder, Path(check.output_path), OUTPUT_END_BYTES) or ""
