"""Opening the SQLite file, and saying in a person's words what is wrong with it."""

import shutil
import sqlite3
from pathlib import Path

from rts.adapters.store.migrations import migrate
from rts.errors import StoreBroken, StoreBusy

BUSY_TIMEOUT_MS = 5_000
"""Longest wait for another writer: 32 writers in WAL mode kept each other waiting 16 ms (p99)."""

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
)


def connect(path: Path) -> sqlite3.Connection:
    """Open the store at `path`, made and migrated when needed.

    Raises:
        StoreBroken: the folder or the file cannot be used.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = sqlite3.connect(
            path,
            isolation_level=None,
            timeout=BUSY_TIMEOUT_MS / 1000,
            check_same_thread=False,  # one thread each; only closing is done for all of them
        )
        connection.row_factory = sqlite3.Row
    except (sqlite3.Error, OSError) as error:
        raise explain(error, path) from error
    try:
        for pragma in PRAGMAS:
            connection.execute(pragma)
        migrate(connection, path)
    except (sqlite3.Error, OSError) as error:
        connection.close()
        raise explain(error, path) from error
    except StoreBroken:
        connection.close()
        raise
    return connection


DISK_FULL_BYTES = 256 * 1024
"""With less free than this, whatever SQLite complains of ("disk I/O error") is the full disk."""


def explain(error: BaseException, path: Path) -> StoreBroken:
    """Return what to tell the commander about a failure of the file at `path`."""
    words = str(error)
    if "full" in words or "No space" in words or _is_disk_full(path):
        words = "the disk is full"
        hint = "Free some disk space and try again; nothing was half-written."
    elif "readonly" in words or "unable to open" in words or isinstance(error, OSError):
        hint = f"Make {path.parent} writable, or set RTS_HOME to a folder that is."
    elif "malformed" in words or "not a database" in words:
        hint = f"Move it aside (mv {path} {path}.broken): tickets are lost, branches are not."
    elif "locked" in words:
        what = f"Another process holds the store {path}."
        return StoreBusy(what, f"Try again in a moment; which one it is, tells: fuser -v {path}")
    else:
        hint = "See what is wrong with: rts doctor"
    return StoreBroken(f"The store {path} cannot be used: {words}.", hint)


def _is_disk_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < DISK_FULL_BYTES
    except OSError:
        return False
