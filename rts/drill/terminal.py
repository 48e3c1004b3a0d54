"""The drill agent's terminal: a transcript that scrolls, and a prompt line that always listens.

One thread does everything: whoever waits, waits in `pump`, and meanwhile keys are heard. So text
that is typed while the agent is busy is never lost.
"""

import contextlib
import os
import select
import shutil
import sys
import termios
import time
from collections import deque
from types import TracebackType
from typing import Any

from rts.drill.child import Child
from rts.drill.keyboard import Key, KeyKind, KeyReader
from rts.drill.paint import DIM, PROMPT, WARN, fit, paint, printable

BUSY_TITLE, IDLE_TITLE = "✻ drill", "✳ drill"
"""What the terminal's title says while the agent works, and while it waits."""

BRACKETED_PASTE_ON = "\x1b[?2004h"
BRACKETED_PASTE_OFF = "\x1b[?2004l"

SECOND_INTERRUPT_S = 2.0
"""How soon after the first a second Ctrl-C ends the session."""

ESCAPE_S = 0.03
"""How long after ESC the rest of a sequence may come; the key Esc sends that byte alone."""

PUMP_S = 0.05
"""Longest single wait, so that a child's end is seen soon even when its output stays open."""

IDLE_S = 1.0
"""Longest single wait while nothing is played."""


