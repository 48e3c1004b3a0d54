"""Keys for what is to happen later or should not have happened: queue, rally point, undo, spawn."""

import time

from rts.tui import messages
from rts.tui.choices import sort_meant
from rts.tui.presses.board import Board
from rts.world.nouns import Worker
from rts.world.rally import next_rally


class StandingPresses(Board):
    """Orders that stand until their time comes, and the way back."""

    def press_spawn(self, key: str) -> None:
        """Spawn on the next open ticket; the app says on which."""
        self.post_message(messages.SpawnNextWanted())

    def press_queue(self, key: str) -> None:
        """Ask what all that are meant are to be told as soon as each is idle."""
        workers = self._able("queue")
        names = workers[0].name if len(workers) == 1 else f"{len(workers)} units"

        def queue(line: str) -> None:
            self.sent_at_s = time.monotonic()
            for worker in workers:
                self.post_message(messages.QueueWanted(worker, line))

        self.ask_line(f"queue for {names}", "told when it is idle", queue)

    def press_rally(self, key: str) -> None:
        """Give all that are meant the rally point after that of the first of them."""
        workers = self._able("rally")
        rally = next_rally(workers[0].rally)
        for worker in workers:
            self.post_message(messages.RallyWanted(worker, rally))

    def press_undo(self, key: str) -> None:
        """Take back the newest order."""
        self.post_message(messages.UndoWanted())

    def _able(self, press: str) -> list[Worker]:
        """Return those meant for whom the key can be used; say why it is not for the others."""
        able, reasons = sort_meant(press, self.frame)
        if reasons:
            self.warn("\n".join(reasons[:3]))
        return able
