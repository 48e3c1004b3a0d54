"""A program on a terminal of its own, without a multiplexer between: keys in, bytes out."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from pathlib import Path

import psutil

CHUNK_BYTES = 1 << 16
ENDING_S = 5.0


class Terminal:
    """Runs `argv` on a pty of `width` × `height` cells; a context."""

    def __init__(
        self, argv: list[str], folder: Path | None = None, width: int = 200, height: int = 50
    ) -> None:
        self.started_at_s = time.perf_counter()
        self._own, program_side = pty.openpty()
        fcntl.ioctl(program_side, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._program = subprocess.Popen(
            argv,
            cwd=folder,
            env=env,
            stdin=program_side,
            stdout=program_side,
            stderr=program_side,
            start_new_session=True,
        )
        os.close(program_side)
        self.process = psutil.Process(self._program.pid)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *error: object) -> None:
        self._program.terminate()
        deadline = time.monotonic() + ENDING_S
        while self._program.poll() is None and time.monotonic() < deadline:
            self.read(0.05)
        if self._program.poll() is None:
            self._program.kill()
            self._program.wait()
        os.close(self._own)

    def press(self, keys: bytes) -> None:
        """Send what a keyboard sends."""
        os.write(self._own, keys)

    def read(self, timeout_s: float) -> bytes:
        """Return what was printed since, waiting for the first of it; empty: nothing was."""
        ready, _, _ = select.select([self._own], [], [], timeout_s)
        if not ready:
            return b""
        try:
            return os.read(self._own, CHUNK_BYTES)
        except OSError:  # Linux says so when the program has gone: pty(7)
            return b""

    def rest(self, quiet_s: float = 0.2, longest_s: float = 3.0) -> None:
        """Read until nothing was printed for `quiet_s`, or something was all the time."""
        deadline = time.monotonic() + longest_s
        while time.monotonic() < deadline and self.read(quiet_s):
            pass

    def await_text(self, text: bytes, timeout_s: float = 20.0) -> float:
        """Return how long after the start `text` was printed, in seconds."""
        seen, deadline = b"", time.monotonic() + timeout_s
        while text not in seen:
            assert time.monotonic() < deadline, f"{text!r} was never printed: {seen[-500:]!r}"
            seen = seen[-CHUNK_BYTES:] + self.read(0.5)
        return time.perf_counter() - self.started_at_s

    def cpu_percent(self, span_s: float) -> float:
        """Return the percent of a core that the program uses during the next `span_s`."""
        before, began_s = self._cpu_s(), time.monotonic()
        while (left_s := began_s + span_s - time.monotonic()) > 0:
            self.read(left_s)
        return 100 * (self._cpu_s() - before) / (time.monotonic() - began_s)

    def _cpu_s(self) -> float:
        times = self.process.cpu_times()
        return times.user + times.system
