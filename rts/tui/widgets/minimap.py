"""The minimap: one widget that draws every unit, line by line."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from rts.tui.frame import Frame
from rts.tui.messages import KeyPressed, UnitChosen
from rts.tui.widgets.tile import (
    Fill,
    Piece,
    Zoom,
    choose_fill,
    choose_zoom,
    closing_bracket,
    count_columns,
    count_rows,
    draw_tile,
)
from rts.world.units import Unit, place_units

TileKey = tuple[Unit, Zoom, bool, bool, bool]
"""What a tile's picture depends on: unit, zoom, selected, unlit, ASCII."""

HINT = "n: say what should be done"
"""Shown while there is no unit at all."""


class Minimap(Widget, can_focus=True):
    """Shows the frame's units in their cells; says `UnitChosen`.

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
        self._zoom = Zoom.NEAR
        self._first_row = 0
        self._strips: list[Strip] = []
        self._lines_by_tile: dict[TileKey, list[list[Segment]]] = {}
        """The tiles of the last picture: most stay as they are."""

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
        self._redraw()

    def render_line(self, y: int) -> Strip:
        """Return one line, drawn beforehand."""
        return (
            self._strips[y]
            if y < len(self._strips)
            else Strip.blank(self.size.width, self.rich_style)
        )

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

    def on_click(self, event: Click) -> None:
        """Select the unit under the pointer; attach to it on a double click."""
        offset = event.get_content_offset(self)
        unit = self._unit_at(offset.x, offset.y) if offset else None
        if unit is None:
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
        self._units = place_units(
            self.frame.world, count_columns(self._zoom, width), self.frame.now
        )
        self._keep_selection_in_sight()
        self._draw()

    def _draw(self) -> None:
        """Draw the units where they stand."""
        plain, rows = self.rich_style, self._draw_tiles()
        self._show([self._line(y, rows, plain) for y in range(self.size.height)])

    def _draw_tiles(self) -> dict[int, list[tuple[int, list[list[Segment]]]]]:
        """Return, by row of cells, the column and the lines of each tile."""
        known, self._lines_by_tile = self._lines_by_tile, {}
        rows: dict[int, list[tuple[int, list[list[Segment]]]]] = {}
        for unit in self._units:
            is_selected = unit.worker_id == self.frame.selected_id
            is_unlit = choose_fill(unit) is Fill.NEED and not self.is_lit
            key = (unit, self._zoom, is_selected, is_unlit, self.frame.is_ascii)
            lines = known.get(key)
            if lines is None:
                lines = [
                    self._segments(unit, pieces, is_selected=is_selected)
                    for pieces in draw_tile(unit, self._zoom, is_selected=is_selected)
                ]
            self._lines_by_tile[key] = lines
            rows.setdefault(unit.cell[1], []).append((unit.cell[0], lines))
        return rows

    def _show(self, strips: list[Strip]) -> None:
        """Refresh the lines that changed."""
        before, self._strips = self._strips, strips
        if len(before) != len(strips):
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before, strips, strict=True)):
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    def _keep_selection_in_sight(self) -> None:
        shown = count_rows(self._zoom, self.size.height)
        last_row = max((unit.cell[1] for unit in self._units), default=0)
        self._first_row = min(self._first_row, max(last_row - shown + 1, 0))
        for unit in self._units:
            if unit.worker_id == self.frame.selected_id:
                row = unit.cell[1]
                self._first_row = min(max(self._first_row, row - shown + 1), row)
        below = sum(unit.cell[1] >= self._first_row + shown for unit in self._units)
        words = f"{below} more below" if below else ""
        if words != self.border_subtitle:  # Saying the same again would draw everything anew.
            self.border_subtitle = words

    def _scroll(self, rows: int) -> None:
        shown = count_rows(self._zoom, self.size.height)
        last_row = max((unit.cell[1] for unit in self._units), default=0)
        self._first_row = min(max(self._first_row + rows, 0), max(last_row - shown + 1, 0))
        self._draw()

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

    def _segments(self, unit: Unit, pieces: list[Piece], *, is_selected: bool) -> list[Segment]:
        fill = choose_fill(unit)
        is_unlit = fill is Fill.NEED and not self.is_lit
        style = self.get_component_rich_style("minimap--need-unlit" if is_unlit else fill.value)
        segments = [
            Segment(self.frame.sign(piece.text), style + self._style(piece)) for piece in pieces
        ]
        bracket = self.get_component_rich_style("minimap--bracket")
        if is_selected:
            first = segments[0]
            segments[0] = Segment(first.text[:1], bracket)
            segments.insert(1, Segment(first.text[1:], first.style))
        closing = self.frame.sign(closing_bracket(is_selected=is_selected))
        segments.append(Segment(closing, bracket if is_selected else self.rich_style))
        return segments

    def _hint_line(self, y: int) -> Strip:
        width, height = self.size
        hint = HINT if self.frame.is_open else "opening …"
        text = self.frame.sign(hint).center(width) if y == height // 2 else " " * width
        return Strip([Segment(text, self.get_component_rich_style("minimap--hint"))])

    def _style(self, piece: Piece) -> Style:
        """What a piece adds to its tile's colours."""
        if piece.is_spark:
            return self.get_component_rich_style("minimap--spark", partial=True)
        return Style(bold=piece.is_bold or None, dim=piece.is_dim or None)
