"""The program behind the proxy: a child process that leads a session of its own on a new pty."""

import contextlib
import os
import resource
import signal
from collections.abc import Callable

from rts.pane.terminal import STDERR, Outside

NOT_FOUND, NOT_STARTED = 127, 126
"""Exit codes of what cannot be started, as shells have them: sh(1p)."""


class Child:
    """A started program."""

    def __init__(self, pid: int, keyboard: int, inner: int) -> None:
        self.pid = pid
        self.keyboard = keyboard
        """Our side of the pty: what is written here, the program reads; non-blocking."""
        self.inner = inner
        """The program's side. It stays open, so that a program may close and open its terminal."""

    def send(self, number: int) -> None:
        """Send a signal to the program alone."""
        _ignore_gone(os.kill, self.pid, number)

    def send_to_foreground(self, number: int) -> None:
        """Send a signal to whoever has the terminal, as a key would."""
        for group in {self.pid, self._foreground()}:
            _ignore_gone(os.killpg, group, number)

    def wait(self) -> int | None:
        """Return how it ended or that it is stopped, as wait(2) has it; None: it runs."""
        pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
        return status if pid else None

    def _foreground(self) -> int:
        try:
            return os.tcgetpgrp(self.keyboard) or self.pid
        except OSError:
            return self.pid


def start(argv: list[str], outside: Outside) -> Child:
    """Start a program on a new pty. When it cannot be started, its exit code says so."""
    keyboard, inner = os.openpty()
    outside.prepare_inner(inner)
    pid = os.fork()
    if pid == 0:
        _become(argv, inner)
    os.set_blocking(keyboard, False)
    return Child(pid, keyboard, inner)


def end_like(status: int) -> int:
    """End this process by the signal that ended the program; else return the program's exit code.

    Who waits for us sees what he would have seen without us.
    """
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return code
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if -code not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
    return 128 - code


def _become(argv: list[str], inner: int) -> None:
    """Turn this process, a fork, into the program."""
    code = NOT_STARTED
    try:
        os.login_tty(inner)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and exec keeps that
            signal.signal(number, signal.SIG_DFL)
        os.execvp(argv[0], argv)
    except FileNotFoundError:
        code = NOT_FOUND
        os.write(STDERR, f"{argv[0]}: not found\r\n".encode())
    except OSError as error:
        os.write(STDERR, f"{argv[0]}: {error.strerror}\r\n".encode())
    finally:
        os._exit(code)


def _ignore_gone(send: Callable[[int, int], None], target: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        send(target, number)
