"""Keys that are about the game as a whole: tickets, other screens, leaving.

Screens that few sessions open are imported when they are: the first picture is not to wait.
"""

import time
from typing import TYPE_CHECKING

from rts.tui import messages
from rts.tui.presses.board import Board
from rts.tui.screens.ask import AskLine

if TYPE_CHECKING:
    from rts.tui.screens.search import FindNotes


class GamePresses(Board):
    """New tickets, search, help, leaving."""

    find_notes: "FindNotes | None" = None
    """Looks the knowledge base up in the background; None until the store is open."""

    def press_new_ticket(self, key: str) -> None:
        """Ask what should be done."""

        def file(line: str | None) -> None:
            self.sent_at_s = time.monotonic() if line else self.sent_at_s
            if line and (wanted := messages.TicketWanted.read(line)).title:
                self.post_message(wanted)

        example = "say what should be done; bug: chore: research: in front set the kind"
        self.app.push_screen(AskLine("new ticket", example), file)

    def press_replay(self, key: str) -> None:
        """Replay what happened, from now backwards."""
        self.post_message(messages.ReplayWanted())

    def press_score(self, key: str) -> None:
        """Show how the day went."""
        self.post_message(messages.ScoreWanted())

    def press_palette(self, key: str) -> None:
        """Find any order by its name."""
        from rts.tui.screens.palette import make_palette

        self.app.push_screen(make_palette(is_ascii=self.frame.is_ascii))

    def press_search(self, key: str) -> None:
        """Find workers, tickets and notes."""
        from rts.tui.screens.search import find_no_notes, make_search

        find_notes = self.find_notes or find_no_notes
        self.app.push_screen(make_search(find_notes, is_ascii=self.frame.is_ascii))

    def on_ticket_chosen(self, message: messages.TicketChosen) -> None:
        """Go to a ticket that was found: in the list, or to the unit that works on it."""
        workers = self.frame.world.workers
        if worker := next((w for w in workers if w.ticket_id == message.ticket_id), None):
            self.shown_map.focus()
            self.select(worker.id)
            return
        self.add_class("-at-tickets")  # A hidden list cannot take the focus.
        self.tickets.focus()
        self.tickets.go_to(message.ticket_id)

    def press_help(self, key: str) -> None:
        """Show every key."""
        from rts.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.frame))

    def press_quit(self, key: str) -> None:
        """Leave; on a narrow terminal put the card away first. What is held back is asked about."""
        if self.has_class("-card") and self.has_class("-narrow"):
            self.remove_class("-card")
        elif self.frame.held:
            doing = self.frame.held.partition(" in ")[0]
            self.confirm(f"leave? {doing} is carried out then", messages.QuitOrdered())
        else:
            self.app.exit()

    def on_quit_ordered(self, message: messages.QuitOrdered) -> None:
        """Leave, as was said yes to."""
        self.app.exit()
