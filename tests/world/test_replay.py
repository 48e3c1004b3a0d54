"""The past: each picture of it is what a plain walk through what happened says."""

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rts.errors import OrderRefused
from rts.world.apm import WINDOWS
from rts.world.evidence import Activity
from rts.world.history import History, Mark, Tally, list_marks, step_moment
from rts.world.moments import read_moment
from rts.world.nouns import (
    Event,
    PullRequest,
    PullRequestState,
    QueuedTell,
    Ticket,
    TicketStatus,
    Worker,
)
from rts.world.replay import Replay, picture
from tests.making import NOON, a_pull_request, a_ticket, a_worker, ago, an_event

TOLD = (Activity.BUSY, Activity.ASKING, Activity.DONE, Activity.GONE)


@dataclass
class Walk:
    """Plays moves in order, keeps how everything stands, and writes down what a store would."""

    now: datetime = field(default_factory=lambda: ago(hours=20))
    tickets: dict[str, Ticket] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    proposed: dict[str, PullRequest] = field(default_factory=dict)
    activities: dict[str, tuple[Activity, str]] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    queued: list[QueuedTell] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    actions: dict[str, list[datetime]] = field(default_factory=dict)

    def play(self, move: str, index: int) -> None:
        living = [w for w in self.workers.values() if w.dismissed_at is None]
        worker = living[index % len(living)] if living else None
        if move == "file":
            self.file()
        elif move == "spawn":
            self.spawn()
        elif worker is not None:
            getattr(self, move)(worker, index)

    def file(self) -> None:
        ticket = a_ticket(len(self.tickets) + 1, created_at=self.now)
        self.tickets[ticket.id] = ticket
        self.tell("ticket_filed")

    def spawn(self) -> None:
        free = [t for t in self.tickets.values() if t.status is TicketStatus.OPEN]
        if free:
            name = f"w-{len(self.workers)}"
            worker = a_worker(name, ticket=free[0], spawned_at=self.now)
            self.workers[worker.id] = worker
            self.activities[worker.id] = (Activity.STARTING, "its agent starts")
            self.mark(worker, TicketStatus.IN_PROGRESS)
            self.tell("worker_spawned", worker)

    def change(self, worker: Worker, index: int) -> None:
        self.activities[worker.id] = (TOLD[index % 4], f"reason {index}")
        activity, reason = self.activities[worker.id]
        self.tell("activity_changed", worker, activity=activity.value, reason=reason)

    def pause(self, worker: Worker, _: int) -> None:
        self.activities[worker.id] = (Activity.PAUSED, "paused by you")
        self.tell("worker_paused", worker)

    def resume(self, worker: Worker, _: int) -> None:
        self.activities[worker.id] = (Activity.STARTING, "is being resumed")
        self.tell("worker_resumed", worker)

    def refuse(self, worker: Worker, index: int) -> None:
        self.refusals[worker.id] = f"no commit {index}"
        self.tell("pull_request_refused", worker, reason=f"no commit {index}")

    def propose(self, worker: Worker, _: int) -> None:
        if worker.id not in self.proposed:
            number = len(self.proposed) + 1
            new = a_pull_request(worker, number=number, opened_at=self.now)
            self.proposed[worker.id] = new
            self.refusals.pop(worker.id, None)
            self.mark(worker, TicketStatus.IN_REVIEW)
            self.tell("pull_request_opened", worker)

    def merge(self, worker: Worker, _: int) -> None:
        known = self.proposed.get(worker.id)
        if known and known.state is PullRequestState.OPEN:
            state = PullRequestState.MERGED
            self.proposed[worker.id] = replace(known, state=state, merged_at=self.now)
            self.refusals.pop(worker.id, None)
            self.mark(worker, TicketStatus.DONE)
            self.tell("pull_request_merged", worker)

    def dismiss(self, worker: Worker, _: int) -> None:
        self.workers[worker.id] = replace(worker, dismissed_at=self.now)
        known = self.proposed.get(worker.id)
        if known is None or known.state is not PullRequestState.MERGED:
            self.mark(worker, TicketStatus.OPEN)
        if known and known.state is PullRequestState.OPEN:
            self.proposed[worker.id] = replace(known, state=PullRequestState.CLOSED)
        self.tell("worker_dismissed", worker)

    def act(self, worker: Worker, _: int) -> None:
        self.actions.setdefault(worker.id, []).append(self.now)

    def queue(self, worker: Worker, _: int) -> None:
        self.queued.append(QueuedTell(f"q{len(self.queued)}", worker.id, "go on", self.now))

    def mark(self, worker: Worker, status: TicketStatus) -> None:
        self.tickets[worker.ticket_id] = replace(self.tickets[worker.ticket_id], status=status)

    def tell(self, kind: str, worker: Worker | None = None, **facts: str) -> None:
        worker_id, event_id = worker.id if worker else "", len(self.events) + 1
        detail = json.dumps(facts)
        self.events.append(
            an_event(kind, at=self.now, worker_id=worker_id, detail=detail, id=event_id)
        )

    def history(self) -> History:
        return History(
            workers=tuple(self.workers.values()),
            tickets=tuple(self.tickets.values()),
            pull_requests=tuple(self.proposed.values()),
            queued_tells=tuple(self.queued),
            events=tuple(self.events),
            actions={i: Tally((at.timestamp(), 1) for at in t) for i, t in self.actions.items()},
            read_at=self.now,
        )

    def told(self, at: datetime) -> dict[str, object]:
        """How everything stands, in the words of a picture."""
        living = [w for w in self.workers.values() if w.dismissed_at is None]
        ids, taken = {w.id for w in living}, {w.ticket_id for w in living}
        return {
            "workers": ids,
            "activities": {i: told for i, told in self.activities.items() if i in ids},
            "tickets": {
                t.id: t.status
                for t in self.tickets.values()
                if t.status is not TicketStatus.DONE or t.id in taken
            },
            "pull requests": {i: p.state for i, p in self.proposed.items() if i in ids},
            "refusals": {i: why for i, why in self.refusals.items() if i in ids},
            "queued": dict(Counter(q.worker_id for q in self.queued)),
            "events": [event.id for event in self.events],
            "landed": sum(
                p.merged_at is not None and p.merged_at.date() == at.date()
                for p in self.proposed.values()
            ),
            "apm": {
                window: sum(at - span < a <= at for times in self.actions.values() for a in times)
                for window, span in WINDOWS.items()
            },
        }


