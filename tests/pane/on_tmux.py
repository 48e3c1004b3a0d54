"""A private tmux with one pane, as a commander's hands and eyes have it."""

import shlex
import subprocess
from pathlib import Path

from tests.waiting import wait_until

LIMIT_S = 20.0
"""Longest that one call of tmux may take on a busy machine."""


class TmuxPane:
    """The session `w` on its own server; it stays to be looked at when its program has ended."""

    def __init__(self, socket: Path, argv: list[str], *, cwd: Path, after: str = "") -> None:
        self._socket = socket
        new = ["new-session", "-d", "-s", "w", "-x", "100", "-y", "30", "-c", str(cwd)]
        stay = [";", "set-option", "remain-on-exit", "on"]
        pipe = [";", "pipe-pane", after] if after else []
        self.tmux(*new, f"exec {shlex.join(argv)}", *stay, *pipe)

    def tmux(self, *words: str) -> str:
        """Give tmux a command, and return what it prints."""
        argv = ["tmux", "-S", str(self._socket), "-f", "/dev/null", *words]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=LIMIT_S, check=True)
        return done.stdout

    def shown(self) -> str:
        """Return what is on the pane."""
        return self.tmux("capture-pane", "-p", "-t", "w")

    def type(self, text: str) -> None:
        """Type a line."""
        self.tmux("send-keys", "-t", "w", "-l", text)
        self.tmux("send-keys", "-t", "w", "Enter")

    def await_words(self, words: str) -> None:
        """Wait until `words` are on the pane."""
        wait_until(lambda: words in self.shown(), message=f"{words!r} on the pane")

    def await_end(self) -> str:
        """Return `<exit code> <signal>` of the pane's process, each empty when there is none."""

        def end() -> str:
            # tmux 3.3a may miss how any program ended, until a child of its own ends: this one.
            self.tmux("run-shell", "-b", "true")
            facts = "#{pane_dead} #{pane_dead_status} #{pane_dead_signal}"
            return self.tmux("display-message", "-p", "-t", "w", facts).strip("\n")

        wait_until(lambda: end().startswith("1 ") and end() != "1  ", message=self.shown())
        return end()[2:]
