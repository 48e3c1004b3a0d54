"""The battle screen on a tmux server of its own, and how to see at once what changes on it."""

import os
import select
import shlex
import subprocess
import sys
from pathlib import Path

from tests.benchmarks import counted
from tests.benchmarks.meter import Meter
from tests.waiting import wait_until

WIDTH_CELLS, HEIGHT_CELLS = 200, 50


class Screen:
    """`rts` in the folder of a repository, in the session `screen`; a context."""

    def __init__(self, room: Path, repository: Path) -> None:
        self._socket = room / "screen.sock"
        self._starts_path = room / "screen-starts"
        self._pipe_path = room / "screen-pipe"
        argv = [sys.executable, "-P", counted.__file__, str(self._starts_path)]
        size = ("-x", str(WIDTH_CELLS), "-y", str(HEIGHT_CELLS))
        command = f"exec {shlex.join(argv)}"
        self._tmux("new-session", "-d", "-s", "screen", "-c", str(repository), *size, command)
        os.mkfifo(self._pipe_path)
        # Opened for writing, too: so it has no end, and opening waits for nobody.
        self._pipe = os.open(self._pipe_path, os.O_RDWR | os.O_NONBLOCK)
        self._tmux("pipe-pane", "-t", "screen:", f"exec cat >{self._pipe_path}")

    def __enter__(self) -> "Screen":
        return self

    def __exit__(self, *error: object) -> None:
        self._tmux("kill-server")
        os.close(self._pipe)

    def meter(self) -> Meter:
        """Return what reads the cost of the screen's process."""
        pid = int(self._tmux("display-message", "-p", "-t", "screen:", "#{pane_pid}"))
        return Meter(pid, self._starts_path)

    def text(self) -> str:
        """Return what is on the screen now."""
        return self._tmux("capture-pane", "-p", "-t", "screen:")

    def await_output(self, timeout_s: float) -> bool:
        """Wait until the program writes to its terminal; False when it did not.

        Its bytes come by tmux's pipe-pane: polling would disturb what is measured.
        """
        ready, _, _ = select.select([self._pipe], [], [], timeout_s)
        while ready:
            try:
                os.read(self._pipe, 1 << 20)
            except BlockingIOError:
                break
        return bool(ready)

    def await_words(self, words: str) -> None:
        """Wait until `words` are on the screen."""
        wait_until(lambda: words in self.text(), timeout_s=30, message=f"{words} on the screen")

    def _tmux(self, *words: str) -> str:
        argv = ["tmux", "-u", "-f", "/dev/null", "-S", str(self._socket), *words]
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout
