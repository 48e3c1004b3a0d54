"""Rally points beside the beat: workers that are done hand in, or the next ticket is taken."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from rts.errors import OrderRefused, RtsError
from rts.game import Game
from rts.orders.rally import find_step, propose, take_next
from rts.watch.log import log
from rts.world.events import about
from rts.world.evidence import Activity
from rts.world.nouns import Rally, Worker
from rts.world.rally import Step

AT_ONCE = 2
"""Rally points carried out at the same time: each may run a test suite."""

LOOK_AGAIN = timedelta(seconds=10)
"""Pause between two looks at a worker that stays done: git and tmux take some 10 ms each time."""

SETTLE = timedelta(seconds=3)
"""How long a rally point must stand before it is carried out: the key goes round, and passes points
that the commander does not mean."""


@dataclass(frozen=True)
class _Look:
    """When a worker is to be looked at, and for which rally point."""

    rally: Rally
    due_at: datetime


class Marshal:
    """Remembers when to look at whom; what was carried out is known from the store."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="marshal")
        self._next: dict[str, _Look] = {}
        self._running: dict[str, Future[None]] = {}
        self._complaint: dict[str, str] = {}
        """What was logged last, by worker id."""

    def look(self, workers: list[Worker], activity_by_worker: dict[str, Activity]) -> None:
        """Begin what the rally point of every worker that is done asks for."""
        self._running = {key: job for key, job in self._running.items() if not job.done()}
        for worker in workers:
            is_done = activity_by_worker.get(worker.id) is Activity.DONE
            if worker.rally is Rally.STOP or not is_done:
                self._next.pop(worker.id, None)
            elif worker.id not in self._running and self._is_due(worker):
                self._next[worker.id] = _Look(worker.rally, self._game.now() + LOOK_AGAIN)
                job = self._hands.submit(self._carry_out, worker)
                job.add_done_callback(self._tell_bug)
                self._running[worker.id] = job

    def close(self) -> None:
        """Start no more; what runs is finished."""
        self._hands.shutdown(wait=False, cancel_futures=True)

    def _is_due(self, worker: Worker) -> bool:
        planned, now = self._next.get(worker.id), self._game.now()
        if planned is None or planned.rally is not worker.rally:
            self._next[worker.id] = planned = _Look(worker.rally, now + SETTLE)
        return now >= planned.due_at

    def _carry_out(self, worker: Worker) -> None:
        try:
            step = find_step(self._game, worker)
            if step is Step.PROPOSE:
                propose(self._game, worker)
                step = find_step(self._game, worker)  # the next ticket need not wait for a look
            if step is Step.NEXT:
                take_next(self._game, worker)
            self._complaint.pop(worker.id, None)
        except OrderRefused as error:
            self._complain(worker, error)
        except RtsError as error:
            log(self._game, f"{worker.name}: its rally point waits. {error.what} {error.hint}")

    def _complain(self, worker: Worker, error: OrderRefused) -> None:
        """Say once why a rally point waits; it is tried again."""
        if self._complaint.get(worker.id) == error.what:
            return
        self._complaint[worker.id] = error.what
        words = f"{worker.name} is done, its rally point waits: {error.what}"
        event = about(worker, "rally_waits", words, self._game.now(), reason=error.what)
        self._game.store.record(event)

    def _tell_bug(self, done: Future[None]) -> None:
        """Write down what ended a rally, which nobody waits for."""
        if not done.cancelled() and (error := done.exception()):
            log(self._game, f"a rally broke off: {type(error).__name__}: {error}")
