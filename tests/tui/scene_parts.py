"""What scenes are made of: one `Part` per unit, a pane, a diff."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rts.world.apm import Tempo
from rts.world.detail import UnitDetail
from rts.world.evidence import Activity, Evidence, Judgement, Source
from rts.world.names import CALL_SIGNS, branch_name
from rts.world.nouns import (
    Check,
    Event,
    Project,
    PullRequest,
    PullRequestState,
    Ticket,
    TicketKind,
    TicketStatus,
    Worker,
)
from rts.world.quota import Quota
from rts.world.world import World
from tests.tui.review_parts import PULL_REQUEST_BODY

NOW = datetime(2026, 3, 14, 14, 3, 0, tzinfo=UTC)
PROJECT = Project("p", "shop", "/code/shop", "here", NOW)

QUOTAS = (
    Quota("codex", 300, 63.4, NOW + timedelta(hours=2)),
    Quota("codex", 10_080, 41.0, NOW + timedelta(days=3)),
)

TITLES = (
    "Retry failed payments",
    "Proxy drops idle connections",
    "Bump the Postgres client",
    "Debounce the search field",
    "Spike: usage-based pricing",
    "Export invoices as CSV",
    "Flaky login test",
    "Rate-limit the public API",
    "Round totals half to even",
    "Drop Python 3.10",
)
KINDS = tuple(TicketKind)

PANE = """\
\x1b[1m●\x1b[0m I'll make the retry queue idempotent first, then wire the webhook.

\x1b[36m●\x1b[0m \x1b[1mUpdate\x1b[0m(payments/retry.py)
  ⎿  Updated with 42 additions and 7 removals
     \x1b[2m61\x1b[0m  \x1b[31m-    queue.push(payment)\x1b[0m
     \x1b[2m61\x1b[0m  \x1b[32m+    queue.push(payment, key=payment.idempotency_key)\x1b[0m

\x1b[36m●\x1b[0m \x1b[1mBash\x1b[0m(python -m pytest -q tests/payments)
  ⎿  \x1b[32m41 passed\x1b[0m in 0.31s

\x1b[1m●\x1b[0m Booting the server to check the webhook by hand.

\x1b[35m✻\x1b[0m \x1b[35mWorking…\x1b[0m \x1b[2m(12s · esc to interrupt)\x1b[0m
"""

LAST_WORDS = """\
The retry queue pushes a payment **once**: a second push with the same key is dropped.

The webhook comes next.
"""

DIFF = """\
diff --git a/payments/retry.py b/payments/retry.py
index 3f1a2b4..9c8d7e6 100644
--- a/payments/retry.py
+++ b/payments/retry.py
@@ -58,7 +58,9 @@ def retry(queue, payment):
     # A payment is pushed again after a failure that may pass.
     if payment.attempt_count >= ATTEMPT_MAX:
         raise GivenUp(payment)
-    queue.push(payment)
+    key = payment.idempotency_key
+    if not queue.has(key):
+        queue.push(payment, key=key)
     return queue
diff --git a/tests/payments/test_retry.py b/tests/payments/test_retry.py
new file mode 100644
--- /dev/null
+++ b/tests/payments/test_retry.py
@@ -0,0 +1,4 @@
+def test_a_payment_is_pushed_once(queue, payment):
+    retry(queue, payment)
+    retry(queue, payment)
+    assert len(queue) == 1
"""


@dataclass(frozen=True)
class Part:
    """One unit of a scene, in short."""

    activity: Activity = Activity.BUSY
    reason: str = "runs Bash: python -m pytest -q"
    age: timedelta = timedelta(minutes=2)
    apm: float = 0.0
    is_proposed: bool = False
    is_merged: bool = False
    wants_permission: bool = False


def make_world(parts: tuple[Part, ...], waiting_count: int = 4) -> World:
    """Return a world with one worker per part and some tickets on which nobody works."""
    tickets = tuple(_ticket(i) for i in range(len(parts) + waiting_count))
    workers = tuple(make_worker(i, tickets[i]) for i in range(len(parts)))
    both = list(zip(workers, parts, strict=True))
    tempos = {w.id: _tempo(part.apm) for w, part in both}
    return World(
        event_id=len(parts) + 1,
        project=PROJECT,
        tickets=tickets,
        workers=workers,
        pull_requests=tuple(
            make_pull_request(w, tickets[i], is_merged=part.is_merged)
            for i, (w, part) in enumerate(both)
            if part.is_proposed
        ),
        checks=tuple(_check(w) for w, part in both if part.is_proposed),
        events=tuple(
            _event(i + 1, worker, part)
            for i, (worker, part) in enumerate(sorted(both, key=lambda b: b[1].age, reverse=True))
        ),
        judgement_by_worker={w.id: _judgement(w, part) for w, part in both},
        tempo_by_worker=tempos,
        spark_by_worker={
            w.id: tuple(max(0, round(part.apm / 2) + (i * 7 + k * 5) % 6 - 3) for k in range(10))
            for i, (w, part) in enumerate(both)
            if part.apm
        },
        fleet_tempo=sum(tempos.values(), Tempo()),
        fleet_spark=tuple(
            round(sum(p.apm for p in parts) * (5 + (k * k) % 7 - k % 3) / 9) for k in range(20)
        ),
        tokens_by_worker={w.id: 20_000 + 37_000 * (i % 7) for i, w in enumerate(workers)},
        landed_today_count=4 if parts else 0,
        supply_limit=12,
        tokens_today=sum(20_000 + 37_000 * (i % 7) for i in range(len(workers))) * 3,
    )


def _ticket(i: int) -> Ticket:
    title = TITLES[i % len(TITLES)]
    kind = KINDS[(i * 3 + i // 4) % len(KINDS)]
    return Ticket(f"t{i}", "p", i + 1, title, "", kind, TicketStatus.OPEN, NOW)


def make_worker(i: int, ticket: Ticket) -> Worker:
    name = f"{CALL_SIGNS[i % len(CALL_SIGNS)]}-{i // len(CALL_SIGNS) + 1}"
    return Worker(
        id=f"w{i}",
        project_id="p",
        ticket_id=ticket.id,
        slot=0,
        name=name,
        cell_index=i,
        agent="claude",
        branch=branch_name(name, ticket.title),
        base_branch="main",
        base_commit="0" * 40,
        worktree=f"shop.rts/{name}",
        session_name=f"w-{name}",
        conversation_id="",
        host="here",
        spawned_at=NOW - timedelta(minutes=40),
        started_at=NOW - timedelta(minutes=40),
    )


def _judgement(worker: Worker, part: Part) -> Judgement:
    since = NOW - part.age
    kind = "PermissionRequest" if part.wants_permission else "registry"
    counted = (Evidence(worker.id, Source.HOOK, kind, since),)
    said = Evidence(worker.id, Source.HOOK, "Stop", since - timedelta(minutes=1), LAST_WORDS)
    has_said = part.activity is not Activity.STARTING
    return Judgement(
        part.activity, part.reason, since, (*counted, said) if has_said else counted, counted
    )


def play_detail(worker: Worker) -> UnitDetail:
    """Return more about a worker: in every column a short number and a long one."""
    i = worker.cell_index
    if i % 10 == 8:  # it was only just spawned
        return UnitDetail(worker.id)
    return UnitDetail(
        worker.id,
        added_count=(214, 7, 1480)[i % 3],
        removed_count=(38, 2, 904)[i % 3],
        file_count=(9, 1, 23)[i % 3],
        model="claude-opus-5-5" if i % 4 else "claude-sonnet-5-5-20261007",
        context_tokens=(210_000, 47_000, 880_000)[i % 3],
        context_limit_tokens=1_000_000,
        token_count=20_000 + 37_000 * (i % 7) + 2_000_000 * (i % 2),
        cost_usd=(0.84, 12.3, None)[i % 3],
        ports=((4173,), (), (5173, 8080))[i % 3],
        told_text="use the idempotency key, and keep the old column until the next release",
        told_at=NOW - timedelta(minutes=6),
        queued_texts=("then run the linter",) if i == 10 else (),
    )


def _tempo(apm: float) -> Tempo:
    rates = {"1m": apm, "5m": apm * 0.9, "1h": apm * 0.7, "1d": apm * 0.4, "7d": apm * 0.2}
    return Tempo(rates, {window: rate * 0.9 for window, rate in rates.items()})


def make_pull_request(worker: Worker, ticket: Ticket, *, is_merged: bool) -> PullRequest:
    state = PullRequestState.MERGED if is_merged else PullRequestState.OPEN
    return PullRequest(
        id=f"pr-{worker.id}",
        project_id="p",
        ticket_id=ticket.id,
        worker_id=worker.id,
        number=80 + worker.cell_index,
        title=ticket.title,
        body=PULL_REQUEST_BODY,
        branch=worker.branch,
        base_branch="main",
        head_commit="1" * 40,
        state=state,
        opened_at=NOW,
    )


def _check(worker: Worker) -> Check:
    return Check(
        f"c-{worker.id}", worker.id, "tests", "pytest -q", "1" * 40, True, "41 passed in 0.31s",
        "", 0.3, NOW,
    )  # fmt: skip


def _event(event_id: int, worker: Worker, part: Part) -> Event:
    at = NOW - part.age
    if part.activity is Activity.BUSY:
        text = f"{worker.name} began on #{worker.cell_index + 1}"
        return Event("worker_spawned", text, at, "p", worker.id, id=event_id)
    if part.is_merged:
        text = f"pull request {80 + worker.cell_index} of {worker.name} landed on main"
        return Event("pull_request_merged", text, at, "p", worker.id, id=event_id)
    word = "is ready: 41 passed in 0.31s" if part.is_proposed else part.reason
    if part.activity in (Activity.STARTING, Activity.DONE) and not part.is_proposed:
        word = f"is {part.activity}: {part.reason}"
    if part.activity in (Activity.STALLED, Activity.GONE, Activity.NO_SIGNAL):
        word = f"is {part.activity}: {part.reason}"
    kind = "pull_request_opened" if part.is_proposed else "activity_changed"
    detail = json.dumps({"activity": str(part.activity), "reason": part.reason})
    return Event(kind, f"{worker.name} {word}", at, "p", worker.id, "", detail, event_id)
