"""One unit's change, to be read, commented and merged: diff, pull request, tests."""

from typing import ClassVar

from textual.binding import BindingType

from rts.tui import messages
from rts.tui.choices import why_not
from rts.tui.keymap import REVIEW_KEYS, bind
from rts.tui.presses.review_reading import ReviewReading
from rts.tui.presses.review_saying import ReviewSaying
from rts.tui.widgets.file_list import FileList
from rts.tui.widgets.review_head import TabChosen

_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (170, "-wide")]
"""From which width in cells the files stand beside the diff unasked."""


class ReviewScreen(ReviewReading, ReviewSaying):
    """Shows a review over the whole terminal; posts what the commander wants done about it."""

    BINDINGS: ClassVar[list[BindingType]] = bind("review", REVIEW_KEYS)
    HORIZONTAL_BREAKPOINTS = _BREAKPOINTS
    AUTO_FOCUS = ""

    def action_press(self, press: str, key: str) -> None:
        """Do what a row of the key table says, or say why it cannot be done now."""
        if reason := why_not(press, self._frame, None) or self._why_not_here(press):
            self._warn(reason)
            return
        getattr(self, f"press_{press}")(key)

    def _why_not_here(self, press: str) -> str:
        match press:
            case "send" if not self._remarks.unsent:
                return "No comment is written yet: c writes one on this line."
            case "drop" if self._tab == "diff" and self._comment_here() is None:
                return "No comment stands on this line."
            case _ if press in self._footer.unusable:
                return "Go to the diff first: 1."
        return ""

    def on_key_pressed(self, message: messages.KeyPressed) -> None:
        """Do what a click in the footer says."""
        message.stop()
        self.action_press(message.press, "")

    def on_diff_view_cursor_moved(self) -> None:
        """Say where the cursor stands."""
        self._show_place()

    def on_file_list_file_chosen(self, message: FileList.FileChosen) -> None:
        """Go to a file that was pointed at."""
        self._jump(message.start)

    def on_tab_chosen(self, message: TabChosen) -> None:
        """Show a tab that was pointed at."""
        self._show_tab(message.tab)
