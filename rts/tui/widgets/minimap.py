"""The minimap: one widget that draws every unit, line by line."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.events import (
    Click,
    MouseScrollDown,
    MouseScrollUp,
    Resize,
)
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip

from rts.tui.drawing.signs import LEFT_BRACKET, LEFT_EDGES
from rts.tui.frame import Frame
from rts.tui.messages import KeyPressed, UnitChosen, UnitToggled
from rts.tui.widgets.box import Box
from rts.tui.widgets.box_drawing import BoxDrawing
from rts.tui.widgets.chart import say_first_collision
from rts.tui.widgets.tile import (
    Fill,
    Piece,
    Zoom,
    choose_fill,
    choose_line_brackets,
    choose_zoom,
    count_columns,
    count_rows,
    draw_tile,
    edge_of,
)
from rts.world.units import Unit, place_units
from rts.world.world import World

TileKey = tuple[Unit, Zoom, bool, bool, bool, bool]
"""What a tile's picture depends on: unit, zoom, selected, chosen, unlit, ASCII."""

HINT = "n: say what should be done"
"""Shown while there is no unit at all."""


class Minimap(BoxDrawing, can_focus=True):
    """Shows the frame's units in their cells; says which the mouse points at or draws a box around.

    Only lines that changed are drawn again. The zoom goes out when the cells no longer fit and does
    not come back while the screen is open, so that places do not jump to and fro.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(fill.value for fill in Fill),
        "minimap--need-unlit",
        "minimap--bracket",
        "minimap--spark",
        "minimap--hint",
    }
    BORDER_TITLE = "minimap"

    frame: reactive[Frame] = reactive(Frame(), layout=False, repaint=False)
    is_lit: reactive[bool] = reactive(True, repaint=False)
    """Whether units that need the commander are lit now: the pulse."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._units: list[Unit] = []
        self._placed_world: World | None = None
        self._placed_at: object = None
        """At what time and in how many columns `_units` were placed."""
        self._zoom = Zoom.NEAR
        self._first_row = 0
        self._brought = ("", Zoom.NEAR, 0, 0)
        """What was brought in sight last: the selected id, at a zoom, in columns and rows."""
        self._strips: list[Strip] = []
        self._lines_by_tile: dict[TileKey, list[list[Segment]]] = {}
        """The tiles of the last picture: most stay as they are."""
        self._style_by_look: dict[tuple[str, bool, bool, bool], Style] = {}

    def watch_frame(self) -> None:
        """Draw the new frame."""
        self._redraw()

    def watch_is_lit(self) -> None:
        """Draw the pulse, where there is any to be seen."""
        if any(choose_fill(unit) is Fill.NEED for unit in self._units):
            self._draw()

    def on_resize(self, event: Resize) -> None:
        """Begin anew: with another size, other zooms fit."""
        self._zoom = Zoom.NEAR
        self._redraw()

    def notify_style_update(self) -> None:
        """Draw again in the new colours."""
        super().notify_style_update()
        self._lines_by_tile.clear()
        self._style_by_look.clear()
        self._redraw()

    def render_line(self, y: int) -> Strip:
        """Return one line, drawn beforehand, and the box over it."""
        if y >= len(self._strips):
            return Strip.blank(self.size.width, self.visual_style.rich_style)
        if self.box is None:
            return self._strips[y]
        style = self.get_component_rich_style("minimap--bracket", partial=True)
        return self.box.draw(self._strips[y], y + self.first_line, style, self.frame.sign)

    def find_neighbour(self, columns: int, rows: int) -> str:
        """Return the id of the nearest unit in that direction, or an empty string."""
        here = next((u for u in self._units if u.worker_id == self.frame.selected_id), None)
        if here is None:
            return self._units[0].worker_id if self._units else ""

        def distance(unit: Unit) -> tuple[int, int]:
            """Cells along the way first, then cells aside."""
            across, down = unit.cell[0] - here.cell[0], unit.cell[1] - here.cell[1]
            along, aside = (across * columns, down) if columns else (down * rows, across)
            return (abs(aside) * 3 + along if along > 0 else 0, abs(aside))

        ahead = [unit for unit in self._units if distance(unit)[0] > 0]
        return min(ahead, key=distance).worker_id if ahead else ""

    def cell_of(self, worker_id: str) -> tuple[int, int]:
        """Return the (column, row) of a unit's cell; the first one where there is no such unit."""
        return next((unit.cell for unit in self._units if unit.worker_id == worker_id), (0, 0))

    def find_between(self, one: tuple[int, int], other: tuple[int, int]) -> frozenset[str]:
        """Return the ids of the units in the block of cells that has these two at its corners."""
        block = Box(one, other)
        return frozenset(u.worker_id for u in self._units if block.meets(*u.cell, 1, 1))

    def centre(self) -> None:
        """Scroll so that the selected unit stands in the middle, where not all rows are shown."""
        shown = count_rows(self._zoom, self.size.height)
        for unit in self._units:
            if unit.worker_id == self.frame.selected_id:
                self._scroll(unit.cell[1] - shown // 2 - self._first_row)

    def draw_box(self) -> None:
        """Draw the box, and mark whom it would choose."""
        self._draw()
        self.refresh()

    def find_in(self, box: Box) -> frozenset[str]:
        """Return the ids of the units whose tile the box touches."""
        width, height = self._zoom.value
        lines = max(height - 1, 1)  # The blank line below a tile is not part of it.
        return frozenset(
            unit.worker_id
            for unit in self._units
            if box.meets(unit.cell[0] * width, unit.cell[1] * height, width - 1, lines)
        )

    def on_click(self, event: Click) -> None:
        """Select the unit under the pointer; attach to it on a double click.

        With Ctrl, or with Shift where the terminal leaves it to us, take it into the selection of
        many or out of it.
        """
        offset = event.get_content_offset(self)
        unit = self._unit_at(offset.x, offset.y) if offset else None
        if unit is None or self.was_drawn:
            return
        if event.ctrl or event.shift:
            self.post_message(UnitToggled(unit.worker_id))
            return
        self.post_message(UnitChosen(unit.worker_id))
        if event.chain > 1:
            self.post_message(KeyPressed("enter"))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Show the next row."""
        self._scroll(1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Show the row before."""
        self._scroll(-1)

    def _unit_at(self, x: int, y: int) -> Unit | None:
        width, height = self._zoom.value
        cell = (x // width, y // height + self._first_row)
        return next((unit for unit in self._units if unit.cell == cell), None)

    def _redraw(self) -> None:
        width, height = self.size
        if width == 0 or height == 0:
            return
        cell_count = max((w.cell_index + 1 for w in self.frame.world.workers), default=0)
        fitting = choose_zoom(cell_count, width, height)
        self._zoom = max(self._zoom, fitting, key=list(Zoom).index)
        self._place(count_columns(self._zoom, width))
        self._keep_selection_in_sight()
        self._name_groups()
        self._draw()

    def _place(self, column_count: int) -> None:
        """Place the units, unless nothing but the selection is another one than before."""
        world, at = self.frame.world, (self.frame.now, column_count)
        if world is not self._placed_world or at != self._placed_at:
            self._placed_world, self._placed_at = world, at
            self._units = place_units(world, column_count, self.frame.now)

    def _draw(self) -> None:
        """Draw the units where they stand."""
        plain, rows = self.visual_style.rich_style, self._draw_tiles()
        self._show([self._line(y, rows, plain) for y in range(self.size.height)])

    def _draw_tiles(self) -> dict[int, list[tuple[int, list[list[Segment]]]]]:
        """Return, by row of cells, the column and the lines of each tile."""
        known, self._lines_by_tile = self._lines_by_tile, {}
        chosen_ids = self.find_in(self.box) if self.box else self.frame.chosen_ids
        rows: dict[int, list[tuple[int, list[list[Segment]]]]] = {}
        for unit in self._units:
            is_selected = unit.worker_id == self.frame.selected_id
            is_unlit = choose_fill(unit) is Fill.NEED and not self.is_lit
            is_chosen = unit.worker_id in chosen_ids
            key = (unit, self._zoom, is_selected, is_chosen, is_unlit, self.frame.is_ascii)
            lines = known.get(key)
            if lines is None:
                lines = self._draw_tile(unit, is_selected=is_selected, is_chosen=is_chosen)
            self._lines_by_tile[key] = lines
            rows.setdefault(unit.cell[1], []).append((unit.cell[0], lines))
        return rows

    def _draw_tile(self, unit: Unit, *, is_selected: bool, is_chosen: bool) -> list[list[Segment]]:
        lines = draw_tile(unit, self._zoom, is_selected=is_selected, is_chosen=is_chosen)
        drawn = []
        for i, pieces in enumerate(lines):
            edge = edge_of(i, len(lines))
            _, closing = choose_line_brackets(edge, is_selected=is_selected, is_chosen=is_chosen)
            is_marked = is_selected or is_chosen
            drawn.append(self._segments(unit, pieces, closing, is_marked=is_marked))
        return drawn

    def _show(self, strips: list[Strip]) -> None:
        """Refresh the lines that changed."""
        before, self._strips = self._strips, strips
        if len(before) != len(strips):
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before, strips, strict=True)):
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    @property
    def first_line(self) -> int:
        """The map's line that stands on top of what is in sight."""
        return self._first_row * self._zoom.value[1]

    def _keep_selection_in_sight(self) -> None:
        """Bring the selected unit in sight when it is another one, or the cells were laid anew.

        Else the map stays where the wheel has brought it.
        """
        shown = count_rows(self._zoom, self.size.height)
        columns = count_columns(self._zoom, self.size.width)
        brought = (self.frame.selected_id, self._zoom, columns, shown)
        for unit in self._units:
            if unit.worker_id == self.frame.selected_id and brought != self._brought:
                row = unit.cell[1]
                self._first_row = min(max(self._first_row, row - shown + 1), row)
        self._brought = brought
        self._clamp_rows()

    def _clamp_rows(self) -> None:
        """Show no rows beyond the last one, and say how many units stand below."""
        shown = count_rows(self._zoom, self.size.height)
        last_row = max((unit.cell[1] for unit in self._units), default=0)
        self._first_row = max(min(self._first_row, last_row - shown + 1), 0)
        below = sum(unit.cell[1] >= self._first_row + shown for unit in self._units)
        words = f"{below} more below" if below else ""
        collision = say_first_collision(self.frame, self.size.width - len(words) - 8)
        told = " ─ ".join(filter(None, (words, collision)))
        subtitle = Content(self.frame.sign(told))  # A path may look like markup.
        if subtitle.markup != self.border_subtitle:  # The same again would draw everything anew.
            self.border_subtitle = subtitle

    def _scroll(self, rows: int) -> None:
        self._first_row += rows
        self._clamp_rows()
        self._draw()

    def _name_groups(self) -> None:
        """Tell in the title which control groups there are, and how many units each has."""
        groups = sorted(self.frame.world.groups.items())
        named = "  ".join(f"{number} ({len(worker_ids)})" for number, worker_ids in groups)
        title = f"minimap  {self.frame.sign('─')} groups {named}" if named else "minimap"
        if title != self.border_title:
            self.border_title = title

    def _line(
        self, y: int, rows: dict[int, list[tuple[int, list[list[Segment]]]]], plain: Style
    ) -> Strip:
        if not self.frame.world.workers:
            return self._hint_line(y)
        (cell_width, cell_height), width = self._zoom.value, self.size.width
        row, line = divmod(y, cell_height)
        segments: list[Segment] = []
        x = 0
        for column, lines in rows.get(row + self._first_row, ()):
            if line >= len(lines):
                continue
            start = column * cell_width
            segments.append(Segment(" " * (start - x), plain))
            segments += lines[line]
            x = start + cell_width
        return Strip(segments).adjust_cell_length(width, plain)

    def _segments(
        self, unit: Unit, pieces: list[Piece], closing: str, *, is_marked: bool
    ) -> list[Segment]:
        fill = choose_fill(unit)
        is_unlit = fill is Fill.NEED and not self.is_lit
        name = "minimap--need-unlit" if is_unlit else fill.value
        segments = [
            Segment(self.frame.sign(piece.text), self._style(name, piece)) for piece in pieces
        ]
        bracket = self.get_component_rich_style("minimap--bracket")
        if pieces[0].text[:1] in (LEFT_BRACKET, *LEFT_EDGES):
            first = segments[0]
            segments[0] = Segment(first.text[:1], bracket)
            segments.insert(1, Segment(first.text[1:], first.style))
        style = bracket if is_marked else self.visual_style.rich_style
        return [*segments, Segment(self.frame.sign(closing), style)]

    def _hint_line(self, y: int) -> Strip:
        width, height = self.size
        hint = HINT if self.frame.is_open else "opening …"
        text = self.frame.sign(hint).center(width) if y == height // 2 else " " * width
        return Strip([Segment(text, self.get_component_rich_style("minimap--hint"))])

    def _style(self, name: str, piece: Piece) -> Style:
        """Return how a piece looks on a tile whose colours are those of `name`."""
        key = (name, piece.is_bold, piece.is_dim, piece.is_spark)
        if key not in self._style_by_look:
            own = Style(bold=piece.is_bold or None, dim=piece.is_dim or None)
            if piece.is_spark:
                own = self.get_component_rich_style("minimap--spark", partial=True)
            self._style_by_look[key] = self.get_component_rich_style(name) + own
        return self._style_by_look[key]
