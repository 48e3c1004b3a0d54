"""A canvas: a grid of terminal cells to write on, where a later stroke covers an earlier one."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len

from rts.world.treemap import Rectangle

_LINES = " ╵╶└╷│┌├╴┘─┴┐┤┬┼"
"""Line signs, by which neighbours are lines too: 1 above, 2 right, 4 below, 8 left."""


@dataclass(frozen=True)
class Paint:
    """How a cell looks: the names of two component classes."""

    ground: str
    """Gives the background."""
    ink: str
    """Gives the colour of the letter."""
    is_bold: bool = False
    is_dim: bool = False


class Canvas:
    """`width` × `height` cells; whatever is put outside of them is cut off."""

    def __init__(self, width: int, height: int, paint: Paint) -> None:
        self.width, self.height = width, height
        self._signs = [[" "] * width for _ in range(height)]
        self._paints = [[paint] * width for _ in range(height)]

    def fill(self, area: Rectangle, paint: Paint) -> None:
        """Blank a rectangle."""
        for y in range(max(area.y, 0), min(area.y + area.height, self.height)):
            for x in range(max(area.x, 0), min(area.x + area.width, self.width)):
                self._set(x, y, " ", paint)

    def write(self, x: int, y: int, text: str, paint: Paint) -> int:
        """Write `text` from a cell on and return the column after it.

        A letter that takes two cells gets two; one that takes none stays with the one before.
        """
        for letter in text:
            width = cell_len(letter)
            if width == 0 and x > 0 and self._holds(x - 1, y):
                self._signs[y][x - 1] += letter
            if width == 2 and not self._holds(x + 1, y):
                letter = " "
            for offset in range(width):
                self._set(x + offset, y, "" if offset else letter, paint)
            x += width
        return x

    def rule(self, free: list[list[bool]], paint: Paint, sign: Callable[[str], str]) -> None:
        """Draw lines through the cells that are not `free`, a (row, column) grid, and join them.

        They go on beyond the left, the right and the upper edge.
        """

        def is_line(x: int, y: int) -> bool:
            if not 0 <= x < self.width or y < 0:
                return True
            return y < len(free) and not free[y][x]

        for y in range(min(len(free), self.height)):
            for x in (x for x in range(self.width) if not free[y][x]):
                around = ((x, y - 1), (x + 1, y), (x, y + 1), (x - 1, y))
                mask = sum(1 << i for i, place in enumerate(around) if is_line(*place))
                self._set(x, y, sign(_LINES[mask]), paint)

    def rows(self) -> list[list[tuple[str, Paint]]]:
        """Return each row as stretches of one paint."""
        return [
            [
                ("".join(sign for sign, _ in stretch), paint)
                for paint, stretch in (
                    (paint, list(cells)) for paint, cells in groupby(pairs, key=lambda p: p[1])
                )
            ]
            for pairs in map(zip, self._signs, self._paints)
        ]

    def _holds(self, x: int, y: int) -> bool:
        return 0 <= x < self.width and 0 <= y < self.height

    def _set(self, x: int, y: int, sign: str, paint: Paint) -> None:
        if self._holds(x, y):
            self._signs[y][x], self._paints[y][x] = sign, paint


def shorten_cells(text: str, width: int) -> str:
    """Return `text` in at most `width` cells, its end cut off with `…`."""
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > width - 1:
        text = text[:-1]
    return text.rstrip() + "…" if width > 0 else ""


def shorten_path(path: str, width: int) -> str:
    """Return a path in at most `width` cells: folders are left out first, from the front."""
    if cell_len(path) <= width:
        return path
    parts = path.split("/")
    for count in range(1, len(parts)):
        if cell_len(short := "…/" + "/".join(parts[count:])) <= width:
            return short
    return shorten_cells(parts[-1], width)


def show_plainly(text: str) -> str:
    r"""Return a name that an agent chose, with what is no letter written out: `\x1b`, `\u202e`."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )
