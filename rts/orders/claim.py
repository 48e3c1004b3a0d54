"""One order at a time for what changes a worker's work: handing in, landing, putting away."""

from collections.abc import Iterator
from contextlib import contextmanager

from rts import paths
from rts.adapters.process import wait_for_lock
from rts.errors import OrderRefused
from rts.game import Game
from rts.world.nouns import Worker


@contextmanager
def claim(game: Game, worker: Worker) -> Iterator[Worker]:
    """Hold the worker for one order; nobody else hands in, lands or dismisses it meanwhile.

    What was read of it before may be old by now: the worker as it is now is given, all else is to
    be read again inside.

    Raises:
        OrderRefused: it was dismissed meanwhile.
        OutsideFailed: another order holds it for long.
    """
    busy = f"Another order is at work on {worker.name}: its tests run, or it is being merged."
    with wait_for_lock(paths.lock_path(game.home, f"worker-{worker.id}"), busy):
        known = game.store.worker(worker.id)
        if known is None or known.dismissed_at is not None:
            raise OrderRefused(f"{worker.name} was dismissed.", "See who is there with: rts ls")
        yield known
