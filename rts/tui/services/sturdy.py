"""The part of the app that stands what terminals, signals and bugs do to it."""

import asyncio
import os
import signal

from textual.app import App
from textual.events import Resize
from textual.geometry import Size

from rts.tui.screens.too_small import TooSmallScreen, is_too_small
from rts.tui.services.terminal import speaks_utf8

ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
"""The first asks a program to end, the second says that its terminal has gone."""


class SturdyApp(App[None]):
    """Waits while the terminal is too small; ends in order, whatever ends it."""

    has_ascii_terminal = False
    """The terminal shows no more than ASCII."""

    @property
    def crash(self) -> Exception | None:
        """The bug that ended the screen, or None."""
        return self._exception

    def on_load(self) -> None:
        """Look at the terminal's language; leave when a signal asks for it."""
        if self.is_headless:
            return
        self.has_ascii_terminal = not speaks_utf8(os.environ)
        for number in ENDING_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._leave, number)

    def on_resize(self, event: Resize) -> None:
        """Say what is needed where the terminal is too small for anything."""
        self.mind_size(event.size)

    def mind_size(self, size: Size) -> None:
        """Lay the words about it over the screen, once there is one."""
        is_said = any(isinstance(screen, TooSmallScreen) for screen in self.screen_stack)
        has_screen = len(self.screen_stack) > 1
        if has_screen and is_too_small(size) and not is_said:
            self.push_screen(TooSmallScreen(is_ascii=self.has_ascii_terminal))

    def _leave(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def _fatal_error(self) -> None:
        """End after a bug, without its traceback on the terminal: see `crash`."""
        self._close_messages_no_wait()
