"""The files of a diff, by folder, with how much each changed."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rts.tui.drawing.diff_text import FileChange
from rts.tui.drawing.signs import CURSOR, to_ascii
from rts.tui.drawing.untrusted import spell_controls
from rts.tui.drawing.wrapping import keep_end

COUNT_GAP = 1
"""Cells between a name and its counts."""


class FileList(ScrollView):
    """Shows one row per file below its folder's; says `FileChosen` on a click."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"files--{part}" for part in ("folder", "name", "here", "added", "removed")),
    }

    here: reactive[int] = reactive(-1, repaint=False)
    """Index of the file that is being read."""
    is_ascii: reactive[bool] = reactive(False)

    class FileChosen(Message):
        """A file was pointed at."""

        def __init__(self, start: int) -> None:
            super().__init__()
            self.start = start
            """Index of its heading among the diff's lines."""

    def __init__(self) -> None:
        super().__init__()
        self._files: Sequence[FileChange] = ()
        self._rows: list[tuple[str, int]] = []
        """What each row says, and of which file it is by index; −1: of a folder."""

    def show(self, files: Sequence[FileChange]) -> None:
        """Show other files."""
        self._files = files
        self._rows = []
        folder = ""
        for index, file in enumerate(files):
            above, slash, name = file.path.rpartition("/")
            if above != folder and above:
                self._rows.append((f"{above}/", -1))
            folder = above
            self._rows.append((f"{'  ' if slash else ''}{name}", index))
        self.virtual_size = Size(0, len(self._rows))
        self.refresh()

    def watch_here(self) -> None:
        """Keep the file that is read in sight."""
        row = next((i for i, (_, index) in enumerate(self._rows) if index == self.here), 0)
        top, height = int(self.scroll_offset.y), self.size.height
        if height and not top <= row < top + height:
            self.scroll_to(y=max(row - height // 2, 0), animate=False, force=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one row: a folder, or a file's name and counts."""
        width = self.scrollable_content_region.width
        place = y + int(self.scroll_offset.y)
        if place >= len(self._rows):
            return Strip.blank(width, self.visual_style.rich_style)
        text, index = self._rows[place]
        if index < 0:
            style = self.get_component_rich_style("files--folder")
            words = self._sign(keep_end(spell_controls(text), width - 2))
            return Strip([Segment(f"  {words}", style)]).adjust_cell_length(width, style)
        return self._draw_file(text, self._files[index], is_here=index == self.here)

    def _draw_file(self, text: str, file: FileChange, *, is_here: bool) -> Strip:
        style = self.get_component_rich_style("files--here" if is_here else "files--name")
        counts = [
            Segment(f" {sign}{count}", style + self.get_component_rich_style(name, partial=True))
            for sign, count, name in (
                ("+", file.added_count, "files--added"),
                ("−", file.removed_count, "files--removed"),
            )
            if count
        ]
        width = self.scrollable_content_region.width
        room = width - sum(len(c.text) for c in counts) - 2 - COUNT_GAP
        spelt = spell_controls(text)
        indent = "  " if spelt.startswith("  ") else ""
        name = self._sign(f"{indent}{keep_end(spelt.removeprefix(indent), room - len(indent))}")
        gap = " " * (room - cell_len(name) + COUNT_GAP)
        sign = self._sign(CURSOR if is_here else " ")
        signed = [Segment(self._sign(c.text), c.style) for c in counts]
        strip = Strip([Segment(f"{sign} {name}{gap}", style), *signed])
        return strip.adjust_cell_length(width, style)

    def _sign(self, text: str) -> str:
        return to_ascii(text).replace("…", "~") if self.is_ascii else text

    def on_click(self, event: Click) -> None:
        """Say which file stands under the pointer."""
        offset = event.get_content_offset(self)
        place = offset.y + int(self.scroll_offset.y) if offset else len(self._rows)
        if place < len(self._rows) and self._rows[place][1] >= 0:
            self.post_message(self.FileChosen(self._files[self._rows[place][1]].start))
