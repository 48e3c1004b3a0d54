"""Reading the past: what a replay is made from, in a dozen bounded queries.

In each of them `?1` is the project's id, empty for all of them, and `?2` the time it begins at.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from sqlite3 import Row
from typing import Any, TypeVar

from rts.adapters.store.codec import decode, decode_time, encode_time
from rts.adapters.store.tempo import MINUTE_LENGTH
from rts.world.apm import WINDOWS
from rts.world.history import (
    REPLAY_ACTION_MAX,
    REPLAY_EVENT_MAX,
    REPLAY_SPAN,
    History,
    Tally,
)
from rts.world.nouns import Check, Event, Project, PullRequest, QueuedTell, Ticket, Worker

Rows = Callable[..., Sequence[Row]]
"""`rows(sql, *values)`: what the store reads with."""

Noun = TypeVar("Noun")

_WHOSE = "(?1 = '' OR project_id = ?1)"
_LIVED = "(dismissed_at IS NULL OR dismissed_at >= ?2)"
_OF_LIVED = f"worker_id IN (SELECT id FROM workers WHERE {_WHOSE} AND {_LIVED})"
_OF_ALL = "(?1 = '' OR worker_id IN (SELECT id FROM workers WHERE project_id = ?1))"
_WORKERS = f"workers WHERE {_WHOSE} AND {_LIVED} ORDER BY spawned_at"
_TICKETS = (
    f"tickets WHERE {_WHOSE} AND (status != 'done'"
    " OR id IN (SELECT ticket_id FROM pull_requests WHERE merged_at >= ?2)"
    f" OR id IN (SELECT ticket_id FROM workers WHERE {_LIVED})) ORDER BY number"
)
_PULL_REQUESTS = (
    f"pull_requests WHERE {_WHOSE} AND (merged_at >= ?2 OR {_OF_LIVED}) ORDER BY number"
)
_CHECKS = f"checks WHERE {_OF_LIVED} ORDER BY ran_at"
_TELLS = f"queued_tells WHERE {_OF_LIVED} AND (ended_at IS NULL OR ended_at >= ?2)"


class PastBook:
    """Reads what happened through `rows`. Safe from any thread.

    Nothing is taken from the store's memory of rows: the past would drive the present out of it.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def read(self, project: Project | None, now: datetime, supply_limit: int) -> History:
        """Return the past of a project, of all of them for None, as far as it is replayed.

        What is recorded while it is read lies after `now`, and so in no picture.
        """
        project_id = project.id if project else ""
        events = self._read_events(project_id, now)
        begins_at = events[0].at if events else now
        scope = (project_id, encode_time(begins_at))
        counted = (project_id, encode_time(begins_at - max(WINDOWS.values())))
        first_id = min((event.id for event in events), default=0)
        return History(
            project=project,
            workers=self._nouns(Worker, _WORKERS, scope),
            tickets=self._nouns(Ticket, _TICKETS, scope),
            pull_requests=self._nouns(PullRequest, _PULL_REQUESTS, scope),
            checks=self._nouns(Check, _CHECKS, scope),
            queued_tells=self._nouns(QueuedTell, _TELLS, scope),
            events=tuple(events),
            earlier=self._nouns(Event, _EARLIER, (project_id, first_id)),
            actions=_tally(self._read_actions(counted)),
            repeats=_tally(self._read_repeats(counted)),
            tokens=_tally(self._read_tokens(scope)),
            supply_limit=supply_limit,
            read_at=now,
            is_cut=bool(self._rows(_IS_CUT, project_id, first_id)),
        )

    def _nouns(self, noun: type[Noun], source: str, values: tuple[Any, ...]) -> tuple[Noun, ...]:
        rows = self._rows(f"SELECT * FROM {source}", *values)
        return tuple(decode(noun, dict(zip(row.keys(), row, strict=True))) for row in rows)

    def _read_events(self, project_id: str, now: datetime) -> list[Event]:
        """Return the newest events of the span in the order in which they happened."""
        newest = f"events WHERE {_WHOSE} AND at >= ?2 ORDER BY id DESC LIMIT ?3"
        since = encode_time(now - REPLAY_SPAN)
        events = self._nouns(Event, newest, (project_id, since, REPLAY_EVENT_MAX))
        return sorted(events, key=lambda event: (event.at, event.id))

    def _read_actions(self, counted: tuple[str, str]) -> Iterable[tuple[str, float, int]]:
        """The newest by the row, those before by the minute."""
        cut_minute = self._find_cut_minute(counted)
        yield from self._read_rows("actions", counted, cut_minute)
        older = (
            "SELECT minute, worker_id, action_count AS n FROM minutes"
            f" WHERE {_OF_ALL} AND minute >= substr(?2, 1, {MINUTE_LENGTH}) AND minute <= ?3"
        )
        yield from self._read_minutes(older, counted, cut_minute)

    def _read_repeats(self, counted: tuple[str, str]) -> Iterable[tuple[str, float, int]]:
        """By the row where the actions are, and by the minute where they are: one less the other is
        what counts as effective."""
        cut_minute = self._find_cut_minute(counted)
        yield from self._read_rows("repeats", counted, cut_minute)
        older = (
            f"SELECT substr(at, 1, {MINUTE_LENGTH}) AS minute, worker_id, count(*) AS n"
            f" FROM repeats WHERE {_OF_ALL} AND at >= substr(?2, 1, {MINUTE_LENGTH})"
            " AND at < ?3 || ';' GROUP BY 1, 2"  # as text, the end of the minute
        )
        yield from self._read_minutes(older, counted, cut_minute)

    def _find_cut_minute(self, counted: tuple[str, str]) -> str:
        """Return the last minute whose actions are not read by the row; empty: all of them are."""
        newest = f"SELECT at FROM actions WHERE {_OF_ALL} AND at >= ?2 ORDER BY at DESC"
        rows = self._rows(f"{newest} LIMIT 1 OFFSET ?3", *counted, REPLAY_ACTION_MAX - 1)
        return rows[0]["at"][:MINUTE_LENGTH] if rows else ""

    def _read_rows(
        self, table: str, counted: tuple[str, str], cut_minute: str
    ) -> Iterable[tuple[str, float, int]]:
        project_id, begins_at = counted
        since = max(begins_at, f"{cut_minute};") if cut_minute else begins_at
        newer = f"SELECT at, worker_id FROM {table} WHERE {_OF_ALL} AND at >= ?2"
        for row in self._rows(newer, project_id, since):
            yield row["worker_id"], decode_time(row["at"]).timestamp(), 1

    def _read_minutes(
        self, older: str, counted: tuple[str, str], cut_minute: str
    ) -> Iterable[tuple[str, float, int]]:
        for row in self._rows(older, *counted, cut_minute) if cut_minute else ():
            yield row["worker_id"], _minute_s(row["minute"]), row["n"]

    def _read_tokens(self, scope: tuple[str, str]) -> Iterable[tuple[str, float, int]]:
        by_minute = (
            f"SELECT worker_id, substr(at, 1, {MINUTE_LENGTH}) AS minute,"
            " sum(input_tokens + cached_tokens + output_tokens) AS tokens"
            f" FROM usage WHERE {_OF_LIVED} GROUP BY 1, 2"
        )
        rows = self._rows(by_minute, *scope)
        return [(row["worker_id"], _minute_s(row["minute"]), row["tokens"]) for row in rows]


_TOLD = "kind IN ('activity_changed', 'worker_paused', 'worker_resumed')"
_LAST = f"SELECT max(id) FROM events WHERE {_WHOSE} AND id < ?2"
_EARLIER = (
    f"events WHERE id IN ({_LAST} AND {_TOLD} GROUP BY worker_id)"
    f" OR id IN ({_LAST} AND kind LIKE 'pull_request_%' GROUP BY worker_id) ORDER BY at, id"
)
"""Here `?2` is the first event's id."""
_IS_CUT = f"SELECT 1 FROM events WHERE {_WHOSE} AND id < ?2 LIMIT 1"


def _tally(counted: Iterable[tuple[str, float, int]]) -> dict[str, Tally]:
    """Return a tally for each worker id."""
    found: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for worker_id, at_s, count in counted:
        found[worker_id].append((at_s, count))
    return {worker_id: Tally(pairs) for worker_id, pairs in found.items()}


def _minute_s(minute: str) -> float:
    return decode_time(f"{minute}:00+00:00").timestamp()
