"""The selected unit's pane, as its agent drew it."""

from functools import lru_cache
from itertools import pairwise
from typing import ClassVar

from rich.ansi import AnsiDecoder
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

LINE_CACHE_COUNT = 2000
"""Parsed lines that are remembered: some forty screens. A still pane costs next to nothing."""


class PaneView(Widget):
    """Shows the last lines of a pane in their own colours, or a hint where there is none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"pane-view--hint"}

    pane_text: reactive[str] = reactive("", layout=False)
    """With SGR sequences, as `peek` gives it."""
    hint: reactive[str] = reactive("")
    """Why there is no pane; shown instead of it."""

    def render_line(self, y: int) -> Strip:
        """Return the line that stands `y` below the first one shown."""
        width, height = self.size
        if self.hint:
            style = self.get_component_rich_style("pane-view--hint")
            words = self.hint.splitlines()[y : y + 1]
            return Strip([Segment("".join(words), style)]).adjust_cell_length(width, style)
        lines = parse_pane(self.pane_text)[-height:] if height else []
        if y >= len(lines):
            return Strip.blank(width, self.rich_style)
        return self._fit(Strip(lines[y]).apply_style(self.rich_style))

    def _fit(self, line: Strip) -> Strip:
        """Return the line as wide as the widget; a `…` stands where words were cut off."""
        width = self.size.width
        if width and line.crop(width).text.strip():
            cut = Strip([Segment("…", self.get_component_rich_style("pane-view--hint"))])
            line = Strip.join([line.crop(0, width - 1), cut])
        return line.adjust_cell_length(width, self.rich_style)


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
        Segment(text.plain[start:end], _without_defaults(style_at.get(start, Style.null())))
        for start, end in pairwise(cuts)
    ]


def _without_defaults(style: Style) -> Style:
    """Leave out "the terminal's own" colour, which Textual would paint as a black of its own."""
    own = [c if c and not c.is_default else None for c in (style.color, style.bgcolor)]
    return style.without_color + Style.from_color(*own)
