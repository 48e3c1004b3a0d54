"""Runs a program on a pty of its own and passes every byte both ways; one loop does it all.

Only the query of the Program Status Protocol is taken out, and answered: before the terminal, which
sees the rest of what the program wrote after that, can answer anything else.
"""

import contextlib
import errno
import os
import select
import signal
import termios
import time

from rts.pane import child as children
from rts.pane import signals
from rts.pane.child import Child
from rts.pane.keeper import Keeper, Places
from rts.pane.scanner import ANSWER, QUERY, Scanner
from rts.pane.terminal import STDIN, Outside, end_of_input, open_output

READ_SIZE_BYTES = 1 << 16

WAITING_MAX_BYTES = 1 << 16
"""How much may wait to be written in each direction before no more is read."""

HOLD_S = 0.05
"""How long bytes are held back that may become a query: nobody writes half of one for longer."""

LAST_READ_MAX_BYTES = 1 << 20
"""How much is read when the program has ended: more than a pty holds is written by another."""

LAST_WRITE_S = 2.0
"""How long a terminal may take nothing before the program's last words are given up."""


def run_proxy(argv: list[str], places: Places) -> int:
    """Run a program until it ends, and end as it did: the exit code, or its signal."""
    outside = Outside()
    caught = signals.catch()
    child = children.start(argv, outside)
    keeper = Keeper(places)
    keeper.begin(child.pid)
    outside.set_raw()
    try:
        status = Proxy(outside, child, keeper, caught).run()
    finally:
        outside.restore()
        keeper.end()
    return children.end_like(status)


