"""A commander who types verbs, so that a story reads without knowing any machinery."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.waiting import wait_until

LIMIT_S = 40.0
"""Longest wait for anything in a story, on a machine with two busy cores."""


@dataclass
class Commander:
    """Stands in a repository and gives orders."""

    folder: Path

    def types(self, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Type a verb; whatever comes of it."""
        return subprocess.run(
            [sys.executable, "-m", "rts", *words],
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def orders(self, *words: str, stdin: str | None = None) -> Any:
        """Give an order that must succeed; return what it says to programs."""
        done = self.types(*words, "--json", stdin=stdin)
        assert done.returncode == 0, f"rts {' '.join(words)}\n{done.stderr}{done.stdout}"
        return json.loads(done.stdout)

    def is_refused(self, *words: str) -> tuple[str, str]:
        """Give an order that must be refused; return both lines."""
        done = self.types(*words)
        assert done.returncode == 1, f"rts {' '.join(words)}: {done.returncode}\n{done.stdout}"
        lines = done.stderr.strip().splitlines()
        assert len(lines) == 2, done.stderr
        assert "Traceback" not in done.stderr
        return lines[0], lines[1]

    def sees(self, handle: str, activity: str, words: str = "", **facts: Any) -> dict[str, Any]:
        """Wait until `rts ls` shows the worker so, with these words in its reason; return its row.

        A reason is waited for, never read once: the piece that says more may come a beat later.
        """
        deadline = time.monotonic() + LIMIT_S
        row: dict[str, Any] = {}
        while time.monotonic() < deadline:
            row = next(row for row in self.orders("ls") if row["name"] == handle)
            is_so = all(row[key] == value for key, value in facts.items())
            if row["activity"] == activity and words in row["reason"] and is_so:
                return row
            time.sleep(0.1)
        shown = {key: row[key] for key in ("activity", "reason", *facts)}
        awaited = f"{activity} {words} {facts}"
        raise AssertionError(f"waited for {awaited}, saw {shown}\n{self.reads(handle)}")

    def leaves(self, handle: str, activity: str, reason: str) -> None:
        """Wait until the worker is no more so for that reason."""

        def has_left() -> bool:
            row = next(row for row in self.orders("ls") if row["name"] == handle)
            return row["activity"] != activity or reason not in row["reason"]

        self.waits(has_left)

    def waits(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` holds."""
        wait_until(condition, LIMIT_S)

    def reads(self, handle: str) -> str:
        """Return what the worker's pane and the log say."""
        return self.types("peek", handle).stdout + self.types("events").stdout

    def sees_pane(self, handle: str, words: str) -> None:
        """Wait until the worker's pane shows `words`."""
        deadline = time.monotonic() + LIMIT_S
        while words not in (pane := self.types("peek", handle).stdout):
            assert time.monotonic() < deadline, f"no “{words}” in\n{pane}"
            time.sleep(0.1)

    def hears(self, kind: str) -> dict[str, Any]:
        """Wait until the event log tells of `kind`; return the latest such event."""
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            found = [event for event in self.orders("events") if event["kind"] == kind]
            if found:
                return dict(found[-1])
            time.sleep(0.1)
        raise AssertionError(f"no {kind} in the log:\n{self.types('events').stdout}")
