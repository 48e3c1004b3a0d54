"""Search: workers, tickets and notes by their words, in the look of the palette."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.message import Message
from textual.style import Style

from rts.tui import messages
from rts.tui.drawing.signs import shorten
from rts.tui.presses.board import Board
from rts.tui.screens.palette import Entry, Palette, choose, line_width, mark
from rts.world.nouns import Ticket, Worker
from rts.world.units import GLYPH_BY_KIND, MARK_BY_ACTIVITY

if TYPE_CHECKING:
    from rts.world.knowledge.notes import Note

FindNotes = Callable[[str], Awaitable[Sequence["Note"]]]
"""Looks the knowledge base up in the background; may raise nothing."""


async def find_no_notes(words: str) -> Sequence["Note"]:
    """Find nothing: the store is not open yet."""
    return ()


WORKER_SCORE, TICKET_SCORE, NOTE_SCORE = 3.0, 2.0, 1.0
"""Workers come first, notes last: what is found keeps its order while one types."""

KIND_WIDTH, NAME_WIDTH = 8, 14


@dataclass(frozen=True)
class Found:
    """One line of what was found."""

    kind: str
    """`worker`, `ticket` or `note`."""
    sign: str
    name: str
    title: str
    side: str
    """What stands at the right: how a worker is, what type a note has."""
    text: str
    """In which the words are looked for."""
    message: Message


class SearchProvider(Provider):
    """Finds in the frame at once, in the knowledge base a moment later."""

    def __init__(self, screen: Board, match_style: Style | None, find_notes: FindNotes) -> None:
        super().__init__(screen, match_style)
        self._board = screen
        self._find_notes = find_notes

    async def discover(self) -> Hits:
        """Yield who is there, those first that need the commander, and what is open."""
        for found in (*list_workers(self._board), *list_tickets(self._board)):
            yield DiscoveryHit(self._draw(found, ""), self._go(found), text=found.name)

    async def search(self, query: str) -> Hits:
        """Yield workers, tickets and notes in which every word stands."""
        both = ((list_workers, WORKER_SCORE), (list_tickets, TICKET_SCORE))
        for list_some, score in both:
            for index, found in enumerate(list_some(self._board)):
                if has_words(query, found.text):
                    yield self._hit(found, query, score, index)
        for index, note in enumerate(await self._find_notes(query)):
            yield self._hit(show_note(note), query, NOTE_SCORE, index)

    def _hit(self, found: Found, query: str, score: float, index: int) -> Hit:
        name_first = 0.5 if has_words(query, found.name) else 0.0
        place = score + name_first - index / 10_000
        return Hit(place, self._draw(found, query), self._go(found), text=found.name)

    def _draw(self, found: Found, query: str) -> Content:
        sign = self._board.frame.sign
        width = line_width(self.app.size.width) - KIND_WIDTH - NAME_WIDTH - 3
        title_width = width - len(found.side) - 2
        title = sign(f"{shorten(found.title, title_width):<{title_width}}")
        style = self.match_style or Style()
        name = f"{shorten(found.name, NAME_WIDTH - 1):<{NAME_WIDTH}}"
        return Content.assemble(
            (f"{found.kind:<{KIND_WIDTH}}", "not bold $quiet"),
            (f"{sign(found.sign):<2} ", "not bold $foreground"),
            mark_words(sign(name), "bold $bright", query, style),
            mark_words(title, "not bold $foreground", query, style),
            "  ",
            (sign(found.side), "not bold $quiet"),
        )

    def _go(self, found: Found) -> Callable[[], None]:
        return partial(choose, self._board, Entry(found.name, "", message=found.message))


def has_words(query: str, text: str) -> bool:
    """Tell whether every word of `query` stands in `text`, at least as a part."""
    return all(word in text.lower() for word in query.lower().split())


def mark_words(text: str, style: str, query: str, match_style: Style) -> Content:
    """Return `text` in `style`, with each word of `query` that stands in it in `match_style`."""
    content, low = Content.styled(text, style), text.lower()
    for word in query.lower().split():
        if (start := low.find(word)) >= 0 and len(low) == len(text):
            content = mark(content, range(start, start + len(word)), match_style)
    return content


def list_workers(board: Board) -> Iterator[Found]:
    """Yield every worker: those first that need the commander, then by cell."""
    world = board.frame.world
    alerts = {worker.id for worker in world.alerts}
    order = sorted(world.workers, key=lambda w: (w.id not in alerts, w.cell_index))
    for worker in order:
        ticket, activity = world.ticket_of(worker), world.judgement_of(worker).activity
        side = "landed" if world.has_landed(worker) else str(activity)
        side = "ready" if world.is_ready(worker) else side
        text = f"{worker.name} {ticket.label} {ticket.title} {worker.branch} {side}"
        yield Found(
            "worker",
            GLYPH_BY_KIND[ticket.kind] + MARK_BY_ACTIVITY[activity],
            worker.name,
            f"{ticket.label} {ticket.title}",
            side,
            text,
            messages.UnitChosen(worker.id),
        )


def list_tickets(board: Board) -> Iterator[Found]:
    """Yield every ticket, open ones first."""
    world = board.frame.world
    worker_by_ticket = {worker.ticket_id: worker for worker in world.workers}
    for ticket in sorted(world.tickets, key=lambda t: (t.id in worker_by_ticket, t.number)):
        yield _show_ticket(ticket, worker_by_ticket.get(ticket.id))


def _show_ticket(ticket: Ticket, worker: Worker | None) -> Found:
    side = worker.name if worker else "open"
    text = f"{ticket.label} {ticket.title} {ticket.kind} {side}"
    message = messages.TicketChosen(ticket.id)
    return Found(
        "ticket", GLYPH_BY_KIND[ticket.kind], ticket.label, ticket.title, side, text, message
    )


def show_note(note: "Note") -> Found:
    """Return a note's line."""
    message = messages.NoteWanted(note.path)
    return Found("note", "", note.type, note.title, "", note.title, message)


def make_search(find_notes: FindNotes, *, is_ascii: bool) -> Palette:
    """Return the palette that finds workers, tickets and notes."""
    provider = partial(SearchProvider, find_notes=find_notes)
    example = "a call-sign, a ticket, a branch, words of a note"
    return Palette("search", example, provider, is_ascii=is_ascii)
