"""Where the screen gets its world from, and whom it gives its orders to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # only named here, and the first picture need not wait for what they import
    from collections.abc import Sequence

    from rts.settings import Settings
    from rts.world.detail import UnitDetail
    from rts.world.editing import Editing
    from rts.world.evidence import Activity
    from rts.world.history import History
    from rts.world.knowledge.notes import Note
    from rts.world.nouns import PullRequest, QueuedTell, Rally, Ticket, TicketKind, Worker
    from rts.world.opening import Opening
    from rts.world.review import Review
    from rts.world.score import Score
    from rts.world.sight import Sight, Window
    from rts.world.strokes import Stroke
    from rts.world.territory import Survey
    from rts.world.world import World


class Backend(Protocol):
    """What the screen needs. Reading happens on one thread, surveying on another; orders on any.

    Every method but `close` may raise an `RtsError`.
    """

    def open(self) -> Settings:
        """Open the store and start the watch; called once, before all else."""

    def close(self) -> None:
        """Close what `open` opened."""

    def newest_event_id(self) -> int:
        """Return the newest event's id; cheap."""

    def look(self) -> World:
        """Return the picture of now."""

    def peek(self, worker: Worker, window: Window) -> Sight:
        """Return some lines of a worker's pane, with colours; from any thread."""

    def type_keys(self, worker: Worker, strokes: Sequence[Stroke]) -> None:
        """Type keys and pastes through to a worker's session, in their order."""

    def read_detail(self, worker: Worker) -> UnitDetail:
        """Return what only the card shows; may take a second."""

    def read_score(self, is_week: bool) -> Score:
        """Return how today went, or the last seven days."""

    def survey(self) -> Survey:
        """Return where the units stand in the repository; may take seconds."""

    def read_history(self) -> History:
        """Return what happened, for a replay; may take seconds."""

    def read_review(self, worker: Worker) -> Review:
        """Return diff, pull request and the tests' output of a worker."""

    def plan_editing(self, worker: Worker, path: str, line_number: int) -> Editing:
        """Return how a file is opened in the commander's editor; no path: the worktree."""

    def edit(self, editing: Editing) -> None:
        """Run the editor; in this terminal until it ends, or in a window of its own."""

    def browse(self, worker: Worker) -> str:
        """Open what a worker serves in a browser; return the address."""

    def find_notes(self, words: str) -> list[Note]:
        """Return the notes that fit some words, best first."""

    def read_note(self, path: str) -> Note:
        """Return a note of the knowledge base."""

    def mute(self, *, is_muted: bool) -> None:
        """Silence every cue, or let them be heard again."""

    def read_opening(self) -> Opening | None:
        """Return what the first start tells; None: this is not the first one. Takes seconds."""

    def end_opening(self) -> None:
        """Never tell it again."""

    def choose_agent(self, name: str) -> str:
        """Write into the settings which agent program works; return that in one sentence."""

    def file_ticket(self, title: str, kind: TicketKind, body: str) -> Ticket:
        """File a ticket in the project one stands in."""

    def spawn(self, ticket: Ticket) -> Worker:
        """Spawn a worker on a ticket."""

    def refuse_attach(self, worker: Worker) -> None:
        """Raise an `RtsError` if the worker has no session to attach to; cheap."""

    def attach(self, worker: Worker) -> None:
        """Hand the terminal to a worker's session until the commander comes back."""

    def set_group(self, number: int, workers: Sequence[Worker]) -> None:
        """Make workers the control group of a number."""

    def tell(self, worker: Worker, text: str) -> QueuedTell | None:
        """Type a line to a worker; for a busy one return it as queued."""

    def queue(self, worker: Worker, text: str) -> QueuedTell:
        """Keep a line for a worker until it is idle."""

    def withdraw(self, worker: Worker, queued: QueuedTell) -> None:
        """Withdraw a line that waits for a worker."""

    def set_rally(self, worker: Worker, rally: Rally) -> Worker:
        """Say what a worker does when it is done."""

    def unspawn(self, worker: Worker) -> None:
        """Take a worker back that has changed nothing."""

    def answer(self, worker: Worker, text: str, expected: str) -> None:
        """Answer a permission with `yes` or `no`, or a question; refuse another than `expected`."""

    def pause(self, worker: Worker) -> None:
        """End a worker's agent without loss."""

    def resume(self, worker: Worker) -> None:
        """Take up a paused or gone worker with its own conversation."""

    def open_pull_request(self, worker: Worker) -> PullRequest:
        """Run the tests and open a pull request."""

    def merge(self, worker: Worker, seen: PullRequest | None) -> PullRequest:
        """Merge a worker's pull request, if it still is what was seen; None: whatever is open."""

    def what_is_kept(self, worker: Worker) -> str:
        """Return in one phrase what a dismissal would keep."""

    def dismiss(self, worker: Worker, seen_in: Activity | None) -> str:
        """Dismiss a worker; return the ref that keeps its work, or an empty string.

        Refused where it works, and did not in the activity in which it was seen.
        """
