"""What the app does for a review: reads it, hands over to the editor, sends the comments."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from textual.screen import Screen

from rts.errors import RtsError
from rts.tui import messages
from rts.tui.backend import Backend
from rts.tui.giving.desk import Desk
from rts.tui.screens.battle import BattleScreen
from rts.tui.services.handing_over import Holder, hand_over
from rts.world.editing import Editing
from rts.world.nouns import QueuedTell, Worker
from rts.world.review import Comment, Review, word_comments

if TYPE_CHECKING:
    from rts.tui.drawing.diff_text import DiffLine
    from rts.tui.screens.review import ReviewScreen


class Host(Holder, Protocol):
    """What it needs of the app."""

    @property
    def screen_stack(self) -> Sequence[Screen[Any]]:
        """The screens that lie over each other, the top one last."""

    def push_screen(self, screen: Screen[None]) -> object:
        """Lay a screen over the others."""

    def notify(self, message: str, *, markup: bool) -> None:
        """Say something in a toast."""

    def complain(self, error: RtsError) -> None:
        """Say what went wrong."""


class Reviewing:
    """Reviews one worker's change at a time; keeps unsent comments while rts runs."""

    def __init__(self, host: Host, backend: Backend, desk: Desk) -> None:
        self._host = host
        self._backend = backend
        self._desk = desk
        self._comments_by_worker: dict[str, tuple[Comment, ...]] = {}

    def open(self, worker: Worker, battle: BattleScreen) -> None:
        """Read the worker's review, then show it, on the open screen where that is of it."""
        from rts.tui.drawing.diff_text import read_diff_lines
        from rts.tui.presses.review_board import read_body
        from rts.tui.screens.review import ReviewScreen
        from rts.tui.widgets.output_view import read_output
        from rts.tui.widgets.quiet_markdown import is_heavy

        def read() -> tuple[Review, list["DiffLine"]]:
            review = self._backend.read_review(worker)
            read_output(review.tests_output)  # Both are remembered, and not read by the screen.
            is_heavy(read_body(review))
            return review, read_diff_lines(review.diff)

        def show(found: tuple[Review, list["DiffLine"]]) -> None:
            review, lines = found
            if screen := self._find_screen(worker):
                screen.show_review(review, lines)
            elif not battle.awaits_orders:
                battle.tell_missed(f"the review of {worker.name} is not shown")
            elif not lines and review.pull_request is None:
                self._say(f"{worker.name} has changed nothing yet.")
            else:
                screen = ReviewScreen(worker, review, lines, battle.frame)
                screen.keep_comments(self._comments_by_worker.get(worker.id, ()))
                screen.watch(battle, "frame", screen.show_frame, init=False)
                self._host.push_screen(screen)

        self._desk.carry_out(f"reading {worker.name}'s work", read, show)

    def keep(self, message: messages.CommentsKept) -> None:
        """Keep comments for when the review is opened again."""
        self._comments_by_worker[message.worker.id] = message.comments

    def send(self, message: messages.CommentsWanted) -> None:
        """Tell the worker all comments in one message; they stay unsent where that fails."""
        worker, comments = message.worker, message.comments

        def mark(queued: QueuedTell | None) -> None:
            kept = self._comments_by_worker.get(worker.id, ())
            left = tuple(comment for comment in kept if comment not in comments)
            self._comments_by_worker[worker.id] = left
            if screen := self._find_screen(worker):
                screen.mark_sent(comments)
            when = "is told as soon as it is idle" if queued else "was told"
            count = f"{len(comments)} comments" if len(comments) > 1 else "your comment"
            self._say(f"{worker.name} {when}: {count}.")

        text = word_comments(comments)
        doing = f"sending {worker.name} your comments"
        self._desk.carry_out(doing, lambda: self._backend.tell(worker, text), mark)

    def edit(self, message: messages.EditingWanted) -> None:
        """Open a file in the commander's editor."""
        worker, path, number = message.worker, message.path, message.line_number

        def run(plan: Editing) -> None:
            if plan.has_own_window:
                self._desk.carry_out("opening your editor", lambda: self._backend.edit(plan), _rest)
            elif failure := hand_over(
                self._host, self._desk, worker.name, lambda: self._backend.edit(plan)
            ):
                self._host.complain(failure)

        doing = f"opening {worker.name}'s files"
        self._desk.carry_out(doing, lambda: self._backend.plan_editing(worker, path, number), run)

    def browse(self, message: messages.BrowserWanted) -> None:
        """Open what the worker serves in a browser."""
        worker = message.worker
        doing = f"looking for {worker.name}'s server"
        self._desk.carry_out(
            doing,
            lambda: self._backend.browse(worker),
            lambda url: self._say(f"{url} is opened in your browser."),
        )

    def _find_screen(self, worker: Worker) -> "ReviewScreen | None":
        from rts.tui.screens.review import ReviewScreen

        screens = (s for s in self._host.screen_stack if isinstance(s, ReviewScreen))
        return next((s for s in screens if s.worker.id == worker.id), None)

    def _say(self, words: str) -> None:
        self._host.notify(words, markup=False)


def _rest(outcome: object) -> None:
    """Have nothing to do after it."""
