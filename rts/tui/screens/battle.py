"""The battle screen: lays out the parts, keeps the selection, turns keys into messages."""

import time
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.events import Resize
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Rule

from rts.tui import messages
from rts.tui.choices import (
    Visit,
    choose_alert,
    choose_idle,
    choose_nearest,
    is_resumable,
    visit_of,
    why_not,
)
from rts.tui.frame import Frame
from rts.tui.keymap import BATTLE_KEYS, bind
from rts.tui.screens.ask import AskLine, AskYesNo
from rts.tui.screens.help import HelpScreen
from rts.tui.widgets.card import Card, title_of
from rts.tui.widgets.event_log import EventLog
from rts.tui.widgets.footer import KeyLine
from rts.tui.widgets.minimap import Minimap
from rts.tui.widgets.pane import PaneView
from rts.tui.widgets.resource_bar import ResourceBar
from rts.tui.widgets.tickets import TicketList
from rts.world.dialogs import find_dialog, wants_permission
from rts.world.evidence import Activity
from rts.world.nouns import Ticket, Worker
from rts.world.world import World

_STEP_BY_KEY = {
    **dict.fromkeys(("left", "h"), (-1, 0)),
    **dict.fromkeys(("right", "l"), (1, 0)),
    **dict.fromkeys(("up", "k"), (0, -1)),
    **dict.fromkeys(("down", "j"), (0, 1)),
}

_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (170, "-wide")]
"""From which width in cells the styles lay the parts out in which way."""

WARNING_TOAST_S = 4.0
"""How long it is said why a key cannot be used."""

FIRST_KEYS = "\n".join(
    f"{row.name:<8}{row.help}"
    for row in BATTLE_KEYS
    if row.press in ("new_ticket", "alert", "enter", "tell", "diff", "merge", "help")
)
"""What a newcomer reads where later a pane is."""


ENTER_GUARD_S = 0.4
"""An Enter this soon after the one that sent a line is the same finger: it must not attach."""

Wish = messages.MergeOrdered | messages.DismissalOrdered | messages.PauseOrdered
"""What is asked about before it is ordered."""


