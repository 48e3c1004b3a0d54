"""The territory: one widget that draws folders and units, line by line, as the minimap does."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.events import Click, Resize
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from rts.tui.frame import Frame
from rts.tui.messages import KeyPressed, UnitChosen
from rts.tui.widgets import chart
from rts.tui.widgets.canvas import Canvas, Paint, show_plainly
from rts.tui.widgets.tile import Fill, choose_fill
from rts.world.treemap import Folder, Tile, build_tree, lay_out
from rts.world.units import place_units

NO_PROJECT = "You stand in no repository: start rts inside one."
SURVEYING = "surveying …"
NO_FILES = "No file yet: the first commit makes the map."
ZOOMED, WHOLE = "Esc zooms out", "click goes into a folder"


class TerritoryMap(Widget, can_focus=True):
    """Shows the repository's folders and who stands in which; says `UnitChosen`.

    A click on a folder goes into it. It keeps only which folder is shown; the places of the tiles
    depend on nothing but the sizes of the folders and its own.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(fill.value for fill in Fill),
        "minimap--need-unlit",
        "minimap--bracket",
        *(ground for _, ground in chart.WARMTHS),
        chart.COLD,
        chart.CONTESTED,
        chart.NAME,
        chart.QUIET,
        chart.LINE,
        chart.FIGHT,
    }
    BORDER_TITLE = "territory"
    ALLOW_SELECT = False

    frame: reactive[Frame] = reactive(Frame(), layout=False, repaint=False)
    is_lit: reactive[bool] = reactive(True, repaint=False)
    """Whether units that need the commander are lit now: the pulse."""
    top: reactive[str] = reactive("", repaint=False)
    """The folder that is shown; empty: all of the repository."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._strips: list[Strip] = []
        self._spots = chart.Spots()
        self._tiles: list[Tile] = []
        self._laid_out_for: tuple[object, ...] = ()
        self._style_by_paint: dict[Paint, Style] = {}

    def watch_frame(self) -> None:
        """Draw the new frame."""
        self._draw()

    def watch_is_lit(self) -> None:
        """Draw the pulse, where there is any to be seen."""
        frame = self.frame
        if self.frame.has_territory and any(
            choose_fill(unit) is Fill.NEED for unit in place_units(frame.world, 1, frame.now)
        ):
            self._draw()

    def watch_top(self) -> None:
        """Draw another part of the repository."""
        self._draw()

    def on_resize(self, event: Resize) -> None:
        """Lay it out anew."""
        self._draw()

    def notify_style_update(self) -> None:
        """Draw again in the new colours."""
        super().notify_style_update()
        self._style_by_paint.clear()
        self._draw()

    def render_line(self, y: int) -> Strip:
        """Return one line, drawn beforehand."""
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.visual_style.rich_style)

    def find_neighbour(self, columns: int, rows: int) -> str:
        """Return the id of the nearest unit in that direction, or an empty string."""
        return self._spots.find_neighbour(self.frame.selected_id, columns, rows)

    def zoom_out(self) -> bool:
        """Show more of the repository; False: all of it is shown."""
        if not self.top:
            return False
        self.top = self.top.rpartition("/")[0]
        return True

    def on_click(self, event: Click) -> None:
        """Select the unit under the pointer, attaching on a double click; or go into the folder."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if worker_id := self._spots.unit_at(offset.x, offset.y):
            self.post_message(UnitChosen(worker_id))
            if event.chain > 1:
                self.post_message(KeyPressed("enter"))
        elif tile := next((t for t in self._tiles if t.area.holds(offset.x, offset.y)), None):
            self._go_into(tile.folders[0])

    def _go_into(self, folder: Folder) -> None:
        if folder.folders:
            self.top = folder.path
        elif folder.path != self.top and not folder.is_own:
            self.top = folder.path.rpartition("/")[0] or self.top

    def _draw(self) -> None:
        """Draw all, unless nobody sees it."""
        width, height = self.size
        if width == 0 or height == 0 or not self.frame.has_territory:
            return
        words = self._why_empty()
        paint = Paint(chart.COLD, chart.QUIET)
        canvas = Canvas(width, height, paint)
        if words:
            self._spots = chart.Spots()
            self._tiles = []
            shown = self.frame.sign(words)[:width]
            canvas.write((width - len(shown)) // 2, height // 2, shown, paint)
        else:
            self._lay_out(width, height - chart.foot_height(height))
            self._spots = chart.draw_territory(
                canvas, self.frame, self._tiles, self.top, is_lit=self.is_lit
            )
        strips = [
            Strip([Segment(text, self._style(paint)) for text, paint in row])
            for row in canvas.rows()
        ]
        self._entitle()
        if strips != self._strips:
            self._strips = strips
            self.refresh()

    def _why_empty(self) -> str:
        """Return what to say where there is no map to draw."""
        frame = self.frame
        if not frame.is_open:
            return "opening …"
        if frame.world.project is None:
            return NO_PROJECT
        if frame.survey.surveyed_at is None:
            return SURVEYING
        return "" if frame.survey.size_by_folder else NO_FILES

    def _lay_out(self, width: int, height: int) -> None:
        sizes = self.frame.survey.size_by_folder
        key = (id(sizes), self.top, width, height)
        if key == self._laid_out_for:
            return
        tree = build_tree(sizes, self.top)
        if self.top and not tree.size:  # The folder is gone.
            self.set_reactive(TerritoryMap.top, "")
            tree = build_tree(sizes)
        self._tiles = lay_out(tree, width, height)
        self._laid_out_for = (id(sizes), self.top, width, height)

    def _entitle(self) -> None:
        """Say in the frame's line which folder is shown; saying the same draws nothing anew."""
        where = f"territory ─ {show_plainly(self.top)}" if self.top else "territory"
        title = Content(self.frame.sign(where))  # A folder's name may look like markup.
        subtitle = ZOOMED if self.top else WHOLE
        if (title.markup, subtitle) != (self.border_title, self.border_subtitle):
            self.border_title, self.border_subtitle = title, subtitle

    def _style(self, paint: Paint) -> Style:
        style = self._style_by_paint.get(paint)
        if style is None:
            ground = self.get_component_rich_style(paint.ground)
            ink = self.get_component_rich_style(paint.ink)
            style = ground + Style(
                color=ink.color, bold=paint.is_bold or None, dim=paint.is_dim or None
            )
            self._style_by_paint[paint] = style
        return style
