"""The selected unit's pane, as its agent drew it."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar

from rich.ansi import AnsiDecoder
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.events import MouseScrollDown, MouseScrollUp
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from rts.tui.messages import PaneMoved
from rts.world.sight import Sight, Window

LINE_CACHE_COUNT = 2000
"""Parsed lines that are remembered: some forty screens. A still pane costs next to nothing."""

WHEEL_LINES = 3
"""How far one notch of the wheel goes."""

SPARE_LINES = 200
"""Lines that are asked for above and below those read: the next pages, and what comes meanwhile."""

_CURSOR = Style(reverse=True)


class PaneView(Widget):
    """Shows the last lines of a pane, or older ones, in their own colours; or why there are none.

    While older lines are read they stay where they are, whatever is written below.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"pane-view--hint"}

    sight: reactive[Sight] = reactive(Sight(), layout=False, repaint=False)
    """The lines that were looked at last."""
    hint: reactive[str] = reactive("")
    """Why there is no pane; shown instead of it."""
    top: reactive[int | None] = reactive(None)
    """The first line shown, counted from the oldest; None: the pane is live."""
    has_cursor: reactive[bool] = reactive(False)
    """Show where the agent's cursor stands."""

    _painted: Sequence[list[Segment]] = ()
    """The lines that are on the screen: one that stays the same is not painted again."""

    @property
    def pane_text(self) -> str:
        """The lines that were looked at last, with SGR sequences."""
        return self.sight.text

    @property
    def lines_back(self) -> int:
        """How many lines the shown ones stand above the live ones."""
        return 0 if self.top is None else max(self._live_top() - self.top, 0)

    def window(self) -> Window:
        """Return which lines are to be looked at next."""
        if self.top is None:
            return Window()
        first = max(self.top - SPARE_LINES, 0) - self.sight.history_count
        last = self.top + self.size.height + SPARE_LINES - self.sight.history_count
        return Window(first, last)

    def page(self, page_count: int) -> None:
        """Go `page_count` pages down, up when negative; one line stays in sight."""
        self._scroll(page_count * max(self.size.height - 1, 1))

    def go_live(self) -> None:
        """Show the last lines again."""
        if self.top is not None:
            self.top = None
            self.post_message(PaneMoved())

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Go back a little."""
        self._scroll(-WHEEL_LINES)
        event.stop()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Come forward a little."""
        self._scroll(WHEEL_LINES)
        event.stop()

    def watch_sight(self, before: Sight, sight: Sight) -> None:
        """Paint what is new; ask again where lines are missing, or the history was emptied."""
        self._paint_changes()
        if self.top is None:
            return
        if sight.line_count < before.line_count:
            self.top = min(self.top, self._live_top())
        if not self._is_covered() and (sight.first, sight.text) != (before.first, before.text):
            self.post_message(PaneMoved())

    def watch_top(self) -> None:
        """Paint all of it at the next change: other lines are on the screen now."""
        self._painted = ()

    def _paint_changes(self) -> None:
        """Paint the lines that are not as before; all of them where a hint or a cursor is."""
        lines, first = self._lines(), self._top() - self.sight.first
        ats = range(first, first + self.size.height)
        before, self._painted = (
            self._painted,
            [lines[at] if 0 <= at < len(lines) else [] for at in ats],
        )
        if self.hint or self.has_cursor or len(before) != len(self._painted):
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before, self._painted, strict=True)):
            if old is not new and old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Return the line that stands `y` below the first one shown."""
        width = self.size.width
        if self.hint:
            style = self.get_component_rich_style("pane-view--hint")
            words = self.hint.splitlines()[y : y + 1]
            return Strip([Segment("".join(words), style)]).adjust_cell_length(width, style)
        lines, at = self._lines(), self._top() - self.sight.first + y
        line = Strip(lines[at] if 0 <= at < len(lines) else [])
        fitted = self._fit(line.apply_style(self.visual_style.rich_style))
        return self._mark_cursor(fitted, self.sight.first + at)

    def _scroll(self, line_count: int) -> None:
        live = self._live_top()
        top = (live if self.top is None else self.top) + line_count
        self.top = None if top >= live else max(top, 0)
        self.post_message(PaneMoved())

    def _top(self) -> int:
        return self._live_top() if self.top is None else self.top

    def _live_top(self) -> int:
        """Return the number of the first line shown while the pane is live."""
        sight = self.sight
        end = sight.first + len(self._lines()) if sight.is_to_end else sight.line_count
        return max(end - self.size.height, 0 if self.top is not None else sight.first)

    def _lines(self) -> list[list[Segment]]:
        lines = parse_pane(self.sight.text)
        cursor = self.sight.cursor
        if not self.has_cursor or cursor is None:
            return lines
        needed = self.sight.history_count - self.sight.first + cursor[1] + 1
        return lines + [[]] * (needed - len(lines))

    def _is_covered(self) -> bool:
        """Tell whether all lines that are shown were looked at."""
        sight, top = self.sight, self._top()
        end = sight.first + len(self._lines())
        return sight.first <= top and (sight.is_to_end or top + self.size.height <= end)

    def _mark_cursor(self, line: Strip, number: int) -> Strip:
        cursor = self.sight.cursor
        if not self.has_cursor or cursor is None or self.top is not None:
            return line
        x, y = cursor
        if number != self.sight.history_count + y or x >= self.size.width:
            return line
        before, under, after = line.divide([x, x + 1, line.cell_length])
        return Strip.join([before, under.apply_style(_CURSOR), after])

    def _fit(self, line: Strip) -> Strip:
        """Return the line as wide as the widget; a `…` stands where words were cut off."""
        width = self.size.width
        if width and line.crop(width).text.strip():
            cut = Strip([Segment("…", self.get_component_rich_style("pane-view--hint"))])
            line = Strip.join([line.crop(0, width - 1), cut])
        return line.adjust_cell_length(width, self.visual_style.rich_style)


@lru_cache(maxsize=4)
def parse_pane(pane_text: str) -> list[list[Segment]]:
    """Return a pane's lines as segments; blank lines at the end are left out."""
    lines: list[list[Segment]] = []
    style = Style.null()
    for line in pane_text.splitlines():
        segments, style = _parse_line(line, style)
        lines.append(segments)
    while lines and not "".join(segment.text for segment in lines[-1]).strip():
        lines.pop()
    return lines


@lru_cache(maxsize=LINE_CACHE_COUNT)
def _parse_line(line: str, style: Style) -> tuple[list[Segment], Style]:
    """Return the line's segments and the style that goes on into the next line.

    tmux does not reset the style at the end of a line: capture-pane -e in tmux(1).
    """
    decoder = AnsiDecoder()
    decoder.style = style
    text = decoder.decode_line(line.expandtabs())
    return _segments(text), decoder.style


def _segments(text: Text) -> list[Segment]:
    ends = [0, *(span.start for span in text.spans), *(span.end for span in text.spans)]
    cuts = sorted({*ends, len(text.plain)})
    style_at = {
        span.start: span.style if isinstance(span.style, Style) else Style.parse(span.style)
        for span in text.spans
    }
    return [
        Segment(text.plain[start:end], _harmless(style_at.get(start, Style.null())))
        for start, end in pairwise(cuts)
    ]


def _harmless(style: Style) -> Style:
    """Leave out "the terminal's own" colour, which Textual would paint as a black of its own; and
    links (OSC 8): an agent's words are read here, they are nothing to click on."""
    own = [c if c and not c.is_default else None for c in (style.color, style.bgcolor)]
    return style.without_color.clear_meta_and_links() + Style.from_color(*own)
