"""The parts of a review, and what every key may do with them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from rts.tui import messages
from rts.tui.drawing.diff_text import DiffLine, list_files
from rts.tui.drawing.remarks import Remarks, find_line
from rts.tui.drawing.untrusted import spell_controls, strip_controls
from rts.tui.frame import Frame
from rts.tui.keymap import REVIEW_KEYS
from rts.tui.presses.board import WARNING_TOAST_S
from rts.tui.screens.ask import AskYesNo
from rts.tui.screens.once import OnceScreen
from rts.tui.widgets.diff_view import DiffView, PlacedComment
from rts.tui.widgets.file_list import FileList
from rts.tui.widgets.footer import KeyLine
from rts.tui.widgets.output_view import OutputView
from rts.tui.widgets.quiet_markdown import QuietMarkdown, is_heavy, show_plainly
from rts.tui.widgets.review_head import ReviewHead
from rts.world.nouns import Worker
from rts.world.review import Comment, Review

BODY_LENGTH_MAX = 20_000
"""Longest pull-request body that is laid out, in characters: each of its paragraphs is a widget."""

NO_DIFF = "Nothing is changed yet."
NO_BODY = "No pull request yet. *p* runs the tests and opens one."
NO_OUTPUT = "No tests were run on this yet. p runs them and opens a pull request."
OUTPUT_GONE = "The output of this run was not kept."


def read_body(review: Review) -> str:
    """Return the words of the pull request, or why there are none, as markdown."""
    if review.pull_request is None:
        return NO_BODY
    body = strip_controls(review.pull_request.body)
    if len(body) > BODY_LENGTH_MAX:
        return f"{body[:BODY_LENGTH_MAX]}\n\n*cut here*"
    return body if body.strip() else "*It has no words.*"


class ReviewBoard(OnceScreen[None]):
    """Holds a review and the parts that show it; keys move in it or post messages."""

    def __init__(
        self, worker: Worker, review: Review, lines: Sequence[DiffLine], frame: Frame
    ) -> None:
        super().__init__()
        self.worker = worker
        self._review = review
        self._lines = list(lines)
        self._frame = self._take(frame)
        self._remarks = Remarks()
        self._placed: list[PlacedComment] = []
        self._files = list_files(self._lines)
        self._head = ReviewHead(id="review-head")
        self._view = DiffView()
        self._list = FileList()
        self._body = QuietMarkdown()
        self._plain_body = Static(id="plain-body")
        self._output = OutputView(id="tests")
        self._shown_body: str | None = None
        self._footer = KeyLine(REVIEW_KEYS, id="footer")

    def compose(self) -> ComposeResult:
        """Put tabs over what they show, over the keys."""
        yield self._head
        with ContentSwitcher(initial=self._head.tab, id="review"):
            with Horizontal(id="diff"):
                yield self._list
                yield self._view
            with VerticalScroll(id="pull-request"):
                yield self._body
                yield self._plain_body
            yield self._output
        yield self._footer

    def on_mount(self) -> None:
        """Show what there is."""
        self.show_frame(self._frame)
        self._show()

    def show_frame(self, frame: Frame) -> None:
        """Show a newer frame: the keys tell what can be done now."""
        if not any(worker.id == self.worker.id for worker in frame.world.workers):
            frame = replace(frame, world=self._frame.world)  # It was dismissed meanwhile.
        before, self._frame = self._frame, self._take(frame)
        self.worker = self._frame.selected or self.worker
        if self.is_mounted and self._facts(before) != self._facts(self._frame):
            self.post_message(messages.DiffWanted(self.worker))
        self._footer.frame = self._head.frame = self._frame
        self._view.is_ascii = self._list.is_ascii = frame.is_ascii
        self.set_class(frame.is_ascii, "-ascii")

    def _take(self, frame: Frame) -> Frame:
        """Return the frame as if only this worker were selected."""
        return replace(frame, selected_id=self.worker.id, chosen_ids=frozenset())

    def _facts(self, frame: Frame) -> tuple[object, object]:
        """Return what makes the review another one when it changes."""
        return frame.world.pull_request_of(self.worker), frame.world.check_of(self.worker)

    def show_review(self, review: Review, lines: Sequence[DiffLine]) -> None:
        """Show a newer review at the same place."""
        here = self._view.line
        self._review, self._lines = review, list(lines)
        self._files = list_files(self._lines)
        self._show()
        if here is not None:
            self._view.cursor = find_line(self._lines, here)

    def keep_comments(self, comments: Sequence[Comment]) -> None:
        """Take over comments that were written before and not sent."""
        self._remarks = Remarks(tuple(comments), self._remarks.sent)
        self._show_remarks()

    def mark_sent(self, comments: Sequence[Comment]) -> None:
        """Show that the worker was told these comments."""
        self._remarks = self._remarks.mark_sent(comments)
        self._show_remarks()

    def _show(self) -> None:
        self._head.show(self._review, self._files)
        self._list.show(self._files)
        self._list.set_class(not self._files, "-empty")
        self._placed = self._remarks.place(self._lines)
        self._view.show(self._lines, self._placed, NO_DIFF)
        self._output.show(
            self._review.tests_output, OUTPUT_GONE if self._review.check else NO_OUTPUT
        )
        self._show_body()
        self._show_place()

    def _show_body(self) -> None:
        """Lay the pull request's body out once it is looked at; as plain text where it is heavy."""
        body = read_body(self._review)
        if self._tab == "pull-request" and body != self._shown_body:
            self._shown_body = body
            is_plain = is_heavy(body)
            self._body.display, self._plain_body.display = not is_plain, is_plain
            if is_plain:
                self._plain_body.update(show_plainly(body))
            else:
                self._body.update(body)

    def _show_remarks(self) -> None:
        self._placed = self._remarks.place(self._lines)
        self._view.place_comments(self._placed)
        self._mark_usable()

    def _mark_usable(self) -> None:
        """Let the footer tell which keys can be used at this place."""
        unusable = {"send"} if not self._remarks.unsent else set()
        if self._tab != "diff":
            unusable |= {"comment", "drop", "hunk_next", "hunk_last", "file_next", "file_last"}
            unusable |= {"files", "edit"}
        elif self._comment_here() is None:
            unusable.add("drop")
        self._footer.unusable = frozenset(unusable)
        self._head.comment_count = len(self._remarks.unsent)

    def _show_place(self) -> None:
        """Say in the frame where the cursor stands."""
        line = self._view.line
        path = spell_controls(line.path) if line else ""
        self._view.border_title = Content(self._frame.sign(path))  # It may look like markup.
        count = len(self._lines)
        self._view.border_subtitle = f"{self._view.cursor + 1} of {count}" if count else ""
        here = [i for i, file in enumerate(self._files) if file.start <= self._view.cursor]
        self._list.here = here[-1] if here else -1
        self._mark_usable()

    @property
    def _tab(self) -> str:
        return self._head.tab

    def _jump(self, index: int, *, is_leading: bool = False) -> None:
        self._show_tab("diff")
        self._view.cursor = index
        if is_leading:
            self._view.lead()

    def _show_tab(self, tab: str) -> None:
        self._head.tab = tab
        for switcher in self.query(ContentSwitcher):  # none before the screen is composed
            switcher.current = tab
        self._show_body()
        self._mark_usable()

    def _comment_here(self) -> Comment | None:
        """Return the newest comment on the cursor's line that is not sent."""
        here = [
            placed.comment
            for placed in self._placed
            if placed.line_index == self._view.cursor and not placed.is_sent
        ]
        return here[-1] if here else None

    def _confirm(self, question: str, then: Callable[[], object]) -> None:
        def answer(is_yes: bool | None) -> None:
            if is_yes:
                # The question must be gone first: only the screen on top may go.
                self.call_after_refresh(then)

        self.app.push_screen(AskYesNo(question), answer)

    def _warn(self, words: str) -> None:
        self.notify(words, severity="warning", timeout=WARNING_TOAST_S, markup=False)
