"""Runs outside programs: with a limit, with their words kept, never through a shell by accident."""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from rts.errors import OutsideFailed

TIMEOUT_S = 10.0
"""Longest that a tmux or small git call may take before it counts as failed."""

WORDS_LENGTH_MAX = 300
"""Longest piece of a program's own words that an error repeats, in characters."""

LOCK_TIMEOUT_S = 60.0
"""Longest wait for a lock: whoever holds it longer runs a project's tests, and that is said."""

LOCK_LOOK_S = 0.02
"""Pause between two tries at a lock."""

OUTPUT_END_BYTES = 1_000_000
"""How much of a long output is read again: its end tells how it went."""


@dataclass(frozen=True)
class Completed:
    """How an outside program ended."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def words(self) -> str:
        """The last telling line of what it said, for a person."""
        lines = [line.strip() for line in (self.stderr or self.stdout).splitlines() if line.strip()]
        return lines[-1][:WORDS_LENGTH_MAX] if lines else f"exit {self.exit_code}"


def run(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    stdin: str = "",
    timeout_s: float = TIMEOUT_S,
    env: Mapping[str, str] | None = None,
) -> Completed:
    """Run a program to its end and return what it said, whatever its exit code.

    Raises:
        OutsideFailed: it is not installed or did not end within `timeout_s`.
    """
    try:
        done = subprocess.run(
            argv,
            cwd=cwd,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout_s,
            env=env,
            check=False,
        )
    except OSError as error:
        raise OutsideFailed(
            f"{argv[0]} could not be run: {error.strerror}.", "See what is missing with: rts doctor"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise OutsideFailed(
            f"{argv[0]} {argv[1] if len(argv) > 1 else ''} did not answer within {timeout_s:g} s.",
            "Try again; if it stays so, see: rts doctor",
        ) from error
    return Completed(done.returncode, done.stdout, done.stderr)


def run_in_terminal(argv: Sequence[str], env: Mapping[str, str]) -> int:
    """Run a program that takes over this terminal and return its exit code."""
    return subprocess.run(argv, env=env, check=False).returncode


@contextmanager
def hold_lock(path: Path) -> Iterator[bool]:
    """Hold the lock file at `path` while inside; give False at once when another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        yield _try_lock(file)


@contextmanager
def wait_for_lock(path: Path, busy: str = "Another order holds it.") -> Iterator[None]:
    """Hold the lock file at `path` while inside, waiting for whoever has it.

    Raises:
        OutsideFailed: it was not free within `LOCK_TIMEOUT_S`; `busy` says who may have it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + LOCK_TIMEOUT_S
    with path.open("w") as file:
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise OutsideFailed(busy, "Wait for it to end, then try again.")
            time.sleep(LOCK_LOOK_S)
        yield


def _try_lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def run_shell(command: str, *, cwd: Path, timeout_s: float, output_path: Path) -> Completed:
    """Run a shell line with all it prints in one file; return how it ended and the file's end.

    Whatever it started ends with it: at the limit, when we are ended ourselves, and when the line
    is over but left something running. Exit code 124, as timeout(1) has it, tells of the limit.
    """
    with _open_own(output_path) as output:
        child = subprocess.Popen(
            ["/bin/sh", "-c", command],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            exit_code = child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            exit_code = 124
            output.write(f"\nended after {timeout_s:g} s\n".encode())
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        return Completed(exit_code, _read_end(output), "")


def _open_own(path: Path) -> BinaryIO:
    """Open an output file that an agent could have replaced by a link: a new file takes its place.

    Raises:
        OutsideFailed: a folder is in the way, or the disk refuses.
    """
    try:
        path.unlink(missing_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.fdopen(os.open(path, flags, 0o600), "w+b")
    except OSError as error:
        raise OutsideFailed(
            f"{path} cannot be written: {error.strerror}.", "Move what is in its way aside."
        ) from error


def _read_end(file: BinaryIO) -> str:
    """Return the last `OUTPUT_END_BYTES` of a file as text."""
    file.flush()
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - OUTPUT_END_BYTES, 0))
    return file.read().decode(errors="replace")


def is_lock_held(path: Path) -> bool:
    """Tell whether a process holds the lock file at `path`; nothing is taken, made or written."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
