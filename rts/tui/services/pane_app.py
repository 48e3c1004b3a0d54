"""The part of the app that looks at the selected unit's pane, and types through to its agent."""

from collections.abc import Callable, Coroutine
from typing import Any

from textual.app import App
from textual.events import Key, Paste

from rts.errors import RtsError
from rts.tui import messages
from rts.tui.screens.battle import BattleScreen
from rts.tui.services.reading import Reading
from rts.tui.services.typist import Typist
from rts.world.nouns import Worker
from rts.world.sight import Sight


class PaneApp(App[None]):
    """Knows the battle screen, the reading and the typist; `RtsApp` makes them."""

    _battle: BattleScreen
    _reading: Reading
    _typist: Typist

    def _begin(self, work: Callable[[], Coroutine[None, None, None]]) -> Any:
        """Do `work` beside the screen; it begins when Textual runs it, or never if the app ends."""
        return self.run_worker(work)

    async def _peek(self) -> None:
        worker = self._battle.frame.selected
        if worker is None or not self._battle.shows_pane:
            return
        answer = await self._reading.peek(worker, self._battle.pane.window())
        if answer:
            self.show_sight(worker, *answer)

    def show_sight(self, worker: Worker, sight: Sight, hint: str = "") -> None:
        """Show a worker's pane as it is now, or why there is none."""
        if self._battle.frame.selected_id == worker.id:
            self._battle.show_sight(sight, hint)

    def _peek_if_due(self) -> None:
        worker = self._battle.frame.selected
        if worker is not None and not self._reading.stands_still(worker):
            self._begin(self._peek)

    def on_pane_moved(self, message: messages.PaneMoved) -> None:
        """Look at the lines that the commander reads now."""
        self._reading.expect_motion()
        self._begin(self._peek)

    def on_key(self, event: Key) -> None:
        """While one types through, keys are no orders."""
        if self._battle.takes_key(event):
            event.prevent_default()

    def on_paste(self, event: Paste) -> None:
        """Type a paste through, where one types through."""
        self._battle.takes_paste(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let C-q, and every key while one types, come to `on_key` in its turn.

        Textual would hear C-q before the keys that were pressed a moment earlier.
        """
        return action != "quit" and not self._battle.hears_keys

    def on_stroke_typed(self, message: messages.StrokeTyped) -> None:
        """Type a key through."""
        self._typist.type(message.worker, message.stroke)

    def stop_typing(self, worker: Worker, error: RtsError) -> None:
        """Say why nothing more can be typed to a worker; typing to another goes on."""
        if self._battle.frame.typing_to in ("", worker.id):
            self._battle.stop_typing(error.what)
        else:
            self._battle.warn(f"{worker.name} did not get all that was typed: {error.what}")
