"""The app: shows the world again and again, and gives the orders that screens ask for.

It knows the screens and the backend; neither knows it.
"""

import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from textual import on
from textual.app import App
from textual.notifications import SeverityLevel
from textual.worker import Worker as BackgroundWork

from rts.errors import RtsError
from rts.settings import Settings
from rts.tui import messages
from rts.tui.backend import Backend
from rts.tui.choices import list_new_alerts
from rts.tui.give import Background
from rts.tui.plans import OrderMessage, plan_order
from rts.tui.reading import Reading
from rts.tui.screens.battle import BattleScreen
from rts.tui.screens.diff import DiffScreen
from rts.tui.theme import NIGHT
from rts.world.nouns import QueuedTell, Worker

NEWS_POLL_S = 0.25
"""Seconds between two looks for a newer event: below what a commander notices as late."""
PEEK_S = 0.33
"""Seconds between two looks at the selected unit's pane."""
TOAST_S = 3.0
"""How long a short word stands."""
ERROR_TOAST_S = 6.0
"""How long an error stands: two sentences that must be read."""
PULSE_S = 0.5
"""Half a pulse: 1 Hz, slow enough to be calm."""

Outcome = TypeVar("Outcome")


class RtsApp(App[None]):
    """The game on a terminal."""

    CSS_PATH = "rts.tcss"
    TITLE = "rts"
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self, backend: Backend, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__()
        self.register_theme(NIGHT)
        self.theme = NIGHT.name
        self._backend = backend
        self._now = now
        self._background = Background()
        self._reading = Reading(backend, self._background, now)
        self._settings = Settings()
        self._battle = BattleScreen()
        self._complaint = ""
        self.failure: RtsError | None = None
        """Why the game could not be opened; the screen is gone then."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Let our styles be read before our theme is set."""
        return NIGHT.variables

    def on_mount(self) -> None:
        """Paint first, open the store after."""
        self.push_screen(self._battle)
        self.call_after_refresh(lambda: self._begin(self._open))

    def _begin(self, work: Callable[[], Coroutine[None, None, None]]) -> BackgroundWork[None]:
        """Do `work` beside the screen; it begins when Textual runs it, or never if the app ends."""
        return self.run_worker(work)

    async def _open(self) -> None:
        try:
            self._settings = await self._background.read(self._backend.open)
        except RtsError as error:
            self.failure = error
            self.exit()
            return
        self.set_interval(NEWS_POLL_S, lambda: self._begin(self._look))
        self.set_interval(PEEK_S, self._peek_if_due)
        if not self._settings.has_reduced_motion:
            self.set_interval(PULSE_S, self._pulse)
        await self._look()
        await self._peek()

    async def action_quit(self) -> None:
        """Do nothing: C-q comes back from a session, and pressed once more it must not leave."""

    def action_help_quit(self) -> None:
        """Say how to leave, to whoever presses C-c."""
        self._say("q leaves; the workers go on.")

    @property
    def doing(self) -> tuple[str, ...]:
        """The orders that are being carried out, in words."""
        return self._battle.frame.doing

    def close_backend(self) -> None:
        """Wait until every order has ended, close the backend; to be called after the app ran."""
        self._background.close(self._backend.close)

    async def _look(self) -> None:
        try:
            world = await self._reading.look()
        except RtsError as error:
            if error.what != self._complaint:  # Once, not four times a second.
                self._complain(error)
            self._complaint = error.what
            return
        if world is None:
            return
        self._complaint = ""
        before = self._battle.frame
        if before.is_open and list_new_alerts(before.world, world) and not self._settings.is_muted:
            self.bell()
        self._battle.show(world, self._now(), is_ascii=self._settings.is_ascii)

    async def _peek(self) -> None:
        worker = self._battle.frame.selected
        if worker is None or not self._battle.shows_pane:
            return
        answer = await self._reading.peek(worker)
        if answer and self._battle.frame.selected_id == worker.id:
            self._battle.show_pane(*answer)

    def _peek_if_due(self) -> None:
        worker = self._battle.frame.selected
        if worker is not None and not self._reading.stands_still(worker):
            self._begin(self._peek)

    def on_pane_wanted(self, message: messages.PaneWanted) -> None:
        """Show the selected unit's pane without waiting for the next turn."""
        self._begin(self._peek)

    def _pulse(self) -> None:
        if self.app_focus:
            self._battle.pulse()

    def _complain(self, error: RtsError) -> None:
        self._say(f"{error.what}\n{error.hint}", severity="error", timeout=ERROR_TOAST_S)

    # Orders

    @on(messages.TicketWanted)
    @on(messages.SpawnWanted)
    @on(messages.TellWanted)
    @on(messages.AnswerWanted)
    @on(messages.PauseOrdered)
    @on(messages.ResumeWanted)
    @on(messages.PullRequestWanted)
    @on(messages.MergeOrdered)
    @on(messages.DismissalOrdered)
    def give_order(self, message: OrderMessage) -> None:
        """Carry out the order that was asked for; complain if it fails."""
        plan = plan_order(message)

        def welcome(outcome: object) -> None:
            if isinstance(outcome, Worker) and isinstance(message, messages.SpawnWanted):
                self._battle.leave_tickets_for(outcome.id)
            elif isinstance(outcome, QueuedTell) and isinstance(message, messages.TellWanted):
                self._say(f"queued: {message.worker.name} is told as soon as it is idle.")

        self._carry_out(plan.doing, lambda: plan.work(self._backend), welcome, is_once=plan.is_once)

    def on_diff_wanted(self, message: messages.DiffWanted) -> None:
        """Read the diff, then show it."""
        worker = message.worker

        def show(diff: str) -> None:
            if not self._battle.is_current:
                return  # The commander is at something else by now.
            if diff.strip():
                frame = replace(self._battle.frame, doing=())
                self.push_screen(DiffScreen(worker.name, diff, frame))
            else:
                self._say(f"{worker.name} has changed nothing yet.")

        doing = f"reading {worker.name}'s diff"
        self._carry_out(doing, lambda: self._backend.read_diff(worker), show)

    def on_dismissal_wanted(self, message: messages.DismissalWanted) -> None:
        """Look up what would be kept, then ask."""
        worker = message.worker

        def ask(kept: str) -> None:
            if self._battle.is_current:
                self._battle.confirm_dismissal(worker, kept)

        doing = f"looking at {worker.name}'s work"
        self._carry_out(doing, lambda: self._backend.what_is_kept(worker), ask)

    def on_attach_wanted(self, message: messages.AttachWanted) -> None:
        """Hand over the terminal until the commander comes back."""
        if failure := self._hand_over(message.worker):
            self._complain(failure)
        self._reading.expect_news()

    def _hand_over(self, worker: Worker) -> RtsError | None:
        """Return why it failed; an error that left `suspend` would leave the screen dead."""
        try:
            self._backend.refuse_attach(worker)
        except RtsError as error:
            return error
        with contextlib.nullcontext() if self.is_headless else self.suspend():
            try:
                self._backend.attach(worker)
            except RtsError as error:
                return error
        return None

    def _carry_out(
        self,
        doing: str,
        work: Callable[[], Outcome],
        then: Callable[[Outcome], object],
        *,
        is_once: bool = True,
    ) -> None:
        """Do `work` in the background, saying what is done; `then` gets the outcome.

        With `is_once`, nothing is done while the same is being done: a key was pressed twice.
        """

        async def carry_out() -> None:
            try:
                then(await self._background.carry_out(work))
            except RtsError as error:
                self._complain(error)
            finally:
                left = list(self.doing)
                left.remove(doing)
                self._set_doing(tuple(left))
                self._reading.expect_news()

        if not is_once or doing not in self.doing:
            self._set_doing((*self.doing, doing))
            self.run_worker(carry_out())

    def _set_doing(self, doing: tuple[str, ...]) -> None:
        self._battle.frame = replace(self._battle.frame, doing=doing)

    def _say(
        self, words: str, severity: SeverityLevel = "information", timeout: float = TOAST_S
    ) -> None:
        self.notify(words, severity=severity, timeout=timeout, markup=False)

    def notify(self, message: str, **how: Any) -> None:
        """Show a toast in place of the one before: a pile of them would cover log and pane."""
        self.clear_notifications()
        super().notify(message, **how)