def told_by(history: History, at: datetime) -> dict[str, object]:
    world = picture(history, at)
    minutes = {window: span / timedelta(minutes=1) for window, span in WINDOWS.items()}
    return {
        "workers": {w.id for w in world.workers},
        "activities": {i: (j.activity, j.reason) for i, j in world.judgement_by_worker.items()},
        "tickets": {ticket.id: ticket.status for ticket in world.tickets},
        "pull requests": {p.worker_id: p.state for p in world.pull_requests},
        "refusals": dict(world.refusal_by_worker),
        "queued": dict(world.queued_by_worker),
        "events": [event.id for event in world.events],
        "landed": world.landed_today_count,
        "apm": {w: round(world.fleet_tempo.apm[w] * minutes[w]) for w in WINDOWS},
    }


MOVES = (
    "file", "spawn", "change", "pause", "resume", "refuse", "propose", "merge", "dismiss", "act",
    "queue",
)  # fmt: skip


@given(
    moves=st.lists(
        st.tuples(st.integers(1, 90), st.sampled_from(MOVES), st.integers(0, 7)), max_size=40
    ),
    share=st.floats(0, 1),
)
def test_a_picture_is_what_a_walk_to_that_moment_says(moves, share):
    whole, until = Walk(), Walk()
    stop_at = whole.now + sum((timedelta(minutes=m) for m, _, _ in moves), timedelta()) * share
    for minutes, move, index in [(1, "file", 0), (1, "spawn", 0), *moves]:
        whole.now += timedelta(minutes=minutes)
        whole.play(move, index)
        if whole.now <= stop_at:
            until.now = whole.now
            until.play(move, index)

    assert told_by(whole.history(), stop_at) == until.told(stop_at)


def test_before_the_first_event_there_is_nothing_and_nothing_breaks():
    world = picture(History(read_at=NOON), ago(days=9))

    assert (world.workers, world.tickets, world.events) == ((), (), ())


