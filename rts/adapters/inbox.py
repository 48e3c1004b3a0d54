"""The inbox: one maildir per worker, into which its hooks drop one file per event.

A hook writes into `<worker id>/tmp` and renames into `<worker id>/new`; only the watch takes files
out. What cannot be understood is set aside under `rejected`, where `rts doctor` counts it.

Whose letter it is, the folder says and never the file: a sandboxed agent sees and writes no other
folder than its own. In that one it may put anything, links too, so no link in it is followed.
"""

import contextlib
import json
import os
import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

FILE_SIZE_MAX_BYTES = 16 * 1024 * 1024
"""Largest hook file that is read: tool outputs reach a few megabytes; more is garbage."""

BATCH_COUNT_MAX, BATCH_SIZE_MAX_BYTES = 2000, 32 * 1024 * 1024
"""Most files, and most bytes of files, taken in one go: a flood can neither hold up a beat for long
nor fill the memory."""

SETTLED_NS = 1_000_000_000
"""How long a folder must not have changed until its change time is trusted: the kernel's clock for
files moves in steps of some milliseconds."""

REJECTED = "rejected"
"""Lies beside the workers' folders, where no agent can write."""

Waiting = tuple[int, str, str, int]
"""When a file was dropped (ns since the epoch), the worker's id, the file's name, its bytes."""


@dataclass(frozen=True)
class Letter:
    """One hook file."""

    name: str
    """The file's name, chosen by the hook; also the name under which an answer is waited for."""
    worker_id: str
    dropped_at: datetime
    payload: dict[str, Any]


