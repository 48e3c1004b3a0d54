"""The tickets on which nobody works, with a cursor."""

from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.reactive import reactive
from textual.widget import Widget

from rts.tui.frame import Frame
from rts.tui.messages import KeyPressed
from rts.tui.signs import CURSOR, shorten
from rts.world.nouns import Ticket
from rts.world.units import GLYPH_BY_KIND

HINT = "no open ticket; n files one"


class TicketList(Widget, can_focus=True):
    """Shows open tickets; a double click on one says `KeyPressed` as Enter does."""

    BORDER_TITLE = "tickets"

    frame: reactive[Frame] = reactive(Frame(), layout=False)
    cursor_index: reactive[int] = reactive(0)
    """Which ticket Enter would spawn, 0-based."""

    _first_index = 0
    """The ticket in the first line."""

    @property
    def chosen(self) -> Ticket | None:
        """The ticket under the cursor, or None where there is none."""
        tickets = self.frame.world.open_tickets()
        return tickets[min(self.cursor_index, len(tickets) - 1)] if tickets else None

    def watch_frame(self) -> None:
        """Tell in the frame's line how many there are."""
        count = len(self.frame.world.open_tickets())
        self.border_title = self.frame.sign(f"tickets ─ {count} open" if count else "tickets")
        self._show_from(self._first_index)

    def on_focus(self) -> None:
        """Say what Enter does here."""
        self._mark(has_focus=True)

    def on_blur(self) -> None:
        """Say it no more."""
        self._mark(has_focus=False)

    def on_resize(self, event: Resize) -> None:
        """Fill the lines that there are now."""
        self._show_from(self._first_index)

    def move(self, rows: int) -> None:
        """Move the cursor, stopping at both ends."""
        last = len(self.frame.world.open_tickets()) - 1
        self.cursor_index = max(min(self.cursor_index + rows, last), 0)
        first = min(self._first_index, self.cursor_index)
        self._show_from(max(first, self.cursor_index - self.size.height + 1))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Show the next ticket."""
        self._show_from(self._first_index + 1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Show the ticket before."""
        self._show_from(self._first_index - 1)

    def on_click(self, event: Click) -> None:
        """Select the ticket under the pointer; spawn on it on a double click."""
        offset = event.get_content_offset(self)
        tickets = self.frame.world.open_tickets()
        index = offset.y + self._first_index if offset else len(tickets)
        if index < len(tickets):
            self.cursor_index = index
            if event.chain > 1:
                self.post_message(KeyPressed("enter"))

    def render(self) -> Content:
        """Draw one line per ticket, as many as fit."""
        tickets = self.frame.world.open_tickets()
        if not tickets:
            return Content.styled(HINT if self.frame.is_open else "", "$quiet")
        shown = tickets[self._first_index : self._first_index + self.size.height]
        label_width = max((len(ticket.label) for ticket in shown), default=0)
        return Content("\n").join(self._line(ticket, label_width) for ticket in shown)

    def _show_from(self, index: int) -> None:
        """Show the tickets from `index` on, as far as there are enough."""
        count = len(self.frame.world.open_tickets())
        self._first_index = max(min(index, count - self.size.height), 0)
        self._mark(has_focus=self.has_focus)
        self.refresh()

    def _mark(self, *, has_focus: bool) -> None:
        """Say in the frame's line what Enter does here, and how many more there are below."""
        count = len(self.frame.world.open_tickets())
        below = max(count - self._first_index - self.size.height, 0) if self.size.height else 0
        parts = ["Enter spawns"] * has_focus + [f"… {below} more"] * bool(below)
        self.border_subtitle = self.frame.sign(" ─ ".join(parts))

    def _line(self, ticket: Ticket, label_width: int) -> Content:
        is_chosen = self.has_focus and ticket == self.chosen
        head = f"{CURSOR if is_chosen else ' '} {ticket.label:>{label_width}}  "
        width = self.size.width - len(head) - 2
        title = f"{shorten(ticket.title, width):<{width}} "
        return Content.assemble(
            (self.frame.sign(head), "$bright" if is_chosen else "$quiet"),
            (self.frame.sign(title), "bold $bright" if is_chosen else "$foreground"),
            (self.frame.sign(GLYPH_BY_KIND[ticket.kind]), "$quiet"),
        )
