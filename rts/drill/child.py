"""One child process of the drill agent, read while the keyboard goes on being heard."""

import contextlib
import os
import signal
import subprocess
import tempfile
from pathlib import Path

OUTPUT_BYTES_MAX = 30_000
"""Output kept of a child: what Claude Code keeps of a command's, too."""


class Child:
    """A shell command in a process group of its own, with its output on one pipe."""

    def __init__(
        self, command: str, folder: Path, stdin_text: str = "", *, keeps_errors: bool = True
    ) -> None:
        # A file, not a pipe: a child that never reads its input must not block its parent.
        with tempfile.TemporaryFile() as stdin:
            stdin.write(stdin_text.encode())
            stdin.seek(0)
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", command],
                cwd=folder,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if keeps_errors else subprocess.DEVNULL,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        self._fd = self._process.stdout.fileno()
        os.set_blocking(self._fd, False)
        self._output = b""
        self._has_closed = False

    @property
    def open_fd(self) -> int | None:
        """Where its output comes from; None when it has closed that and may still run."""
        return None if self._has_closed else self._fd

    @property
    def output(self) -> str:
        """What was read of its output so far; the middle of a very long one is left out."""
        if len(self._output) <= OUTPUT_BYTES_MAX:
            return self._output.decode(errors="replace")
        half = OUTPUT_BYTES_MAX // 2
        head, tail = self._output[:half], self._output[-half:]
        return f"{head.decode(errors='replace')}\n…\n{tail.decode(errors='replace')}"

    @property
    def exit_code(self) -> int:
        """How it ended, as a shell says it: a signal counts as 128 and its number."""
        code = self._process.wait()
        return code if code >= 0 else 128 - code

    def has_ended(self) -> bool:
        """Read what there is; tell whether the command is over.

        It is over when its shell has ended, even when something it left behind holds the pipe.
        """
        has_exited = self._process.poll() is not None
        self._read()
        return has_exited or (self._has_closed and self._process.poll() is not None)

    def stop(self) -> None:
        """End it with all its children, and give the pipe back. May be called again."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> None:
        while not self._has_closed:
            try:
                piece = os.read(self._fd, 65536)
            except BlockingIOError:
                return
            self._has_closed = not piece
            self._output += piece
            if len(self._output) > 4 * OUTPUT_BYTES_MAX:
                self._output = self._output[:OUTPUT_BYTES_MAX] + self._output[-OUTPUT_BYTES_MAX:]
