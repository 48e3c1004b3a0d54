"""The part of the app that gives orders: to one, to many, and back again."""

from textual import on
from textual.app import App
from textual.notifications import SeverityLevel

from rts.tui import messages
from rts.tui.backend import Backend
from rts.tui.choices import choose_ticket
from rts.tui.giving.desk import Desk
from rts.tui.giving.many import Many, look_up_kept
from rts.tui.giving.plans import OrderMessage, plan_order
from rts.tui.screens.battle import BattleScreen
from rts.world.nouns import QueuedTell, Worker

MANY_TOAST_S = 6.0
"""How long it is said how an order to many went: it may name several reasons."""

TOAST_S = 3.0
"""How long a short word stands."""


class OrderApp(App[None]):
    """Knows the battle screen, the backend and the desk; `RtsApp` makes them."""

    _backend: Backend
    _battle: BattleScreen
    _desk: Desk

    @property
    def doing(self) -> tuple[str, ...]:
        """The orders that are being carried out or held back, in words."""
        return self._desk.doing

    @on(messages.TicketWanted)
    @on(messages.SpawnWanted)
    @on(messages.GroupOrdered)
    @on(messages.TellWanted)
    @on(messages.QueueWanted)
    @on(messages.RallyWanted)
    @on(messages.AnswerWanted)
    @on(messages.PauseOrdered)
    @on(messages.ResumeWanted)
    @on(messages.PullRequestWanted)
    @on(messages.MergeOrdered)
    @on(messages.DismissalOrdered)
    def give_order(self, message: OrderMessage) -> None:
        """Carry out the order that was asked for; complain if it fails."""

        def welcome(outcome: object) -> None:
            if isinstance(outcome, Worker) and isinstance(message, messages.SpawnWanted):
                self._battle.leave_tickets_for(outcome.id)
            elif isinstance(outcome, QueuedTell) and isinstance(message, messages.TellWanted):
                self.say(f"queued: {message.worker.name} is told as soon as it is idle.")

        self._desk.give(message, plan_order(message), welcome)

    def on_spawn_next_wanted(self, message: messages.SpawnNextWanted) -> None:
        """Spawn on the next open ticket on which nobody is being spawned yet."""
        if ticket := choose_ticket(self._battle.frame.world, self.doing):
            self.say(f"Spawning on {ticket.label} {ticket.title}")
            self.give_order(messages.SpawnWanted(ticket))

    def on_undo_wanted(self, message: messages.UndoWanted) -> None:
        """Take back what is held, else undo the newest order."""
        self._desk.undo()

    def on_many_ordered(self, message: messages.ManyOrdered) -> None:
        """Carry out one order for many, and say once how it went."""
        Many(message, self._desk, self._backend, self._say_of_many).carry_out()

    def _say_of_many(self, words: str, has_failed: bool) -> None:
        severity: SeverityLevel = "error" if has_failed else "information"
        self.notify(words, severity=severity, timeout=MANY_TOAST_S, markup=False)

    def on_dismissal_wanted(self, message: messages.DismissalWanted) -> None:
        """Look up what would be kept, then ask."""
        worker = message.worker

        def ask(kept: str) -> None:
            if self._battle.awaits_orders:
                self._battle.confirm_dismissal(worker, kept)
            else:
                self._battle.tell_missed(f"{worker.name} is not dismissed")

        doing = f"looking at {worker.name}'s work"
        self._desk.carry_out(doing, lambda: self._backend.what_is_kept(worker), ask)

    def on_dismissals_wanted(self, message: messages.DismissalsWanted) -> None:
        """Look up what would be kept of each, then ask once."""

        def ask(kept_of: list[tuple[Worker, str]]) -> None:
            if self._battle.awaits_orders:
                self._battle.confirm_dismissals(kept_of)
            else:
                self._battle.tell_missed("nobody is dismissed")

        look_up_kept(message.workers, self._desk, self._backend, ask)

    def say(self, words: str) -> None:
        """Say something in passing."""
        self.notify(words, timeout=TOAST_S, markup=False)
