"""The lines of a diff with a cursor on one of them, and comments under theirs."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rts.tui.drawing.diff_text import DiffLine, LineKind, colour_code
from rts.tui.drawing.signs import CURSOR
from rts.tui.drawing.untrusted import spell_controls
from rts.tui.drawing.word_changes import Spans
from rts.tui.drawing.wrapping import wrap_cells
from rts.world.review import Comment

SHIFT_CELLS = 8
"""How far one key moves long lines sideways."""

MARGIN_LINES = 3
"""Lines that stay in sight above and below the cursor."""

BOTH_NUMBERS_WIDTH = 90
"""From which width in cells the old and the new number stand side by side."""

COMMENT_SIGN = "▎ "

_PLAIN = str.maketrans({CURSOR: ">", "▎": "|", "…": "~"})

SIGN_WIDTH = 2
"""Cells of `+ `, `- `, or neither."""


@dataclass(frozen=True)
class PlacedComment:
    """A comment, and where it is shown."""

    line_index: int
    comment: Comment
    is_sent: bool = False


@dataclass(frozen=True)
class _CommentRow:
    """One row of a comment."""

    text: str
    is_sent: bool


class DiffView(ScrollView):
    """Shows diff lines; colours only those in sight. Says `CursorMoved`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"diff--{kind}" for kind in LineKind),
        *(f"diff--{role}" for role in ("number", "keyword", "string", "comment")),
        *(f"diff--{part}" for part in ("added-word", "removed-word", "cursor", "cut")),
        *(f"diff--{part}" for part in ("remark", "remark-sent", "remark-sign")),
    }

    cursor: reactive[int] = reactive(0, repaint=False)
    """Index of the line that the commander is at."""
    shift: reactive[int] = reactive(0)
    """How many cells of each line are out of sight at the left."""
    is_ascii: reactive[bool] = reactive(False)

    class CursorMoved(Message):
        """The cursor stands on another line."""

        def can_replace(self, message: Message) -> bool:
            """Let one stand for many."""
            return isinstance(message, DiffView.CursorMoved)

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[DiffLine] = ()
        self._placed: tuple[PlacedComment, ...] = ()
        self._rows: list[DiffLine | _CommentRow] = []
        self._row_by_line: Sequence[int] = ()
        self._number_width = 4
        self._hint = ""

    def show(
        self, lines: Sequence[DiffLine], placed: Sequence[PlacedComment], hint: str = ""
    ) -> None:
        """Show other lines and comments; `hint` is said where there are none."""
        self.lines, self._hint = lines, hint
        numbers = (max(line.old_number, line.new_number) for line in lines)
        self._number_width = max(4, len(str(max(numbers, default=0))))
        self.place_comments(placed)
        self.cursor = min(self.cursor, max(len(lines) - 1, 0))

    def place_comments(self, placed: Sequence[PlacedComment]) -> None:
        """Show these comments under their lines."""
        self._placed = tuple(sorted(placed, key=lambda p: p.line_index))
        self._arrange()

    def _arrange(self) -> None:
        rows: list[DiffLine | _CommentRow] = []
        row_by_line: list[int] = []
        first = 0
        for one in self._placed:
            last = min(one.line_index + 1, len(self.lines))
            row_by_line += range(len(rows), len(rows) + max(last - first, 0))
            rows += self.lines[first:last]
            rows += self._comment_rows(one)
            first = max(last, first)
        row_by_line += range(len(rows), len(rows) + len(self.lines) - first)
        rows += self.lines[first:]
        self._rows, self._row_by_line = rows, row_by_line
        self.virtual_size = Size(0, len(rows))
        self.refresh()

    def _comment_rows(self, placed: PlacedComment) -> Iterator[_CommentRow]:
        room = max(self._width - self._gutter_width - len(COMMENT_SIGN) - 1, 10)
        words = f"{placed.comment.words}  (sent)" if placed.is_sent else placed.comment.words
        for line in words.split("\n"):
            for row in wrap_cells(spell_controls(line).expandtabs(4), room):
                yield _CommentRow(row, placed.is_sent)

    def on_resize(self, event: Resize) -> None:
        """Wrap comments anew."""
        self._arrange()
        self._keep_in_sight()

    # The cursor

    @property
    def line(self) -> DiffLine | None:
        """The line under the cursor."""
        return self.lines[self.cursor] if self.cursor < len(self.lines) else None

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a line."""
        return max(0, min(cursor, len(self.lines) - 1))

    def validate_shift(self, shift: int) -> int:
        """Keep something in sight."""
        return max(0, shift)

    def watch_cursor(self) -> None:
        """Let the cursor be seen."""
        self._keep_in_sight()
        self.refresh()
        self.post_message(self.CursorMoved())

    def move(self, step: int) -> None:
        """Move the cursor by `step` lines."""
        self.cursor += step

    def shift_by(self, direction: int) -> None:
        """Move long lines to the left (+1) or right (−1), no further than needed."""
        seen = self._rows[self._top : self._top + self.size.height]
        widest = max((cell_len(row.text) for row in seen), default=0)
        room = self._width - self._gutter_width - 2
        furthest = -(-max(widest - room, 0) // SHIFT_CELLS) * SHIFT_CELLS
        self.shift = min(self.shift + direction * SHIFT_CELLS, max(furthest, 0))

    def find(self, kinds: Sequence[LineKind], step: int) -> int:
        """Return the index of the next (+1) or last (−1) line of `kinds`; the cursor's if none."""
        places = range(self.cursor + 1, len(self.lines))
        if step < 0:
            places = range(self.cursor - 1, -1, -1)
        return next((i for i in places if self.lines[i].kind in kinds), self.cursor)

    def find_change(self, step: int) -> int:
        """Return the index where the next (+1) or last (−1) run of changed lines begins."""
        places = range(self.cursor + 1, len(self.lines))
        if step < 0:
            places = range(self.cursor - 1, -1, -1)
        return next((i for i in places if self._begins_change(i)), self.cursor)

    def _begins_change(self, index: int) -> bool:
        changed = (LineKind.ADDED, LineKind.REMOVED)
        is_changed = self.lines[index].kind in changed
        return is_changed and (index == 0 or self.lines[index - 1].kind not in changed)

    @property
    def _top(self) -> int:
        return int(self.scroll_offset.y)

    def _keep_in_sight(self) -> None:
        """Scroll as little as needed; all comments of the line are seen, and its file's heading."""
        height = self.size.height
        if not height or self.cursor >= len(self._row_by_line):
            return
        row = self._row_by_line[self.cursor]
        end = (
            self._row_by_line[self.cursor + 1]
            if self.cursor + 1 < len(self._row_by_line)
            else len(self._rows)
        )
        margin = min(MARGIN_LINES, (height - 1) // 2)
        top = max(self._top, min(end - 1 + margin, len(self._rows) - 1) - height + 1)
        self.scroll_to(y=max(min(top, row - margin), 0), animate=False, force=True)

    def lead(self) -> None:
        """Scroll so that the cursor's line is near the top, as after a jump."""
        if self.cursor < len(self._row_by_line):
            self.scroll_to(y=max(self._row_by_line[self.cursor] - 1, 0), animate=False, force=True)

    def on_click(self, event: Click) -> None:
        """Put the cursor where the pointer is."""
        offset = event.get_content_offset(self)
        if offset is not None and self._row_by_line:
            row = min(offset.y + self._top, len(self._rows) - 1)
            self.cursor = bisect_right(self._row_by_line, row) - 1

    # Drawing

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    @property
    def _has_both_numbers(self) -> bool:
        return self._width >= BOTH_NUMBERS_WIDTH

    @property
    def _gutter_width(self) -> int:
        count = 2 if self._has_both_numbers else 1
        return 2 + count * (self._number_width + 1) + SIGN_WIDTH

    def render_line(self, y: int) -> Strip:
        """Return one row: cursor, numbers, sign, code; or a comment's words."""
        index, width = y + self._top, self._width
        if index >= len(self._rows):
            words = self._hint if y == 0 and not self._rows else ""
            style = self.get_component_rich_style("diff--hunk")
            return Strip([Segment(words, style)]).adjust_cell_length(width, style)
        row = self._rows[index]
        if isinstance(row, _CommentRow):
            return self._draw_comment(row)
        is_here = bool(self._row_by_line) and self._row_by_line[self.cursor] == index
        style = self.get_component_rich_style(f"diff--{row.kind}")
        if not row.sign:
            return self._draw_heading(row, style, is_here=is_here)
        gutter = self._draw_gutter(row, style, is_here=is_here)
        code = Strip([Segment(text, look) for text, look in self._pieces(row, style)])
        return Strip.join([gutter, self._fit(code, width - gutter.cell_length, style)])

    def _draw_heading(self, row: DiffLine, style: Style, *, is_here: bool) -> Strip:
        if is_here:
            style += self.get_component_rich_style("diff--cursor", partial=True)
        sign = CURSOR if is_here else " "
        indent = "" if row.kind is LineKind.FILE else " " * (self._gutter_width - SIGN_WIDTH - 1)
        text = Strip([Segment(f"{self._sign(sign)}{indent}{row.text}", style)])
        return self._fit(text, self._width, style, is_fixed=True)

    def _draw_gutter(self, row: DiffLine, style: Style, *, is_here: bool) -> Strip:
        name = "diff--cursor" if is_here else "diff--number"
        look = style + self.get_component_rich_style(name, partial=True)
        numbers = [row.old_number, row.new_number] if self._has_both_numbers else [row.number]
        columns = "".join(f"{number or '':>{self._number_width}} " for number in numbers)
        sign = self._sign(CURSOR if is_here else " ")
        return Strip([Segment(f"{sign}{columns}", look), Segment(f" {row.sign}", style)])

    def _draw_comment(self, row: _CommentRow) -> Strip:
        name = "diff--remark-sent" if row.is_sent else "diff--remark"
        style = self.get_component_rich_style(name)
        sign = style + self.get_component_rich_style("diff--remark-sign", partial=True)
        indent = " " * (self._gutter_width - SIGN_WIDTH - 1)
        words = [Segment(self._sign(f"{indent}{COMMENT_SIGN}"), sign), Segment(row.text, style)]
        return Strip(words).adjust_cell_length(self._width, style)

    def _pieces(self, row: DiffLine, style: Style) -> Iterator[tuple[str, Style]]:
        """Give the code, coloured; changed words stand out."""
        word_style = style
        if spans := row.find_changes():
            word_style += self.get_component_rich_style(f"diff--{row.kind}-word", partial=True)
        at = 0
        for text, role in colour_code(row):
            role_style = self._role_style(role)
            for piece, is_changed in _cut(text, at, spans):
                yield piece, (word_style if is_changed else style) + role_style
            at += len(text)

    def _fit(self, code: Strip, room: int, style: Style, *, is_fixed: bool = False) -> Strip:
        """Return the part of a line that is in sight; `…` stands where it is cut off."""
        shift = 0 if is_fixed else self.shift
        length = code.cell_length
        part = code.crop(shift, shift + room) if shift or length > room else code
        look = style + self.get_component_rich_style("diff--cut", partial=True)
        cut = Strip([Segment(self._sign("…"), look)])
        if shift and length > shift and code.text[:shift].strip():
            part = Strip.join([cut, part.crop(1)])
        if length > shift + room:
            part = Strip.join([part.crop(0, room - 1).adjust_cell_length(room - 1, style), cut])
        return part.adjust_cell_length(room, style)

    def _role_style(self, role: str) -> Style:
        if not role:
            return Style.null()
        return self.get_component_rich_style(f"diff--{role}", partial=True)

    def _sign(self, text: str) -> str:
        return text.translate(_PLAIN) if self.is_ascii else text


def _cut(text: str, at: int, spans: Spans) -> Iterator[tuple[str, bool]]:
    """Give the pieces of `text`, which begins at `at`, and whether each lies in a span."""
    place, end = at, at + len(text)
    for start, stop in spans:
        if stop <= place or start >= end:
            continue
        if start > place:
            yield text[place - at : start - at], False
        yield text[max(start, place) - at : min(stop, end) - at], True
        place = min(stop, end)
    if place < end:
        yield text[place - at :], False
