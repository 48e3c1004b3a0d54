"""The one door for writing: `record(event, *records)`, one transaction, one new event id."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, update
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.pool import NullPool

from rts.adapters.store.codec import Row, encode
from rts.adapters.store.connection import PRAGMAS, explain
from rts.adapters.store.tables import SHELF_BY_NOUN, TABLE_BY_NOUN, Again
from rts.errors import RecordClash
from rts.world.evidence import Evidence
from rts.world.nouns import Event, Record, Worker


class Writer:
    """Writes to the migrated SQLite file at `path`. Safe from any thread: each write is its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # NullPool: a connection per write costs 0.1 ms and no thread ever meets another's.
        url = URL.create("sqlite", database=str(path))  # a path may hold what a URL would read
        self._engine = create_engine(url, poolclass=NullPool)
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin_immediate)

    def record(self, happened: Sequence[Event], records: Iterable[Record | Evidence]) -> int:
        """Write events and records in one transaction; return the newest event's id, 0 without one.

        Raises:
            RecordClash: a unique record is there already; nothing was written.
            StoreBroken: the file cannot be written; nothing was written.
        """
        rows_by_noun: dict[type, list[Row]] = defaultdict(list)
        for record in records:
            rows_by_noun[type(record)].append(encode(record))
        newest = 0
        try:
            with self._engine.begin() as connection:
                for noun in SHELF_BY_NOUN:  # in this order, so that a reference finds its target
                    if rows := rows_by_noun.get(noun):
                        _write(connection, noun, rows)
                for one in happened:
                    newest = _append(connection, one)
        except IntegrityError as error:
            raise RecordClash(
                "Somebody else was a moment faster.", "Look again with: rts ls"
            ) from error
        except DatabaseError as error:
            raise explain(error.orig or error, self._path) from error
        return newest

    def amend(self, happened: Sequence[Event], worker_id: str, changes: Row) -> bool:
        """Change a few columns of a living worker; False: it was dismissed, nothing was written.

        Raises:
            StoreBroken: the file cannot be written; nothing was written.
        """
        table = TABLE_BY_NOUN[Worker]
        lives = (table.c["id"] == worker_id) & table.c["dismissed_at"].is_(None)
        try:
            with self._engine.begin() as connection:
                if connection.execute(update(table).where(lives).values(changes)).rowcount == 0:
                    return False
                for one in happened:
                    _append(connection, one)
        except DatabaseError as error:
            raise explain(error.orig or error, self._path) from error
        return True

    def overwrite(self, records: Iterable[Evidence]) -> None:
        """Write evidence although it is older than what is there.

        Raises:
            StoreBroken: the file cannot be written; nothing was written.
        """
        try:
            with self._engine.begin() as connection:
                rows = [encode(record) for record in records]
                _write(connection, Evidence, rows, Again.REPLACE)
        except DatabaseError as error:
            raise explain(error.orig or error, self._path) from error


def _append(connection: Connection, happened: Event) -> int:
    row = encode(happened)
    del row["id"]
    written = connection.execute(insert(TABLE_BY_NOUN[Event]).values(row))
    return int(written.inserted_primary_key[0]) if written.inserted_primary_key else 0


def _write(connection: Connection, noun: type, rows: list[Row], again: Again | None = None) -> None:
    connection.execute(_statement(noun, again or SHELF_BY_NOUN[noun].again), rows)


@cache
def _statement(noun: type, again: Again) -> Insert:
    """Return what writes a noun: made once, since making it costs as much as writing a few rows."""
    shelf, table = SHELF_BY_NOUN[noun], TABLE_BY_NOUN[noun]
    statement = insert(table)
    rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in shelf.key}
    match again:
        case Again.KEEP:
            return statement.on_conflict_do_nothing(index_elements=list(shelf.key))
        case Again.REPLACE:
            return statement.on_conflict_do_update(index_elements=list(shelf.key), set_=rest)
        case Again.NEWER:
            return statement.on_conflict_do_update(
                index_elements=list(shelf.key),
                set_=rest,
                where=statement.excluded["at"] >= table.c["at"],
            )
        case Again.NEW:
            raise AssertionError(f"{noun.__name__} is appended, not written")


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's documented recipe: we begin ourselves
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _begin_immediate(connection: Connection) -> None:
    # A deferred read-then-write failed 786 of 800 times under 16 writers; immediate, never.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