class BattleScreen(Screen[None]):
    """Shows a frame and posts what the commander wants; it gives no order itself."""

    BINDINGS: ClassVar[list[BindingType]] = bind(BATTLE_KEYS)
    HORIZONTAL_BREAKPOINTS = _BREAKPOINTS
    AUTO_FOCUS = "#minimap"

    frame: reactive[Frame] = reactive(Frame(), repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self._bar = ResourceBar(id="resource-bar")
        self._minimap = Minimap(id="minimap")
        self._tickets = TicketList(id="tickets")
        self._card = Card(id="card")
        self._pane = PaneView(id="pane")
        self._log = EventLog(id="log")
        self._footer = KeyLine(BATTLE_KEYS, id="footer")
        self._visited: set[Visit] = set()
        self._sent_at_s = float("-inf")
        """When a line was sent last, by the monotonic clock."""
        self._awaited_id = ""
        """A new unit that is to be selected as soon as it is seen."""

    def compose(self) -> ComposeResult:
        """Put the parts in their places; the styles say how they lie at each width."""
        yield self._bar
        with Container(id="field"):
            with Vertical(id="left"):
                yield self._minimap
                yield self._tickets
            with Vertical(id="unit") as unit:
                self._unit = unit
                yield self._card
                yield Rule(id="rule")
                yield self._pane
            yield self._log
        yield self._footer

    def show(self, world: World, now: datetime, *, is_ascii: bool) -> None:
        """Show a new world; where the selected unit is gone, the nearest one is selected."""
        known = {worker.id for worker in world.workers}
        chosen = self._awaited_id if self._awaited_id in known else self.frame.selected_id
        if chosen not in known:
            chosen = choose_nearest(world, self.frame.selected)
        if chosen == self._awaited_id:
            self._awaited_id = ""
        if chosen != self.frame.selected_id:
            self.show_pane("", "" if known else FIRST_KEYS)
            self.post_message(messages.PaneWanted())
        elif not known:
            self.show_pane("", FIRST_KEYS)
        self.frame = replace(
            self.frame, world=world, now=now, selected_id=chosen, is_open=True, is_ascii=is_ascii
        )

    def leave_tickets_for(self, worker_id: str) -> None:
        """Go from the tickets to a new unit, unless the commander went elsewhere meanwhile."""
        if self._tickets.has_focus:
            self._awaited_id = worker_id
            self._minimap.focus()
            self._select(worker_id)

    def show_pane(self, pane_text: str, hint: str) -> None:
        """Show the selected unit's pane, or why there is none."""
        self._pane.pane_text, self._pane.hint = pane_text, hint

    def pulse(self) -> None:
        """Light or dim the units that need the commander."""
        self._minimap.is_lit = not self._minimap.is_lit

    @property
    def shows_pane(self) -> bool:
        """Whether any line of the pane can be seen."""
        return self.is_current and self._pane.size.height > 0

    def watch_frame(self) -> None:
        """Hand the frame down."""
        if not self.is_mounted:
            return
        self._bar.frame = self._minimap.frame = self._tickets.frame = self.frame
        self._card.frame = self._log.frame = self._footer.frame = self.frame
        if (title := title_of(self.frame)) != self._unit.border_title:  # It would be drawn anew.
            self._unit.border_title = title
        self.set_class(self.frame.is_ascii, "-ascii")
        self._mark_footer()

    def on_mount(self) -> None:
        """Show the first, empty frame."""
        self.watch_frame()

    def on_resize(self, event: Resize) -> None:
        """The footer offers the card only where it does not stand anyway."""
        self._mark_footer()

    def on_descendant_focus(self) -> None:
        """The footer tells what Enter does here."""
        self._mark_footer()

    def _mark_footer(self) -> None:
        self._footer.ticket = self._ticket()
        self._footer.is_narrow = self.has_class("-narrow")
        self.set_class(self._tickets.has_focus, "-at-tickets")

    def _ticket(self) -> Ticket | None:
        return self._tickets.chosen if self._tickets.has_focus else None

    # Keys

    def action_press(self, press: str, key: str) -> None:
        """Do what a row of the key table says, or say why it cannot be done now."""
        if reason := why_not(press, self.frame, self._ticket()):
            self.notify(reason, severity="warning", timeout=WARNING_TOAST_S, markup=False)
            return
        getattr(self, f"press_{press}")(key)

    def on_key_pressed(self, message: messages.KeyPressed) -> None:
        """Do what a click says."""
        self.action_press(message.press, "")

    def on_unit_chosen(self, message: messages.UnitChosen) -> None:
        """Select the unit that was pointed at."""
        self._select(message.worker_id)

    def _select(self, worker_id: str) -> None:
        """Select a unit now: the next key, however fast, is meant for it."""
        if worker_id == self.frame.selected_id:
            return
        if any(w.id == worker_id for w in self.frame.world.workers):
            self.show_pane("", "")
            self.frame = replace(self.frame, selected_id=worker_id)
            self.post_message(messages.PaneWanted())

    @property
    def _selected(self) -> Worker:
        """The selected worker; `why_not` has seen to it that there is one."""
        assert self.frame.selected is not None
        return self.frame.selected

    def press_new_ticket(self, key: str) -> None:
        """Ask what should be done."""

        def file(line: str | None) -> None:
            self._sent_at_s = time.monotonic() if line else self._sent_at_s
            if line and (wanted := messages.TicketWanted.read(line)).title:
                self.post_message(wanted)

        example = "say what should be done; bug: chore: research: in front set the kind"
        self.app.push_screen(AskLine("new ticket", example), file)

    def press_alert(self, key: str) -> None:
        """Select who needs the commander."""
        worker = choose_alert(self.frame.world, self._visited)
        if worker is None:
            return
        visit = visit_of(self.frame.world, worker)
        if visit in self._visited:
            self._visited.clear()
        self._visited.add(visit)
        self._select(worker.id)

    def press_idle(self, key: str) -> None:
        """Select the next idle unit."""
        if worker := choose_idle(self.frame):
            self._select(worker.id)

    def press_number(self, key: str) -> None:
        """Select the unit in a cell."""
        cell_index = int(key) - 1
        worker = next((w for w in self.frame.world.workers if w.cell_index == cell_index), None)
        if worker is None:
            self.notify(f"No unit stands in cell {key}.", timeout=WARNING_TOAST_S)
        else:
            self._select(worker.id)

    def press_move(self, key: str) -> None:
        """Go to the unit or the ticket in that direction."""
        columns, rows = _STEP_BY_KEY[key]
        if self._tickets.has_focus:
            self._tickets.move(rows)
            self._mark_footer()
        elif worker_id := self._minimap.find_neighbour(columns, rows):
            self._select(worker_id)

    def press_focus(self, key: str) -> None:
        """Go to the tickets, or back to the minimap."""
        if self._tickets.has_focus:
            self._minimap.focus()
        else:
            self.add_class("-at-tickets")  # A hidden list cannot take the focus.
            self._tickets.focus()

    def press_card(self, key: str) -> None:
        """Slide the card over, or away."""
        self.toggle_class("-card")
        # Only after the next layout has the pane a size.
        self.call_after_refresh(self.post_message, messages.PaneWanted())

    def press_back(self, key: str) -> None:
        """Close what lies over the minimap."""
        self.remove_class("-card")
        self._minimap.focus()

    def press_enter(self, key: str) -> None:
        """Spawn on the ticket under the cursor, or attach to the unit."""
        if key and time.monotonic() - self._sent_at_s < ENTER_GUARD_S:
            return
        if ticket := self._ticket():
            self.post_message(messages.SpawnWanted(ticket))
        else:
            self.post_message(messages.AttachWanted(self._selected))

    def press_tell(self, key: str) -> None:
        """Ask what to tell; while the unit waits for a permission, words deny it with a reason.

        Refusing the key would leave the words that are being typed to the keys of the map.
        """
        worker = self._selected
        judgement = self.frame.world.judgement_of(worker)
        is_denial = wants_permission(judgement)
        is_answer = is_denial or (
            judgement.activity is Activity.ASKING and find_dialog(judgement) is not None
        )
        title = f"deny {worker.name}, because" if is_denial else f"tell {worker.name}"

        def tell(line: str | None) -> None:
            self._sent_at_s = time.monotonic() if line else self._sent_at_s
            if line and is_answer:
                self.post_message(messages.AnswerWanted(worker, line))
            elif line:
                self.post_message(messages.TellWanted(worker, line))

        self.app.push_screen(AskLine(title, "what it should know or do"), tell)

    def press_allow(self, key: str) -> None:
        """Give the permission."""
        self.post_message(messages.AnswerWanted(self._selected, "yes"))

    def press_deny(self, key: str) -> None:
        """Refuse the permission."""
        self.post_message(messages.AnswerWanted(self._selected, "no"))

    def press_pause(self, key: str) -> None:
        """Resume whoever is paused or gone; pause the others, a busy one after a question."""
        worker = self._selected
        judgement = self.frame.world.judgement_of(worker)
        if is_resumable(judgement):
            self.post_message(messages.ResumeWanted(worker))
        elif judgement.activity is Activity.DONE:
            self.post_message(messages.PauseOrdered(worker))
        else:
            question = f"pause {worker.name}? its turn is cut off: {judgement.reason}"
            self._confirm(question, messages.PauseOrdered(worker))

    def press_diff(self, key: str) -> None:
        """Read the diff."""
        self.post_message(messages.DiffWanted(self._selected))

    def press_pull_request(self, key: str) -> None:
        """Open the pull request."""
        self.post_message(messages.PullRequestWanted(self._selected))

    def press_merge(self, key: str) -> None:
        """Ask, then merge."""
        worker = self._selected
        pull_request = self.frame.world.pull_request_of(worker)
        assert pull_request is not None
        question = (
            f"merge pull request {pull_request.number} of {worker.name} "
            f"into {pull_request.base_branch}, after its tests?"
        )
        self._confirm(question, messages.MergeOrdered(worker))

    def press_dismiss(self, key: str) -> None:
        """Have it looked up what would be kept; `confirm_dismissal` asks then."""
        self.post_message(messages.DismissalWanted(self._selected))

    def confirm_dismissal(self, worker: Worker, kept: str) -> None:
        """Ask, saying what is kept, then dismiss."""
        self._confirm(f"dismiss {worker.name}? {kept}", messages.DismissalOrdered(worker))

    def press_help(self, key: str) -> None:
        """Show every key."""
        self.app.push_screen(HelpScreen(self.frame))

    def press_quit(self, key: str) -> None:
        """Leave."""
        self.app.exit()

    def _confirm(self, question: str, wish: Wish) -> None:
        def answer(is_yes: bool | None) -> None:
            if is_yes:
                self.post_message(wish)

        self.app.push_screen(AskYesNo(question), answer)