class Inbox:
    """The maildirs below `folder`. Reads the disk at each call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._backlog: list[Waiting] = []
        """What waited at the last look into the folders, oldest first: a flood is sorted once."""
        self._gone: set[tuple[str, str]] = set()
        """Worker and name of what was taken out since."""
        self._empty_since: dict[str, int] = {}
        """The change time (ns) of each worker's `new` that was found empty."""
        self.has_more = False
        """Whether more was waiting than `read` returned the last time."""

    def prepare(self) -> None:
        """Make the folders that all workers share, for this commander alone."""
        (self.folder / REJECTED).mkdir(parents=True, exist_ok=True, mode=0o700)

    def prepare_for(self, worker_id: str) -> Path:
        """Make the worker's own folder; return it. What is in the way of `tmp` or `new` goes."""
        self.prepare()
        own = self.folder_of(worker_id)
        own.mkdir(exist_ok=True, mode=0o700)
        for part in (own / "tmp", own / "new"):
            with contextlib.suppress(FileNotFoundError):
                if not stat.S_ISDIR(part.lstat().st_mode):
                    part.unlink()
            part.mkdir(exist_ok=True, mode=0o700)
        return own

    def forget(self, worker_id: str) -> None:
        """Remove the folder of a worker whose agent has ended for good, with what waits in it.

        shutil.rmtree follows no link where the system lets it work by descriptors, as Linux does.
        """
        shutil.rmtree(self.folder_of(worker_id), ignore_errors=True)

    def folder_of(self, worker_id: str) -> Path:
        """Return the worker's own folder, its `$RTS_INBOX`: the only one that it may write to."""
        return self.folder / worker_id

    def new_folder_of(self, worker_id: str) -> Path:
        """Return where the worker's letters wait."""
        return self.folder / worker_id / "new"

    def watched_folders(self) -> dict[Path, int]:
        """Return the folders to be woken by, each with its inode: one made anew is another."""
        found = {self.folder: self.folder.stat().st_ino}
        for worker_id in self._worker_ids():
            with contextlib.suppress(OSError):
                status = self.new_folder_of(worker_id).lstat()
                if stat.S_ISDIR(status.st_mode):
                    found[self.new_folder_of(worker_id)] = status.st_ino
        return found

    def read(self) -> list[Letter]:
        """Return the oldest waiting letters, in the order of dropping. They stay until removed."""
        self._backlog = [found for found in self._backlog if found[1:3] not in self._gone]
        self._gone.clear()
        if len(self._backlog) <= BATCH_COUNT_MAX:  # what has come meanwhile is younger than these
            self._backlog = sorted(self._waiting())
        letters: list[Letter] = []
        left_bytes = BATCH_SIZE_MAX_BYTES
        for _, worker_id, name, size_bytes in self._backlog[:BATCH_COUNT_MAX]:
            if letter := self._open(worker_id, name):
                letters.append(letter)
                left_bytes -= size_bytes
                if left_bytes <= 0:
                    break
            else:
                self._gone.add((worker_id, name))
        self.has_more = len(self._backlog) > BATCH_COUNT_MAX or left_bytes <= 0
        return letters

    def remove(self, letters: list[Letter]) -> None:
        """Take letters out, after what they said was recorded."""
        for worker_id, group in groupby(letters, key=lambda letter: letter.worker_id):
            names = [letter.name for letter in group]
            self._gone.update((worker_id, name) for name in names)
            with contextlib.suppress(OSError), self._opened(worker_id) as new:
                for name in names:
                    with contextlib.suppress(OSError):
                        os.unlink(name, dir_fd=new)

    def reject(self, letter: Letter) -> None:
        """Set a letter aside that belongs to nobody."""
        self._gone.add((letter.worker_id, letter.name))
        with contextlib.suppress(OSError), self._opened(letter.worker_id) as new:
            self._set_aside(letter.worker_id, letter.name, new)

    def rejected_count(self) -> int:
        """Return how many files were set aside."""
        return sum(1 for _ in (self.folder / REJECTED).glob("*"))

    def waiting_count(self) -> int:
        """Return how many files wait to be read."""
        return sum(len(self._look_into(worker_id)) for worker_id in self._worker_ids())

    def _worker_ids(self) -> list[str]:
        """Return the names of the workers' folders; none, and made anew, where all was removed."""
        try:
            with os.scandir(self.folder) as entries:
                return [
                    entry.name
                    for entry in entries
                    if entry.name != REJECTED and entry.is_dir(follow_symlinks=False)
                ]
        except FileNotFoundError:
            self.prepare()
            return []

    def _waiting(self) -> list[Waiting]:
        """Return what waits; no file is opened, and no folder that is as empty as before."""
        found: list[Waiting] = []
        empty_since: dict[str, int] = {}
        for worker_id in self._worker_ids():
            with contextlib.suppress(OSError):
                status = self.new_folder_of(worker_id).lstat()
                known = self._empty_since.get(worker_id)
                waiting = [] if known == status.st_ctime_ns else self._look_into(worker_id)
                found += waiting
                if not waiting and status.st_ctime_ns < time.time_ns() - SETTLED_NS:
                    empty_since[worker_id] = status.st_ctime_ns
                continue
            with contextlib.suppress(OSError):  # refused where something else has its name
                self.new_folder_of(worker_id).mkdir(mode=0o700)
        self._empty_since = empty_since
        return found

    def _look_into(self, worker_id: str) -> list[Waiting]:
        """Return what waits in one folder; nothing where it is none."""
        found: list[Waiting] = []
        with (
            contextlib.suppress(OSError),
            self._opened(worker_id) as new,
            os.scandir(new) as entries,
        ):
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    status = entry.stat(follow_symlinks=False)
                    found.append((status.st_mtime_ns, worker_id, entry.name, status.st_size))
        return found

    @contextlib.contextmanager
    def _opened(self, worker_id: str) -> Iterator[int]:
        """Give the worker's `new`, opened; a link in its place is not followed.

        Raises:
            OSError: there is no such folder.
        """
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        new = os.open(self.new_folder_of(worker_id), flags)
        try:
            yield new
        finally:
            os.close(new)

    def _open(self, worker_id: str, name: str) -> Letter | None:
        with contextlib.suppress(OSError), self._opened(worker_id) as new:
            try:
                return _read(worker_id, name, new)
            except FileNotFoundError:
                return None
            except (ValueError, RecursionError, OverflowError, OSError):
                self._set_aside(worker_id, name, new)
        return None

    def _set_aside(self, worker_id: str, name: str, new: int) -> None:
        """Move a file to the rejected ones, under a name that no agent has chosen."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        self.prepare()
        rejected = os.open(self.folder / REJECTED, flags)
        try:
            aside = f"{worker_id[:32]}.{os.urandom(8).hex()}"
            os.rename(name, aside, src_dir_fd=new, dst_dir_fd=rejected)
        finally:
            os.close(rejected)


def _read(worker_id: str, name: str, new: int) -> Letter:
    """Return the letter called `name` in the opened folder `new`.

    Raises:
        ValueError, RecursionError, OverflowError, OSError: it is none.
    """
    name.encode()  # the store takes no name that is no text
    # A pipe in its place would be waited for, a link would be followed.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, dir_fd=new), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("no file")
        if status.st_size > FILE_SIZE_MAX_BYTES:
            raise ValueError("too large")
        payload = json.loads(file.read(status.st_size))
    if not isinstance(payload, dict):
        raise ValueError("not an object")
    return Letter(name, worker_id, datetime.fromtimestamp(status.st_mtime, UTC), payload)
