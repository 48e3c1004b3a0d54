"""Widgets that draw lines of text from the frame: only a line that changed is painted again.

Textual paints a widget whole when any of it changes. On a screen where something is always moving,
that is most of the work.
"""

from textual.content import Content
from textual.events import Resize
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from rts.tui.frame import Frame


class DrawnWidget(Widget):
    """Shows what `draw` gives, a line of the terminal for each."""

    frame: reactive[Frame] = reactive(Frame(), layout=False, repaint=False)

    _drawn: tuple[Content, ...] = ()

    def draw(self) -> list[Content]:
        """Return the lines to be shown, at most as many as there is room for; none wraps."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw, and paint the lines that are not as before."""
        width, height = self.size
        if not width or not height:
            return
        before, self._drawn = self._drawn, tuple(self.draw())[:height]
        for y in range(max(len(before), len(self._drawn))):
            if not _is_same(before[y : y + 1], self._drawn[y : y + 1]):
                self.refresh(Region(0, y, width, 1))

    def watch_frame(self) -> None:
        """Draw the new frame."""
        self.redraw()

    def on_resize(self, event: Resize) -> None:
        """Draw for the new size."""
        self.redraw()

    def notify_style_update(self) -> None:
        """Draw again in the new colours."""
        super().notify_style_update()
        self._drawn = ()
        self.redraw()

    def render_line(self, y: int) -> Strip:
        """Return one line, drawn beforehand."""
        line = self._drawn[y] if y < len(self._drawn) else Content("")
        return Visual.to_strips(self, line, self.size.width, 1, self.visual_style, pad=True)[0]


def _is_same(before: tuple[Content, ...], after: tuple[Content, ...]) -> bool:
    """Tell whether the one line or none of `before` looks like that of `after`."""
    if len(before) != len(after):
        return False
    return all(old.is_same(new) for old, new in zip(before, after, strict=True))