def test_a_unit_keeps_the_cell_that_it_had():
    early = a_worker("falcon-1", cell_index=3, dismissed_at=ago(minutes=10))
    late = a_worker("otter-1", cell_index=3, spawned_at=ago(minutes=5))
    past = Replay(History(workers=(early, late), tickets=(a_ticket(),)))

    def cells(minutes):
        return [(w.name, w.cell_index) for w in past.picture(ago(minutes=minutes)).workers]

    assert cells(11) == [("falcon-1", 3)]
    assert cells(7) == []
    assert cells(5) == [("otter-1", 3)]


def test_what_was_told_before_the_kept_events_still_stands():
    worker = a_worker()
    told = an_event(
        "activity_changed",
        worker_id=worker.id,
        at=ago(days=8),
        detail='{"activity": "asking", "reason": "asks: which?"}',
    )
    history = History(workers=(worker,), tickets=(a_ticket(),), earlier=(told,), is_cut=True)

    judgement = picture(history, ago(minutes=1)).judgement_of(worker)

    assert (judgement.activity, judgement.reason) == (Activity.ASKING, "asks: which?")
    assert judgement.since == ago(days=8)


def test_a_ticket_that_was_closed_by_hand_is_not_shown_as_open():
    closed = a_ticket(status=TicketStatus.DONE, created_at=ago(days=1))

    assert picture(History(tickets=(closed,)), NOON).tickets == ()


def test_the_card_knows_what_the_unit_had_been_told_by_then():
    worker = a_worker()
    told = [
        an_event("worker_told", worker_id=worker.id, at=ago(minutes=m), detail=f'{{"text": "{m}"}}')
        for m in (9, 4)
    ]
    past = Replay(History(workers=(worker,), events=tuple(told)))

    assert past.detail(worker, ago(minutes=10)).told_at is None
    assert past.detail(worker, ago(minutes=5)).told_text == "9"
    assert past.detail(worker, NOON).told_text == "4"


def test_steps_go_from_one_moment_to_the_next_and_stop_at_the_ends():
    moments = (ago(minutes=9), ago(minutes=5), ago(minutes=1))

    assert step_moment(moments, ago(minutes=6), 1) == ago(minutes=5)
    assert step_moment(moments, ago(minutes=5), 1) == ago(minutes=1)
    assert step_moment(moments, ago(minutes=5), -1) == ago(minutes=9)
    assert step_moment(moments, ago(minutes=9), -1) == ago(minutes=9)
    assert step_moment(moments, NOON, 1) == ago(minutes=1)


def test_a_sounded_cue_is_no_moment_but_the_last_action_is():
    events = (an_event(at=ago(minutes=9)), an_event("cue_sounded", at=ago(minutes=5)))
    acted = {"w": Tally([(ago(minutes=2).timestamp(), 1)])}

    moments = History(events=events, actions=acted).list_moments()

    assert moments == (ago(minutes=9), ago(minutes=2))


def test_landings_and_alerts_stand_out():
    asks = an_event("activity_changed", at=NOON, detail='{"activity": "asking"}')
    works = an_event("activity_changed", at=NOON, detail='{"activity": "busy"}')
    landed = an_event("pull_request_merged", at=ago(minutes=1))

    assert list_marks([asks, works, landed]) == (
        Mark(ago(minutes=1), is_landing=True),
        Mark(NOON, is_landing=False),
    )


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("2h", ago(hours=2)),
        ("90m ago", ago(minutes=90)),
        ("9:05", NOON.replace(hour=9, minute=5)),
        ("09:05:30", NOON.replace(hour=9, minute=5, second=30)),
        ("2026-11-20T23:00", ago(hours=13)),
        ("2026-11-20T23:00+01:00", ago(hours=14)),
        ("2026-11-20", ago(hours=36)),
    ],
)
def test_a_time_is_read_as_people_type_it(words, meant):
    assert read_moment(words, NOON) == meant


@pytest.mark.parametrize("words", ["", "soon", "25:00", "2026-13-01", "999999d", "-2h", "13:00"])
def test_what_is_no_time_or_has_not_come_is_refused_with_an_example(words):
    with pytest.raises(OrderRefused) as refused:
        read_moment(words, NOON)

    assert "--at 14:05" in refused.value.hint
