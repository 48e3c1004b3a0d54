"""What a program printed, in its own colours."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rts.tui.drawing.untrusted import keep_colours
from rts.tui.widgets.pane import parse_pane

OUTPUT_LINE_COUNT_MAX = 1000
"""Last lines of an output that are shown."""

OUTPUT_LINE_LENGTH_MAX = 2000
"""Characters of one line that are shown, those of its colours counted."""

_CUT_COLOUR = re.compile(r"\x1b[^m]*$")


@lru_cache(maxsize=4)
def read_output(output: str) -> Sequence[list[Segment]]:
    """Return the last lines of an output in their colours.

    It takes some 100 ms: call it beside the screen first, and what was read is remembered.
    """
    last = keep_colours("\n".join(output.rstrip().split("\n")[-OUTPUT_LINE_COUNT_MAX:]))
    return parse_pane("\n".join(map(_cut, last.split("\n"))))


def _cut(line: str) -> str:
    if len(line) <= OUTPUT_LINE_LENGTH_MAX:
        return line
    return _CUT_COLOUR.sub("", line[:OUTPUT_LINE_LENGTH_MAX]) + "\x1b[0m…"


class OutputView(ScrollView):
    """Shows the last lines of an output; begins at its end, where the verdict is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"output--hint"}

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._lines: Sequence[list[Segment]] = ()
        self._hint = ""

    def show(self, output: str, hint: str) -> None:
        """Show another output; `hint` stands where there is none."""
        self._hint = hint
        self._lines = read_output(output)
        self.virtual_size = Size(0, len(self._lines))
        self.scroll_end(animate=False, force=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line, cut at the right."""
        width = self.scrollable_content_region.width
        hint_style = self.get_component_rich_style("output--hint")
        if not self._lines:
            words = self._hint if y == 0 else ""
            return Strip([Segment(words, hint_style)]).adjust_cell_length(width, hint_style)
        index = y + int(self.scroll_offset.y)
        if index >= len(self._lines):
            return Strip.blank(width, self.visual_style.rich_style)
        line = Strip(self._lines[index]).apply_style(self.visual_style.rich_style)
        if line.cell_length > width:
            line = Strip.join([line.crop(0, width - 1), Strip([Segment("…", hint_style)])])
        return line.adjust_cell_length(width, self.visual_style.rich_style)
