"""The score of a day or a week: how fast the fleet was, what landed, what it cost, who waited.

Pure: made from a `History` and the tokens of the span. Speed stands beside value: actions per
minute alone would praise whoever runs in circles.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from rts.world.events import activity_told
from rts.world.evidence import Activity
from rts.world.history import History, Tally
from rts.world.nouns import Event, PullRequest, TicketKind, Worker
from rts.world.prices import ModelUse, estimate_cost_usd

DAY, WEEK = timedelta(days=1), timedelta(days=7)
DAY_BAR, WEEK_BAR = timedelta(minutes=30), timedelta(hours=3)
"""What one bar of the curve stands for: 48 bars in a day, 56 in a week."""

MEDAL_ACTION_COUNT_MIN = 20
"""With fewer actions, or without a landing, no unit is called effective: it may run in circles."""

WAITING = frozenset({Activity.ASKING, Activity.BLOCKED})
"""Activities in which nothing but the commander is missing."""


@dataclass(frozen=True)
class Bar:
    """What happened in one stretch of the curve."""

    begins_at: datetime
    action_count: int
    effective_count: int
    """Those that did more than repeat; never more than `action_count`."""
    landed_count: int


@dataclass(frozen=True)
class UnitScore:
    """What one worker did within the span."""

    worker_id: str
    name: str
    ticket: str
    """`#7 Retry failed payments`."""
    kind: TicketKind
    agent: str
    action_count: int
    effective_count: int
    token_count: int
    cost_usd: float | None
    """An estimate by list prices; None: one of its models has none."""
    waited_s: float
    """How long it waited for the commander."""
    longest_stall_s: float
    landed_at: datetime | None

    @property
    def effect(self) -> float:
        """The share of its actions that did more than repeat, 0 to 1."""
        return self.effective_count / self.action_count if self.action_count else 0.0


@dataclass(frozen=True)
class Medal:
    """What one unit was best or worst at."""

    words: str
    """`most effective`, `cheapest landing`, `longest stall`."""
    unit: UnitScore


@dataclass(frozen=True)
class Score:
    """How it went from `since` until `until`."""

    project: str
    since: datetime
    until: datetime
    span: timedelta
    """A day or a week; `until` may lie before its end."""
    bars: tuple[Bar, ...]
    units: tuple[UnitScore, ...]
    """Those that acted, waited, landed or were spawned within it; the most active first."""
    trained_count: int
    opened_count: int
    landed_count: int
    merge_time_s: float | None
    """Median time from a pull request's opening to its landing; None: none landed."""
    notes: tuple[str, ...]
    """What was learnt, as the event log says it."""
    is_cut: bool = False
    """More happened before what is kept."""

    @property
    def minutes(self) -> float:
        """The wall minutes that have passed."""
        return max((self.until - self.since).total_seconds() / 60, 1.0)

    @property
    def action_count(self) -> int:
        """All actions."""
        return sum(bar.action_count for bar in self.bars)

    @property
    def apm(self) -> float:
        """Actions per wall minute of the whole span."""
        return self.action_count / self.minutes

    @property
    def epm(self) -> float:
        """Effective actions per wall minute."""
        return sum(bar.effective_count for bar in self.bars) / self.minutes

    @property
    def effect(self) -> float:
        """The share of actions that did more than repeat, 0 to 1."""
        return self.epm / self.apm if self.apm else 0.0

    @property
    def peak_apm(self) -> float:
        """The actions per minute of the best bar."""
        bar_minutes = bar_length(self.span).total_seconds() / 60
        return max((bar.action_count for bar in self.bars), default=0) / bar_minutes

    @property
    def waited_s(self) -> float:
        """How long units waited for the commander, all together."""
        return sum(unit.waited_s for unit in self.units)

    @property
    def token_count(self) -> int:
        """All tokens."""
        return sum(unit.token_count for unit in self.units)

    @property
    def cost_usd(self) -> float | None:
        """The estimates together; None: a unit that used tokens has none."""
        costs = [unit.cost_usd for unit in self.units if unit.token_count]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if known and len(known) == len(costs) else None

    def list_medals(self) -> tuple[Medal, ...]:
        """Return who was most effective, who landed cheapest, who stalled longest."""
        landed = [u for u in self.units if u.landed_at]
        active = [u for u in landed if u.action_count >= MEDAL_ACTION_COUNT_MIN]
        paid = [u for u in landed if u.token_count]
        stalled = [u for u in self.units if u.longest_stall_s]
        medals = []
        if active:
            best = max(active, key=lambda u: (u.effect, u.action_count))
            medals.append(Medal("most effective", best))
        if paid:
            cheapest = min(paid, key=lambda u: (u.cost_usd is None, u.cost_usd, u.token_count))
            medals.append(Medal("cheapest landing", cheapest))
        if stalled:
            medals.append(Medal("longest stall", max(stalled, key=lambda u: u.longest_stall_s)))
        return tuple(medals)


