"""The battle screen: lays out the parts, hands the frame down, turns keys into presses."""

from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.events import Resize
from textual.widgets import Rule

from rts.tui import messages
from rts.tui.choices import choose_nearest, keep_chosen, why_not
from rts.tui.frame import Frame
from rts.tui.keymap import BATTLE_KEYS, bind
from rts.tui.presses.game import GamePresses
from rts.tui.presses.looking import LookingPresses
from rts.tui.presses.reviewing import ReviewPresses
from rts.tui.presses.selection import SelectionPresses
from rts.tui.presses.standing import StandingPresses
from rts.tui.presses.typing import TypingPresses
from rts.tui.presses.unit import UnitPresses
from rts.tui.widgets.footer import KeyLine
from rts.world.detail import UnitDetail
from rts.world.territory import Survey
from rts.world.world import World

_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (170, "-wide")]
"""From which width in cells the styles lay the parts out in which way."""

_HEIGHTS = [(0, "-low"), (30, "-high")]
"""From which height in cells on the card has four lines, or six."""

_FIRST_PRESSES = ("new_ticket", "alert", "enter", "tell", "diff", "merge", "help")
"""What a newcomer reads where later a pane is."""


class BattleScreen(
    LookingPresses,
    SelectionPresses,
    UnitPresses,
    TypingPresses,
    StandingPresses,
    ReviewPresses,
    GamePresses,
):
    """Shows a frame and posts what the commander wants; it gives no order itself."""

    BINDINGS: ClassVar[list[BindingType]] = bind("battle", BATTLE_KEYS)
    HORIZONTAL_BREAKPOINTS = _BREAKPOINTS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    AUTO_FOCUS = "#minimap"

    def __init__(self) -> None:
        super().__init__()
        self._footer = KeyLine(BATTLE_KEYS, id="footer")
        self._awaited_id = ""
        """A new unit that is to be selected as soon as it is seen."""

    def compose(self) -> ComposeResult:
        """Put the parts in their places; the styles say how they lie at each width."""
        yield self.bar
        with Container(id="field"):
            with Vertical(id="left"):
                yield self.minimap
                yield self.territory
                yield self.tickets
            with Vertical(id="unit") as unit:
                self._unit = unit
                yield self.card
                yield Rule(id="rule")
                yield self.pane
            yield self.log_view
        yield self._footer

    def show(self, world: World, now: datetime, *, is_ascii: bool) -> None:
        """Show a new world; where the selected unit is gone, the nearest one is selected."""
        known = {worker.id for worker in world.workers}
        selected = self._awaited_id if self._awaited_id in known else self.frame.selected_id
        if selected not in known:
            selected = choose_nearest(world, self.frame.selected, self.frame.chosen_ids)
        if selected == self._awaited_id:
            self._awaited_id = ""
        if selected != self.frame.selected_id:
            self.show_pane("", "" if known else first_keys(self.frame))
            self.post_message(messages.PaneWanted())
        elif not known:
            self.show_pane("", first_keys(self.frame))
        self.frame = replace(
            self.frame,
            world=world,
            now=now,
            selected_id=selected,
            chosen_ids=keep_chosen(self.frame.chosen_ids, world, selected),
            is_open=True,
            is_ascii=is_ascii,
        )

    def show_detail(self, detail: UnitDetail) -> None:
        """Show more of the selected unit."""
        if detail != self.frame.detail:
            self.frame = replace(self.frame, detail=detail)

    def show_survey(self, survey: Survey) -> None:
        """Show where the units stand in the repository, and what is in whose way."""
        if survey != self.frame.survey:
            self.frame = replace(self.frame, survey=survey)

    def leave_tickets_for(self, worker_id: str) -> None:
        """Go from the tickets to a new unit, unless the commander went elsewhere meanwhile."""
        if self.tickets.has_focus:
            self._awaited_id = worker_id
            self.shown_map.focus()
            self.select(worker_id)

    def pulse(self) -> None:
        """Light or dim the units that need the commander."""
        self.minimap.is_lit = self.territory.is_lit = not self.minimap.is_lit

    @property
    def shows_pane(self) -> bool:
        """Whether any line of the pane can be seen."""
        return self.is_current and self.pane.size.height > 0

    def watch_frame(self) -> None:
        """Hand the frame down."""
        if not self.is_mounted:
            return
        self.bar.frame = self.minimap.frame = self.tickets.frame = self.frame
        self.card.frame = self.log_view.frame = self._footer.frame = self.frame
        self.territory.frame = self.frame
        self.mind_typing()
        self.entitle()
        self.set_class(self.frame.is_ascii, "-ascii")
        self.mark_footer()

    def on_mount(self) -> None:
        """Show the first, empty frame."""
        self.watch_frame()

    def on_resize(self, event: Resize) -> None:
        """The footer offers the card only where it does not stand anyway."""
        self.mark_footer()

    def on_descendant_focus(self) -> None:
        """The footer tells what Enter does here."""
        self.mark_footer()

    def mark_footer(self) -> None:
        """Let the footer tell what the keys do here."""
        self._footer.ticket = self.ticket
        self._footer.is_narrow = self.has_class("-narrow")
        self.set_class(self.tickets.has_focus, "-at-tickets")

    def action_press(self, press: str, key: str) -> None:
        """Do what a row of the key table says, or say why it cannot be done now."""
        self.awaits_digit = self.awaits_digit and press == "number"
        if reason := why_not(press, self.frame, self.ticket):
            self.warn(reason)
            return
        getattr(self, f"press_{press}")(key)

    def on_key_pressed(self, message: messages.KeyPressed) -> None:
        """Do what a click says."""
        self.action_press(message.press, "")

    def on_unit_chosen(self, message: messages.UnitChosen) -> None:
        """Select the unit that was pointed at."""
        self.select(message.worker_id)


def first_keys(frame: Frame) -> str:
    """Return the keys for a newcomer, as the settings have them."""
    rows = (frame.key(row) for row in BATTLE_KEYS if row.press in _FIRST_PRESSES)
    return "\n".join(f"{row.name:<8}{row.help}" for row in rows)
