"""How one unit is written into its cell, at three zooms: pure, text and roles only."""

from dataclasses import dataclass
from enum import Enum, IntEnum

from rts.tui.drawing.signs import (
    LEFT_BRACKET,
    LEFT_EDGES,
    RIGHT_BRACKET,
    RIGHT_EDGES,
    short_rate,
    shorten_name,
)
from rts.world.apm import draw_sparkline
from rts.world.evidence import Activity
from rts.world.units import GLYPH_BY_KIND, Unit

HOTKEY_MAX = 9
SPARK_COUNT = 5
"""Bars in a tile: the last two and a half minutes."""


class Zoom(Enum):
    """How large a cell is: (width, height) in cells of the terminal, one blank column included."""

    NEAR = (16, 3)
    """Two lines and a blank one."""
    MIDDLE = (16, 1)
    """One line, with the name."""
    FAR = (6, 1)
    """Number, glyph and mark."""


class Edge(IntEnum):
    """Which line of a tile a bracket stands at, as the signs order them."""

    UPPER = 0
    ONLY = 1
    LOWER = 2


class Fill(Enum):
    """The tile's colour, named as the minimap's component class."""

    NEED = "minimap--need"
    READY = "minimap--ready"
    BUSY = "minimap--busy"
    IDLE = "minimap--idle"
    LANDED = "minimap--landed"
    UNKNOWN = "minimap--unknown"


@dataclass(frozen=True)
class Piece:
    """A stretch of a tile's line."""

    text: str
    is_bold: bool = False
    is_dim: bool = False
    is_spark: bool = False


def choose_zoom(cell_count: int, width: int, height: int) -> Zoom:
    """Return the nearest zoom at which `cell_count` cells fit; the farthest when none does."""
    for zoom in Zoom:
        if count_columns(zoom, width) * count_rows(zoom, height) >= cell_count:
            return zoom
    return Zoom.FAR


def count_columns(zoom: Zoom, width: int) -> int:
    """Return how many cells stand side by side."""
    return max(width // zoom.value[0], 1)


def count_rows(zoom: Zoom, height: int) -> int:
    """Return how many rows of cells fit; the last row needs no blank line below it."""
    blank = 1 if zoom is Zoom.NEAR else 0
    return max((height + blank) // zoom.value[1], 1)


def choose_fill(unit: Unit) -> Fill:
    """Return the colour that a unit's activity calls for."""
    if unit.has_landed:
        return Fill.LANDED
    if unit.is_ready:
        return Fill.READY
    if unit.needs_commander:
        return Fill.NEED
    if unit.activity is Activity.BUSY:
        return Fill.BUSY
    return Fill.UNKNOWN if unit.activity is Activity.NO_SIGNAL else Fill.IDLE


def draw_tile(
    unit: Unit, zoom: Zoom, *, is_selected: bool, is_chosen: bool = False
) -> list[list[Piece]]:
    """Return the lines of a tile, each as wide as the zoom says less the blank column."""
    left = choose_brackets(is_selected=is_selected, is_chosen=is_chosen)[0]
    upper, lower = (
        choose_line_brackets(edge, is_selected=is_selected, is_chosen=is_chosen)[0]
        for edge in (Edge.UPPER, Edge.LOWER)
    )
    match zoom:
        case Zoom.NEAR:
            first = [*_number(unit, upper), *_name(unit, " ")]
            return [first, [Piece(lower, is_bold=True), *_state(unit)]]
        case Zoom.MIDDLE:
            return [[*_number(unit, left), *_name(unit, unit.mark or " ")]]
        case Zoom.FAR:
            glyph = (unit.mark or " ") + GLYPH_BY_KIND[unit.kind]
            return [[*_number(unit, left), Piece(glyph, is_bold=True)]]


def choose_brackets(*, is_selected: bool, is_chosen: bool) -> tuple[str, str]:
    """Return what stands in the first column of a tile of one line, and in the one to its right."""
    return choose_line_brackets(Edge.ONLY, is_selected=is_selected, is_chosen=is_chosen)


def choose_line_brackets(edge: Edge, *, is_selected: bool, is_chosen: bool) -> tuple[str, str]:
    """Return the same for one of the lines of a tile."""
    if is_selected:
        return LEFT_BRACKET, RIGHT_BRACKET
    return (LEFT_EDGES[edge], RIGHT_EDGES[edge]) if is_chosen else (" ", " ")


def edge_of(line: int, line_count: int) -> Edge:
    """Return which of a tile's lines one is."""
    if line_count == 1:
        return Edge.ONLY
    return Edge.UPPER if line == 0 else Edge.LOWER


def _number(unit: Unit, left: str) -> list[Piece]:
    """Bracket and number; a third digit takes the place of any but the selected one's bracket."""
    is_dim = unit.number > HOTKEY_MAX
    digits = f"{unit.number:>3}"
    first = left if left == LEFT_BRACKET or digits[0] == " " else digits[0]
    return [Piece(first, is_bold=True, is_dim=is_dim), Piece(digits[1:], True, is_dim)]


def _name(unit: Unit, mark: str) -> list[Piece]:
    name = f"{shorten_name(unit.name, 9):<9}"
    return [Piece(f"{mark}{GLYPH_BY_KIND[unit.kind]} "), Piece(name, is_bold=True)]


def _state(unit: Unit) -> list[Piece]:
    """The second line: mark and words where there are any, else the tempo."""
    if unit.words:
        return [Piece(f" {unit.mark or ' '} {_fit(unit.words, 11):<11}")]
    spark = draw_sparkline(unit.spark[-SPARK_COUNT:])
    bars = Piece(f"{spark:<{SPARK_COUNT}}", is_spark=True)
    return [Piece(f" {unit.mark or ' '} "), bars, Piece(f"{short_rate(unit.apm):>5} ")]


def _fit(words: str, width: int) -> str:
    """Leave out the last word until the rest fits: half a word says less than none."""
    while len(words) > width and " " in words:
        words = words.rpartition(" ")[0]
    return words[:width]
