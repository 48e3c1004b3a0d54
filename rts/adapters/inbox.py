"""The inbox: a maildir into which hooks drop one file per event.

A hook writes into `tmp` and renames into `new`; only the watch takes files out. A file that cannot
be understood is set aside under `rejected`, where `rts doctor` counts it.
"""

import contextlib
import json
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE_SIZE_MAX_BYTES = 16 * 1024 * 1024
"""Largest hook file that is read: tool outputs reach a few megabytes; more is garbage."""

BATCH_COUNT_MAX = 2000
"""Most files taken in one go, so that a flood cannot hold up a beat for long."""


@dataclass(frozen=True)
class Letter:
    """One hook file."""

    name: str
    """`<worker id>.<random>`; also the name under which an answer is waited for."""
    worker_id: str
    dropped_at: datetime
    payload: dict[str, Any]


class Inbox:
    """The maildir at `folder`. Reads the disk at each call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._new = folder / "new"

    def prepare(self) -> None:
        """Make the folders, for this commander alone."""
        for part in ("tmp", "new", "rejected"):
            (self.folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def new_folder(self) -> Path:
        """The folder to be woken by."""
        return self._new

    def read(self) -> list[Letter]:
        """Return the oldest waiting letters, in the order of dropping. They stay until removed."""
        oldest = sorted(self._waiting())[:BATCH_COUNT_MAX]
        return [letter for _, path in oldest if (letter := self._open(Path(path)))]

    def remove(self, letters: list[Letter]) -> None:
        """Take letters out, after what they said was recorded."""
        for letter in letters:
            (self._new / letter.name).unlink(missing_ok=True)

    def reject(self, letter: Letter) -> None:
        """Set a letter aside that belongs to nobody."""
        with contextlib.suppress(OSError):
            (self._new / letter.name).rename(self.folder / "rejected" / letter.name)

    def rejected_count(self) -> int:
        """Return how many files were set aside."""
        return sum(1 for _ in (self.folder / "rejected").glob("*"))

    def waiting_count(self) -> int:
        """Return how many files wait to be read."""
        return sum(1 for _ in self._new.glob("*"))

    def _waiting(self) -> list[tuple[int, str]]:
        """Return when each file was dropped, and its path; none is opened."""
        found: list[tuple[int, str]] = []
        with os.scandir(self._new) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    found.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.path))
        return found

    def _open(self, path: Path) -> Letter | None:
        try:
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode):
                raise ValueError("no file: a pipe would be waited for")
            path.name.encode()  # the store takes no name that is no text
            if status.st_size > FILE_SIZE_MAX_BYTES:
                raise ValueError("too large")
            payload = json.loads(path.read_bytes())
            if not isinstance(payload, dict):
                raise ValueError("not an object")
            dropped_at = datetime.fromtimestamp(status.st_mtime, UTC)
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError, OverflowError, OSError):
            with contextlib.suppress(OSError):
                path.rename(self.folder / "rejected" / path.name)
            return None
        return Letter(path.name, path.name.partition(".")[0], dropped_at, payload)
