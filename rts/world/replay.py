"""The world as it was: one picture for any moment of a history, pure and fast.

What no record and no event tells is not invented: the reason of a busy worker is the one with which
it became busy, and a pane is not kept at all.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from rts.world.apm import WINDOWS, Tempo, rate
from rts.world.detail import UnitDetail
from rts.world.events import activity_told, event_facts
from rts.world.evidence import Activity, Judgement
from rts.world.history import Course, History, Tally, Value
from rts.world.nouns import (
    Check,
    Event,
    PullRequest,
    PullRequestState,
    Ticket,
    TicketStatus,
    Worker,
)
from rts.world.world import EVENT_COUNT_MAX, World

UNIT_SPARK_S, UNIT_SPARK_COUNT = 30.0, 10
FLEET_SPARK_S, FLEET_SPARK_COUNT = 60.0, 20
"""Seconds of a bucket and how many of them: as `orders.look` counts the present."""

RULE = "replay"
"""What a judgement of then names as its rule."""

DAY_S, SHORTEST_S = 86_400.0, 1e-6

_NONE: Tally = Tally()
_NEVER_S = float("inf")


def picture(history: History, at: datetime) -> World:
    """Return the world as it was at a time. For more than one picture, make a `Replay`."""
    return Replay(history).picture(at)


class Replay:
    """A history put in order once, so that each picture of it is only looked up.

    A picture of a hundred workers takes some milliseconds, putting 50,000 events in order a second.
    """

    def __init__(self, history: History) -> None:
        """Go through everything."""
        self.history = history
        self._event_times_s = [event.at.timestamp() for event in history.events]
        self._fleet_actions = _merge(history.actions)
        self._fleet_repeats = _merge(history.repeats)
        self._fleet_tokens = _merge(history.tokens)
        self._landed = Tally((_time_s(p.merged_at), 1) for p in history.pull_requests)
        self._lives = [
            (w.spawned_at.timestamp(), _time_s(w.dismissed_at), replace(w, dismissed_at=None))
            for w in history.workers
        ]
        self._starts = {w.id: _start(w) for w in history.workers}
        told = (*history.earlier, *history.events)
        self._judgements = _courses(_list_judgements(told))
        self._refusals = _courses(_list_refusals(told))
        self._told = _courses(
            (e.worker_id, e.at.timestamp(), e) for e in told if e.kind == "worker_told"
        )
        self._filed = [(t.created_at.timestamp(), t, {t.status: t}) for t in history.tickets]
        self._statuses = _courses(_list_statuses(history))
        opened = ((p.worker_id, p.opened_at.timestamp(), p) for p in history.pull_requests)
        self._pull_requests = _courses(opened)
        ran = ((c.worker_id, c.ran_at.timestamp(), c) for c in history.checks)
        self._checks = _courses(ran)
        self._waits = [
            (q.queued_at.timestamp(), _time_s(q.ended_at), q.worker_id)
            for q in history.queued_tells
        ]

    def picture(self, at: datetime) -> World:
        """Return the world as it was at a time."""
        history, at_s = self.history, at.timestamp()
        shown = bisect_right(self._event_times_s, at_s)
        workers = tuple(w for begin_s, end_s, w in self._lives if begin_s <= at_s < end_s)
        acting = [w.id for w in workers if w.id in history.actions]
        return World(
            event_id=history.events[shown - 1].id if shown else 0,
            project=history.project,
            tickets=tuple(self._tickets(at_s, {w.ticket_id for w in workers})),
            workers=workers,
            pull_requests=tuple(self._pull_requests_of(workers, at_s)),
            checks=tuple(self._checks_of(workers, at_s)),
            events=history.events[max(shown - EVENT_COUNT_MAX, 0) : shown],
            judgement_by_worker={w.id: self._judge(w, at_s) for w in workers},
            tempo_by_worker={
                i: _tempo(history.actions[i], history.repeats.get(i, _NONE), at_s) for i in acting
            },
            spark_by_worker={
                i: history.actions[i].count_buckets(at_s, UNIT_SPARK_S, UNIT_SPARK_COUNT)
                for i in acting
            },
            fleet_tempo=_tempo(self._fleet_actions, self._fleet_repeats, at_s),
            fleet_spark=self._fleet_actions.count_buckets(at_s, FLEET_SPARK_S, FLEET_SPARK_COUNT),
            refusal_by_worker=self._refusals_of(workers, at_s),
            tokens_by_worker={
                w.id: tally.count_until(at_s)
                for w in workers
                if (tally := history.tokens.get(w.id)) is not None
            },
            queued_by_worker=Counter(i for begin, end, i in self._waits if begin <= at_s < end),
            landed_today_count=_count_today(self._landed, at_s),
            tokens_today=_count_today(self._fleet_tokens, at_s),
            supply_limit=history.supply_limit,
        )

    def detail(self, worker: Worker, at: datetime) -> UnitDetail:
        """Return what the card shows beside the picture, as far as it was written down."""
        course, tokens = self._told.get(worker.id), self.history.tokens.get(worker.id, _NONE)
        told = course.at(at.timestamp()) if course else None
        return UnitDetail(
            worker.id,
            token_count=tokens.count_until(at.timestamp()),
            told_text=event_facts(told).get("text", "") if told else "",
            told_at=told.at if told else None,
        )

    def _tickets(self, at_s: float, taken_ids: set[str]) -> Iterator[Ticket]:
        """Return the tickets that were filed and not done, and those of workers that lived."""
        for filed_s, ticket, ticket_by_status in self._filed:
            if filed_s > at_s:
                continue
            course = self._statuses.get(ticket.id)
            status = (course.at(at_s) if course else None) or _first_status(ticket, course)
            if status is not TicketStatus.DONE or ticket.id in taken_ids:
                if status not in ticket_by_status:
                    ticket_by_status[status] = replace(ticket, status=status)
                yield ticket_by_status[status]

    def _pull_requests_of(self, workers: Iterable[Worker], at_s: float) -> Iterator[PullRequest]:
        """Return the latest pull request of each worker, as it was."""
        for worker in workers:
            course = self._pull_requests.get(worker.id)
            if course and (latest := course.at(at_s)):
                yield _as_of(latest, at_s)

    def _checks_of(self, workers: Iterable[Worker], at_s: float) -> Iterator[Check]:
        for worker in workers:
            course = self._checks.get(worker.id)
            if course and (latest := course.at(at_s)):
                yield latest

    def _judge(self, worker: Worker, at_s: float) -> Judgement:
        """Return what was told of a worker last; before that it was starting."""
        course = self._judgements.get(worker.id)
        return (course.at(at_s) if course else None) or self._starts[worker.id]

    def _refusals_of(self, workers: Iterable[Worker], at_s: float) -> dict[str, str]:
        courses = ((w.id, self._refusals.get(w.id)) for w in workers)
        reasons = ((i, course.at(at_s)) for i, course in courses if course)
        return {worker_id: reason for worker_id, reason in reasons if reason is not None}


def _list_judgements(events: Iterable[Event]) -> Iterator[tuple[str, float, Judgement]]:
    for event in events:
        if activity := activity_told(event):
            reason = event_facts(event).get("reason") or _REASON_BY_KIND[event.kind]
            judgement = Judgement(activity, reason, event.at, rule=RULE)
            yield event.worker_id, event.at.timestamp(), judgement


_REASON_BY_KIND = {
    "activity_changed": "",
    "worker_paused": "paused by you",
    "worker_resumed": "is being resumed",
}


def _list_refusals(events: Iterable[Event]) -> Iterator[tuple[str, float, str | None]]:
    """Whatever else happens to a pull request takes the refusal away."""
    for event in events:
        if event.kind.startswith("pull_request_"):
            is_refused = event.kind == "pull_request_refused"
            reason = event_facts(event).get("reason", "") if is_refused else None
            yield event.worker_id, event.at.timestamp(), reason


def _list_statuses(history: History) -> Iterator[tuple[str, float, TicketStatus]]:
    """From the records alone: they are kept longer than events."""
    landed = {p.worker_id: _time_s(p.merged_at) for p in history.pull_requests if p.merged_at}
    for worker in history.workers:
        yield worker.ticket_id, worker.spawned_at.timestamp(), TicketStatus.IN_PROGRESS
    for proposed in history.pull_requests:
        yield proposed.ticket_id, proposed.opened_at.timestamp(), TicketStatus.IN_REVIEW
        if proposed.merged_at:
            yield proposed.ticket_id, proposed.merged_at.timestamp(), TicketStatus.DONE
    for worker in history.workers:
        if worker.dismissed_at and worker.id not in landed:
            yield worker.ticket_id, worker.dismissed_at.timestamp(), TicketStatus.OPEN


def _first_status(ticket: Ticket, course: Course[TicketStatus] | None) -> TicketStatus:
    """Return what a ticket was filed as. Of one that was closed by hand nobody knows when."""
    return ticket.status if course is None else TicketStatus.OPEN


def _as_of(pull_request: PullRequest, at_s: float) -> PullRequest:
    """Return it as it was: closed it is only by its worker's dismissal."""
    if _time_s(pull_request.merged_at) <= at_s:
        return pull_request
    if pull_request.state is PullRequestState.OPEN:
        return pull_request
    return replace(pull_request, state=PullRequestState.OPEN, merged_at=None, merge_commit="")


