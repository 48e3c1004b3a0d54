"""The board: the parts of the battle screen, and what every key may do with them."""

from collections.abc import Callable, Collection
from dataclasses import replace

from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen

from rts.tui import messages
from rts.tui.choices import Visit
from rts.tui.frame import Frame
from rts.tui.screens.ask import AskLine, AskYesNo
from rts.tui.screens.top import is_on_top
from rts.tui.widgets.card import Card
from rts.tui.widgets.event_log import EventLog
from rts.tui.widgets.minimap import Minimap
from rts.tui.widgets.pane import PaneView
from rts.tui.widgets.resource_bar import ResourceBar
from rts.tui.widgets.territory import TerritoryMap
from rts.tui.widgets.tickets import TicketList
from rts.world.nouns import Ticket, Worker
from rts.world.sight import Sight

WARNING_TOAST_S = 4.0
"""How long it is said why a key cannot be used."""


class Board(Screen[None]):
    """Holds the parts and the frame they show; keys change the frame or post messages."""

    frame: reactive[Frame] = reactive(Frame(), repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self.bar = ResourceBar(id="resource-bar")
        self.minimap = Minimap(id="minimap")
        self.territory = TerritoryMap(id="territory")
        self.tickets = TicketList(id="tickets")
        self.card = Card(id="card")
        self.pane = PaneView(id="pane")
        self.log_view = EventLog(id="log")
        self.visited: set[Visit] = set()
        """The alerts that were jumped to."""
        self.sent_at_s = float("-inf")
        """When a line was sent last, by the monotonic clock."""

    @property
    def awaits_orders(self) -> bool:
        """Whether the next key is an order: nothing lies above, and no key goes to an agent.

        What was looked up for the commander is shown to him only then; see `tell_missed`.
        """
        return is_on_top(self) and not self.frame.is_typing

    def tell_missed(self, what: str) -> None:
        """Say that something is not shown, since the commander is at something else by now."""
        self.warn(f"You were at something else: {what}. Ask again.")

    @property
    def ticket(self) -> Ticket | None:
        """The ticket under the cursor while the tickets have the focus."""
        return self.tickets.chosen if self.tickets.has_focus else None

    @property
    def shown_map(self) -> Minimap | TerritoryMap:
        """The map that is in sight: arrows move on it, and it has the focus."""
        return self.territory if self.frame.has_territory else self.minimap

    @property
    def selected(self) -> Worker:
        """The selected worker; `why_not` has seen to it that there is one."""
        assert self.frame.selected is not None
        return self.frame.selected

    def select(self, worker_id: str) -> None:
        """Select one unit now: the next key, however fast, is meant for it alone."""
        if any(w.id == worker_id for w in self.frame.world.workers):
            self._point_at(worker_id, frozenset())

    def choose(self, worker_ids: Collection[str], first_id: str = "") -> None:
        """Select many: an order goes to all of them. One is no more than a selection.

        Among them, `first_id` is the selected one; else who is selected already; else the first by
        cell. Of none, the selection of many is given up.
        """
        workers = [w for w in self.frame.world.workers if w.id in worker_ids]
        ids = [w.id for w in sorted(workers, key=lambda w: w.cell_index)]
        wanted_id = first_id or self.frame.selected_id
        selected_id = wanted_id if wanted_id in ids or not ids else ids[0]
        self._point_at(selected_id, frozenset(ids) if len(ids) > 1 else frozenset())

    def _point_at(self, selected_id: str, chosen_ids: frozenset[str]) -> None:
        before = self.frame
        is_another = selected_id != before.selected_id
        if is_another:
            self.show_pane("", "")
        if is_another or chosen_ids != before.chosen_ids:
            self.frame = replace(before, selected_id=selected_id, chosen_ids=chosen_ids)
        if is_another:
            self.post_message(messages.PaneWanted())

    def show_pane(self, pane_text: str, hint: str) -> None:
        """Show the selected unit's pane, or why there is none."""
        self.pane.top = None
        self.pane.sight, self.pane.hint = Sight(pane_text), hint

    def mark_footer(self) -> None:
        """Let the footer tell what the keys do here."""

    def warn(self, words: str) -> None:
        """Say in a toast why something cannot be done."""
        self.notify(words, severity="warning", timeout=WARNING_TOAST_S, markup=False)

    def ask_line(self, question: str, example: str, then: Callable[[str], object]) -> None:
        """Ask for a line; `then` gets it, unless the commander thinks better of it."""

        def answer(line: str | None) -> None:
            if line:
                then(line)

        self.app.push_screen(AskLine(question, example), answer)

    def confirm(self, question: str, *wishes: Message) -> None:
        """Ask in one line, which no toast covers; post `wishes` after a yes."""
        self.app.clear_notifications()

        def answer(is_yes: bool | None) -> None:
            if is_yes:
                for wish in wishes:
                    self.post_message(wish)

        self.app.push_screen(AskYesNo(question), answer)
