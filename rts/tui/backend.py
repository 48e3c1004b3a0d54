"""Where the screen gets its world from, and whom it gives its orders to."""

from typing import Protocol

from rts.settings import Settings
from rts.world.nouns import PullRequest, QueuedTell, Ticket, TicketKind, Worker
from rts.world.world import World


class Backend(Protocol):
    """What the screen needs. Reading happens on one thread; each order on any.

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

    def peek(self, worker: Worker) -> str:
        """Return what a worker's pane shows, with colours."""

    def read_diff(self, worker: Worker) -> str:
        """Return what a worker changed, as a unified diff."""

    def file_ticket(self, title: str, kind: TicketKind, body: str) -> Ticket:
        """File a ticket in the project one stands in."""

    def spawn(self, ticket: Ticket) -> Worker:
        """Spawn a worker on a ticket."""

    def refuse_attach(self, worker: Worker) -> None:
        """Raise an `RtsError` if the worker has no session to attach to; cheap."""

    def attach(self, worker: Worker) -> None:
        """Hand the terminal to a worker's session until the commander comes back."""

    def tell(self, worker: Worker, text: str) -> QueuedTell | None:
        """Type a line to a worker; for a busy one return it as queued."""

    def answer(self, worker: Worker, text: str) -> None:
        """Answer a permission request with `yes` or `no`."""

    def pause(self, worker: Worker) -> None:
        """End a worker's agent without loss."""

    def resume(self, worker: Worker) -> None:
        """Take up a paused or gone worker with its own conversation."""

    def open_pull_request(self, worker: Worker) -> PullRequest:
        """Run the tests and open a pull request."""

    def merge(self, worker: Worker) -> PullRequest:
        """Merge a worker's pull request."""

    def what_is_kept(self, worker: Worker) -> str:
        """Return in one phrase what a dismissal would keep."""

    def dismiss(self, worker: Worker) -> str:
        """Dismiss a worker; return the ref that keeps its work, or an empty string."""
