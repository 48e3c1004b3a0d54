"""Keys that move in a review: lines, changes, files, tabs."""

from textual.containers import VerticalScroll

from rts.tui import messages
from rts.tui.drawing.diff_text import LineKind
from rts.tui.presses.review_board import ReviewBoard
from rts.tui.widgets.review_head import TABS

END_LINES = 1_000_000
"""More lines than anything that is shown has."""


class ReviewReading(ReviewBoard):
    """Moving, and reading anew."""

    def press_move(self, key: str) -> None:
        """Move by a line."""
        self._scroll(1 if key in ("down", "j") else -1)

    def press_page(self, key: str) -> None:
        """Move by a page."""
        height = max(self._view.size.height, self._output.size.height, self._body_height) - 2
        self._scroll(height if key in ("space", "pagedown", "") else -height)

    def press_ends(self, key: str) -> None:
        """Move to the first or the last line."""
        self._scroll(END_LINES if key in ("G", "end") else -END_LINES)

    @property
    def _body_height(self) -> int:
        return self.query_one("#pull-request", VerticalScroll).size.height

    def _scroll(self, step: int) -> None:
        match self._tab:
            case "diff":
                self._view.move(step)
            case "tests":
                self._output.scroll_relative(y=step, animate=False, force=True)
            case _:
                body = self.query_one("#pull-request", VerticalScroll)
                body.scroll_relative(y=step, animate=False, force=True)

    def press_shift(self, key: str) -> None:
        """Move long lines sideways."""
        self._view.shift_by(1 if key in ("right", "l") else -1)

    def press_hunk_next(self, key: str) -> None:
        """Go to the next change."""
        self._jump(self._view.find_change(1))

    def press_hunk_last(self, key: str) -> None:
        """Go to the change before."""
        self._jump(self._view.find_change(-1))

    def press_file_next(self, key: str) -> None:
        """Go to the next file."""
        self._jump(self._view.find([LineKind.FILE], 1), is_leading=True)

    def press_file_last(self, key: str) -> None:
        """Go to the file before."""
        self._jump(self._view.find([LineKind.FILE], -1), is_leading=True)

    def press_tab(self, key: str) -> None:
        """Show another tab."""
        at = TABS.index(self._tab)
        self._show_tab(TABS[int(key) - 1] if key.isdigit() else TABS[(at + 1) % len(TABS)])

    def press_files(self, key: str) -> None:
        """Show or hide the files."""
        narrow = self.has_class("-narrow")
        self.toggle_class("-with-files" if narrow else "-without-files")

    def press_refresh(self, key: str) -> None:
        """Read all anew."""
        self.post_message(messages.DiffWanted(self.worker))
