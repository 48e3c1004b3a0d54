"""Records for tests, with everything but the telling part filled in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rts.world.evidence import Evidence, Source
from rts.world.nouns import (
    Action,
    Event,
    Project,
    PullRequest,
    PullRequestState,
    Ticket,
    TicketKind,
    TicketStatus,
    Worker,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
"""The hour at which tests with a fixed clock play."""


def ago(**span: float) -> datetime:
    """Return a time before noon: `ago(minutes=3)`."""
    return NOON - timedelta(**span)


def a_project(**changes: Any) -> Project:
    return replace(Project("p1", "shop", "/somewhere/shop", "here", NOON), **changes)


def a_ticket(number: int = 7, title: str = "Retry failed payments", **changes: Any) -> Ticket:
    plain = Ticket(
        id=f"t{number}",
        project_id="p1",
        number=number,
        title=title,
        body="",
        kind=TicketKind.FEATURE,
        status=TicketStatus.OPEN,
        created_at=NOON,
    )
    return replace(plain, **changes)


def a_worker(name: str = "falcon-1", *, ticket: Ticket | None = None, **changes: Any) -> Worker:
    plain = Worker(
        id=f"id-of-{name}",
        project_id="p1",
        ticket_id=(ticket or a_ticket()).id,
        slot=0,
        name=name,
        cell_index=0,
        agent="drill",
        branch=f"rts/{name}/work",
        base_branch="main",
        base_commit="0" * 40,
        worktree=f"shop.rts/{name}",
        session_name=f"w-{name}",
        conversation_id="00000000-0000-4000-8000-000000000000",
        host="here",
        spawned_at=ago(minutes=30),
        started_at=ago(minutes=30),
    )
    return replace(plain, **changes)


def a_pull_request(worker: Worker, **changes: Any) -> PullRequest:
    plain = PullRequest(
        id=f"pr-of-{worker.name}",
        project_id="p1",
        ticket_id=worker.ticket_id,
        worker_id=worker.id,
        number=1,
        title="Retry failed payments",
        body="## Summary\n\nPayments are tried again.\n",
        branch=worker.branch,
        base_branch="main",
        head_commit="1" * 40,
        state=PullRequestState.OPEN,
        opened_at=ago(minutes=2),
    )
    return replace(plain, **changes)


def an_event(kind: str = "ticket_filed", **changes: Any) -> Event:
    return replace(Event(kind, "something happened", NOON), **changes)


def an_action(number: int, digest: str = "", **changes: Any) -> Action:
    plain = Action("id-of-falcon-1", f"use-{number}", "Bash", NOON, digest or f"digest-{number}")
    return replace(plain, **changes)


def a_hook(kind: str, value: str = "", at: datetime = NOON, detail: str = "{}") -> Evidence:
    return Evidence("id-of-falcon-1", Source.HOOK, kind, at, value, detail)


def a_level(value: str, at: datetime = NOON) -> Evidence:
    return Evidence("id-of-falcon-1", Source.LEVEL, "registry", at, value)


def a_pane(value: str, at: datetime = NOON, detail: str = "{}") -> Evidence:
    return Evidence("id-of-falcon-1", Source.PROCESS, "pane", at, value, detail)
