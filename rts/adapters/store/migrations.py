"""The schema's history: numbered functions, applied once, never edited after a release.

`PRAGMA user_version` holds the number of the last one. Before one runs, the file is copied aside.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from rts.errors import StoreBroken


def m001_first_tables(connection: sqlite3.Connection) -> None:
    """Everything that the whole road needs, once."""
    for statement in _M001.split(";"):
        if statement.strip():
            connection.execute(statement)


_M001 = """
CREATE TABLE projects (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, root TEXT NOT NULL, host TEXT NOT NULL,
    created_at TEXT NOT NULL, UNIQUE (host, root)
);
CREATE TABLE tickets (
    id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects, number INTEGER NOT NULL,
    title TEXT NOT NULL, body TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
    created_at TEXT NOT NULL, UNIQUE (project_id, number)
);
CREATE TABLE workers (
    id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects,
    ticket_id TEXT NOT NULL REFERENCES tickets, slot INTEGER NOT NULL, name TEXT NOT NULL UNIQUE,
    cell_index INTEGER NOT NULL, agent TEXT NOT NULL, branch TEXT NOT NULL,
    base_branch TEXT NOT NULL, base_commit TEXT NOT NULL, worktree TEXT NOT NULL,
    session_name TEXT NOT NULL, conversation_id TEXT NOT NULL, host TEXT NOT NULL,
    spawned_at TEXT NOT NULL, started_at TEXT, dismissed_at TEXT
);
CREATE UNIQUE INDEX one_worker_per_slot ON workers (ticket_id, slot) WHERE dismissed_at IS NULL;
CREATE UNIQUE INDEX one_worker_per_cell ON workers (project_id, cell_index)
    WHERE dismissed_at IS NULL;
CREATE TABLE evidence (
    worker_id TEXT NOT NULL REFERENCES workers, source TEXT NOT NULL, kind TEXT NOT NULL,
    at TEXT NOT NULL, value TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (worker_id, source, kind)
) WITHOUT ROWID;
CREATE TABLE actions (
    worker_id TEXT NOT NULL REFERENCES workers, tool_use_id TEXT NOT NULL, tool TEXT NOT NULL,
    at TEXT NOT NULL, digest TEXT NOT NULL, has_failed BOOLEAN NOT NULL, agent_id TEXT NOT NULL,
    PRIMARY KEY (worker_id, tool_use_id)
) WITHOUT ROWID;
CREATE INDEX actions_by_time ON actions (at, worker_id, digest);
CREATE TABLE usage (
    worker_id TEXT NOT NULL REFERENCES workers, message_id TEXT NOT NULL, at TEXT NOT NULL,
    model TEXT NOT NULL, input_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, PRIMARY KEY (worker_id, message_id)
) WITHOUT ROWID;
CREATE TABLE pull_requests (
    id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects,
    ticket_id TEXT NOT NULL REFERENCES tickets, worker_id TEXT NOT NULL REFERENCES workers,
    number INTEGER NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, branch TEXT NOT NULL,
    base_branch TEXT NOT NULL, head_commit TEXT NOT NULL, state TEXT NOT NULL,
    opened_at TEXT NOT NULL, merged_at TEXT, merge_commit TEXT NOT NULL,
    UNIQUE (project_id, number)
);
CREATE INDEX pull_requests_by_worker ON pull_requests (worker_id);
CREATE TABLE checks (
    id TEXT PRIMARY KEY, worker_id TEXT NOT NULL REFERENCES workers, name TEXT NOT NULL,
    command TEXT NOT NULL, "commit" TEXT NOT NULL, has_passed BOOLEAN NOT NULL,
    summary TEXT NOT NULL, output_path TEXT NOT NULL, duration_s REAL NOT NULL, ran_at TEXT NOT NULL
);
CREATE INDEX checks_by_worker ON checks (worker_id, ran_at);
CREATE TABLE note_uses (
    worker_id TEXT NOT NULL REFERENCES workers, note_path TEXT NOT NULL, given_at TEXT NOT NULL,
    PRIMARY KEY (worker_id, note_path)
) WITHOUT ROWID;
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL,
    project_id TEXT NOT NULL, worker_id TEXT NOT NULL, ticket_id TEXT NOT NULL, detail TEXT NOT NULL
);
CREATE INDEX events_by_kind ON events (kind, at)
"""


def m002_queued_tells(connection: sqlite3.Connection) -> None:
    """Messages that wait for an idle worker; what each worker's agent was started as."""
    for statement in _M002.split(";"):
        if statement.strip():
            connection.execute(statement)


