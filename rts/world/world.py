"""A frozen picture of everything, at one event id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from rts.world.apm import Tempo
from rts.world.events import activity_told
from rts.world.evidence import NEEDS_COMMANDER, Activity, Judgement
from rts.world.nouns import (
    Check,
    Event,
    Project,
    PullRequest,
    PullRequestState,
    Ticket,
    TicketStatus,
    Worker,
)
from rts.world.quota import Quota

EVENT_COUNT_MAX = 200
"""Events that a picture holds: more than any log panel shows."""

STILL_ACTIVE = frozenset({Activity.BUSY, Activity.ASKING, Activity.BLOCKED, Activity.STALLED})
"""Activities that show although the pull request has landed: somebody spoke to the worker since."""


@dataclass(frozen=True)
class World:
    """What the screen draws and what `rts ls` prints. Made by `orders.look`, changed by nobody."""

    event_id: int = 0
    """The newest event in it; a newer one in the store means that there is news."""
    project: Project | None = None
    """The project looked at; None: all of them."""
    tickets: tuple[Ticket, ...] = ()
    """Every ticket that is not done, and those of `workers`; by number."""
    workers: tuple[Worker, ...] = ()
    """The living workers, in the order of hiring."""
    pull_requests: tuple[PullRequest, ...] = ()
    """The latest pull request of each living worker."""
    checks: tuple[Check, ...] = ()
    """The latest check of each living worker."""
    events: tuple[Event, ...] = ()
    """The newest `EVENT_COUNT_MAX`, oldest first."""
    judgement_by_worker: Mapping[str, Judgement] = field(default_factory=dict)
    """By worker id; every living worker has one."""
    tempo_by_worker: Mapping[str, Tempo] = field(default_factory=dict)
    """By worker id; a worker without actions may be missing."""
    spark_by_worker: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Actions per half-minute over the last five minutes, oldest first, by worker id."""
    fleet_tempo: Tempo = field(default_factory=Tempo)
    fleet_spark: tuple[int, ...] = ()
    """Actions per minute over the last 20 minutes, oldest first."""
    refusal_by_worker: Mapping[str, str] = field(default_factory=dict)
    """Why the latest hand-in was refused, by worker id."""
    tokens_by_worker: Mapping[str, int] = field(default_factory=dict)
    """Input, cached and output tokens together, by worker id."""
    queued_by_worker: Mapping[str, int] = field(default_factory=dict)
    """Messages that wait until the worker is idle, by worker id."""
    groups: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """The ids of the living workers of each control group that has any, by its number."""
    landed_today_count: int = 0
    """Pull requests merged since midnight UTC."""
    supply_limit: int = 0
    tokens_today: int = 0
    """All tokens of the project's workers since midnight UTC, of dismissed ones too."""
    quotas: tuple[Quota, ...] = ()
    """What vendors said last of the accounts that living workers use; only what is still true."""

    # A picture of a hundred units asks for these hundreds of times.

    @cached_property
    def _ticket_by_id(self) -> dict[str, Ticket]:
        return {ticket.id: ticket for ticket in self.tickets}

    @cached_property
    def _pull_request_by_worker(self) -> dict[str, PullRequest]:
        return {pull_request.worker_id: pull_request for pull_request in self.pull_requests}

    @cached_property
    def _check_by_worker(self) -> dict[str, Check]:
        return {check.worker_id: check for check in self.checks}

    @cached_property
    def worker_by_id(self) -> dict[str, Worker]:
        """Every living worker, by its id."""
        return {worker.id: worker for worker in self.workers}

    @cached_property
    def alerts(self) -> tuple[Worker, ...]:
        """The workers that need the commander, newest alert first."""
        needing = filter(self.needs_commander, self.workers)
        return tuple(sorted(needing, key=lambda w: self.judgement_of(w).since, reverse=True))

    def ticket_of(self, worker: Worker) -> Ticket:
        """Return the worker's ticket."""
        return self._ticket_by_id[worker.ticket_id]

    def pull_request_of(self, worker: Worker) -> PullRequest | None:
        """Return the worker's latest pull request, if it opened one."""
        return self._pull_request_by_worker.get(worker.id)

    def check_of(self, worker: Worker) -> Check | None:
        """Return the latest run of the tests on this worker's branch, if there was one."""
        return self._check_by_worker.get(worker.id)

    def judgement_of(self, worker: Worker) -> Judgement:
        """Return what the worker is doing."""
        return self.judgement_by_worker[worker.id]

    def age_of(self, worker: Worker, now: datetime) -> timedelta:
        """Return for how long the worker has been as it is.

        A verdict is as old as its evidence, which may be older than the change: after a permission
        was given, a tool call goes on that was begun before. The event of the change knows.
        """
        judgement = self.judgement_of(worker)
        changed = self._changed_by_worker.get(worker.id)
        if changed and activity_told(changed) is judgement.activity:
            return now - max(judgement.since, changed.at)
        return judgement.age(now)

    @cached_property
    def _changed_by_worker(self) -> dict[str, Event]:
        return {e.worker_id: e for e in self.events if e.kind == "activity_changed"}

    def tempo_of(self, worker: Worker) -> Tempo:
        """Return the worker's actions per minute."""
        return self.tempo_by_worker.get(worker.id, Tempo())

    def is_ready(self, worker: Worker) -> bool:
        """Tell whether the worker's pull request can be landed: nothing works on it, no test fails.

        An agent that ended after handing in takes nothing away from its work.
        """
        return self._is_handed_in(worker) and not self.fails_tests(worker)

    def fails_tests(self, worker: Worker) -> bool:
        """Tell whether the worker handed in, and the tests that `rts` ran on it failed."""
        check = self.check_of(worker)
        return self._is_handed_in(worker) and check is not None and not check.has_passed

    def _is_handed_in(self, worker: Worker) -> bool:
        pull_request = self.pull_request_of(worker)
        return (
            pull_request is not None
            and pull_request.state is PullRequestState.OPEN
            and self.judgement_of(worker).activity in (Activity.DONE, Activity.GONE)
        )

    def has_landed(self, worker: Worker) -> bool:
        """Tell whether the worker's pull request was merged, and it does nothing more."""
        pull_request = self.pull_request_of(worker)
        return (
            pull_request is not None
            and pull_request.state is PullRequestState.MERGED
            and self.judgement_of(worker).activity not in STILL_ACTIVE
        )

    def refusal_of(self, worker: Worker) -> str:
        """Return why the worker's hand-in was refused; empty when it was not, or works again."""
        is_done = self.judgement_of(worker).activity is Activity.DONE
        return self.refusal_by_worker.get(worker.id, "") if is_done else ""

    def needs_commander(self, worker: Worker) -> bool:
        """Tell whether the worker cannot go on without the commander."""
        if self.has_landed(worker):
            return False
        return (
            self.judgement_of(worker).activity in NEEDS_COMMANDER
            or self._is_handed_in(worker)
            or bool(self.refusal_of(worker))
        )

    def open_tickets(self) -> tuple[Ticket, ...]:
        """Return the tickets on which nobody works."""
        taken = {worker.ticket_id for worker in self.workers}
        return tuple(
            t for t in self.tickets if t.id not in taken and t.status is not TicketStatus.DONE
        )