class SessionEnded(Exception):
    """The commander, a signal or the end of the input has ended the session."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """As Claude Code says it in SessionEnd: `prompt_input_exit` or `other`."""


class TurnCut(Exception):
    """The commander has pressed Esc in the middle of a turn."""


class Terminal:
    """Standard input and output; a context, so that the terminal is always given back.

    Without a terminal, lines of the input are messages and the transcript is printed plainly.
    With `eats_first_enter` the first Enter after each paste does nothing, as it happens to real
    agents that are still busy with the paste.
    """

    def __init__(self, *, eats_first_enter: bool = False) -> None:
        self.messages: deque[str] = deque()
        """Messages that were submitted and not yet taken."""
        self._is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
        self._keys = KeyReader()
        self._draft = ""
        self._status = ""
        self._working_since: float | None = None
        self._choices: deque[str] | None = None
        self._saved_mode: list[Any] = []
        self.has_input_ended = False
        """Nobody can type anything any more."""
        self._has_footer = False
        self._interrupted_at = -SECOND_INTERRUPT_S
        self._drawn_s = 0
        self._title = ""
        self._is_cut = False
        self._eats_first_enter = eats_first_enter
        self._eats_next_enter = False

    def __enter__(self) -> "Terminal":
        if self._is_terminal:
            self._saved_mode = termios.tcgetattr(0)
            _set_raw(self._saved_mode)
            self._put(BRACKETED_PASTE_ON)
            self._draw_footer()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._is_terminal:
            with contextlib.suppress(OSError, termios.error):  # the terminal itself may be gone
                self._erase_footer()
                self._put(BRACKETED_PASTE_OFF)
                termios.tcsetattr(0, termios.TCSADRAIN, self._saved_mode)

    @property
    def width_cells(self) -> int:
        """How wide the transcript is now."""
        return shutil.get_terminal_size().columns

    def print(self, line: str = "") -> None:
        """Add a line, which may hold colours, to the transcript."""
        self._erase_footer()
        self._put(f"{line}\n" if self._is_terminal else f"{printable(line)}\n")
        self._draw_footer()

    def show_work(self, words: str) -> None:
        """Show above the prompt what is being done, and for how long."""
        self._status, self._working_since = words, time.monotonic()
        self._entitle(BUSY_TITLE)
        self._redraw()

    def show_rest(self, words: str = "") -> None:
        """Show above the prompt what is waited for; nothing on the pane moves then."""
        self._status, self._working_since = words, None
        self._is_cut = False
        self._entitle(IDLE_TITLE)
        self._redraw()

    def show_message(self, message: str) -> None:
        """Add a message to the transcript: its first line, and how many more it has."""
        first_line, *more = message.strip().splitlines() or [""]
        rest = f"  (+{len(more)} lines)" if more else ""
        shown = fit(f"› {printable(first_line)}", self.width_cells - len(rest))
        self.print()
        self.print(f"{paint(shown, PROMPT)}{paint(rest, DIM)}")

    def pump(self, timeout_s: float, fd: int | None = None) -> None:
        """Hear the keyboard until a key comes or `fd` can be read, at most `timeout_s`.

        Raises:
            SessionEnded: the commander has ended the session.
        """
        listened = [0] if not self.has_input_ended else []
        if self._keys.may_be_escape:
            timeout_s = min(timeout_s, ESCAPE_S)
        ready, _, _ = select.select(
            [*listened, *([fd] if fd is not None else [])], [], [], timeout_s
        )
        if 0 in ready:
            self._hear(_read_input())
        elif self._keys.may_be_escape:
            self._press(self._keys.end_escape())
        if self._working_s() != self._drawn_s:
            self._redraw()

    def rest(self, seconds: float) -> None:
        """Let time pass while the keyboard is heard.

        Raises:
            TurnCut: Esc was pressed.
        """
        ends_at = time.monotonic() + seconds
        self.check_cut()
        while (left_s := ends_at - time.monotonic()) > 0:
            self.pump(min(left_s, PUMP_S * 4))
            self.check_cut()

    def check_cut(self) -> None:
        """See that the turn may go on.

        Raises:
            TurnCut: Esc was pressed since the work began; it is told once.
        """
        if self._is_cut:
            self._is_cut = False
            raise TurnCut

    def await_child(self, child: Child, timeout_s: float, *, may_be_cut: bool = False) -> bool:
        """Wait for a child while the keyboard is heard; False when it had to be stopped.

        Raises:
            SessionEnded: the session was ended; the child was stopped.
            TurnCut: Esc was pressed, if it `may_be_cut`; the child was stopped.
        """
        ends_at = time.monotonic() + timeout_s
        try:
            while not child.has_ended():
                if time.monotonic() > ends_at:
                    return False
                if may_be_cut:
                    self.check_cut()
                self.pump(PUMP_S, child.open_fd)
            return True
        finally:
            child.stop()

    def await_message(self) -> str:
        """Return the next submitted message; waits for it as long as it takes.

        Raises:
            SessionEnded: the input has ended, so that none can come any more.
        """
        self.show_rest()
        while not self.messages:
            if self.has_input_ended:
                raise SessionEnded("other")
            self.pump(IDLE_S)
        message = self.messages.popleft()
        self.show_message(message)
        return message

    def start_choice(self) -> None:
        """From now on a typed y or n on an empty prompt is a choice, not text."""
        self._choices = deque()

    def read_choice(self) -> bool | None:
        """Return what was chosen: True for y, False for n, None when nothing was yet."""
        return self._choices.popleft() == "y" if self._choices else None

    def end_choice(self) -> None:
        """From now on y and n are letters again."""
        self._choices = None

    def _hear(self, piece: bytes) -> None:
        if not piece:
            self.has_input_ended = True
            return
        if not self._is_terminal:
            piece = piece.replace(b"\n", b"\r")
        for key in self._keys.read(piece):
            self._press(key)
        self._redraw()

    def _press(self, key: Key) -> None:
        match key.kind:
            case KeyKind.TYPED:
                self._type(key.text)
            case KeyKind.PASTED:
                self._draft += key.text
                self._eats_next_enter = self._eats_first_enter
            case KeyKind.NEWLINE:
                self._draft += "\n"
            case KeyKind.SUBMIT:
                self._submit()
            case KeyKind.BACKSPACE:
                self._draft = self._draft[:-1]
            case KeyKind.CLEAR:
                self._draft = ""
            case KeyKind.INTERRUPT:
                self._interrupt()
            case KeyKind.ESCAPE:
                self._is_cut = self._working_since is not None or self._choices is not None
            case KeyKind.END:
                if not self._draft:
                    raise SessionEnded("prompt_input_exit")

    def _type(self, text: str) -> None:
        if self._choices is not None and not self._draft and text[:1].lower() in ("y", "n"):
            self._choices.append(text[0].lower())
        else:
            self._draft += text

    def _submit(self) -> None:
        if self._eats_next_enter:
            self._eats_next_enter = False
            return
        message, self._draft = self._draft, ""
        if message.strip() == "/exit":
            raise SessionEnded("prompt_input_exit")
        if message.strip():
            self.messages.append(message)

    def _interrupt(self) -> None:
        now = time.monotonic()
        if now - self._interrupted_at < SECOND_INTERRUPT_S:
            raise SessionEnded("prompt_input_exit")
        self._interrupted_at = now
        self._draft = ""
        self.print(paint("  Ctrl-C again to leave", DIM))

    def _entitle(self, title: str) -> None:
        """Give the terminal a title that says whether the agent works, as real agents do."""
        if self._is_terminal and title != self._title:
            self._title = title
            self._put(f"\x1b]2;{title}\x07")

    def _redraw(self) -> None:
        self._erase_footer()
        self._draw_footer()

    def _erase_footer(self) -> None:
        if self._has_footer:
            self._put("\r\x1b[1A\x1b[J")
            self._has_footer = False

    def _draw_footer(self) -> None:
        """Draw the status and the prompt, each on one line that never wraps."""
        if not self._is_terminal:
            return
        self._drawn_s = self._working_s()
        width = self.width_cells - 1
        waiting = f" · {len(self.messages)} queued" if self.messages else ""
        clock = f" · {self._drawn_s}s" if self._drawn_s else ""
        colour = DIM if self._working_since else WARN
        status = paint(fit(f"{self._status}{clock}{waiting}", width), colour)
        draft = printable(self._draft.replace("\n", " ⏎ "))
        self._put(f"{status}\n{paint('› ', PROMPT)}{fit(draft, width - 2, from_end=True)}")
        self._has_footer = True

    def _working_s(self) -> int:
        """Return for how many whole seconds the present work has been going on."""
        return int(time.monotonic() - self._working_since) if self._working_since else 0

    def _put(self, text: str) -> None:
        piece = text.encode(errors="replace")
        with contextlib.suppress(OSError):  # the pane may be gone while the session is being ended
            while piece:
                piece = piece[os.write(1, piece) :]


def _read_input() -> bytes:
    """Return what was typed; nothing when the input is over or the terminal is gone."""
    try:
        return os.read(0, 65536)
    except OSError:
        return b""


def _set_raw(saved_mode: list[Any]) -> None:
    """Give us every key as it is pressed; the output side stays as it is.

    Enter must come as CR, so that a line feed (Ctrl-J) is not taken for it: termios(3), ICRNL.
    """
    mode = [*saved_mode[:6], list(saved_mode[6])]
    mode[0] &= ~(termios.ICRNL | termios.INLCR | termios.IXON)
    mode[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
    mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
    termios.tcsetattr(0, termios.TCSADRAIN, mode)
