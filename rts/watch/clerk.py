"""Handing in: a worker that is done and wrote its pull request gets it opened, without a hand."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rts import paths
from rts.adapters.git.worktrees import commit_of
from rts.adapters.run_files import changed_at
from rts.errors import RtsError
from rts.game import Game
from rts.orders.projects import project_of, worktree_path
from rts.orders.review import open_pull_request
from rts.watch.log import log
from rts.world.events import about
from rts.world.evidence import Activity
from rts.world.nouns import PullRequestState, Worker

TESTS_AT_ONCE = 2
"""Test suites that the watch runs at the same time: more would slow the agents' own runs."""

COMMIT_LOOK = timedelta(seconds=10)
"""Pause between two looks for a new commit of a worker that stays done: git takes 3 ms each."""


@dataclass(frozen=True)
class _HandIn:
    """What a worker showed at a look: the same again is not tried again."""

    written_at: float
    commit: str
    seen_at: datetime


class Clerk:
    """Remembers which hand-ins were tried, by file and commit. Tests run beside the beat."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._hands = ThreadPoolExecutor(TESTS_AT_ONCE, thread_name_prefix="clerk")
        self._last: dict[str, _HandIn] = {}
        self._is_stale: set[str] = set()
        self._running: dict[str, Future[None]] = {}

    def look(self, workers: list[Worker], activity_by_worker: dict[str, Activity]) -> None:
        """Open the pull request of every worker that is done and has handed in something new."""
        for worker in workers:
            if activity_by_worker.get(worker.id) is not Activity.DONE:
                self._is_stale.add(worker.id)
            elif worker.id not in self._running or self._running[worker.id].done():
                self._look_at(worker)

    def close(self) -> None:
        """Start no more; what runs is finished."""
        self._hands.shutdown(wait=False, cancel_futures=True)

    def _look_at(self, worker: Worker) -> None:
        written_at, now = self._written_at(worker), self._game.now()
        last = self._last.get(worker.id)
        if not written_at or (last and not self._is_due(last, worker, written_at, now)):
            return
        seen = _HandIn(written_at, self._commit_of(worker), now)
        self._last[worker.id] = seen
        self._is_stale.discard(worker.id)
        if last and (last.written_at, last.commit) == (seen.written_at, seen.commit):
            return
        self._running[worker.id] = self._hands.submit(self._hand_in, worker)
        self._running[worker.id].add_done_callback(self._tell_bug)

    def _is_due(self, last: _HandIn, worker: Worker, written_at: float, now: datetime) -> bool:
        is_old = now - last.seen_at >= COMMIT_LOOK
        return written_at != last.written_at or worker.id in self._is_stale or is_old

    def _written_at(self, worker: Worker) -> float:
        path = paths.pull_request_path(paths.run_folder(self._game.home, worker.id))
        return changed_at(path.parent, path)

    def _commit_of(self, worker: Worker) -> str:
        """Return where the worker's branch stands; nothing where handing in will say why not."""
        try:
            return commit_of(self._worktree(worker))
        except RtsError:
            return ""

    def _worktree(self, worker: Worker) -> Path:
        return worktree_path(project_of(self._game, worker), worker)

    def _hand_in(self, worker: Worker) -> None:
        try:
            if not self._is_handed_in(worker):
                open_pull_request(self._game, worker)
        except RtsError as error:
            words = f"{worker.name}: no pull request yet. {error.what}"
            now = self._game.now()
            event = about(worker, "pull_request_refused", words, now, reason=error.what)
            self._game.store.record(event)

    def _tell_bug(self, done: Future[None]) -> None:
        """Write down what ended a hand-in, which nobody waits for."""
        if not done.cancelled() and (error := done.exception()):
            log(self._game, f"a hand-in broke off: {type(error).__name__}: {error}")

    def _is_handed_in(self, worker: Worker) -> bool:
        """Tell whether the pull request shows the branch as it is: so it is after a restart."""
        known = self._game.store.pull_request_of(worker)
        if known is None:
            return False
        if known.state is PullRequestState.MERGED:
            return True
        commit = commit_of(self._worktree(worker))
        return known.state is PullRequestState.OPEN and known.head_commit == commit
