"""What a unit changed, to be read: a unified diff with the colours of its languages."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rts.tui.diff_text import DiffLine, LineKind, colour_code, count_changes, read_diff_lines
from rts.tui.frame import Frame
from rts.tui.keymap import DIFF_KEYS, bind
from rts.tui.messages import KeyPressed
from rts.tui.screens.once import OnceScreen
from rts.tui.widgets.footer import KeyLine


class DiffView(ScrollView):
    """Shows diff lines; colours only those in sight."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"diff--{kind}" for kind in LineKind),
        *(f"diff--{role}" for role in ("number", "keyword", "string", "comment")),
    }

    def __init__(self, lines: list[DiffLine]) -> None:
        super().__init__()
        self._lines = lines

    def on_mount(self) -> None:
        """Say how much there is to scroll."""
        self.virtual_size = Size(0, len(self._lines))

    def render_line(self, y: int) -> Strip:
        """Return one line: numbers, sign, code."""
        index = y + int(self.scroll_offset.y)
        width = self.size.width
        if index >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[index]
        style = self.get_component_rich_style(f"diff--{line.kind}")
        number_style = style + self.get_component_rich_style("diff--number", partial=True)
        segments = [Segment(f" {line.numbers()} ", number_style), Segment(line.sign, style)]
        segments += [
            Segment(text, style + self._role_style(role)) for text, role in colour_code(line)
        ]
        return Strip(segments).adjust_cell_length(width, style)

    def find_file(self, step: int) -> int:
        """Return the index of the next (+1) or last (−1) file's heading from here."""
        here = int(self.scroll_offset.y)
        starts = [i for i, line in enumerate(self._lines) if line.kind is LineKind.FILE]
        if step > 0:
            return next((i for i in starts if i > here), here)
        return next((i for i in reversed(starts) if i < here), 0)

    def _role_style(self, role: str) -> Style:
        if not role:
            return Style.null()
        return self.get_component_rich_style(f"diff--{role}", partial=True)


class DiffScreen(OnceScreen[None]):
    """Shows one unit's diff over the whole terminal."""

    BINDINGS: ClassVar[list[BindingType]] = bind(DIFF_KEYS)
    AUTO_FOCUS = ""

    def __init__(self, title: str, diff: str, frame: Frame) -> None:
        super().__init__()
        self._title = title
        self._diff = diff
        self._frame = frame

    def compose(self) -> ComposeResult:
        """Put the diff over its keys."""
        view = DiffView(read_diff_lines(self._diff))
        files, added, removed = count_changes(self._diff)
        view.border_title = self._frame.sign(
            f"{self._title} ─ {files} file{'' if files == 1 else 's'}  +{added} −{removed}"
        )
        yield view
        footer = KeyLine(DIFF_KEYS, id="footer")
        footer.frame = self._frame
        yield footer

    def action_press(self, press: str, key: str) -> None:
        """Scroll, or go back."""
        view = self.query_one(DiffView)
        match press:
            case "line_down":
                view.scroll_relative(y=1, animate=False)
            case "line_up":
                view.scroll_relative(y=-1, animate=False)
            case "page_down":
                view.scroll_relative(y=view.size.height - 2, animate=False)
            case "page_up":
                view.scroll_relative(y=2 - view.size.height, animate=False)
            case "file_next" | "file_last":
                step = 1 if press == "file_next" else -1
                view.scroll_to(y=view.find_file(step), animate=False)
            case "top":
                view.scroll_home(animate=False)
            case "bottom":
                view.scroll_end(animate=False)
            case "close":
                self.dismiss()

    def on_key_pressed(self, message: KeyPressed) -> None:
        """Do what a click in the footer says."""
        self.action_press(message.press, "")