def _start(worker: Worker) -> Judgement:
    return Judgement(Activity.STARTING, "its agent starts", worker.spawned_at, rule=RULE)


def _tempo(actions: Tally, repeats: Tally, at_s: float) -> Tempo:
    counts, effective = {}, {}
    all_count, repeat_count = actions.count_until(at_s), repeats.count_until(at_s)
    for name, span in WINDOWS.items():
        start_s = at_s - span.total_seconds()
        counts[name] = all_count - actions.count_until(start_s)
        effective[name] = counts[name] - (repeat_count - repeats.count_until(start_s))
    return rate(counts, effective)


def _count_today(tally: Tally, at_s: float) -> int:
    """Return how many there were since midnight UTC."""
    return tally.count_until(at_s) - tally.count_until(at_s - at_s % DAY_S - SHORTEST_S)


def _merge(tallies: Mapping[str, Tally]) -> Tally:
    return Tally(pair for tally in tallies.values() for pair in tally.pairs())


def _courses(values: Iterable[tuple[str, float, Value]]) -> dict[str, Course[Value]]:
    """Return the course of each id."""
    found: dict[str, list[tuple[float, Value]]] = defaultdict(list)
    for key, at_s, value in values:
        found[key].append((at_s, value))
    return {key: Course(pairs) for key, pairs in found.items()}


def _time_s(at: datetime | None) -> float:
    """Return a POSIX time; what has not happened lies after all times."""
    return at.timestamp() if at else _NEVER_S
