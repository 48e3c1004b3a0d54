"""Keys that look at a unit's work: review, editor, browser."""

from rts.tui import messages
from rts.tui.presses.board import Board


class ReviewPresses(Board):
    """Looking at the selected unit's work."""

    def press_edit(self, key: str) -> None:
        """Open the worktree in the commander's editor."""
        self.post_message(messages.EditingWanted(self.selected))

    def press_browse(self, key: str) -> None:
        """Open what the unit serves in a browser."""
        self.post_message(messages.BrowserWanted(self.selected))
