"""Looking: panes and published levels become evidence; a changed judgement becomes an event."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.tmux import Pane
from rts.game import Game
from rts.orders.look import is_news, see
from rts.world.events import about
from rts.world.evidence import Activity, Evidence, Judgement, Source
from rts.world.judge import judge
from rts.world.nouns import Event, Worker

SILENT_START = timedelta(seconds=3)
"""An agent that has told nothing for this long after its start may be showing a dialog."""

WORDS_LENGTH_MAX = 100
"""Longest last words of a dead agent, in characters."""


class Lookout:
    """Remembers what was announced last, so that only changes become events."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._panes: Mapping[str, Pane] = {}
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
        return self.judge(workers)

    def judge(self, workers: Iterable[Worker]) -> list[Event]:
        """Judge workers by the panes of the last look; record and return the changes as events."""
        workers = list(workers)
        if any(worker.session_name not in self._panes for worker in workers):
            self._panes = self._game.tmux.panes()  # a worker that is younger than the last look
        now = self._game.now()
        fresh: list[Evidence] = []
        changes: list[Event] = []
        announced: dict[str, Activity] = {}
        for worker in workers:
            judgement, news = self._judge_one(worker, now)
            fresh.extend(news)
            if change := self._change(worker, judgement, now):
                changes.append(change)
                announced[worker.id] = judgement.activity
        if fresh or changes:
            self._game.store.record(changes, *fresh)
        self.activity_by_worker.update(announced)  # only now: a write that failed is tried again
        return changes

    def _judge_one(self, worker: Worker, now: datetime) -> tuple[Judgement, list[Evidence]]:
        piece_by_kind = {(e.source, e.kind): e for e in self._game.store.evidence(worker)}
        news: list[Evidence] = []
        for seen in self._see(worker, piece_by_kind.values(), now):
            stored = piece_by_kind.get((seen.source, seen.kind))
            if not is_news(seen, stored):
                continue
            # Output changes all the time and can be asked of tmux at any time: it is not kept.
            if seen.kind != "output" and (stored is None or stored.value != seen.value):
                seen = self._with_last_words(worker, seen)
                news.append(seen)
            piece_by_kind[seen.source, seen.kind] = seen
        return judge(piece_by_kind.values(), now), news

    def _see(self, worker: Worker, stored: Iterable[Evidence], now: datetime) -> list[Evidence]:
        seen = see(worker, self._panes.get(worker.session_name), now)
        is_silent = not any(e.source is Source.HOOK for e in stored)
        if is_silent and worker.started_at and now - worker.started_at > SILENT_START:
            program, pane = AGENT_PROGRAMS[worker.agent], self._panes.get(worker.session_name)
            if program.proves_submission and pane and not pane.is_dead:
                text = self._game.tmux.capture(worker.session_name)
                if dialog := program.read_screen(worker.id, text, now):
                    seen.append(dialog)
        return seen

    def _with_last_words(self, worker: Worker, seen: Evidence) -> Evidence:
        if seen.value != "dead":
            return seen
        # tmux scrolls the pane by a line to write its own "Pane is dead" below.
        lines = self._game.tmux.capture(worker.session_name, line_count=2).splitlines()
        said = [line.strip() for line in lines if line.strip() and "Pane is dead" not in line]
        words = said[-1][:WORDS_LENGTH_MAX] if said else ""
        return replace(seen, detail=json.dumps({**json.loads(seen.detail), "last_words": words}))

    def _change(self, worker: Worker, judgement: Judgement, now: datetime) -> Event | None:
        activity = judgement.activity
        if activity is Activity.STARTING or self.activity_by_worker.get(worker.id) is activity:
            return None
        facts = {"activity": activity.value, "reason": judgement.reason}
        words = f"{worker.name} {_phrase(judgement)}"
        return about(worker, "activity_changed", words, now, **facts)


def _phrase(judgement: Judgement) -> str:
    match judgement.activity:
        case Activity.GONE | Activity.STALLED | Activity.NO_SIGNAL:
            return f"{judgement.activity}: {judgement.reason}"
        case Activity.BUSY:
            return "works"
        case _:
            return judgement.reason
