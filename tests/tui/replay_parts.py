"""A played day in the shop, from nine until the scenes' own time, to be replayed."""

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta

from rts.world.evidence import Activity
from rts.world.history import History, Tally
from rts.world.nouns import (
    Check,
    Event,
    PullRequest,
    Ticket,
    TicketKind,
    TicketStatus,
    Worker,
)
from rts.world.replay import picture
from rts.world.world import World
from tests.tui.scene_parts import NOW, PROJECT, TITLES, make_pull_request, make_worker

FIRST = NOW.replace(hour=9, minute=2)
"""When the first ticket of the day was filed."""

Life = tuple[tuple[int, str, str], ...]
"""What happened to one worker: minutes after nine, what, and why."""

LIVES: tuple[Life, ...] = (
    (
        (4, "spawn", ""),
        (5, "busy", "thinks"),
        (38, "asking", "asks: is a payment of zero a payment?"),
        (44, "busy", "thinks"),
        (71, "done", "finished its turn"),
        (73, "open", "41 passed in 0.31s"),
        (84, "merge", ""),
        (90, "dismiss", ""),
    ),
    (
        (6, "spawn", ""),
        (7, "busy", "reads proxy.py"),
        (96, "blocked", "wants permission: Bash: rm -rf build"),
        (121, "busy", "runs Bash: make"),
        (160, "done", "finished its turn"),
        (164, "open", "44 passed in 0.35s"),
        (171, "merge", ""),
    ),
    (
        (9, "spawn", ""),
        (10, "busy", "thinks"),
        (52, "gone", 'exit 1: "connection lost"'),
        (66, "resume", ""),
        (67, "busy", "thinks"),
        (208, "done", "finished its turn"),
        (211, "open", "3 failed, 38 passed in 0.41s"),
    ),
    (
        (95, "spawn", ""),
        (96, "busy", "runs Bash: python -m pytest -q"),
        (188, "stalled", "no sign for 14m since Bash"),
        (203, "busy", "thinks"),
        (290, "asking", "asks: debounce by time or by keystroke?"),
    ),
    (
        (140, "spawn", ""),
        (141, "busy", "reads prices.py"),
        (230, "done", "finished its turn"),
        (233, "open", "52 passed in 0.44s"),
        (247, "merge", ""),
    ),
    (
        (215, "spawn", ""),
        (216, "busy", "runs Bash: python -m pytest -q"),
        (262, "pause", ""),
        (281, "resume", ""),
        (282, "busy", "thinks"),
    ),
)

WORDS_BY_KIND = {
    "worker_spawned": "spawned",
    "worker_paused": "paused",
    "worker_resumed": "resumed with its own conversation",
    "worker_dismissed": "dismissed",
}


def at_minute(minutes: float) -> datetime:
    """Return the time so many minutes after nine."""
    return NOW.replace(hour=9, minute=0) + timedelta(minutes=minutes)


def played_history() -> History:
    """Return the day."""
    tickets = tuple(_ticket(i) for i in range(len(LIVES) + 4))
    told = [Event("ticket_filed", f"{t.label} {t.title}", t.created_at, "p") for t in tickets]
    workers, proposed, checks = [], [], []
    for i, life in enumerate(LIVES):
        worker = _worker(i, tickets[i], life)
        workers.append(worker)
        told += [_event(worker, *step) for step in life]
        if pull_request := _pull_request(worker, tickets[i], life):
            proposed.append(pull_request)
        checks += [_check(worker, at, why) for at, what, why in life if what == "open"]
    told.sort(key=lambda event: event.at)
    return History(
        project=PROJECT,
        workers=tuple(workers),
        tickets=tickets,
        pull_requests=tuple(proposed),
        checks=tuple(checks),
        events=tuple(replace(event, id=i + 1) for i, event in enumerate(told)),
        actions={w.id: _act(w, life) for w, life in zip(workers, LIVES, strict=True)},
        supply_limit=12,
        read_at=NOW,
    )


def played_day() -> World:
    """Return the end of the day: what is live while it is replayed."""
    return picture(played_history(), NOW)


def _ticket(i: int) -> Ticket:
    kind = tuple(TicketKind)[(i * 3 + i // 4) % 4]
    filed_at = FIRST + timedelta(minutes=i * (i + 3))
    return Ticket(f"t{i}", "p", i + 1, TITLES[i], "", kind, TicketStatus.OPEN, filed_at)


def _worker(i: int, ticket: Ticket, life: Life) -> Worker:
    begun_at = at_minute(life[0][0])
    ended_at = next((at_minute(at) for at, what, _ in life if what == "dismiss"), None)
    worker = make_worker(i, ticket)
    return replace(worker, spawned_at=begun_at, started_at=begun_at, dismissed_at=ended_at)


def _event(worker: Worker, minute: int, what: str, why: str) -> Event:
    at = at_minute(minute)
    if what in set(Activity):
        words = "works" if what == "busy" else f"{what}: {why}" if what == "gone" else why
        detail = json.dumps({"activity": what, "reason": why})
        return Event("activity_changed", f"{worker.name} {words}", at, "p", worker.id, "", detail)
    number = 80 + worker.cell_index
    if what in ("open", "merge"):
        kind = "pull_request_opened" if what == "open" else "pull_request_merged"
        words = f"opened pull request {number}" if what == "open" else "landed"
        return Event(kind, f"{worker.name} {words}", at, "p", worker.id)
    kind = next(kind for kind in WORDS_BY_KIND if what in kind)
    return Event(kind, f"{worker.name} {WORDS_BY_KIND[kind]}", at, "p", worker.id)


def _pull_request(worker: Worker, ticket: Ticket, life: Life) -> PullRequest | None:
    times = {what: at_minute(at) for at, what, _ in life if what in ("open", "merge")}
    if "open" not in times:
        return None
    plain = make_pull_request(worker, ticket, is_merged="merge" in times)
    return replace(plain, opened_at=times["open"], merged_at=times.get("merge"))


def _check(worker: Worker, minute: int, summary: str) -> Check:
    has_passed = "failed" not in summary
    return Check(
        f"c-{worker.id}", worker.id, "tests", "pytest -q", "1" * 40, has_passed, summary, "", 0.3,
        at_minute(minute),
    )  # fmt: skip


def _act(worker: Worker, life: Life) -> Tally:
    """Return tool calls while it was busy, by dice that always fall the same."""
    dice = random.Random(worker.cell_index)
    times: list[float] = []
    for (minute, what, _), (end, _, _) in zip(life, (*life[1:], (303, "", "")), strict=True):
        at = minute + dice.random()
        while what == "busy" and at < end:
            times.append(at_minute(at).timestamp())
            at += dice.expovariate(6 + 3 * (worker.cell_index % 3))
    return Tally((at_s, 1) for at_s in times)
