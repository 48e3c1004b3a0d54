"""Runs a program behind the proxy in a real pseudo-terminal, with a terminal's part played here."""

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import termios
from types import TracebackType

from rts.pane.run import own_argv
from tests.waiting import wait_until


class PlayedPane:
    """A proxy with `program` behind it; a context, so that it never outlives its test."""

    def __init__(self, *program: str, run_folder: object = "") -> None:
        self._master, self.slave = pty.openpty()
        self.resize(30, 100)
        options = ["--run", str(run_folder)] if run_folder else []
        self.process = subprocess.Popen(
            [*own_argv(), *options, "--", *program],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
        )
        os.set_blocking(self._master, False)
        self.seen = b""

    def __enter__(self) -> "PlayedPane":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)
        os.close(self.slave)

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size. It controls no process, so the kernel tells nobody."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def is_raw(self) -> bool:
        """Whether the outer terminal passes single bytes, unechoed and unchanged."""
        modes = termios.tcgetattr(self.slave)
        return not (modes[1] & termios.OPOST or modes[3] & (termios.ECHO | termios.ICANON))

    def read(self) -> bytes:
        """Return all that was ever shown."""
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self._master, 65536):
                self.seen += piece
        return self.seen

    def type(self, keys: bytes) -> None:
        """Type, in as many steps as the terminal takes; what is shown meanwhile is read."""
        while keys:
            with contextlib.suppress(BlockingIOError):
                keys = keys[os.write(self._master, keys) :]
            self.read()

    def await_full(self, keys: bytes) -> bytes:
        """Type until the terminal takes no more; return what it did not take."""
        os.set_blocking(self._master, False)
        try:
            while keys:
                keys = keys[os.write(self._master, keys) :]
        except BlockingIOError:
            pass
        return keys

    def await_words(self, words: bytes) -> None:
        """Wait until `words` were shown."""
        wait_until(lambda: words in self.read(), message=f"{words!r} in {self.seen[-500:]!r}")

    def await_end(self) -> int:
        """Return how the proxy ended: its exit code, or minus its signal."""

        def has_ended() -> bool:
            self.read()
            return self.process.poll() is not None

        wait_until(has_ended, message=f"an end after {self.seen[-500:]!r}")
        self.read()
        return self.process.returncode
