"""Looking: panes and published levels become evidence; a changed judgement becomes an event."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from rts.adapters.tmux import Pane
from rts.errors import RtsError
from rts.game import Game
from rts.orders.see import find_news, join, see_all
from rts.watch.log import log
from rts.world.events import about
from rts.world.evidence import Activity, Evidence, Judgement
from rts.world.judge import give_up, judge
from rts.world.nouns import Event, Worker

WORDS_LENGTH_MAX = 100
"""Longest last words of a dead agent, in characters."""


class Lookout:
    """Remembers what was announced last, so that only changes become events."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._panes: Mapping[str, Pane] = {}
        self._unjudged_by_worker: dict[str, str] = {}  # why, as it was logged last
        self.activity_by_worker: dict[str, Activity] = {}
        """What was announced last, by worker id."""
        newest = "SELECT max(id) FROM events WHERE kind = 'activity_changed' GROUP BY worker_id"
        for event in game.store.select(Event, f"id IN ({newest})"):
            self.activity_by_worker[event.worker_id] = Activity(
                json.loads(event.detail)["activity"]
            )

    def look(self, workers: Iterable[Worker]) -> list[Event]:
        """Look at all panes in one call, record what is new, and return the changes as events."""
        self._panes = self._game.tmux.panes()
        self._game.store.shift_future_evidence(self._game.now())
        return self.judge(workers)

    def judge(self, workers: Iterable[Worker]) -> list[Event]:
        """Judge workers by the panes of the last look; record and return the changes as events."""
        workers = list(workers)
        if any(worker.session_name not in self._panes for worker in workers):
            self._panes = self._game.tmux.panes()  # a worker that is younger than the last look
        now = self._game.now()
        stored_by_worker = self._game.store.evidence_by_worker(workers)
        seen_by_worker = see_all(self._game, workers, stored_by_worker, self._panes, now)
        fresh: list[Evidence] = []
        changes: list[Event] = []
        announced: dict[str, Activity] = {}
        for worker in workers:
            stored = stored_by_worker.get(worker.id, [])
            judgement, news = self._judge_one(worker, stored, seen_by_worker[worker.id], now)
            fresh += news
            if change := self._change(worker, judgement, now):
                changes.append(change)
                announced[worker.id] = judgement.activity
        if fresh or changes:
            self._game.store.record(changes, *fresh)
        self.activity_by_worker.update(announced)  # only now: a write that failed is tried again
        return changes

    def _judge_one(
        self, worker: Worker, stored: list[Evidence], seen: list[Evidence], now: datetime
    ) -> tuple[Judgement, list[Evidence]]:
        """Return the judgement of one worker, and what of its evidence is new."""
        news: list[Evidence] = []
        try:
            pieces = join(stored, seen)
            for piece in find_news(stored, pieces):
                told = self._with_last_words(worker, piece)
                pieces[piece.source, piece.kind] = told
                news.append(told)
            judgement = judge(pieces.values(), now)
        except RtsError:  # tmux does not answer: tried again at the next beat
            raise
        except Exception as error:  # noqa: BLE001  agents told what is judged: it may be anything
            judgement = give_up(stored, now, error)
            if self._unjudged_by_worker.get(worker.id) != judgement.reason:
                log(self._game, f"{worker.name} {judgement.reason}")
            self._unjudged_by_worker[worker.id] = judgement.reason
            return judgement, news
        self._unjudged_by_worker.pop(worker.id, None)
        return judgement, news

    def _with_last_words(self, worker: Worker, seen: Evidence) -> Evidence:
        if (seen.kind, seen.value) != ("pane", "dead"):
            return seen
        # tmux scrolls the pane by a line to write its own "Pane is dead" below.
        lines = self._game.tmux.capture(worker.session_name, line_count=2).splitlines()
        said = [line.strip() for line in lines if line.strip() and "Pane is dead" not in line]
        words = said[-1][:WORDS_LENGTH_MAX] if said else ""
        return replace(seen, detail=json.dumps({**json.loads(seen.detail), "last_words": words}))

    def _change(self, worker: Worker, judgement: Judgement, now: datetime) -> Event | None:
        activity = judgement.activity
        if activity in _UNTOLD or self.activity_by_worker.get(worker.id) is activity:
            return None
        facts = {"activity": activity.value, "reason": judgement.reason}
        words = f"{worker.name} {_phrase(judgement)}"
        return about(worker, "activity_changed", words, now, **facts)


_UNTOLD = frozenset({Activity.STARTING, Activity.PAUSED})
"""The orders that begin these tell of them already."""


def _phrase(judgement: Judgement) -> str:
    match judgement.activity:
        case Activity.GONE | Activity.STALLED | Activity.NO_SIGNAL:
            return f"{judgement.activity}: {judgement.reason}"
        case Activity.BUSY:
            return "works"
        case _:
            return judgement.reason
