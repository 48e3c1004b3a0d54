"""What is kept of the past, ordered so that any moment of it is found by bisection."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Generic, TypeVar

from rts.world.events import activity_told
from rts.world.evidence import NEEDS_COMMANDER
from rts.world.nouns import Check, Event, Project, PullRequest, QueuedTell, Ticket, Worker

REPLAY_SPAN = timedelta(days=7)
"""The longest past that is replayed: the longest window of APM, and as many days as one recalls."""

REPLAY_EVENT_MAX = 50_000
"""Most events that are replayed: some 60 MB. A hundred busy units write as many in two days."""

REPLAY_ACTION_MAX = 200_000
"""Most actions that are known to the second: an hour of a hundred busy workers is 120,000. Those
before are known to the minute, which only the two shortest windows and the sparklines can tell."""

UNTOLD_KINDS = frozenset({"cue_sounded"})
"""Events that change no picture: no step of a replay ends at one."""

Value = TypeVar("Value")


class Tally:
    """What was counted over time; asked how many there were in a span."""

    def __init__(self, counted: Iterable[tuple[float, int]] = ()) -> None:
        """Order pairs of a POSIX time in seconds and how many there were then."""
        pairs = sorted(counted)
        self._times_s = array("d", (at_s for at_s, _ in pairs))
        self._sums = array("q", accumulate((count for _, count in pairs), initial=0))

    def pairs(self) -> list[tuple[float, int]]:
        """Return what it was made from, in order."""
        counts = (after - before for before, after in pairwise(self._sums))
        return list(zip(self._times_s, counts, strict=True))

    @property
    def last_s(self) -> float:
        """When it was counted last; 0: never."""
        return self._times_s[-1] if self._times_s else 0.0

    def count_until(self, at_s: float) -> int:
        """Return how many there were up to a time, itself included."""
        return self._sums[bisect_right(self._times_s, at_s)]

    def count_buckets(self, at_s: float, bucket_s: float, bucket_count: int) -> tuple[int, ...]:
        """Return how many there were in each of the last buckets before a time, oldest first."""
        ends = [self.count_until(at_s - bucket_s * i) for i in range(bucket_count, -1, -1)]
        return tuple(after - before for before, after in pairwise(ends))


class Course(Generic[Value]):
    """What something was over time: each value from its moment until the next one's."""

    def __init__(self, values: Iterable[tuple[float, Value]]) -> None:
        """Order pairs of a POSIX time in seconds and a value; of equal times the last one counts.

        What is given first comes first, where times are equal.
        """
        pairs = sorted(values, key=lambda pair: pair[0])
        self._times_s = [at_s for at_s, _ in pairs]
        self._values = [value for _, value in pairs]

    def at(self, at_s: float) -> Value | None:
        """Return what it was at a time, or None before the first moment."""
        index = bisect_right(self._times_s, at_s)
        return self._values[index - 1] if index else None


@dataclass(frozen=True)
class History:
    """The past of a project up to `read_at`. Made by `orders.replay`, changed by nobody."""

    project: Project | None = None
    """None: all of them."""
    workers: tuple[Worker, ...] = ()
    """All that lived within it, dismissed or not, in the order of hiring."""
    tickets: tuple[Ticket, ...] = ()
    """By number."""
    pull_requests: tuple[PullRequest, ...] = ()
    """By number."""
    checks: tuple[Check, ...] = ()
    queued_tells: tuple[QueuedTell, ...] = ()
    events: tuple[Event, ...] = ()
    """What can be replayed; oldest first."""
    earlier: tuple[Event, ...] = ()
    """How it stood before `events`: the last of each kind that says so, of each worker."""
    actions: Mapping[str, Tally] = field(default_factory=dict)
    """Completed tool calls, by worker id; from one longest window before the first event on."""
    repeats: Mapping[str, Tally] = field(default_factory=dict)
    """Those of them that only repeated."""
    tokens: Mapping[str, Tally] = field(default_factory=dict)
    """All tokens, to the minute, by worker id."""
    supply_limit: int = 0
    read_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    is_cut: bool = False
    """There was more before; `REPLAY_SPAN` and `REPLAY_EVENT_MAX` say how much is kept."""

    @property
    def begins_at(self) -> datetime:
        """When the first event was."""
        return self.events[0].at if self.events else self.read_at

    @property
    def ends_at(self) -> datetime:
        """When the last event or action was: after it nothing moved."""
        told_s = max((event.at.timestamp() for event in self.events[-1:]), default=0.0)
        acted_s = max((tally.last_s for tally in self.actions.values()), default=0.0)
        if told_s >= acted_s:
            return self.events[-1].at if self.events else self.read_at
        return datetime.fromtimestamp(acted_s, UTC)

    def list_moments(self) -> tuple[datetime, ...]:
        """Return when something happened that a picture shows, and the end; at least one."""
        told = {event.at for event in self.events if event.kind not in UNTOLD_KINDS}
        return tuple(sorted({*told, self.ends_at}))


@dataclass(frozen=True)
class Mark:
    """A moment that stands out on the timeline of a replay."""

    at: datetime
    is_landing: bool
    """A pull request landed; else somebody began to need the commander."""


def list_marks(events: Sequence[Event]) -> tuple[Mark, ...]:
    """Return landings and alerts, the earliest first."""
    marks = [
        Mark(event.at, event.kind == "pull_request_merged")
        for event in events
        if event.kind == "pull_request_merged" or activity_told(event) in NEEDS_COMMANDER
    ]
    return tuple(sorted(marks, key=lambda mark: mark.at))


def step_moment(moments: Sequence[datetime], at: datetime, step: int) -> datetime:
    """Return the next moment after `at` (+1) or the last one before it (−1), or one of the ends."""
    index = bisect_right(moments, at) if step > 0 else bisect_left(moments, at) - 1
    return moments[min(max(index, 0), len(moments) - 1)] if moments else at
