"""Every key, from the key tables as the settings have them, and what the signs mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from rts.tui.drawing.signs import HOUSE, READY
from rts.tui.frame import Frame
from rts.tui.keymap import Key, key_tables
from rts.tui.screens.note import ReadingScroll
from rts.tui.screens.once import OnceScreen
from rts.world.evidence import Activity
from rts.world.nouns import TicketKind
from rts.world.units import GLYPH_BY_KIND, MARK_BY_ACTIVITY

COLUMN_WIDTH_MIN, GAP = 50, 3
"""Cells below which a column would break most sentences; blank cells between two columns."""

KEY_WIDTH = 14
"""Cells for the keys of a row; a longer name stands on a line of its own."""

SIGNS = (
    *((GLYPH_BY_KIND[kind], f"{kind}") for kind in TicketKind),
    (MARK_BY_ACTIVITY[Activity.ASKING], "asks, or is blocked: it needs you"),
    (READY, "ready to be merged, or landed"),
    (MARK_BY_ACTIVITY[Activity.STARTING], "starting"),
    (MARK_BY_ACTIVITY[Activity.STALLED], "stalled: no sign for too long"),
    (MARK_BY_ACTIVITY[Activity.PAUSED], "paused"),
    (MARK_BY_ACTIVITY[Activity.GONE], "gone: its agent ended"),
    (MARK_BY_ACTIVITY[Activity.NO_SIGNAL], "no signal: nothing says what it does"),
    (HOUSE, "workers, and how many may live at once"),
)
"""The legend: what is drawn beside a unit's name and in the line on top."""

KIND_HINT = "A new ticket's kind stands before it: “bug: login fails on Mondays”."


@dataclass(frozen=True)
class Block:
    """A heading with rows: keys or a sign, and a sentence."""

    title: str
    rows: tuple[tuple[str, str, str], ...]
    """Keys, sentence, and what is said about a changed key."""


class KeyPage(Static):
    """Draws the blocks in as many columns as there is room for."""

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._frame = frame

    def on_resize(self, event: Resize) -> None:
        """Lay the columns anew."""
        self.update(draw_page(list_blocks(self._frame), event.size.width))


class HelpScreen(OnceScreen[None]):
    """Shows all rows of the key tables; any of Esc, `?`, `q` closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "back"),
    ]

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._frame = frame

    def compose(self) -> ComposeResult:
        """Put the page into a sheet that scrolls."""
        self.set_class(self._frame.is_ascii, "-ascii")
        with Vertical(classes="sheet help") as sheet:
            sheet.border_title = "all keys"
            sheet.border_subtitle = self._frame.sign("↑ ↓ scrolls   Esc back")
            with ReadingScroll():
                yield KeyPage(self._frame)


def list_blocks(frame: Frame) -> list[Block]:
    """Return one block per group of the battle's keys, the legend, the keys of other screens."""
    first, *others = key_tables().values()
    elsewhere = (row for table in others for row in table)
    return [*_key_blocks(first, frame), _sign_block(frame), *_key_blocks(elsewhere, frame)]


def _key_blocks(rows: Iterable[Key], frame: Frame) -> list[Block]:
    return [
        Block(group, tuple(_tell(row, frame) for row in group_rows))
        for group, group_rows in group_by_name(rows).items()
    ]


def _sign_block(frame: Frame) -> Block:
    signs = tuple((frame.sign(sign), frame.sign(words), "") for sign, words in SIGNS)
    return Block("Signs", (*signs, ("", frame.sign(KIND_HINT), "")))


def group_by_name(rows: Iterable[Key]) -> dict[str, list[Key]]:
    """Return the rows of the tables by group, each group in the table's order."""
    groups: dict[str, list[Key]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    return groups


def draw_page(blocks: Sequence[Block], width: int) -> Content:
    """Return the blocks in columns side by side, as even as whole blocks can stand."""
    count = max((width + GAP) // (COLUMN_WIDTH_MIN + GAP), 1)
    column_width = (width + GAP) // count - GAP
    drawn = [_draw_block(block, column_width) for block in blocks]
    columns = _fill_columns(drawn, count)
    height = max(map(len, columns), default=0)
    lines = [
        Content.assemble(*(_cell(column, y, column_width) for column in columns))
        for y in range(height)
    ]
    return Content("\n").join(lines)


def _tell(row: Key, frame: Frame) -> tuple[str, str, str]:
    now = frame.key(row)
    was = f"was {frame.sign(row.name)}" if now is not row else ""
    return frame.sign(now.name), frame.sign(row.help), was


def _draw_block(block: Block, width: int) -> list[Content]:
    lines = [Content.styled(block.title, "bold $busy")]
    for keys, words, was in block.rows:
        lines += _draw_row(keys, words, was, width)
    return [*lines, Content("")]


def _draw_row(keys: str, words: str, was: str, width: int) -> list[Content]:
    """Return a row's lines: what does not fit goes on below the first word."""
    indent = " " * KEY_WIDTH
    first, *others = wrap(words, max(width - len(indent), 10)) or [""]
    head = [] if len(keys) < KEY_WIDTH else [Content.styled(keys, "bold $bright")]
    name = f"{'' if head else keys:<{KEY_WIDTH}}"
    lines = [*head, Content.assemble((name, "bold $bright"), (first, "$foreground"))]
    lines += [Content.assemble(indent, (line, "$foreground")) for line in others]
    if was:
        lines[-1] = Content.assemble(lines[-1], (f"  {was}", "$quiet"))
    return lines


def _fill_columns(blocks: Sequence[list[Content]], count: int) -> list[list[Content]]:
    """Return the blocks in at most `count` columns of the least height that holds them in order."""
    tallest = max(map(len, blocks), default=0)
    for height in range(tallest, sum(map(len, blocks)) + 1):
        columns: list[list[Content]] = [[]]
        for block in blocks:
            if columns[-1] and len(columns[-1]) + len(block) > height:
                columns.append([])
            columns[-1] += block
        if len(columns) <= count:
            return columns
    return [[]]


def _cell(column: Sequence[Content], y: int, width: int) -> Content:
    line = column[y] if y < len(column) else Content("")
    return Content.assemble(line, " " * (width - line.cell_length + GAP))
