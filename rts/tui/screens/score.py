"""The score: like the screen after a match, with the curve, the units and their medals."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from rts.tui.backend import Backend
from rts.tui.drawing.scoreboard import Word, write_score
from rts.tui.frame import Frame
from rts.tui.giving.desk import Desk
from rts.tui.keymap import SCORE_KEYS, bind
from rts.tui.messages import KeyPressed, ReplayWanted
from rts.tui.screens.battle import BattleScreen
from rts.tui.screens.note import ReadingScroll
from rts.tui.screens.once import OnceScreen
from rts.tui.widgets.footer import KeyLine
from rts.world.score import DAY, Score

ReadScore = Callable[[bool, Callable[[Score], object]], object]
"""Has a score read, of a week if true, and gives it to the second argument."""


class ScorePage(Static):
    """Draws a score as wide as there is room."""

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._frame = frame
        self.score: Score | None = None

    def on_resize(self, event: Resize) -> None:
        """Draw for the new width."""
        self.draw(event.size.width)

    def draw(self, width: int) -> None:
        """Draw the score."""
        if self.score is not None and width:
            lines = write_score(self.score, width)
            self.update(Content("\n").join(map(self._line, lines)))

    def _line(self, words: list[Word]) -> Content:
        return Content.assemble(*((self._frame.sign(text), _style(role)) for text, role in words))


def _style(role: str) -> str:
    """Return Textual's style for a role such as `bold bright`."""
    return " ".join(part if part == "bold" else f"${part}" for part in role.split())


class ScoreScreen(OnceScreen[None]):
    """Shows a day; Tab shows the week instead, and back."""

    BINDINGS: ClassVar[list[BindingType]] = bind("score", SCORE_KEYS)

    def __init__(self, score: Score, read: ReadScore, frame: Frame) -> None:
        super().__init__()
        self._page = ScorePage(frame)
        self._page.score = score
        self._read = read
        self._frame = frame

    def compose(self) -> ComposeResult:
        """Put the page into a frame that scrolls."""
        with Vertical(classes="sheet score") as sheet:
            self._sheet = sheet
            with ReadingScroll():
                yield self._page
        footer = KeyLine(SCORE_KEYS, id="footer")
        footer.frame = self._frame
        yield footer

    def on_mount(self) -> None:
        """Say which span it is."""
        self._show(self._page.score)

    def _show(self, score: Score | None) -> None:
        if score is None:
            return
        self._page.score = score
        words = "today" if score.span <= DAY else "the last seven days"
        self._sheet.border_title = self._frame.sign(f"score ─ {words}")
        self._page.draw(self._page.size.width)

    def action_press(self, press: str, key: str) -> None:
        """Do what a row of the key table says."""
        match press:
            case "span":
                is_day = self._page.score is None or self._page.score.span <= DAY
                self._read(is_day, self._show)
            case "replay":
                self.dismiss()
                self.app.post_message(ReplayWanted())
            case "close":
                self.dismiss()

    def on_key_pressed(self, message: KeyPressed) -> None:
        """Do what a click in the footer says."""
        self.action_press(message.press, "")


def open_score(desk: Desk, backend: Backend, battle: BattleScreen, frame: Frame) -> None:
    """Have today's score counted, then show it over the battle."""

    def read(is_week: bool, then: Callable[[Score], object]) -> None:
        desk.carry_out("counting the score", lambda: backend.read_score(is_week), then)

    def show(score: Score) -> None:
        if battle.awaits_orders:
            battle.app.push_screen(ScoreScreen(score, read, frame))
        else:
            battle.tell_missed("the score is not shown")

    read(False, show)
