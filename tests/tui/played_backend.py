"""A backend without anything behind it: for tests, pictures, and a human who wants to play."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rts.errors import OrderRefused, RtsError
from rts.settings import Settings
from rts.world.detail import UnitDetail
from rts.world.dialogs import name_need
from rts.world.editing import Editing
from rts.world.evidence import AT_WORK, Activity, Judgement
from rts.world.history import History
from rts.world.knowledge.notes import Note
from rts.world.nouns import (
    Event,
    PullRequest,
    QueuedTell,
    Rally,
    Ticket,
    TicketKind,
    TicketStatus,
    Worker,
)
from rts.world.opening import Opening
from rts.world.rally import say_rally
from rts.world.review import Review
from rts.world.score import Score
from rts.world.sight import Sight, Window
from rts.world.strokes import Stroke
from rts.world.territory import Survey
from rts.world.world import World
from tests.tui.played_survey import play_survey
from tests.tui.replay_parts import played_history
from tests.tui.review_parts import TESTS_OUTPUT
from tests.tui.scene_parts import DIFF, NOW, PANE, make_pull_request, make_worker, play_detail
from tests.tui.scene_score import a_score

SCREEN_LINE_COUNT = 45
"""How high a played pane is; what stands above is its history."""


def show_lines(text: str, window: Window) -> Sight:
    """Return what a real pane would show of `text` in `window`."""
    lines = text.splitlines()
    history = max(len(lines) - SCREEN_LINE_COUNT, 0)
    first = max(history + window.first, 0)
    end = len(lines) if window.last is None else history + window.last + 1
    shown = "\n".join(lines[first : max(end, 0)])
    return Sight(shown, first, history, history + SCREEN_LINE_COUNT, end >= len(lines))


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
    notes: tuple[Note, ...] = ()
    opening: Opening | None = None
    """What the first start tells, where this is one."""
    is_closed: bool = False
    diff: str = DIFF
    """What every worker changed."""
    tests_output: str = TESTS_OUTPUT
    has_windowed_editor: bool = False
    history: History | None = None
    """What is replayed; None: a played day."""
    panes: dict[str, str] = field(default_factory=dict)
    """What the panes of some workers show, history and all, by worker id."""

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

    def peek(self, worker: Worker, window: Window) -> Sight:
        if self.world.judgement_of(worker).activity is Activity.GONE:
            raise OrderRefused(f"{worker.name} has no session any more.", "See: rts diff")
        return show_lines(self.panes.get(worker.id, PANE), window)

    def type_keys(self, worker: Worker, strokes: Sequence[Stroke]) -> None:
        words = [s.key if s.key and not s.text.isprintable() else s.text or s.key for s in strokes]
        self._order("type_keys", worker.name, *words)

    def read_detail(self, worker: Worker) -> UnitDetail:
        return play_detail(worker)

    def read_history(self) -> History:
        return self.history or played_history()

    def read_score(self, is_week: bool) -> Score:
        return a_score(is_week=is_week)

    def survey(self) -> Survey:
        return play_survey(self.world)

    def read_review(self, worker: Worker) -> Review:
        self._order("read_review", worker.name)
        check = self.world.check_of(worker)
        output = self.tests_output if check else ""
        pull_request = self.world.pull_request_of(worker)
        return Review(worker.id, self.diff, pull_request, check, output)

    def plan_editing(self, worker: Worker, path: str, line_number: int) -> Editing:
        self._order("plan_editing", worker.name, path, str(line_number))
        return Editing(
            worker.id, ("vi", f"+{line_number}", path), "/code", self.has_windowed_editor
        )

    def edit(self, editing: Editing) -> None:
        self._order("edit", *editing.argv)

    def browse(self, worker: Worker) -> str:
        self._order("browse", worker.name)
        return "http://localhost:4173"

    def find_notes(self, words: str) -> list[Note]:
        return [note for note in self.notes if words.lower() in note.title.lower()]

    def read_note(self, path: str) -> Note:
        return next(note for note in self.notes if note.path == path)

    def mute(self, *, is_muted: bool) -> None:
        self._order("mute", str(is_muted))

    def read_opening(self) -> Opening | None:
        return self.opening

    def end_opening(self) -> None:
        self._order("end_opening")

    def choose_agent(self, name: str) -> str:
        self._order("choose_agent", name)
        return f'settings.toml says now: agent = "{name}"'

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

    def set_group(self, number: int, workers: Sequence[Worker]) -> None:
        self._order("set_group", str(number), *(worker.name for worker in workers))
        group = tuple(worker.id for worker in workers)
        groups = {**self.world.groups, number: group}
        self.world = replace(self.world, event_id=self.world.event_id + 1, groups=groups)

    def tell(self, worker: Worker, text: str) -> QueuedTell | None:
        self._order("tell", worker.name, text)
        if self.world.judgement_of(worker).activity is Activity.BUSY:
            queued = {**self.world.queued_by_worker, worker.id: 1}
            self._change(f"{worker.name} will be told", queued_by_worker=queued)
            return QueuedTell("q1", worker.id, text, NOW)
        self._set_busy(worker)
        return None

    def queue(self, worker: Worker, text: str) -> QueuedTell:
        self._order("queue", worker.name, text)
        count = self.world.queued_by_worker.get(worker.id, 0) + 1
        queued = {**self.world.queued_by_worker, worker.id: count}
        self._change(f"{worker.name} will be told", queued_by_worker=queued)
        return QueuedTell(f"q{count}", worker.id, text, NOW)

    def withdraw(self, worker: Worker, queued: QueuedTell) -> None:
        self._order("withdraw", worker.name, queued.text)
        count = self.world.queued_by_worker.get(worker.id, 1) - 1
        left = {**self.world.queued_by_worker, worker.id: count}
        self._change(f"{worker.name}: withdrawn", queued_by_worker=left)

    def set_rally(self, worker: Worker, rally: Rally) -> Worker:
        self._order("set_rally", worker.name, rally)
        changed = replace(worker, rally=rally)
        workers = tuple(changed if w.id == worker.id else w for w in self.world.workers)
        self._change(f"{worker.name} {say_rally(rally)}", workers=workers)
        return changed

    def unspawn(self, worker: Worker) -> None:
        self._order("unspawn", worker.name)
        left = tuple(w for w in self.world.workers if w.id != worker.id)
        self._change(f"{worker.name} was dismissed", workers=left)

    def answer(self, worker: Worker, text: str, expected: str) -> None:
        if name_need(self.world.judgement_of(worker)) != expected:
            raise OrderRefused(f"{worker.name} asks something else.", "Read it, then answer again.")
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

    def merge(self, worker: Worker, seen: PullRequest | None) -> PullRequest:
        self._order("merge", worker.name)
        merged = make_pull_request(worker, self.world.ticket_of(worker), is_merged=True)
        others = (p for p in self.world.pull_requests if p.worker_id != worker.id)
        self._change(f"pull request {merged.number} landed", pull_requests=(*others, merged))
        return merged

    def what_is_kept(self, worker: Worker) -> str:
        return f"its unsaved work goes to refs/rts/preserved/{worker.name}"

    def dismiss(self, worker: Worker, seen_in: Activity | None) -> str:
        judgement = self.world.judgement_by_worker.get(worker.id)
        if judgement and judgement.activity in AT_WORK and seen_in not in (None, *AT_WORK):
            raise OrderRefused(f"{worker.name} works again: not dismissed.", "x dismisses it now.")
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
