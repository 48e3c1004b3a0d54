"""Keeps the status where others read it: a file in the run folder, and a letter at each change.

Nothing here may disturb the program: a full disk or a missing folder loses a status, no more.
"""

import contextlib
import json
import os
import time

from rts.pane.records import Records
from rts.pane.report import read_report

STATUS_NAME = "status.json"
"""In the run folder: `{"pid", "records": {id: {state, kind, msg, title, app, progress, at}}}`."""

PID_NAME = "agent.pid"
"""In the run folder: the number of the program's process."""

PAUSE_S = 0.05
"""Least time between two letters: twenty a second are more than anybody looks."""


class Places:
    """Where to write; an empty text is a place that there is not."""

    __slots__ = ("inbox", "run_folder", "worker_id")

    def __init__(self, run_folder: str, inbox: str, worker_id: str) -> None:
        self.run_folder = run_folder
        self.inbox = inbox
        self.worker_id = worker_id


class Keeper:
    """Takes reports, and publishes what they change: the first at once, a flood in steps."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._records = Records()
        self._pid = 0
        self._news: dict[str, object] | None = None
        """The letter about the last change, as long as it is not written."""
        self._next_at = 0.0

    def begin(self, pid: int) -> None:
        """Forget what an earlier program left; `pid` is the new one's, 0 where it is not known."""
        self._pid = pid
        self._remove(STATUS_NAME)
        if pid and self._places.run_folder:
            self._write(self._places.run_folder, PID_NAME, f"{pid}\n")

    def take(self, bodies: list[bytes]) -> None:
        """Read the bodies of sequences; what is no report is passed over."""
        now = time.time()
        for body in bodies:
            report = read_report(body)
            if report is not None and self._records.take(report, now):
                at = self._records.began_at(report.id) or now
                self._news = {"id": report.id, **report.facts(), "at": at}
        self.publish()

    def due_in_s(self) -> float | None:
        """Return in how many seconds `publish` has something to do; None: not before a report."""
        return None if self._news is None else max(self._next_at - time.monotonic(), 0.0)

    def publish(self) -> None:
        """Write the status and a letter, if something changed and the pause is over."""
        if self._news is None or time.monotonic() < self._next_at:
            return
        self._write_status()
        self._drop_letter(self._news)
        self._news = None
        self._next_at = time.monotonic() + PAUSE_S

    def end(self) -> None:
        """Say that nothing is known any more: the program has ended, or nobody listens to it."""
        self.take([b"state=clear"])
        self._next_at = 0.0
        self.publish()
        if self._pid:
            self._remove(PID_NAME)

    def _write_status(self) -> None:
        if self._places.run_folder:
            status = {"pid": self._pid, "records": self._records.facts()}
            self._write(self._places.run_folder, STATUS_NAME, json.dumps(status))

    def _drop_letter(self, news: dict[str, object]) -> None:
        """Drop a doorbell into the inbox, a maildir, as `<worker id>.<random>`."""
        inbox, worker_id = self._places.inbox, self._places.worker_id
        if not inbox or not worker_id or "/" in worker_id:
            return
        name = f"{worker_id}.{os.urandom(16).hex()}"
        letter = json.dumps({"hook_event_name": "ProgramStatus", **news})
        self._write(f"{inbox}/new", name, letter, aside=f"{inbox}/tmp/{name}")

    def _write(self, folder: str, name: str, text: str, aside: str = "") -> None:
        """Write a file whole: aside, then renamed."""
        aside = aside or f"{folder}/.{name}.{os.getpid()}"
        try:
            file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.write(file, text.encode())
            finally:
                os.close(file)
            os.rename(aside, f"{folder}/{name}")  # noqa: PTH104 - see the package: no pathlib
        except OSError:
            self._unlink(aside)

    def _remove(self, name: str) -> None:
        if self._places.run_folder:
            self._unlink(f"{self._places.run_folder}/{name}")

    def _unlink(self, path: str) -> None:
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108 - see the package: no pathlib
