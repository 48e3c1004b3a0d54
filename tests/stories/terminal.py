"""A real terminal for stories: tmux, as the commander's own, with a shell and then `rts` in it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cleaning import end_server
from tests.waiting import wait_until

LIMIT_S = 25.0
"""Longest wait for anything to be seen, on a machine with two busy cores."""

RTS = f"{sys.executable} -m rts"


@dataclass
class Terminal:
    """One window of one session; `types` and `sees` are all that a commander can do with it."""

    socket_path: Path

    def tmux(self, *words: str, stdin: str | None = None) -> str:
        """Say something to the commander's own tmux; return its answer."""
        argv = ["tmux", "-u", "-S", str(self.socket_path), "-f", "/dev/null", *words]
        return subprocess.run(
            argv, capture_output=True, text=True, check=True, input=stdin, timeout=20
        ).stdout

    def types(self, *keys: str) -> None:
        """Press keys, named as tmux names them; anything else is typed letter by letter."""
        self.tmux("send-keys", "-t", "own:", *keys)

    def runs(self, line: str) -> None:
        """Give the shell a line."""
        self.types(line, "Enter")

    def pastes(self, text: str) -> None:
        """Paste as a terminal does."""
        self.tmux("load-buffer", "-", stdin=text)
        self.tmux("paste-buffer", "-p", "-r", "-t", "own:")

    def resizes(self, width: int, height: int) -> None:
        """Change the terminal's size, in cells."""
        self.tmux("resize-window", "-t", "own:", "-x", str(width), "-y", str(height))

    def screen(self) -> str:
        """Return what stands on the terminal."""
        return self.tmux("capture-pane", "-p", "-t", "own:")

    def footer(self) -> str:
        """Return the last line."""
        return (self.screen().rstrip("\n").splitlines() or [""])[-1]

    def asks(self, name: str) -> str:
        """Return what tmux knows of the terminal: `alternate_on`, `mouse_any_flag`, …."""
        return self.tmux("display-message", "-p", "-t", "own:", f"#{{{name}}}").strip()

    def sees(self, *words: str) -> str:
        """Wait until all `words` stand on the terminal; return the whole of it."""
        seen = ""

        def has_all() -> bool:
            nonlocal seen
            seen = self.screen()
            return all(word in seen for word in words)

        try:
            wait_until(has_all, LIMIT_S)
        except AssertionError:
            raise AssertionError(f"no {words} in\n{seen}") from None
        return seen

    def misses(self, word: str) -> str:
        """Wait until `word` has left the terminal; return what stands there then."""
        wait_until(lambda: word not in self.screen(), LIMIT_S, f"still there: {word}")
        return self.screen()

    def opens_rts(self) -> None:
        """Start rts and wait until the minimap is there."""
        self.runs(f"clear; {RTS}")
        self.sees("minimap", "shop opened", "q quit")


@contextmanager
def open_terminal(
    room: Path, folder: Path, width: int, height: int, *, is_nested: bool = True
) -> Iterator[Terminal]:
    """Open a terminal with a shell in `folder`; what runs in it ends with it.

    With `is_nested` the shell knows that it stands in the commander's tmux.
    """
    terminal = Terminal(room / "own.sock")
    hidden = "" if is_nested else "env -u TMUX -u TMUX_PANE "
    size = ("-x", str(width), "-y", str(height))
    terminal.tmux("new-session", "-d", "-s", "own", *size, "-c", str(folder), f"exec {hidden}sh")
    try:
        terminal.tmux("set-option", "-g", "focus-events", "on")
        terminal.runs("PS1='ready$ '; clear")
        terminal.sees("ready$")
        yield terminal
    finally:
        end_server(terminal.socket_path)
