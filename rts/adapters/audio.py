"""The loudspeaker: hands cues to a helper child, and never blocks, raises or prints.

Sound is made in the helper (`audio_helper`) and below it: audio libraries print on fd 2, hang on
a frozen sound server and can crash their interpreter.
"""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from rts import paths
from rts.adapters.audio_helper import HELPER_ARGV, NO_BACKEND

PACK = "command"
"""The sound pack that is played, a folder of `sounds/`."""

NOTED = "noted"
"""Who made a cue heard, where nobody could."""

PROBING = "probing"
"""Who makes a cue heard while the helper looks for a backend: whichever it finds in time."""

START_COUNT_MAX = 4
"""The first start and three more: a helper that dies again and again would only cost."""

END_LIMIT_S = 1.5
"""How long a helper may take to end by itself: its last clip is heard to the end."""


class Audio:
    """Makes cues heard. Not safe from several threads."""

    def __init__(self, pack: Path | None = None) -> None:
        """Start the helper, so that it has found its backend before the first cue."""
        self._pack = pack or paths.resource_folder("sounds") / PACK
        self._starts_left = START_COUNT_MAX
        self._helper: _Helper | None = None
        self._keep_alive()

    def play(self, category: str, volume: float) -> str:
        """Sound the cue of a CESP category and return who makes it heard.

        That is the backend's name (`simpleaudio`, `aplay`, …), `PROBING` as long as none was
        found, or `NOTED` where there is none. A cue is dropped when the helper does not keep up.
        """
        if not self._keep_alive():
            return NOTED
        assert self._helper is not None
        backend = self._helper.read_backend()
        if backend == NO_BACKEND or not self._helper.ask(category, min(max(volume, 0.0), 1.0)):
            return NOTED
        return backend or PROBING

    def close(self) -> None:
        """End the helper; a clip that sounds is heard to its end. May be called again."""
        if self._helper is not None:
            self._helper.end()
        self._helper = None
        self._starts_left = 0

    def _keep_alive(self) -> bool:
        """See that a helper lives, starting one if need be; tell whether one does."""
        if self._helper is not None and self._helper.is_alive():
            return True
        if self._helper is not None:
            self._helper.end()
            self._helper = None
        if self._starts_left == 0:
            return False
        self._starts_left -= 1
        try:
            self._helper = _Helper(self._pack)
        except OSError:  # no process, no memory: silence, and another try at the next cue
            return False
        return True


class _Helper:
    """One helper child and the two pipes to it."""

    def __init__(self, pack: Path) -> None:
        self._status_fd, status_fd = os.pipe()
        try:
            self._process = subprocess.Popen(
                [*HELPER_ARGV, str(pack), str(status_fd)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                pass_fds=(status_fd,),
                start_new_session=True,
                # simpleaudio frees memory without the GIL, which Python's own allocator does not
                # survive since 3.12: hamiltron/py-simple-audio #72.
                env={**os.environ, "PYTHONMALLOC": "malloc"},
            )
        except BaseException:
            os.close(self._status_fd)
            raise
        finally:
            os.close(status_fd)
        assert self._process.stdin is not None
        self._stdin = self._process.stdin
        os.set_blocking(self._stdin.fileno(), False)
        os.set_blocking(self._status_fd, False)
        self._status = ""

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def read_backend(self) -> str:
        """Return the backend that was reported last; empty before the first report."""
        with contextlib.suppress(BlockingIOError):
            self._status += os.read(self._status_fd, 4096).decode()
        reports = self._status.split("\n")[:-1]
        return reports[-1] if reports else ""

    def ask(self, category: str, volume: float) -> bool:
        """Ask for a cue; False when the helper does not take it now."""
        line = f"{category} {volume:.2f} {time.monotonic():.3f}\n".encode()
        try:
            os.write(self._stdin.fileno(), line)  # shorter than PIPE_BUF: all of it or nothing
        except (BlockingIOError, BrokenPipeError):
            return False
        return True

    def end(self) -> None:
        """Close the pipes and wait for the end, which is hurried after `END_LIMIT_S`."""
        self._stdin.close()
        try:
            self._process.wait(END_LIMIT_S)
        except subprocess.TimeoutExpired:
            # Its own session, so its group is the helper and the players that hang, nobody else.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._status_fd)
