"""Keys that look around: they change what is selected and shown, and give no order."""

from dataclasses import replace

from rts.tui import messages
from rts.tui.choices import choose_alert, choose_idle, visit_of
from rts.tui.presses.board import Board

STEP_BY_KEY = {
    **dict.fromkeys(("left", "h"), (-1, 0)),
    **dict.fromkeys(("right", "l"), (1, 0)),
    **dict.fromkeys(("up", "k"), (0, -1)),
    **dict.fromkeys(("down", "j"), (0, 1)),
}
"""(columns, rows) by which a key goes."""


class LookingPresses(Board):
    """Selection, minimap, territory, card."""

    def press_territory(self, key: str) -> None:
        """Show the territory in the minimap's place, or the minimap again."""
        has_territory = not self.frame.has_territory
        had_focus = self.shown_map.has_focus
        self.set_class(has_territory, "-territory")
        self.frame = replace(self.frame, has_territory=has_territory)
        if had_focus:
            # Only after the next layout is it in sight, and can have the focus.
            self.call_after_refresh(self.shown_map.focus)
        self.post_message(messages.SurveyWanted())

    def press_alert(self, key: str) -> None:
        """Select who needs the commander."""
        worker = choose_alert(self.frame.world, self.visited)
        if worker is None:
            return
        visit = visit_of(self.frame.world, worker)
        if visit in self.visited:
            self.visited.clear()
        self.visited.add(visit)
        self.select(worker.id)

    def press_idle(self, key: str) -> None:
        """Select the next idle unit."""
        if worker := choose_idle(self.frame):
            self.select(worker.id)

    def press_move(self, key: str) -> None:
        """Go to the unit or the ticket in that direction."""
        columns, rows = STEP_BY_KEY.get(key, (0, 0))
        if self.tickets.has_focus:
            self.tickets.move(rows)
            self.mark_footer()
        else:
            here = self.frame.selected_id
            self.select(self.shown_map.find_neighbour(columns, rows) or here)

    def press_focus(self, key: str) -> None:
        """Go to the tickets, or back to the minimap."""
        if self.tickets.has_focus:
            self.shown_map.focus()
        else:
            self.add_class("-at-tickets")  # A hidden list cannot take the focus.
            self.tickets.focus()

    def press_card(self, key: str) -> None:
        """Slide the card over, or away."""
        self.toggle_class("-card")
        # Only after the next layout has the pane a size.
        self.call_after_refresh(self.post_message, messages.PaneWanted())

    def press_back(self, key: str) -> None:
        """Give up, one at a time: older lines of the pane, a selection of many, the card."""
        if self.pane.top is not None:
            self.pane.go_live()
            return
        if self.frame.chosen_ids:
            self.choose(())
            return
        if not self.tickets.has_focus and not self.has_class("-card") and self._leave_folder():
            return
        self.remove_class("-card")
        self.shown_map.focus()

    def _leave_folder(self) -> bool:
        """Go out of a folder of the territory, then out of the territory; False: not there."""
        if not self.frame.has_territory:
            return False
        if not self.territory.zoom_out():
            self.press_territory("")
        return True
