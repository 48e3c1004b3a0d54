"""`Store`: reads through plain sqlite3, because importing SQLModel alone costs a quarter second;
writes through the one door of `writer`, loaded at the first write."""

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rts.adapters.store.codec import encode_time, encode_value, recall
from rts.adapters.store.connection import connect, explain
from rts.adapters.store.ledger import Ledger
from rts.adapters.store.past import PastBook
from rts.adapters.store.tempo import TempoBook
from rts.world.apm import Tempo
from rts.world.evidence import Evidence
from rts.world.judge import move_back
from rts.world.nouns import (
    Action,
    Check,
    ControlGroup,
    Event,
    NoteUse,
    Project,
    PullRequest,
    PullRequestState,
    QueuedTell,
    Record,
    Ticket,
    TicketStatus,
    Usage,
    Worker,
)

if TYPE_CHECKING:
    from rts.adapters.store.writer import Writer

AHEAD_MIN = timedelta(seconds=2)
"""Evidence this far in the future was written before the clock was stepped back."""

FEW_MAX = 50
"""Workers that are asked for by name; of more, everybody's evidence is read."""

Noun = TypeVar("Noun")

_TABLE_NAME: dict[type, str] = {
    Project: "projects",
    Ticket: "tickets",
    Worker: "workers",
    QueuedTell: "queued_tells",
    ControlGroup: "control_groups",
    Evidence: "evidence",
    Action: "actions",
    Usage: "usage",
    PullRequest: "pull_requests",
    Check: "checks",
    NoteUse: "note_uses",
    Event: "events",
}
"""Table names for reading; a house test holds them against the writer's shelves."""


