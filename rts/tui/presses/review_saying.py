"""Keys of a review that say or order something: comments, orders as on the map, leaving."""

from rts.tui import messages
from rts.tui.choices import why_not
from rts.tui.drawing.diff_text import LineKind
from rts.tui.drawing.remarks import Remarks, make_comment
from rts.tui.drawing.untrusted import spell_controls
from rts.tui.presses.review_board import NO_DIFF, ReviewBoard
from rts.tui.screens.ask import AskLine
from rts.tui.screens.help import HelpScreen


class ReviewSaying(ReviewBoard):
    """Comments, orders, the way out."""

    def press_comment(self, key: str) -> None:
        """Ask for a comment on the line under the cursor."""
        line = self._view.line
        if line is None or line.kind is LineKind.HUNK:
            self._warn("Put the cursor on a line of code, or on a file's name.")
            return
        place = make_comment(line, "").place

        def keep(words: str | None) -> None:
            if words:
                self._set_remarks(self._remarks.add(make_comment(line, words)))

        example = f"what {self.worker.name} should change here; s sends all comments"
        self.app.push_screen(AskLine(spell_controls(place), example), keep)

    def press_drop(self, key: str) -> None:
        """Take back the comment under the cursor."""
        if comment := self._comment_here():
            self._set_remarks(self._remarks.drop(comment))

    def press_send(self, key: str) -> None:
        """Send all comments as one message."""
        if reason := why_not("tell", self._frame, None):
            self._warn(reason)
            return
        self.post_message(messages.CommentsWanted(self.worker, self._remarks.unsent))

    def _set_remarks(self, remarks: Remarks) -> None:
        self._remarks = remarks
        self._show_remarks()
        self.post_message(messages.CommentsKept(self.worker, remarks.unsent))

    def press_tell(self, key: str) -> None:
        """Ask what to tell."""

        def tell(line: str | None) -> None:
            if line:
                self.post_message(messages.TellWanted(self.worker, line))

        question = f"tell {self.worker.name}"
        self.app.push_screen(AskLine(question, "what it should know or do"), tell)

    def press_pull_request(self, key: str) -> None:
        """Run the tests and open the pull request."""
        self.post_message(messages.PullRequestWanted(self.worker))

    def press_merge(self, key: str) -> None:
        """Ask, then merge."""
        pull_request = self._frame.world.pull_request_of(self.worker)
        assert pull_request is not None
        has_check = self._frame.world.check_of(self.worker) is not None
        tests = ", after its tests?" if has_check else "? no tests were run on it"
        number, base = pull_request.number, pull_request.base_branch
        question = f"merge pull request {number} of {self.worker.name} into {base}{tests}"
        order = messages.MergeOrdered(self.worker, self._review.pull_request or pull_request)
        self._confirm(question, lambda: self.post_message(order))

    def press_edit(self, key: str) -> None:
        """Open the file under the cursor in the commander's editor."""
        line = self._view.line
        if line is None:
            self._warn(NO_DIFF)
            return
        number = self._nearest_new_number()
        self.post_message(messages.EditingWanted(self.worker, line.path, number))

    def _nearest_new_number(self) -> int:
        """Return the number in the new file of the cursor's line, or of the next that has one."""
        path = self._lines[self._view.cursor].path
        for line in self._lines[self._view.cursor :]:
            if line.path != path:
                break
            if line.new_number:
                return line.new_number
        return 0

    def press_browse(self, key: str) -> None:
        """Open what the unit serves in a browser."""
        self.post_message(messages.BrowserWanted(self.worker))

    def press_undo(self, key: str) -> None:
        """Take back what is held, else undo the newest order."""
        self.post_message(messages.UndoWanted())

    def press_help(self, key: str) -> None:
        """Show every key."""
        self.app.push_screen(HelpScreen(self._frame))

    def press_close(self, key: str) -> None:
        """Go back; with comments that are not sent, only after a question."""
        count = len(self._remarks.unsent)
        if not count:
            self.dismiss()
            return
        them = f"{count} comments are" if count > 1 else "1 comment is"
        self._confirm(f"{them} not sent. Leave? What you wrote waits here.", self._leave)

    def _leave(self) -> None:
        """Go, without returning what Textual would wait for: this screen cannot see its own end."""
        self.dismiss()
