"""Delivering queued messages beside the beat: in order, one at a time for each worker."""

from concurrent.futures import Future, ThreadPoolExecutor

from rts.game import Game
from rts.orders.queue import IDLE, Delivery, deliver_queued, give_up
from rts.watch.log import log
from rts.world.evidence import Activity
from rts.world.nouns import QueuedTell, Worker

DELIVERIES_AT_ONCE = 8
"""Workers that are told at the same time: each waits most of it for its agent's word."""

TRIES_MAX = 2
"""How often a delivery may fail before the message is given up, with its reason."""


class Messenger:
    """Remembers how often a delivery was tried. What was typed is known from the store."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._hands = ThreadPoolExecutor(DELIVERIES_AT_ONCE, thread_name_prefix="messenger")
        self._try_count: dict[str, int] = {}
        self._running: dict[str, Future[None]] = {}

    def look(self, workers: list[Worker], activity_by_worker: dict[str, Activity]) -> None:
        """Begin to deliver the oldest message of every worker that is idle."""
        self._running = {key: job for key, job in self._running.items() if not job.done()}
        worker_by_id = {worker.id: worker for worker in workers}
        seen: set[str] = set()
        for queued in self._game.store.queued_tells():
            worker = worker_by_id.get(queued.worker_id)
            if worker is None or worker.id in seen:
                continue
            seen.add(worker.id)
            if worker.id not in self._running and activity_by_worker.get(worker.id) in IDLE:
                job = self._hands.submit(self._deliver, worker, queued)
                job.add_done_callback(self._tell_bug)
                self._running[worker.id] = job

    def close(self) -> None:
        """Start no more; what runs is finished."""
        self._hands.shutdown(wait=False, cancel_futures=True)

    def _deliver(self, worker: Worker, queued: QueuedTell) -> None:
        before = self._try_count.get(queued.id, 0)
        count = before + 1
        self._try_count[queued.id] = count  # at once: a try that a bug breaks off is one, too
        is_last_try = count >= TRIES_MAX
        try:
            outcome = deliver_queued(self._game, worker, queued, is_last_try=is_last_try)
        except Exception as error:
            if is_last_try:
                give_up(self._game, worker, queued, error)
            raise
        match outcome:
            case Delivery.FAILED:
                pass
            case Delivery.OVER:
                self._try_count.pop(queued.id, None)
            case Delivery.WAITS:
                self._try_count[queued.id] = before

    def _tell_bug(self, done: Future[None]) -> None:
        """Write down what ended a delivery, which nobody waits for."""
        if not done.cancelled() and (error := done.exception()):
            log(self._game, f"a delivery broke off: {type(error).__name__}: {error}")
