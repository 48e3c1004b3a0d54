"""The app: shows the world again and again, and gives the orders that screens ask for.

It knows the screens and the backend; neither knows it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from textual.message import Message
from textual.notifications import SeverityLevel

from rts.errors import RtsError, StoreBusy
from rts.settings import Settings
from rts.tui import messages
from rts.tui.backend import Backend
from rts.tui.choices import list_new_alerts
from rts.tui.giving.desk import Desk
from rts.tui.giving.give import Background
from rts.tui.screens.battle import BattleScreen
from rts.tui.services.comforts import ComfortApp
from rts.tui.services.handing_over import hand_over
from rts.tui.services.order_app import OrderApp
from rts.tui.services.pane_app import PaneApp
from rts.tui.services.reading import Reading, is_survey_due
from rts.tui.services.reviewing import Reviewing
from rts.tui.services.steady import SteadyClock
from rts.tui.services.sturdy import SturdyApp
from rts.tui.services.typist import Typist

NEWS_POLL_S = 0.25
"""Seconds between two looks for a newer event: below what a commander notices as late."""
DETAIL_S = 2.0
"""Seconds between two looks at what only the card shows: each starts programs."""
SURVEY_S = 5.0
"""Seconds between two surveys of the territory while it is shown; see `is_survey_due`."""
PEEK_S = 0.33
"""Seconds between two looks at the selected unit's pane."""
TOAST_S = 3.0
"""How long a short word stands."""
ERROR_TOAST_S = 6.0
"""How long an error stands: two sentences that must be read."""
OPEN_AGAIN_S = 1.0
"""Seconds between two tries to open a store that another process holds."""
PULSE_S = 0.5
"""Half a pulse: 1 Hz, slow enough to be calm."""


def _read_clock() -> datetime:
    return datetime.now(UTC).astimezone()


