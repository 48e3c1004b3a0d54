"""How the territory is drawn: folders, who stands in them, who is in whose way. No state."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from rts.tui.drawing.signs import CONFLICT, MEETING
from rts.tui.frame import Frame
from rts.tui.widgets.canvas import Canvas, Paint, shorten_cells, shorten_path, show_plainly
from rts.tui.widgets.tile import Fill, Zoom, choose_brackets, choose_fill, draw_tile
from rts.world.territory import Collision, Survey, folder_of
from rts.world.treemap import Rectangle, Tile, find_tile
from rts.world.units import Unit, place_units, short_time

WARMTHS = (
    (timedelta(minutes=2), "territory--hot"),
    (timedelta(minutes=15), "territory--warm"),
    (timedelta.max, "territory--tepid"),
)
"""The colour of a folder, by how long ago a unit edited in it: hot where one edits right now."""

COLD, CONTESTED = "territory--cold", "territory--conflict"
NAME, QUIET = "territory--name", "territory--quiet"
LINE, FIGHT = "territory--line", "territory--fight"

NAMED_WIDTH, SHORT_WIDTH = Zoom.MIDDLE.value[0], Zoom.FAR.value[0]
"""How wide a unit is drawn with its name, and without."""

MORE_WIDTH = 5
"""How wide `+12` stands for those who find no room."""

FOOT_HEIGHTS = ((22, 5), (15, 4), (11, 3), (8, 2))
"""From which height on, how many lines at the foot are kept for those who edit nowhere here and for
who is in whose way. Always as many, so that the map does not jump when two meet."""

TOLD_WIDTH = 24
"""Fewer cells hold two names, but not a path: then nothing is said."""

NOBODY_MEETS = "no two units changed the same file"
NOBODY_EDITS = "nobody has changed a file yet"
NO_UNITS = "n: say what should be done"


@dataclass
class Spots:
    """Where on the picture each unit stands, for keys and mouse: the cells of a unit or of many."""

    areas: list[tuple[Rectangle, tuple[str, ...]]] = field(default_factory=list)

    def unit_at(self, x: int, y: int) -> str:
        """Return the id of the unit at a cell, or an empty string."""
        return next((ids[0] for area, ids in self.areas if area.holds(x, y)), "")

    def find_neighbour(self, worker_id: str, columns: int, rows: int) -> str:
        """Return the id of the nearest unit in that direction, or an empty string."""
        here = next((area for area, ids in self.areas if worker_id in ids), None)
        if here is None:
            return self.areas[0][1][0] if self.areas else ""

        def distance(area: Rectangle) -> tuple[int, int]:
            """Along the way first, then aside; a cell is twice as high as wide."""
            across, down = area.x - here.x, (area.y - here.y) * 2
            along, aside = (across * columns, down) if columns else (down * rows, across)
            return (abs(aside) * 2 + along if along > 0 else 0, abs(aside))

        ahead = [(distance(area), ids[0]) for area, ids in self.areas if distance(area)[0] > 0]
        return min(ahead)[1] if ahead else ""


def foot_height(height: int) -> int:
    """Return how many of `height` lines are kept free below the map."""
    return next((lines for least, lines in FOOT_HEIGHTS if height >= least), 0)


def draw_territory(
    canvas: Canvas, frame: Frame, tiles: list[Tile], top: str, *, is_lit: bool
) -> Spots:
    """Draw `tiles`, a map of the folders below `top`, and all units; return where they stand."""
    spots = Spots()
    map_height = canvas.height - foot_height(canvas.height)
    units = place_units(frame.world, 1, frame.now)
    units_by_tile, others = _seat(frame.survey, units, tiles, top)
    looks = _look_over(frame, tiles, top)
    free = [[False] * canvas.width for _ in range(map_height + (map_height < canvas.height))]
    for tile in tiles:
        for y in range(tile.area.y, tile.area.y + tile.area.height):
            free[y][tile.area.x : tile.area.x + tile.area.width] = [True] * tile.area.width
    canvas.rule(free, Paint(COLD, LINE), frame.sign)
    pen = _Pen(canvas, frame, spots, is_lit)
    for tile in tiles:
        _draw_tile(pen, tile, top, looks[tile.area], units_by_tile[tile.area])
    _draw_foot(pen, others, map_height + 1, is_zoomed=bool(top))
    return spots


@dataclass
class _Look:
    """What happened on one tile."""

    age: timedelta | None = None
    """Since a unit edited there; None: nobody did."""
    has_meeting: bool = False
    has_conflict: bool = False

    @property
    def ground(self) -> str:
        if self.has_conflict:
            return CONTESTED
        return next((g for limit, g in WARMTHS if self.age and self.age <= limit), COLD)


@dataclass
class _Pen:
    """What every stroke needs."""

    canvas: Canvas
    frame: Frame
    spots: Spots
    is_lit: bool

    def write(self, x: int, y: int, text: str, paint: Paint) -> int:
        return self.canvas.write(x, y, self.frame.sign(text), paint)

    def place(self, x: int, y: int, unit: Unit, zoom: Zoom, around: str) -> None:
        """Draw a unit as the minimap does, on the ground `around` it."""
        fill = choose_fill(unit)
        is_unlit = fill is Fill.NEED and not self.is_lit
        ground = "minimap--need-unlit" if is_unlit else fill.value
        is_selected = unit.worker_id == self.frame.selected_id
        is_chosen = unit.worker_id in self.frame.chosen_ids
        marks = {"is_selected": is_selected, "is_chosen": is_chosen}
        start = x
        for piece in draw_tile(unit, zoom, **marks)[0]:
            paint = Paint(ground, ground, piece.is_bold, piece.is_dim)
            x = self.write(x, y, piece.text, paint)
        if is_selected or is_chosen:
            opening, closing = choose_brackets(**marks)
            bracket = Paint(ground, "minimap--bracket", is_bold=True)
            self.write(start, y, opening, bracket)
            self.write(x, y, closing, Paint(around, "minimap--bracket"))
        area = Rectangle(start, y, zoom.value[0], 1)
        self.spots.areas.append((area, (unit.worker_id,)))

    def place_all(self, units: list[Unit], area: Rectangle, zoom: Zoom, ground: str) -> None:
        """Draw `units` in rows; those who find no room become a number."""
        width = zoom.value[0]
        columns = max(area.width // width, 0)
        room = columns * area.height
        shown = len(units) if len(units) <= room else max(room - 1, 0)
        for i, unit in enumerate(units[:shown]):
            row, column = divmod(i, columns)
            self.place(area.x + column * width, area.y + row, unit, zoom, ground)
        if rest := units[shown:]:
            row, column = divmod(shown, columns) if room else (0, 0)
            ids = tuple(unit.worker_id for unit in rest)
            is_selected = self.frame.selected_id in ids
            paint = Paint(ground, "minimap--bracket" if is_selected else NAME, is_selected)
            place = Rectangle(area.x + column * width, area.y + row, MORE_WIDTH, 1)
            self.write(place.x, place.y, f" +{len(rest)}", paint)
            self.spots.areas.append((place, ids))


def _seat(
    survey: Survey, units: Iterable[Unit], tiles: list[Tile], top: str
) -> tuple[dict[Rectangle, list[Unit]], list[Unit]]:
    """Return who stands on which tile, and who edited nowhere on this map."""
    by_tile: dict[Rectangle, list[Unit]] = {tile.area: [] for tile in tiles}
    others = []
    for unit in units:
        footprint = survey.footprint_of(unit.worker_id)
        latest = footprint.latest if footprint else None
        tile = find_tile(tiles, folder_of(latest.path), top) if latest else None
        if tile:
            by_tile[tile.area].append(unit)
        else:
            others.append(unit)
    return by_tile, others


def _look_over(frame: Frame, tiles: list[Tile], top: str) -> dict[Rectangle, _Look]:
    """Return what happened on each tile."""
    survey = frame.survey
    looks = {tile.area: _Look() for tile in tiles}
    tile_by_folder = {
        folder: find_tile(tiles, folder, top)
        for folder in {
            folder_of(path)
            for path in (
                *(file.path for footprint in survey.footprints for file in footprint.files),
                *(collision.path for collision in survey.collisions),
            )
        }
    }
    for footprint in survey.footprints:
        for file in footprint.files:
            if tile := tile_by_folder[folder_of(file.path)]:
                age, look = max(frame.now - file.changed_at, timedelta(0)), looks[tile.area]
                look.age = age if look.age is None else min(look.age, age)
    for collision in survey.collisions:
        if tile := tile_by_folder[folder_of(collision.path)]:
            look = looks[tile.area]
            look.has_meeting = True
            look.has_conflict = look.has_conflict or collision.is_conflict
    return looks


def _draw_tile(pen: _Pen, tile: Tile, top: str, look: _Look, units: list[Unit]) -> None:
    area, ground = tile.area, look.ground
    pen.canvas.fill(area, Paint(ground, NAME))
    x, end = area.x + 1, area.x + area.width
    if look.has_meeting:
        sign, ink = (CONFLICT, FIGHT) if look.has_conflict else (MEETING, NAME)
        x = pen.write(x, area.y, f"{sign} ", Paint(ground, ink, is_bold=True))
    name = _name(tile, top, end - x)
    ink = NAME if units or look.age is not None else QUIET
    x = pen.write(x, area.y, name, Paint(ground, ink, is_bold=bool(units)))
    age = short_time(look.age) if look.age is not None else ""
    if age and x + len(age) < end:
        right = end - 1 if x + len(age) + 1 < end else end
        pen.write(right - len(age), area.y, age, Paint(ground, QUIET))
    room = Rectangle(area.x, area.y + 1, area.width, area.height - 1)
    has_names = len(units) <= (room.width // NAMED_WIDTH) * room.height
    pen.place_all(units, room, Zoom.MIDDLE if has_names else Zoom.FAR, ground)


def _name(tile: Tile, top: str, width: int) -> str:
    """Return what the tile is called: `rts/tui`, `…/tui`, `rts/*`, `docs +3`."""
    first = tile.folders[0]
    path = first.path[len(top) + 1 :] if top else first.path
    more = f" +{len(tile.folders) - 1}" if len(tile.folders) > 1 else ""
    tail = f"/*{more}" if first.is_own or not path else more
    return shorten_path(show_plainly(path) or ".", width - len(tail)) + tail


def _draw_foot(pen: _Pen, others: list[Unit], y: int, *, is_zoomed: bool) -> None:
    """Say who stands nowhere on the map, and who is in whose way."""
    canvas, survey = pen.canvas, pen.frame.survey
    if y >= canvas.height:
        return
    label = " elsewhere" if is_zoomed else " no edit yet"
    quiet = Paint(COLD, QUIET)
    if others:
        x = pen.write(0, y, label, quiet) + 1
        pen.place_all(others, Rectangle(x, y, canvas.width - x, 1), Zoom.FAR, COLD)
    line_count = canvas.height - y - 1
    collisions = survey.collisions
    if not collisions and line_count:
        has_edits = any(footprint.files for footprint in survey.footprints)
        words = NOBODY_MEETS if has_edits else NOBODY_EDITS
        pen.write(1, y + 1, words if pen.frame.world.workers else NO_UNITS, quiet)
    shown = collisions[:line_count]
    for i, collision in enumerate(shown):
        rest = len(collisions) - len(shown)
        more = f"  +{rest} more" if rest and i == len(shown) - 1 else ""
        _draw_collision(pen, collision, y + 1 + i, more)


def _draw_collision(pen: _Pen, collision: Collision, y: int, more: str) -> None:
    width = pen.canvas.width
    is_conflict = collision.is_conflict
    words = say_collision(pen.frame, collision, width - 2 - len(more))
    x = pen.write(1, y, words[:1], Paint(COLD, FIGHT if is_conflict else QUIET, is_bold=True))
    x = pen.write(x, y, words[1:], Paint(COLD, NAME if is_conflict else QUIET))
    pen.write(x, y, more, Paint(COLD, QUIET))


def say_first_collision(frame: Frame, width: int) -> str:
    """Return in one line who is in whose way, a predicted conflict first; empty: nobody."""
    collisions = frame.survey.collisions
    return say_collision(frame, collisions[0], width) if collisions and width >= TOLD_WIDTH else ""


def say_collision(frame: Frame, collision: Collision, width: int) -> str:
    """Return `⚔ wolf-9 × crane-5  payments/retry.py` in at most `width` cells."""
    workers = [worker for worker in frame.world.workers if worker.id in collision.worker_ids]
    who = [worker.name for worker in sorted(workers, key=lambda worker: worker.cell_index)]
    pair = " × ".join(who[:2]) + (f" and {len(who) - 2} more" if len(who) > 2 else "")
    head = f"{CONFLICT if collision.is_conflict else MEETING} {pair}  "
    path = shorten_path(show_plainly(collision.path), max(width - len(head), 6))
    return shorten_cells(head + path, width)