def bar_length(span: timedelta) -> timedelta:
    """Return what one bar of a curve over `span` stands for."""
    return DAY_BAR if span <= DAY else WEEK_BAR


def make_score(
    history: History,
    uses_by_worker: Mapping[str, Sequence[ModelUse]],
    since: datetime,
    span: timedelta,
) -> Score:
    """Return the score from `since` for `span`, or until the history was read.

    `uses_by_worker` holds the tokens of that time. `since` is aware; its bars are counted from it.
    """
    until = min(since + span, history.read_at)
    landed = [p for p in history.pull_requests if p.merged_at and since <= p.merged_at < until]
    units = [_score_unit(history, w, uses_by_worker, since, until) for w in history.workers]
    shown = [
        unit
        for unit, worker in zip(units, history.workers, strict=True)
        if _did_anything(unit) or worker.spawned_at >= since
    ]
    within = [event for event in history.events if since <= event.at < until]
    return Score(
        project=history.project.name if history.project else "all projects",
        since=since,
        until=until,
        span=span,
        bars=tuple(_count_bars(history, landed, since, span)),
        units=tuple(sorted(shown, key=lambda u: (-u.action_count, u.name))),
        trained_count=sum(since <= w.spawned_at < until for w in history.workers),
        opened_count=sum(since <= p.opened_at < until for p in history.pull_requests),
        landed_count=len(landed),
        merge_time_s=_merge_time_s(landed),
        notes=tuple(event.text for event in within if event.kind == "note_written"),
        is_cut=history.is_cut and since < history.begins_at,
    )


def _did_anything(unit: UnitScore) -> bool:
    return bool(unit.action_count or unit.token_count or unit.waited_s or unit.landed_at)


def _score_unit(
    history: History,
    worker: Worker,
    uses_by_worker: Mapping[str, Sequence[ModelUse]],
    since: datetime,
    until: datetime,
) -> UnitScore:
    ticket = next(t for t in history.tickets if t.id == worker.ticket_id)
    uses = uses_by_worker.get(worker.id, ())
    action_count = _count(history.actions.get(worker.id), since, until)
    repeat_count = _count(history.repeats.get(worker.id), since, until)
    stretches = list(_stretches(history, worker, since, until))
    merged = [p.merged_at for p in history.pull_requests if p.worker_id == worker.id]
    return UnitScore(
        worker_id=worker.id,
        name=worker.name,
        ticket=f"{ticket.label} {ticket.title}",
        kind=ticket.kind,
        agent=worker.agent,
        action_count=action_count,
        effective_count=max(action_count - repeat_count, 0),
        token_count=sum(u.input_tokens + u.cached_tokens + u.output_tokens for u in uses),
        cost_usd=estimate_cost_usd(uses) if uses else None,
        waited_s=sum(length for activity, length in stretches if activity in WAITING),
        longest_stall_s=max((s for a, s in stretches if a is Activity.STALLED), default=0.0),
        landed_at=next((at for at in merged if at and since <= at < until), None),
    )


def _stretches(
    history: History, worker: Worker, since: datetime, until: datetime
) -> Iterator[tuple[Activity, float]]:
    """Yield each activity of a worker with its seconds within the span."""
    told = [
        (event.at, activity)
        for event in _told_of(worker, (*history.earlier, *history.events))
        if (activity := activity_told(event)) is not None
    ]
    end = min(worker.dismissed_at or until, until)
    for (begins_at, activity), (ends_at, _) in pairwise([*told, (end, Activity.GONE)]):
        seconds = (min(ends_at, end) - max(begins_at, since)).total_seconds()
        if seconds > 0:
            yield activity, seconds


def _told_of(worker: Worker, events: Iterable[Event]) -> list[Event]:
    return sorted((e for e in events if e.worker_id == worker.id), key=lambda e: (e.at, e.id))


def _count_bars(
    history: History, landed: Sequence[PullRequest], since: datetime, span: timedelta
) -> Iterator[Bar]:
    length = bar_length(span)
    for i in range(round(span / length)):
        begins_at = since + i * length
        ends_at = begins_at + length
        actions = sum(_count(t, begins_at, ends_at) for t in history.actions.values())
        repeats = sum(_count(t, begins_at, ends_at) for t in history.repeats.values())
        landings = sum(begins_at <= p.merged_at < ends_at for p in landed if p.merged_at)
        yield Bar(begins_at, actions, max(actions - repeats, 0), landings)


def _count(tally: Tally | None, since: datetime, until: datetime) -> int:
    """Return how many there were from `since` on and before `until`."""
    if tally is None:
        return 0
    moment = 1e-6  # the store's times have microseconds; a tally counts its end as inside
    first, last = since.timestamp() - moment, until.timestamp() - moment
    return tally.count_until(last) - tally.count_until(first)


def _merge_time_s(landed: Sequence[PullRequest]) -> float | None:
    times = [(p.merged_at - p.opened_at).total_seconds() for p in landed if p.merged_at]
    return median(times) if times else None