class Store:
    """The SQLite file at `path`, opened at the first use. Safe from any thread.

    Every method raises StoreBroken when the file cannot be used. Records that it returns are
    values: changing the store does not change them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._writer: Writer | None = None
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._tempo = TempoBook(self._rows)
        self.past = PastBook(self._rows)
        self.ledger = Ledger(self._rows)
        """What was used; raises as the store does."""

    def follow_conversation(self, worker: Worker, conversation_id: str) -> None:
        """Record under which id the worker's conversation goes on from now on."""
        self._open_writer().amend([], worker.id, {"conversation_id": conversation_id})

    def shift_future_evidence(self, now: datetime) -> None:
        """Bring evidence back that lies in the future: the clock was stepped back.

        Each worker's keeps its order; what is observed from now on is newer than all of it.
        """
        ahead = self.select(Evidence, "at > ? ORDER BY at", encode_time(now + AHEAD_MIN))
        newest = {piece.worker_id: piece.at for piece in ahead}
        if ahead:
            shift = {worker_id: at - now for worker_id, at in newest.items()}
            moved = [
                replace(piece, at=move_back(piece.at, shift[piece.worker_id])) for piece in ahead
            ]
            self._open_writer().overwrite(moved)

    def record(self, happened: Event | Sequence[Event], *records: Record | Evidence) -> int:
        """Write events and records in one transaction; return the newest event's id.

        Raises:
            RecordClash: a unique record is there already; nothing was written.
        """
        events = [happened] if isinstance(happened, Event) else list(happened)
        return self._open_writer().record(events, records)

    def amend(self, happened: Event, worker: Worker, **changes: Any) -> Worker | None:
        """Change only these fields of a worker, with an event; return it as it is now.

        What others write about it at the same time stays. None: it was dismissed, and nothing was
        written.
        """
        row = {name: encode_value(value) for name, value in changes.items()}
        is_done = self._open_writer().amend([happened], worker.id, row)
        return self.worker(worker.id) if is_done else None

    def note_down(self, records: Iterable[Record | Evidence]) -> None:
        """Write a beat's observations, which are no event: nobody could care about each."""
        self._open_writer().record([], records)

    def _open_writer(self) -> "Writer":
        with self._lock:
            if self._writer is None:
                from rts.adapters.store.writer import Writer

                self._connect()  # makes and migrates the file
                self._writer = Writer(self.path)
            return self._writer

    def close(self) -> None:
        """Close what was opened."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._local = threading.local()

    # --- reading ---------------------------------------------------------------------------------

    def select(self, noun: type[Noun], where: str = "1", *values: Any) -> list[Noun]:
        """Return the records of a noun that fit an SQL condition (which may end in ORDER BY …)."""
        sql = f"SELECT * FROM {_TABLE_NAME[noun]} WHERE {where}"
        rows = self._rows(sql, *values)
        names = tuple(rows[0].keys()) if rows else ()
        return [recall(noun, names, tuple(row)) for row in rows]

    def data_version(self) -> int:
        """Return a number that is another one as soon as anything was written, by whomever.

        Asked again from the same thread, it tells whether what was read before is still true.
        """
        return int(self._rows("PRAGMA data_version")[0][0])

    def newest_event_id(self) -> int:
        """Return the id of the newest event, 0 before the first."""
        return int(self._rows("SELECT coalesce(max(id), 0) FROM events")[0][0])

    def count(self, kind: str) -> int:
        """Return how many events of `kind` there are."""
        return int(self._rows("SELECT count(*) FROM events WHERE kind = ?", kind)[0][0])

    def count_rows(self, noun: type) -> int:
        """Return how many records of a noun there are."""
        return int(self._rows(f"SELECT count(*) FROM {_TABLE_NAME[noun]}")[0][0])

    def project_at(self, root: Path, host: str) -> Project | None:
        """Return the project whose main worktree is `root` on `host`."""
        found = self.select(Project, "root = ? AND host = ?", str(root), host)
        return found[0] if found else None

    def tickets(self, project: Project | None) -> list[Ticket]:
        """Return all tickets of a project (of all of them for None), by number."""
        return self.select(Ticket, *_of(project, "1", "ORDER BY number"))

    def open_tickets(self, project: Project | None) -> list[Ticket]:
        """Return the tickets that are not done, and those with a living worker."""
        condition = (
            f"(status != '{TicketStatus.DONE}' OR id IN"
            " (SELECT ticket_id FROM workers WHERE dismissed_at IS NULL))"
        )
        return self.select(Ticket, *_of(project, condition, "ORDER BY number"))

    def living_workers(self, project: Project | None) -> list[Worker]:
        """Return the workers that were not dismissed, in the order of hiring."""
        return self.select(Worker, *_of(project, "dismissed_at IS NULL", "ORDER BY spawned_at"))

    def worker(self, worker_id: str) -> Worker | None:
        """Return a worker, dismissed or not."""
        found = self.select(Worker, "id = ?", worker_id)
        return found[0] if found else None

    def ticket(self, ticket_id: str) -> Ticket:
        """Return a ticket that is known to be there."""
        return self.select(Ticket, "id = ?", ticket_id)[0]

    def evidence(self, worker: Worker) -> list[Evidence]:
        """Return the latest evidence of each source and kind about a worker."""
        return self.select(Evidence, "worker_id = ?", worker.id)

    def evidence_by_worker(
        self, workers: Sequence[Worker] | None = None
    ) -> dict[str, list[Evidence]]:
        """Return the same of every living worker, or of a few, by worker id, in one look.

        What is returned may be returned again, and is not to be changed.
        """
        if workers is not None and len(workers) <= FEW_MAX:
            whose = f"worker_id IN ({', '.join('?' * len(workers))})"
            return _by_worker(self.select(Evidence, whose, *(worker.id for worker in workers)))
        version = self.data_version()  # first: what is written meanwhile is read the next time
        known: tuple[int, dict[str, list[Evidence]]] | None
        known = getattr(self._local, "evidence", None)
        if known is None or known[0] != version:
            known = (version, _by_worker(self.select(Evidence, _OF_LIVING)))
            self._local.evidence = known
        return known[1]

    def queued_tells(self) -> list[QueuedTell]:
        """Return the messages that wait for living workers, oldest first."""
        waiting = f"ended_at IS NULL AND {_OF_LIVING} ORDER BY queued_at, id"
        return self.select(QueuedTell, waiting)

    def control_groups(self, project: Project | None) -> list[ControlGroup]:
        """Return the groups of a project's picture, or of the picture of all, by number."""
        whose = "project_id = ? ORDER BY number"
        return self.select(ControlGroup, whose, project.id if project else "")

    def pull_request_of(self, worker: Worker) -> PullRequest | None:
        """Return the worker's latest pull request."""
        found = self.select(PullRequest, "worker_id = ? ORDER BY number DESC LIMIT 1", worker.id)
        return found[0] if found else None

    def latest_pull_requests(self, project: Project | None) -> list[PullRequest]:
        """Return the latest pull request of each living worker."""
        newest = (
            "SELECT max(number) FROM pull_requests p WHERE p.worker_id = pull_requests.worker_id"
        )
        return self.select(PullRequest, *_of(project, f"{_OF_LIVING} AND number = ({newest})"))

    def latest_checks(self) -> list[Check]:
        """Return the latest check of each living worker."""
        newest = "SELECT max(ran_at) FROM checks c WHERE c.worker_id = checks.worker_id"
        return self.select(Check, f"{_OF_LIVING} AND ran_at = ({newest})")

    def events(self, project: Project | None, limit: int, *, after_id: int = 0) -> list[Event]:
        """Return the newest `limit` events after `after_id`, oldest first."""
        condition, *values = _of(project, "id > ?", "ORDER BY id DESC LIMIT ?")
        return self.select(Event, condition, after_id, *values, limit)[::-1]

    def landed_count(self, project: Project | None, since: datetime) -> int:
        """Return how many pull requests were merged since a time."""
        condition, *values = _of(project, f"state = '{PullRequestState.MERGED}' AND merged_at >= ?")
        sql = f"SELECT count(*) FROM pull_requests WHERE {condition}"
        return int(self._rows(sql, encode_time(since), *values)[0][0])

    def refusal_by_worker(self) -> dict[str, str]:
        """Return the reason of each living worker whose latest hand-in was refused."""
        sql = (
            "SELECT worker_id, kind, coalesce(json_extract(detail, '$.reason'), ''), max(id)"
            f" FROM events WHERE kind LIKE 'pull_request_%' AND {_OF_LIVING} GROUP BY 1"
        )
        return {row[0]: row[2] for row in self._rows(sql) if row[1] == "pull_request_refused"}

    def told_texts(self, worker: Worker) -> list[str]:
        """Return what the commander typed to a worker, oldest first: his corrections."""
        sql = (
            "SELECT json_extract(detail, '$.text') FROM events"
            " WHERE worker_id = ? AND kind = 'worker_told' ORDER BY id"
        )
        return [row[0] for row in self._rows(sql, worker.id)]

    # --- counting --------------------------------------------------------------------------------

    def tempo_by_worker(self, project: Project | None, now: datetime) -> dict[str, Tempo]:
        """Return actions per minute of every worker that acted within the longest window.

        What was slow to count may be a few seconds old (`TempoBook`).
        """
        return self._tempo.tempo_by_worker(project.id if project else "", now)

    def count_by_bucket(
        self, project: Project | None, now: datetime, bucket: timedelta, bucket_count: int
    ) -> dict[str, list[int]]:
        """Return each acting worker's actions in the last buckets, oldest first, by worker id."""
        project_id = project.id if project else ""
        return self._tempo.count_by_bucket(project_id, now, bucket, bucket_count)

    def tokens_by_worker(self) -> dict[str, int]:
        """Return all tokens of each living worker that has used any."""
        sql = (
            "SELECT worker_id, sum(input_tokens + cached_tokens + output_tokens) FROM usage"
            f" WHERE {_OF_LIVING} GROUP BY 1"
        )
        return {row[0]: row[1] for row in self._rows(sql)}

    # --- the connection --------------------------------------------------------------------------

    def _rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        try:
            return self._connect().execute(sql, [encode_value(v) for v in values]).fetchall()
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    def _connect(self) -> sqlite3.Connection:
        """Return this thread's connection, so that a slow reader never blocks another."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = connect(self.path)
            self._local.connection = connection
            self._connections.append(connection)
        return connection


_OF_LIVING = "worker_id IN (SELECT id FROM workers WHERE dismissed_at IS NULL)"


def _by_worker(pieces: Iterable[Evidence]) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = {}
    for piece in pieces:
        found.setdefault(piece.worker_id, []).append(piece)
    return found


def _of(project: Project | None, condition: str, tail: str = "") -> list[Any]:
    """Return a condition narrowed to a project, and its values."""
    if project is None:
        return [f"{condition} {tail}"]
    return [f"{condition} AND project_id = ? {tail}", project.id]