class RtsApp(OrderApp, PaneApp, SturdyApp, ComfortApp):
    """The game on a terminal."""

    CSS_PATH = "rts.tcss"
    TITLE = "rts"
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        backend: Backend,
        now: Callable[[], datetime] | None = None,
        theme: str = "night",
    ) -> None:
        super().__init__()
        self.wear(theme)
        self._backend = backend
        self._now = now or _read_clock
        steady = now or SteadyClock(_read_clock)  # a clock that is given is one that nobody sets
        self._background = Background()
        self._desk = Desk(self, self._background, backend, steady)
        self._typist = Typist(self, backend, self._background)
        self._reviewing = Reviewing(self, backend, self._desk)
        self._reading = Reading(backend, self._background, steady)
        self._settings = Settings()
        self._battle = BattleScreen()
        self._complaint = ""
        self.failure: RtsError | None = None
        """Why the game could not be opened; the screen is gone then."""
        self.first_wish: Message | None = None
        """What the commander wants to see as soon as the store is open."""
        self.late_failures: list[BaseException] = []
        """Why orders failed that were carried out after the screen was left."""

    def on_mount(self) -> None:
        """Paint first, open the store after."""
        self.push_screen(self._battle)
        self.mind_size(self.size)
        self.call_after_refresh(lambda: self._begin(self._open))

    async def _open(self) -> None:
        try:
            self.take_settings(await self._background.read(self._backend.open))
        except StoreBusy as error:
            self._say_trouble(error.what)
            self.set_timer(OPEN_AGAIN_S, lambda: self._begin(self._open))
            return
        except RtsError as error:
            self.failure = error
            self.exit()
            return
        self._desk.grace_s = self._settings.undo_grace_s
        self.set_interval(NEWS_POLL_S, lambda: self._begin(self._look))
        self.set_interval(PEEK_S, self._peek_if_due)
        self.set_interval(DETAIL_S, lambda: self._begin(self._look_closer))
        self.set_interval(SURVEY_S, lambda: self._begin(self._survey))
        if not self._settings.has_reduced_motion:
            self.set_interval(PULSE_S, self._pulse)
        await self._look()
        await self._peek()
        await self._look_closer()
        self._begin(self._survey)
        if self.first_wish:
            self.post_message(self.first_wish)
        else:
            await self.open_at_first_start()

    async def action_quit(self) -> None:
        """Do nothing: C-q comes back from a session, and pressed once more it must not leave."""

    def action_help_quit(self) -> None:
        """Say how to leave, to whoever presses C-c."""
        self._say("q leaves; the workers go on.")

    def close_backend(self) -> None:
        """Wait until every order has ended, close the backend; to be called after the app ran.

        What was still held back is carried out: the commander said yes to it.
        """
        held = self._desk.finish()
        self._background.close(self._backend.close)
        self.late_failures = [error for job in held if (error := job.exception())]

    async def _look(self) -> None:
        try:
            world = await self._reading.look()
        except RtsError as error:
            if error.what != self._complaint:  # Once, not four times a second.
                self.complain(error)
            self._complaint = error.what
            self._say_trouble(error.what)
            return
        self._complaint = ""
        self._say_trouble("")
        if world is None:
            return
        before = self._battle.frame
        if before.is_open and list_new_alerts(before.world, world) and not self._settings.is_muted:
            self.bell()
        is_ascii = self._settings.is_ascii or self.has_ascii_terminal
        self._battle.show(world, self._now(), is_ascii=is_ascii)

    def on_pane_wanted(self, message: messages.PaneWanted) -> None:
        """Show the selected unit's pane and card without waiting for the next turn."""
        self._begin(self._peek)
        self._begin(self._look_closer)

    async def _look_closer(self) -> None:
        worker = self._battle.frame.selected
        if worker is not None and self._battle.shows_pane and self.app_focus:
            detail = await self._reading.look_closer(worker)
            if detail:
                self._battle.show_detail(detail)

    def on_survey_wanted(self, message: messages.SurveyWanted) -> None:
        """Survey the territory without waiting for the next turn."""
        self._begin(self._survey)

    async def _survey(self) -> None:
        if is_survey_due(self._battle.frame, self._now()) and self.app_focus:
            survey = await self._reading.survey()
            if survey:
                self._battle.show_survey(survey)

    def _pulse(self) -> None:
        if self.app_focus:
            self._battle.pulse()

    def on_diff_wanted(self, message: messages.DiffWanted) -> None:
        """Read the review, then show it."""
        self._reviewing.open(message.worker, self._battle)

    def on_editing_wanted(self, message: messages.EditingWanted) -> None:
        """Open the commander's editor."""
        self._reviewing.edit(message)

    def on_browser_wanted(self, message: messages.BrowserWanted) -> None:
        """Open the commander's browser."""
        self._reviewing.browse(message)

    def on_comments_kept(self, message: messages.CommentsKept) -> None:
        """Keep comments that are not sent."""
        self._reviewing.keep(message)

    def on_comments_wanted(self, message: messages.CommentsWanted) -> None:
        """Tell a worker the comments on its change."""
        self._reviewing.send(message)

    def on_replay_wanted(self, message: messages.ReplayWanted) -> None:
        """Show again what happened."""
        from rts.tui.screens.replay import open_replay

        open_replay(self._desk, self._backend, self._battle, message)

    def on_score_wanted(self, message: messages.ScoreWanted) -> None:
        """Show how the day went."""
        from rts.tui.screens.score import open_score

        open_score(self._desk, self._backend, self._battle, self._battle.frame)

    def on_attach_wanted(self, message: messages.AttachWanted) -> None:
        """Hand over the terminal until the commander comes back."""
        worker = message.worker

        def attach(_: object) -> None:
            is_wanted = self._battle.awaits_orders and self._battle.frame.selected_id == worker.id
            if not is_wanted:
                self._battle.tell_missed(f"{worker.name} is not attached to")
                return
            if failure := hand_over(
                self, self._desk, worker.name, lambda: self._backend.attach(worker)
            ):
                self.complain(failure)

        doing = f"looking for {worker.name}'s session"
        self._desk.carry_out(doing, lambda: self._backend.refuse_attach(worker), attach)

    def _say_trouble(self, words: str) -> None:
        """Say for as long as it is so why what is shown may be old."""
        if words != self._battle.frame.trouble:
            self._battle.frame = replace(self._battle.frame, trouble=words)

    def show_doing(self, doing: tuple[str, ...], held: str, undo: str) -> None:
        """Show which orders are being carried out, what is held back, and what can be undone."""
        self._battle.frame = replace(self._battle.frame, doing=doing, held=held, undo=undo)

    def expect_news(self) -> None:
        """Look at the world at the next chance."""
        self._reading.expect_news()

    def complain(self, error: RtsError) -> None:
        """Say what went wrong and what to try."""
        self._say(f"{error.what}\n{error.hint}", severity="error", timeout=ERROR_TOAST_S)

    def _say(
        self, words: str, severity: SeverityLevel = "information", timeout: float = TOAST_S
    ) -> None:
        self.notify(words, severity=severity, timeout=timeout, markup=False)

    def notify(self, message: str, **how: Any) -> None:
        """Show a toast in place of the one before: a pile of them would cover log and pane.

        Whoever says it, no word of it is markup: it may be a title's or an agent's.
        """
        self.clear_notifications()
        super().notify(message, **{**how, "markup": False})
