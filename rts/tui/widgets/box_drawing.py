"""How the mouse draws a box over a widget, and chooses the units in it."""

from textual.events import MouseDown, MouseMove, MouseUp
from textual.widget import Widget

from rts.tui.messages import UnitsChosen
from rts.tui.widgets.box import Box


class BoxDrawing(Widget):
    """A widget on which a drag draws a box; it says `UnitsChosen` when the mouse is let go."""

    ALLOW_SELECT = False
    """The mouse draws a box around units; it does not mark text."""

    box: Box | None = None
    """What the pressed mouse draws; None: it has not moved, or is not pressed."""

    was_drawn = False
    """A box was drawn and the mouse let go: the click that follows is none."""

    _pressed_at: tuple[int, int] | None = None

    @property
    def first_line(self) -> int:
        """The map's line that stands on top of what is in sight."""
        return 0

    def find_in(self, box: Box) -> frozenset[str]:
        """Return the ids of the units that the box touches."""
        raise NotImplementedError

    def draw_box(self) -> None:
        """Draw what the box has changed."""
        self.refresh()

    def on_mouse_down(self, event: MouseDown) -> None:
        """Begin a box."""
        self.was_drawn = False
        offset = event.get_content_offset(self)
        if event.button == 1 and offset:
            self._pressed_at = (offset.x, offset.y + self.first_line)
            self.capture_mouse()

    def on_mouse_move(self, event: MouseMove) -> None:
        """Draw the box to the pointer."""
        self._stretch_to(event)

    def on_mouse_up(self, event: MouseUp) -> None:
        """Choose the units in the box; with Shift or Ctrl, beside those that are chosen."""
        if self._pressed_at is None:
            return
        self._stretch_to(event)
        box, self.box, self._pressed_at = self.box, None, None
        self.was_drawn = box is not None
        self.release_mouse()
        if box is not None:
            self.post_message(UnitsChosen(self.find_in(box), event.shift or event.ctrl))
            self.draw_box()

    def _stretch_to(self, event: MouseMove | MouseUp) -> None:
        if self._pressed_at is None:
            return
        offset = event.get_content_offset_capture(self)
        x = min(max(offset.x, 0), self.size.width - 1)
        y = min(max(offset.y, 0), self.size.height - 1) + self.first_line
        if self.box is not None or (x, y) != self._pressed_at:
            self.box = Box(self._pressed_at, (x, y))
            self.draw_box()
