"""What is seen while the terminal is too small: what is needed, and nothing to press but `q`."""

from textual.app import ComposeResult
from textual.events import Key, Resize
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

from rts.tui.screens.top import is_on_top
from rts.tui.services.terminal import HEIGHT_MIN_LINES, WIDTH_MIN_CELLS


def is_too_small(size: Size) -> bool:
    """Tell whether not every part would have a line of its own."""
    return size.width < WIDTH_MIN_CELLS or size.height < HEIGHT_MIN_LINES


class TooSmallScreen(Screen[None]):
    """Lies over whatever was there, and goes by itself as soon as there is room."""

    def __init__(self, *, is_ascii: bool) -> None:
        super().__init__()
        self._times = "x" if is_ascii else "×"
        self._words = Static(id="needed")

    def compose(self) -> ComposeResult:
        """Say it in the middle."""
        yield self._words

    def on_resize(self, event: Resize) -> None:
        """Say it anew, or go."""
        self._mind(event.size)

    def on_screen_resume(self) -> None:
        """What lay above has gone; there may be room by now."""
        self._mind(self.app.size)

    def on_key(self, event: Key) -> None:
        """Nothing is ordered that cannot be seen."""
        if event.key == "q":
            self.app.exit()
        event.stop()

    def _mind(self, size: Size) -> None:
        if not is_too_small(size):
            if is_on_top(self):
                self.dismiss()
            return
        needed = f"{WIDTH_MIN_CELLS}{self._times}{HEIGHT_MIN_LINES}"
        words = f"rts needs {needed};\nthis is {size.width}{self._times}{size.height}"
        if size.width > len(words):
            words = words.replace("\n", " ")
        self._words.update(words)
