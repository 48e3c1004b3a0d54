"""A screen that is answered once, however often and fast its keys are pressed."""

from typing import Any

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType

from rts.tui.screens.top import is_on_top


class OnceScreen(ModalScreen[ScreenResultType]):
    """Lies over another screen and goes with its first answer; later ones are not heard.

    A key pressed twice in one burst reaches a screen twice before it is gone, and a second
    `dismiss` would take the screen below with it.
    """

    _is_answered = False

    def dismiss(self, result: Any | None = None) -> AwaitComplete:
        """Give the answer and go; do nothing after the first time."""
        if self._is_answered or not is_on_top(self):
            return AwaitComplete()
        self._is_answered = True
        return super().dismiss(result)
