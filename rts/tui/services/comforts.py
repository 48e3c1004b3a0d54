"""What makes the app one's own: themes, keys, search, silence, the opening at the first start."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import App

from rts.errors import RtsError
from rts.settings import Settings
from rts.tui import messages
from rts.tui.backend import Backend
from rts.tui.drawing.theme import NIGHT, THEMES
from rts.tui.giving.desk import Desk
from rts.tui.giving.give import Background
from rts.tui.remap import remap, textual_keymap
from rts.tui.screens.battle import BattleScreen
from rts.world.opening import Opening

if TYPE_CHECKING:
    from rts.world.knowledge.notes import Note


class ComfortApp(App[None]):
    """The part of the app that no worker notices."""

    _backend: Backend
    _background: Background
    _desk: Desk
    _battle: BattleScreen
    _settings: Settings

    def wear(self, theme: str) -> None:
        """Know all themes, and show one."""
        for each in THEMES.values():
            self.register_theme(each)
        self.theme = THEMES[theme].name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Let our styles be read before our theme is set."""
        return NIGHT.variables

    def take_settings(self, settings: Settings) -> None:
        """Show the colours and keys that the settings name.

        Raises:
            RtsError: `[keys]` names what is not there, or gives one key to two rows.
        """
        keys = remap(settings.keys)
        self._settings = settings
        self.set_keymap(textual_keymap(keys))
        self.theme = THEMES[settings.theme].name
        self._battle.frame = replace(self._battle.frame, keys=keys)
        self._battle.find_notes = self.find_notes

    def on_theme_wanted(self, message: messages.ThemeWanted) -> None:
        """Change the colours, and say how to keep them."""
        self.theme = THEMES[message.name].name
        self.call_later(self._draw_anew)
        if message.name != self._settings.theme:
            self._say(f'theme {message.name}; theme = "{message.name}" in settings.toml keeps it.')

    def _draw_anew(self) -> None:
        """Let go of lines that were drawn beforehand: Textual tells of new colours a bit early."""
        for widget in self._battle.query("*"):
            widget.notify_style_update()

    def on_mute_toggled(self) -> None:
        """Silence cues and bell, or let them be heard again."""
        is_muted = not self._settings.is_muted

        def tell(outcome: object) -> None:
            self._settings = replace(self._settings, is_muted=is_muted)
            self._say("cues and bell are silent." if is_muted else "cues and bell are heard.")

        self._desk.carry_out(
            "silencing" if is_muted else "unmuting",
            lambda: self._backend.mute(is_muted=is_muted),
            tell,
        )

    async def find_notes(self, words: str) -> "Sequence[Note]":
        """Return what the knowledge base has; where it cannot be read, nothing was found."""
        try:
            return await self._background.carry_out(lambda: self._backend.find_notes(words))
        except RtsError:
            return ()

    def on_note_wanted(self, message: messages.NoteWanted) -> None:
        """Read a note, then show it."""
        from rts.tui.screens.note import NoteScreen

        def show(note: "Note") -> None:
            if self._battle.awaits_orders:
                self.push_screen(NoteScreen(note, self._battle.frame))
            else:
                self._battle.tell_missed("the note is not shown")

        self._desk.carry_out("reading", lambda: self._backend.read_note(message.path), show)

    async def open_at_first_start(self) -> None:
        """Tell at the first start what there is; ask nothing later."""
        try:
            opening = await self._background.survey(self._backend.read_opening)
        except RtsError:
            return
        if opening is not None and self._battle.awaits_orders:
            self._show_opening(opening)

    def _show_opening(self, opening: Opening) -> None:
        from rts.tui.screens.opening import OpeningScreen

        def end(does_spawn: bool | None) -> None:
            self._desk.carry_out("noting", self._backend.end_opening, lambda outcome: None)
            if does_spawn:
                self._battle.action_press("new_ticket", "")

        self.push_screen(OpeningScreen(opening, self._battle.frame), end)

    def on_agent_chosen(self, message: messages.AgentChosen) -> None:
        """Write down which agent program works."""
        choose: Callable[[], str] = lambda: self._backend.choose_agent(message.name)  # noqa: E731
        self._desk.carry_out("choosing", choose, self._say)

    def _say(self, words: str) -> None:
        raise NotImplementedError
