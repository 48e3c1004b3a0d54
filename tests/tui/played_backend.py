"""A backend without anything behind it: for tests, pictures, and a human who wants to play."""

import threading
from dataclasses import dataclass, field, replace

from rts.errors import OrderRefused, RtsError
from rts.settings import Settings
from rts.world.evidence import Activity, Judgement
from rts.world.nouns import Event, PullRequest, QueuedTell, Ticket, TicketKind, TicketStatus, Worker
from rts.world.world import World
from tests.tui.scene_parts import DIFF, NOW, PANE, make_pull_request, make_worker


@dataclass
class PlayedBackend:
    """Plays a scene: writes down each order, and changes its world a little so that it shows."""

    world: World
    settings: Settings = field(default_factory=Settings)
    orders: list[tuple[str, ...]] = field(default_factory=list)
    """Each order with its arguments, in the order they came."""
    refusal: RtsError | None = None
    """Raised by every order, when set."""
    failure: RtsError | None = None
    """Raised on opening, when set."""
    is_closed: bool = False

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def open(self) -> Settings:
        if self.failure:
            raise self.failure
        return self.settings

    def close(self) -> None:
        self.is_closed = True

    def newest_event_id(self) -> int:
        return self.world.event_id

    def look(self) -> World:
        return self.world

    def peek(self, worker: Worker) -> str:
        if self.world.judgement_of(worker).activity is Activity.GONE:
            raise OrderRefused(f"{worker.name} has no session any more.", "See: rts diff")
        return PANE

    def read_diff(self, worker: Worker) -> str:
        self._order("read_diff", worker.name)
        return DIFF

    def file_ticket(self, title: str, kind: TicketKind, body: str) -> Ticket:
        self._order("file_ticket", title, kind, *([body] if body else []))
        number = len(self.world.tickets) + 1
        ticket = Ticket(f"t{number}", "p", number, title, body, kind, TicketStatus.OPEN, NOW)
        self._change(f"ticket {ticket.label} filed: {title}", tickets=(*self.world.tickets, ticket))
        return ticket

    def spawn(self, ticket: Ticket) -> Worker:
        self._order("spawn", ticket.title)
        cell = max((w.cell_index + 1 for w in self.world.workers), default=0)
        worker = make_worker(cell, ticket)
        start = Judgement(Activity.STARTING, "its agent starts", NOW)
        self._change(
            f"{worker.name} began on {ticket.label}",
            workers=(*self.world.workers, worker),
            judgement_by_worker={**self.world.judgement_by_worker, worker.id: start},
        )
        return worker

    def refuse_attach(self, worker: Worker) -> None:
        if self.world.judgement_of(worker).activity is Activity.GONE:
            raise OrderRefused(f"{worker.name} has no session any more.", "See: rts diff")

    def attach(self, worker: Worker) -> None:
        self._order("attach", worker.name)

    def tell(self, worker: Worker, text: str) -> QueuedTell | None:
        self._order("tell", worker.name, text)
        if self.world.judgement_of(worker).activity is Activity.BUSY:
            queued = {**self.world.queued_by_worker, worker.id: 1}
            self._change(f"{worker.name} will be told", queued_by_worker=queued)
            return QueuedTell("q1", worker.id, text, NOW)
        self._set_busy(worker)
        return None

    def answer(self, worker: Worker, text: str) -> None:
        self._order("answer", worker.name, text)
        self._set_busy(worker)

    def pause(self, worker: Worker) -> None:
        self._order("pause", worker.name)
        self._set(worker, Judgement(Activity.PAUSED, "paused by you", NOW))

    def resume(self, worker: Worker) -> None:
        self._order("resume", worker.name)
        self._set_busy(worker)

    def open_pull_request(self, worker: Worker) -> PullRequest:
        self._order("open_pull_request", worker.name)
        opened = make_pull_request(worker, self.world.ticket_of(worker), is_merged=False)
        self._change(
            f"{worker.name} opened pull request {opened.number}",
            pull_requests=(*self.world.pull_requests, opened),
        )
        return opened

    def merge(self, worker: Worker) -> PullRequest:
        self._order("merge", worker.name)
        merged = make_pull_request(worker, self.world.ticket_of(worker), is_merged=True)
        others = (p for p in self.world.pull_requests if p.worker_id != worker.id)
        self._change(f"pull request {merged.number} landed", pull_requests=(*others, merged))
        return merged

    def what_is_kept(self, worker: Worker) -> str:
        return f"its unsaved work goes to refs/rts/preserved/{worker.name}"

    def dismiss(self, worker: Worker) -> str:
        self._order("dismiss", worker.name)
        left = tuple(w for w in self.world.workers if w.id != worker.id)
        self._change(f"{worker.name} was dismissed", workers=left)
        return f"refs/rts/preserved/{worker.name}"

    def _order(self, *words: str) -> None:
        self.orders.append(words)
        if self.refusal:
            raise self.refusal

    def _set_busy(self, worker: Worker) -> None:
        self._set(worker, Judgement(Activity.BUSY, "thinks", NOW))

    def _set(self, worker: Worker, judgement: Judgement) -> None:
        judgements = {**self.world.judgement_by_worker, worker.id: judgement}
        self._change(f"{worker.name} goes on", judgement_by_worker=judgements)

    def _change(self, text: str, **changes: object) -> None:
        with self._lock:
            event_id = self.world.event_id + 1
            event = Event("scene_changed", text, NOW, "p", id=event_id)
            events = (*self.world.events, event)
            self.world = replace(self.world, event_id=event_id, events=events, **changes)  # type: ignore[arg-type]
