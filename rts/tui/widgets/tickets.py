"""The tickets by state: open ones to spawn on, then those in progress and in review."""

from dataclasses import dataclass

from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize

from rts.tui.drawing.signs import CURSOR, shorten
from rts.tui.messages import KeyPressed
from rts.tui.widgets.drawn import DrawnWidget
from rts.world.backlog import OPEN, Section, sort_tickets
from rts.world.nouns import Ticket, Worker
from rts.world.units import GLYPH_BY_KIND

HINT = "no open ticket; n files one"


@dataclass(frozen=True)
class Line:
    """One line of the list: a ticket, or a heading over the ones below."""

    section: str
    ticket: Ticket | None = None
    worker: Worker | None = None
    words: str = ""
    """What a line without a ticket says."""


class TicketList(DrawnWidget, can_focus=True):
    """Shows the tickets by state; a double click on one says `KeyPressed` as Enter does."""

    BORDER_TITLE = "tickets"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = ()
        self._counts: list[str] = []
        """How many tickets there are of each state: `4 open`."""
        self._cursor = 0
        """The line under the cursor: always one with a ticket, where there is any."""
        self._first_index = 0
        """The line at the top."""

    @property
    def chosen(self) -> Ticket | None:
        """The ticket under the cursor, or None where there is none."""
        return self._line_at_cursor.ticket if self._lines else None

    @property
    def _line_at_cursor(self) -> Line:
        return self._lines[min(self._cursor, len(self._lines) - 1)]

    def watch_frame(self) -> None:
        """Sort the tickets anew, tell how many there are, and keep the cursor where it was."""
        sections = sort_tickets(self.frame.world)
        lines = _list_lines(sections)
        self._cursor = self._find_again(lines)
        self._lines = lines
        self._counts = [f"{len(s.entries)} {s.name}" for s in sections if s.entries]
        self._show_from(self._first_index)

    def on_focus(self) -> None:
        """Say what Enter does here, and see that the cursor can be seen."""
        self.move(0)

    def on_blur(self) -> None:
        """Say it no more."""
        self._mark(has_focus=False)
        self.redraw()

    def on_resize(self, event: Resize) -> None:
        """Fill the lines that there are now."""
        self._show_from(self._first_index)

    def move(self, rows: int) -> None:
        """Move the cursor over the tickets, passing headings, stopping at both ends."""
        places = [i for i, line in enumerate(self._lines) if line.ticket]
        if not places:
            return
        here = places.index(self._cursor) if self._cursor in places else 0
        self._cursor = places[max(min(here + rows, len(places) - 1), 0)]
        is_below_heading = self._cursor > 0 and self._lines[self._cursor - 1].ticket is None
        first = min(self._first_index, self._cursor - is_below_heading)
        self._show_from(max(first, self._cursor - self.size.height + 1))

    def go_to(self, ticket_id: str) -> None:
        """Put the cursor on a ticket, where it is in the list."""
        for index, line in enumerate(self._lines):
            if line.ticket and line.ticket.id == ticket_id:
                self._cursor = index
        self.move(0)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Show the next ticket."""
        self._show_from(self._first_index + 1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Show the ticket before."""
        self._show_from(self._first_index - 1)

    def on_click(self, event: Click) -> None:
        """Put the cursor on the ticket under the pointer; do as Enter does on a double click."""
        offset = event.get_content_offset(self)
        index = offset.y + self._first_index if offset else len(self._lines)
        if index < len(self._lines) and self._lines[index].ticket:
            self._cursor = index
            self._show_from(self._first_index)
            if event.chain > 1:
                self.post_message(KeyPressed("enter"))

    def draw(self) -> list[Content]:
        """Draw one line per ticket and heading, as many as fit."""
        if not self.frame.is_open:
            return []
        shown = self._lines[self._first_index : self._first_index + self.size.height]
        label_width = max((len(line.ticket.label) for line in shown if line.ticket), default=0)
        return [self._draw(line, label_width) for line in shown]

    def _find_again(self, lines: tuple[Line, ...]) -> int:
        """Return where the cursor stands in `lines`.

        It stays with its ticket while that stays in its state; else it stays at its place, so that
        after a spawn the next open ticket is under it.
        """
        before = self._line_at_cursor if self._lines else None
        places = [i for i, line in enumerate(lines) if line.ticket]
        if before and before.ticket:
            for i in places:
                ticket = lines[i].ticket
                if ticket and ticket.id == before.ticket.id and lines[i].section == before.section:
                    return i
        same = [i for i in places if before is None or lines[i].section == before.section]
        return min(same or places or [0], key=lambda i: (abs(i - self._cursor), i))

    def _show_from(self, index: int) -> None:
        """Show the lines from `index` on, as far as there are enough."""
        self._first_index = max(min(index, len(self._lines) - self.size.height), 0)
        self._mark(has_focus=self.has_focus)
        self.redraw()

    def _mark(self, *, has_focus: bool) -> None:
        """Say in the frame's lines how many there are, what Enter does, and what lies below."""
        self.border_title = self.frame.sign(self._say_counts())
        count = len(self._lines)
        below = max(count - self._first_index - self.size.height, 0) if self.size.height else 0
        parts = [self._say_enter()] * (has_focus and self.chosen is not None)
        parts += [f"… {below} more"] * bool(below)
        self.border_subtitle = self.frame.sign(" ─ ".join(parts))

    def _say_counts(self) -> str:
        """Return as many of the counts as fit; the headings tell the others."""
        told = ["tickets", *self._counts]
        while len(told) > 2 and len(" ─ ".join(told)) > self.size.width - 2:
            told.pop()
        return " ─ ".join(told)

    def _say_enter(self) -> str:
        worker = self._line_at_cursor.worker
        return f"Enter goes to {worker.name}" if worker else "Enter spawns"

    def _draw(self, line: Line, label_width: int) -> Content:
        if line.ticket is None:
            return self._draw_words(line)
        is_chosen = self.has_focus and line == self._line_at_cursor
        head = f"{CURSOR if is_chosen else ' '} {line.ticket.label:>{label_width}}  "
        name = f"  {line.worker.name}" if line.worker else ""
        width = max(self.size.width - len(head) - len(name) - 2, 0)
        title = f"{shorten(line.ticket.title, width):<{width}}"
        plain = "$quiet" if line.worker else "$foreground"
        return Content.assemble(
            (self.frame.sign(head), "$bright" if is_chosen else "$quiet"),
            (self.frame.sign(title), "bold $bright" if is_chosen else plain),
            (f"{name} ", "$bright" if is_chosen else "$foreground"),
            (self.frame.sign(GLYPH_BY_KIND[line.ticket.kind]), "$quiet"),
        )

    def _draw_words(self, line: Line) -> Content:
        """Draw a heading, or what stands where no ticket is open."""
        if line.section == OPEN:
            return Content.styled(self.frame.sign(line.words), "$quiet")
        rule = "─" * max(self.size.width - len(line.words) - 1, 0)
        words, rule = self.frame.sign(f"{line.words} "), self.frame.sign(rule)
        return Content.assemble((words, "$quiet"), (rule, "$line"))


def _list_lines(sections: tuple[Section, ...]) -> tuple[Line, ...]:
    """Return what stands below each other; the open tickets stand first and need no heading."""
    lines: list[Line] = []
    for number, section in enumerate(sections):
        if number == 0 and not section.entries:
            lines.append(Line(section.name, words=HINT))
        elif number and section.entries:
            lines.append(Line(section.name, words=f"{section.name} {len(section.entries)}"))
        lines += [Line(section.name, ticket, worker) for ticket, worker in section.entries]
    return tuple(lines)
