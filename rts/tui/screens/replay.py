"""The replay: the battle screen on a clock of its own. It gives no order."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from rts.tui.backend import Backend
from rts.tui.frame import Frame
from rts.tui.giving.desk import Desk
from rts.tui.keymap import BATTLE_KEYS, REPLAY_KEYS, bind
from rts.tui.messages import MomentChosen, ReplayWanted
from rts.tui.presses.board import Board
from rts.tui.replay import DEFAULT_SPEED, ReplayClock
from rts.tui.screens.battle import BattleScreen
from rts.tui.screens.top import is_on_top
from rts.tui.widgets.footer import KeyLine
from rts.tui.widgets.replay_bar import ReplayBar
from rts.world.history import REPLAY_EVENT_MAX, REPLAY_SPAN, UNTOLD_KINDS
from rts.world.replay import Replay

REDRAW_S = 0.125
"""Seconds between two pictures while it plays: eight look fluent, and cost little."""

NOT_LIVE = "This is a replay: R goes live."
NO_PANE = "The pane of then is not kept. What was told until then:"
NOTHING_TOLD = "The pane of then is not kept, and nothing was told yet."
NOTHING_YET = "Nothing has happened yet that could be replayed."
NOBODY_YET = "Nobody had been spawned yet."
CUT = f"Only the last {REPLAY_SPAN.days} days are replayed, at most {REPLAY_EVENT_MAX:,} events."

_OFFERED = frozenset(row.press for row in REPLAY_KEYS)
_BACKWARDS = frozenset({"left", "shift+left", "down", "minus", "home"})
"""Keys of a row for both directions that mean the lesser one."""


def _refusals() -> list[BindingType]:
    """Return a binding for each key of the battle that does nothing here but say why."""
    used = {key for row in REPLAY_KEYS for key in row.keys}
    keys = {key for row in BATTLE_KEYS for key in row.keys} - used
    return [Binding(key, "refuse", show=False) for key in sorted(keys)]


class ReplayScreen(BattleScreen, inherit_bindings=False):
    """Shows what was: the same parts and another table of keys; leaving it, all is as before."""

    BINDINGS: ClassVar[list[BindingType]] = [*bind("replay", REPLAY_KEYS), *_refusals()]

    def __init__(
        self, past: Replay, live: Frame, wanted: ReplayWanted, clock: ReplayClock | None = None
    ) -> None:
        """Show `past` with the same unit selected as in the `live` frame."""
        super().__init__()
        history = past.history
        self._past = past
        self._clock = clock or ReplayClock(history.list_moments(), wanted.speed or DEFAULT_SPEED)
        if wanted.at:
            self._clock.go_to(wanted.at)
        self._footer = KeyLine(REPLAY_KEYS, id="footer")
        self._zone = live.now.tzinfo
        self.replay_bar = ReplayBar(history, self._zone, is_ascii=live.is_ascii, id="replay-bar")
        self._wished_id = live.selected_id
        """The unit that is selected whenever it lives: the one that was selected last by hand."""
        self.set_reactive(
            Board.frame,
            Frame(
                selected_id=live.selected_id, is_ascii=live.is_ascii, is_past=True, keys=live.keys
            ),
        )

    def compose(self) -> ComposeResult:
        """Put the timeline above the footer; all else lies as in the battle."""
        for part in super().compose():
            if part is self._footer:
                yield self.replay_bar
            yield part

    def on_mount(self) -> None:
        """Draw the first picture, and go on while it plays."""
        self.add_class("-replay")
        self.call_after_refresh(self._draw)
        self.set_interval(REDRAW_S, self._draw_if_playing)
        if self._past.history.is_cut:
            self.notify(CUT, markup=False)

    def _draw_if_playing(self) -> None:
        shown = self.replay_bar.playhead
        if shown and shown.is_playing and self.is_current:
            self._draw()

    def _draw(self) -> None:
        """Show the picture of where the clock stands."""
        playhead = self._clock.playhead
        shown = self.replay_bar.playhead
        self.replay_bar.playhead = playhead
        if shown and shown.at == playhead.at:
            return
        world = self._past.picture(playhead.at)
        if any(worker.id == self._wished_id for worker in world.workers):
            self.set_reactive(Board.frame, replace(self.frame, selected_id=self._wished_id))
        self.show(world, playhead.at.astimezone(self._zone), is_ascii=self.frame.is_ascii)
        self._show_told()

    def watch_frame(self) -> None:
        """Hand the frame down, and say in the pane's place what was told until then."""
        super().watch_frame()
        self.pane.hint = self.frame.sign(self._tell_of_selected())

    def _tell_of_selected(self) -> str:
        worker, events = self.frame.selected, self.frame.world.events
        told = [
            f"{event.at.astimezone(self._zone):%H:%M:%S}  {event.text}"
            for event in reversed(events)
            if worker and event.worker_id == worker.id and event.kind not in UNTOLD_KINDS
        ]
        heading = (NO_PANE if told else NOTHING_TOLD) if worker else NOBODY_YET
        return "\n".join([heading, *[""] * bool(told), *told])

    def select(self, worker_id: str) -> None:
        """Select a unit: it stays selected for as long as it lives."""
        self._wished_id = worker_id
        super().select(worker_id)
        self._show_told()

    def _show_told(self) -> None:
        if worker := self.frame.selected:
            self.show_detail(self._past.detail(worker, self.frame.now))

    def action_press(self, press: str, key: str) -> None:
        """Do what a row of the replay's table says; nothing else is done to the past."""
        if press not in _OFFERED:
            self.action_refuse()
            return
        getattr(self, f"press_{press}")(key)

    def action_refuse(self) -> None:
        """Say why a key of the battle does nothing."""
        self.warn(NOT_LIVE)

    def on_moment_chosen(self, message: MomentChosen) -> None:
        """Go where the commander pointed."""
        self._move(lambda clock: clock.go_to(message.at))

    def press_step(self, key: str) -> None:
        """Go to the next event, or the one before."""
        self._move(lambda clock: clock.step(_direction(key)))

    def press_minute(self, key: str) -> None:
        """Go on, or back, by a minute."""
        self._move(lambda clock: clock.leap(timedelta(minutes=_direction(key))))

    def press_ten_minutes(self, key: str) -> None:
        """Go on, or back, by ten minutes."""
        self._move(lambda clock: clock.leap(timedelta(minutes=10 * _direction(key))))

    def press_ends(self, key: str) -> None:
        """Go to the first event, or to the end."""
        self._move(lambda clock: clock.go_to_end(_direction(key)))

    def press_play(self, key: str) -> None:
        """Play or stop; at the end, play what the timeline shows from its beginning."""
        begin, _ = self.replay_bar.span(self._clock.playhead.at)
        self._move(lambda clock: clock.play_or_stop(begin))

    def press_speed(self, key: str) -> None:
        """Play faster or slower."""
        self._move(lambda clock: clock.change_speed(_direction(key)))

    def press_live(self, key: str) -> None:
        """Go back to the present: the battle is as it was left, and has gone on meanwhile."""
        if is_on_top(self):
            self.dismiss()

    def _move(self, how: Callable[[ReplayClock], None]) -> None:
        how(self._clock)
        self._draw()


def _direction(key: str) -> int:
    """Return −1 for back or less, +1 for on or more; a click in the footer goes on."""
    return -1 if key in _BACKWARDS else 1


def open_replay(desk: Desk, backend: Backend, battle: BattleScreen, wanted: ReplayWanted) -> None:
    """Read what happened, put it in order, and show it over the battle."""

    def show(past: Replay) -> None:
        if not battle.awaits_orders:
            battle.tell_missed("the replay is not shown")
        elif past.history.events:
            battle.app.push_screen(ReplayScreen(past, battle.frame, wanted))
        else:
            battle.warn(NOTHING_YET)

    desk.carry_out("reading what happened", lambda: Replay(backend.read_history()), show)
