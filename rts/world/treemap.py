"""The treemap: folders laid out as rectangles of terminal cells.

Squarified layouts (and the library of that name) place by fractions; in a field of 50 × 20 cells
half of the folders round to nothing. Here a rectangle is halved again and again, in whole cells,
with a line between, and what would become too small to be read is put together. Sizes count in
coarse steps, so that a place does not jump when a file grows.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from rts.world.territory import list_ancestors

WIDTH_MIN, HEIGHT_MIN = 8, 2
"""Smallest tile, in cells: a short name, and a line for who stands there."""

SPLIT_AREA_MIN = 150
"""Cells from which a folder is shown as its parts: two or three names that can be read."""

WIDE = 2.6
"""From this width to height on, a rectangle is cut by an upright line: names lie, and a terminal's
cell is twice as high as wide."""

DAMPING = 0.55
"""How far size counts: a folder a hundred times as large gets some twelve times the area. In true
proportion one folder of data would leave no name of the others readable."""

STEPS_PER_DOUBLING = 2
"""How coarse sizes are told apart: a folder changes its area when it grew by half."""


@dataclass(frozen=True)
class Folder:
    """A folder with what lies in it."""

    path: str
    size: int
    """Of all that lies below."""
    folders: tuple["Folder", ...] = ()
    """Heaviest first."""
    own_size: int = 0
    """Of the files that lie in it directly."""
    is_own: bool = False
    """It stands for those files alone."""

    @cached_property
    def weight(self) -> float:
        """How much area it wants, compared with its neighbours."""
        steps = round(math.log2(max(self.size, 2)) * STEPS_PER_DOUBLING)
        return float(2 ** (steps / STEPS_PER_DOUBLING * DAMPING))

    @cached_property
    def parts(self) -> list["Folder"]:
        """The folders in it, and its own files as one part where there are any."""
        own = Folder(self.path, self.own_size, is_own=True)
        parts = [*self.folders, *([own] if self.own_size and self.folders else [])]
        return sorted(parts, key=lambda part: (-part.weight, part.path))


@dataclass(frozen=True)
class Rectangle:
    """A rectangle of cells, from the top left."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: int, y: int) -> bool:
        """Tell whether the cell lies in it."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dataclass(frozen=True)
class Tile:
    """A rectangle of the map, and what it shows: one folder, or some that are too small."""

    area: Rectangle
    folders: tuple[Folder, ...]


def build_tree(size_by_folder: Mapping[str, int], top: str = "") -> Folder:
    """Return the folder `top` with all below; one that holds nothing but another one is passed."""
    names: dict[str, set[str]] = {}
    for path in size_by_folder:
        chain = list_ancestors(path)
        for inner, outer in pairwise(chain):
            names.setdefault(outer, set()).add(inner)

    def build(path: str) -> Folder:
        inner = tuple(build(name) for name in names.get(path, ()))
        own_size = size_by_folder.get(path, 0)
        if path != top and len(inner) == 1 and not own_size:
            return inner[0]
        size = own_size + sum(folder.size for folder in inner)
        return Folder(path, size, inner, own_size)

    return build(top)


def lay_out(top: Folder, width: int, height: int) -> list[Tile]:
    """Return the tiles of a map; between neighbours one line of cells is left free."""
    area = Rectangle(0, 0, width, height)
    return _split(top.parts, area) if len(top.parts) > 1 else [Tile(area, (top,))]


def find_tile(tiles: list[Tile], folder: str, top: str = "") -> Tile | None:
    """Return the tile on which a file of `folder` lies; None: not below `top`.

    A folder that the map does not know yet lies where the one around it does.
    """
    around = list_ancestors(folder)
    if top not in around:
        return None
    whole = {f.path: tile for tile in tiles for f in tile.folders if not f.is_own}
    own = {f.path: tile for tile in tiles for f in tile.folders if f.is_own}
    for path in around[: around.index(top) + 1]:
        if found := whole.get(path) or own.get(path):
            return found
        # A folder that was passed, or that has no file of its own, lies where those in it do.
        below = f"{path}/" if path else ""
        if found := next((t for name, t in whole.items() if name.startswith(below)), None):
            return found
    return None


def _split(parts: list[Folder], area: Rectangle) -> list[Tile]:
    """Halve `parts` by weight and `area` with them, until each part has its own."""
    if len(parts) == 1:
        part = parts[0]
        is_roomy = area.width * area.height >= SPLIT_AREA_MIN
        return _split(part.parts, area) if is_roomy and len(part.parts) > 1 else [_tile(area, part)]
    half = _find_half([part.weight for part in parts])
    share = sum(p.weight for p in parts[:half]) / sum(p.weight for p in parts)
    halves = _cut(area, share)
    if halves is None:
        return [_tile(area, *parts)]
    return _split(parts[:half], halves[0]) + _split(parts[half:], halves[1])


def _tile(area: Rectangle, *folders: Folder) -> Tile:
    return Tile(area, folders)


def _find_half(weights: list[float]) -> int:
    """Return how many of the first weights are nearest to half of all; at least one, never all."""
    total, sums = sum(weights), [0.0]
    for weight in weights:
        sums.append(sums[-1] + weight)
    return min(range(1, len(weights)), key=lambda count: abs(sums[count] - total / 2))


def _cut(area: Rectangle, share: float) -> tuple[Rectangle, Rectangle] | None:
    """Return both halves, the first with about `share` of the area; None: they would be too small.

    The line between belongs to neither.
    """
    can_lie = area.height >= 2 * HEIGHT_MIN + 1
    if area.width >= 2 * WIDTH_MIN + 1 and (area.width > WIDE * area.height or not can_lie):
        width = min(max(round(area.width * share), WIDTH_MIN), area.width - WIDTH_MIN - 1)
        rest = area.width - width - 1
        return replace(area, width=width), replace(area, x=area.x + width + 1, width=rest)
    if can_lie:
        height = min(max(round(area.height * share), HEIGHT_MIN), area.height - HEIGHT_MIN - 1)
        rest = area.height - height - 1
        return replace(area, height=height), replace(area, y=area.y + height + 1, height=rest)
    return None
