"""A box drawn with the mouse: its place on the map, and how it lies over a drawn line."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip


@dataclass(frozen=True)
class Box:
    """A rectangle between two corners, each (x, y) in cells of the terminal, both included.

    The map's own top left is (0, 0), even where the map is scrolled.
    """

    start: tuple[int, int]
    end: tuple[int, int]

    @property
    def left(self) -> int:
        """The first column."""
        return min(self.start[0], self.end[0])

    @property
    def right(self) -> int:
        """The last column."""
        return max(self.start[0], self.end[0])

    @property
    def top(self) -> int:
        """The first line."""
        return min(self.start[1], self.end[1])

    @property
    def bottom(self) -> int:
        """The last line."""
        return max(self.start[1], self.end[1])

    def meets(self, x: int, y: int, width: int, height: int) -> bool:
        """Tell whether any cell of a rectangle with its top left at (x, y) lies in the box."""
        is_beside = x + width <= self.left or x > self.right
        return not is_beside and y + height > self.top and y <= self.bottom

    def draw(self, strip: Strip, y: int, style: Style, sign: Callable[[str], str]) -> Strip:
        """Return the map's line `y` with the box's edge over it; `sign` makes it ASCII.

        It is drawn where the line is blank only: what is written there stays readable.
        """
        if not self.top <= y <= self.bottom:
            return strip
        return Strip(list(self._lay_over(strip, sign(self._edge(y)), style)), strip.cell_length)

    def _edge(self, y: int) -> str:
        """Return what is drawn of the box on a line, from `left` to `right`."""
        width = self.right - self.left + 1
        if y not in (self.top, self.bottom):
            return f"│{' ' * (width - 2)}│"[:width]
        first, last = ("┌", "┐") if y == self.top else ("└", "┘")
        return f"{first}{'─' * (width - 2)}{last}"[:width]

    def _lay_over(self, strip: Strip, edge: str, style: Style) -> Iterator[Segment]:
        x = 0
        for text, below, _ in strip:
            for letter in text:
                mark = edge[x - self.left] if self.left <= x <= self.right else " "
                is_drawn = letter == " " and mark != " "
                over = (below or Style()) + style if is_drawn else below
                yield Segment(mark if is_drawn else letter, over)
                x += 1