class Proxy:
    """What lies between a terminal and one program."""

    def __init__(self, outside: Outside, child: Child, keeper: Keeper, caught: int) -> None:
        self._outside = outside
        self._child = child
        self._keeper = keeper
        self._caught = caught
        self._scanner = Scanner()
        self._held_until = 0.0
        self._output, self._output_step = open_output()
        self._to_child = bytearray()
        self._to_terminal = bytearray()
        self._has_input = self._has_output = self._has_child_output = True
        self._last_typed = 0
        self._status: int | None = None
        self._poll = select.poll()
        self._watched: dict[int, int] = {}

    def run(self) -> int:
        """Pass on until the program has ended and its last words are written; return its status."""
        self._watch(self._caught, select.POLLIN)
        while self._status is None:
            self._choose_watched()
            ready = {number for number, _ in self._poll.poll(self._timeout_ms())}
            if self._child.keyboard in ready:
                self._write_child()
                self._read_child()
            if STDIN in ready:
                self._read_input()
            if self._output in ready:
                self._write_output()
            if self._caught in ready:
                for number in signals.read(self._caught):
                    self._obey(number)
            if self._scanner.is_holding and time.monotonic() >= self._held_until:
                self._pass_on(self._scanner.flush())
            self._keeper.publish()
        self._finish()
        return self._status

    def _choose_watched(self) -> None:
        """Read only what can be passed on, so that a slow reader slows its writer down."""
        can_type = self._has_input and len(self._to_child) < WAITING_MAX_BYTES
        self._watch(STDIN, select.POLLIN if can_type else 0)
        can_show = self._has_child_output and len(self._to_terminal) < WAITING_MAX_BYTES
        wants_to_type = self._to_child and self._has_child_output
        wanted = select.POLLIN if can_show else 0
        self._watch(self._child.keyboard, wanted | (select.POLLOUT if wants_to_type else 0))
        self._watch(self._output, select.POLLOUT if self._to_terminal else 0)

    def _watch(self, number: int, wanted: int) -> None:
        if self._watched.get(number, 0) == wanted:
            return
        self._watched[number] = wanted
        if wanted:
            self._poll.register(number, wanted)
        else:  # poll(2) reports a hang-up even where nothing is wanted
            self._poll.unregister(number)

    def _timeout_ms(self) -> float | None:
        waits = [] if (due_in_s := self._keeper.due_in_s()) is None else [due_in_s]
        if self._scanner.is_holding:
            waits.append(max(self._held_until - time.monotonic(), 0.0))
        return min(waits) * 1000 + 1 if waits else None

    def _read_child(self) -> int:
        """Read what the program wrote, pass it on, and return how many bytes that were."""
        if len(self._to_terminal) >= WAITING_MAX_BYTES:
            return 0
        try:
            piece = os.read(self._child.keyboard, READ_SIZE_BYTES)
        except BlockingIOError:
            return 0
        except OSError:  # EIO: nobody has the pty open any more, or it was hung up
            self._has_child_output = False
            return 0
        passed, bodies = self._scanner.feed(piece)
        for body in bodies:
            if body == QUERY and len(self._to_child) < WAITING_MAX_BYTES:
                self._type(ANSWER)
        self._pass_on(passed)
        if self._scanner.is_holding:
            self._held_until = time.monotonic() + HOLD_S
        if bodies:
            self._keeper.take(bodies)
        return len(piece)

    def _pass_on(self, piece: bytes) -> None:
        if self._has_output:
            self._to_terminal += piece
            if self._output_step > select.PIPE_BUF:
                self._write_output()

    def _write_output(self) -> None:
        if not self._to_terminal:
            return
        try:
            count = os.write(self._output, self._to_terminal[: self._output_step])
            del self._to_terminal[:count]
        except BlockingIOError:
            pass
        except OSError as error:
            self._has_output = False
            self._to_terminal.clear()
            if error.errno == errno.EPIPE:  # a terminal that is gone sends SIGHUP itself
                self._child.send(signal.SIGHUP)

    def _read_input(self) -> None:
        try:
            piece = os.read(STDIN, READ_SIZE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if piece:
            self._last_typed = piece[-1]
            self._type(piece)
        else:
            self._has_input = False
            self._type(self._end_of_input())

    def _end_of_input(self) -> bytes:
        """Return what tells the program that its input is over; a terminal hangs up instead."""
        if self._outside.has_keyboard:
            return b""
        try:
            end = end_of_input(self._child.inner)
        except termios.error:
            return b""
        # In the middle of a line the first only ends the line: termios(3), VEOF.
        return end if self._last_typed in (0, ord("\n")) else end * 2

    def _type(self, piece: bytes) -> None:
        self._to_child += piece
        self._write_child()

    def _write_child(self) -> None:
        if not self._to_child:
            return
        try:
            count = os.write(self._child.keyboard, self._to_child)
            del self._to_child[:count]
        except BlockingIOError:
            pass
        except OSError:
            self._to_child.clear()

    def _obey(self, number: int) -> None:
        match number:
            case signal.SIGCHLD:
                self._look_after_child()
            case signal.SIGWINCH:
                self._copy_size()
            case signal.SIGTSTP:
                self._child.send_to_foreground(signal.SIGSTOP)
                self._suspend()
            case signal.SIGCONT:
                self._resume()
            case signal.SIGINT | signal.SIGQUIT:
                self._child.send_to_foreground(number)
            case _:
                self._child.send(number)

    def _look_after_child(self) -> None:
        status = self._child.wait()
        if status is None:
            return
        if not os.WIFSTOPPED(status):
            self._status = status
        elif os.getsid(0) != os.getpid():  # there is a shell that takes the terminal back
            self._suspend()

    def _suspend(self) -> None:
        """Stop, and give the terminal back to the shell, until somebody sends SIGCONT."""
        self._outside.restore()
        os.kill(os.getpid(), signal.SIGSTOP)
        self._resume()

    def _resume(self) -> None:
        self._outside.set_raw()
        self._copy_size()
        self._child.send_to_foreground(signal.SIGCONT)
        self._child.send_to_foreground(signal.SIGWINCH)  # the shell wrote over what was drawn

    def _copy_size(self) -> None:
        with contextlib.suppress(OSError):
            self._outside.copy_size(self._child.keyboard)

    def _finish(self) -> None:
        """Pass on what the program wrote last. What it left running does not hold us up."""
        rest = LAST_READ_MAX_BYTES
        while rest > 0 and self._has_child_output and self._empty_output():
            if not (count := self._read_child()):
                break
            rest -= count
        self._pass_on(self._scanner.flush())
        self._empty_output()

    def _empty_output(self) -> bool:
        """Write all that waits; return False when the terminal takes nothing any more."""
        waiting = select.poll()
        waiting.register(self._output, select.POLLOUT)
        while self._to_terminal:
            if not waiting.poll(LAST_WRITE_S * 1000):
                return False
            self._write_output()
        return True