_M002 = """
ALTER TABLE workers ADD COLUMN agent_version TEXT NOT NULL DEFAULT '';
ALTER TABLE workers ADD COLUMN is_sandboxed BOOLEAN NOT NULL DEFAULT 0;
CREATE TABLE queued_tells (
    id TEXT PRIMARY KEY, worker_id TEXT NOT NULL REFERENCES workers, text TEXT NOT NULL,
    queued_at TEXT NOT NULL, ended_at TEXT, outcome TEXT NOT NULL
);
CREATE INDEX queued_tells_waiting ON queued_tells (worker_id, queued_at) WHERE ended_at IS NULL
"""


def m003_counted_minutes(connection: sqlite3.Connection) -> None:
    """Actions counted as they come: by the minute, and those that only repeat."""
    for statement in _M003:
        connection.execute(statement)


_M003 = (
    """CREATE TABLE minutes (
        minute TEXT NOT NULL, worker_id TEXT NOT NULL, action_count INTEGER NOT NULL,
        PRIMARY KEY (minute, worker_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE repeats (
        at TEXT NOT NULL, worker_id TEXT NOT NULL, tool_use_id TEXT NOT NULL,
        PRIMARY KEY (at, worker_id, tool_use_id)
    ) WITHOUT ROWID""",
    "CREATE INDEX actions_by_worker ON actions (worker_id, at, tool_use_id, digest)",
    """INSERT INTO minutes
        SELECT substr(at, 1, 16), worker_id, count(*) FROM actions GROUP BY 1, 2""",
    """INSERT INTO repeats SELECT at, worker_id, tool_use_id FROM actions AS new WHERE digest IN (
        SELECT digest FROM actions WHERE worker_id = new.worker_id
        AND (at, tool_use_id) < (new.at, new.tool_use_id)
        ORDER BY at DESC, tool_use_id DESC LIMIT 3
    )""",
    # A call that is heard late is held against those before it; those after it were told already.
    """CREATE TRIGGER count_action AFTER INSERT ON actions BEGIN
        INSERT INTO minutes VALUES (substr(new.at, 1, 16), new.worker_id, 1)
            ON CONFLICT DO UPDATE SET action_count = action_count + 1;
        INSERT INTO repeats SELECT new.at, new.worker_id, new.tool_use_id WHERE new.digest IN (
            SELECT digest FROM actions WHERE worker_id = new.worker_id
            AND (at, tool_use_id) < (new.at, new.tool_use_id)
            ORDER BY at DESC, tool_use_id DESC LIMIT 3
        );
    END""",
)
"""Three: `world.apm.REPEAT_REACH`, as it was when this was written."""


def m004_control_groups(connection: sqlite3.Connection) -> None:
    """Numbered sets of workers; what each worker does when it is done."""
    for statement in _M004:
        connection.execute(statement)


_M004 = (
    "ALTER TABLE workers ADD COLUMN rally TEXT NOT NULL DEFAULT 'stop'",
    """CREATE TABLE control_groups (
        project_id TEXT NOT NULL, number INTEGER NOT NULL, worker_ids TEXT NOT NULL,
        PRIMARY KEY (project_id, number)
    ) WITHOUT ROWID""",
)

MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    m001_first_tables,
    m002_queued_tells,
    m003_counted_minutes,
    m004_control_groups,
)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file at `path`, open as `connection`, to the newest schema.

    Raises:
        StoreBroken: a newer `rts` made it; what it means by its columns is not known here.
    """
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise StoreBroken(
            f"The store {path} was made by a newer rts: schema {version}, not {len(MIGRATIONS)}.",
            "Update rts, or set RTS_HOME to another folder.",
        )
    if version == len(MIGRATIONS):
        return
    _copy_aside(connection, path)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number, migration in enumerate(MIGRATIONS, start=1):
            if number > _version(connection):  # asked anew: another process may have been faster
                migration(connection)
                connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _copy_aside(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection)
    if version == 0:
        return
    with sqlite3.connect(path.with_suffix(f".before-m{version + 1:03}.db")) as copy:
        connection.backup(copy)
    copy.close()
