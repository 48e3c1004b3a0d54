"""The line on top: project, tempo, supply, what landed, who needs the commander."""

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from rts.tui.choices import list_urgent
from rts.tui.frame import Frame
from rts.tui.signs import ALERT, BANNER, HOUSE, READY, short_rate, shorten
from rts.world.apm import WINDOWS, draw_sparkline

WIDE = 100
"""From this width on there is room for whole words."""

NAME_WIDTH = 20
"""A longer project name is shortened before anything is left out."""

_DROPPED_IN_ORDER = ("spark", "7d", "1d", "1h", "landed", "5m")
"""What is left out where it is narrow, the least important first."""

_OPENING = ("opening …", "$quiet")

Part = str | tuple[str, str]


class ResourceBar(Widget):
    """Shows the fleet in one line: the left stands still, the right is who waits."""

    frame: reactive[Frame] = reactive(Frame(), layout=False)

    def render(self) -> Content:
        """Draw the line; who waits comes first, parts that do not fit are left out."""
        world, width = self.frame.world, self.size.width
        name = world.project.name if world.project else "all projects"
        if not self.frame.is_open:
            return Content.assemble(*map(self._sign, _spread(name, [], [_OPENING], width)))
        for dropped_count in range(len(_DROPPED_IN_ORDER) + 1):
            without = _DROPPED_IN_ORDER[:dropped_count]
            left, right = _tempo(self.frame, without), _state(self.frame, without, width >= WIDE)
            if _width(left) + _width(right) + min(len(name), NAME_WIDTH) + 3 <= width:
                break
        return Content.assemble(*map(self._sign, _spread(name, left, right, width)))

    def _sign(self, part: Part) -> Part:
        if isinstance(part, str):
            return self.frame.sign(part)
        return (self.frame.sign(part[0]), part[1])


def _spread(name: str, left: list[Part], right: list[Part], width: int) -> list[Part]:
    """Put the name before `left`, as much of it as there is room for, and `right` at the end."""
    room = width - _width(left) - _width(right) - len(f"{BANNER} ") - 1
    head = (f"{BANNER} {shorten(name, room)}", "bold $bright")
    gap = width - _width([head, *left, *right])
    return [head, *left, " " * max(gap, 1), *right]


def _tempo(frame: Frame, without: Sequence[str]) -> list[Part]:
    world = frame.world
    parts: list[Part] = [("   APM", "$quiet")]
    for window in WINDOWS:
        if window not in without:
            rate = short_rate(world.fleet_tempo.apm[window])
            parts += [f" {rate}" if without else f"{rate:>4}", (f" {window}", "$quiet")]
    if "spark" not in without:
        parts += ["   ", (draw_sparkline(world.fleet_spark), "$busy")]
    return parts


def _state(frame: Frame, without: Sequence[str], is_wide: bool) -> list[Part]:
    """Supply, what landed, who waits."""
    world = frame.world
    parts: list[Part] = [(f"{HOUSE} ", "$quiet"), f"{len(world.workers)}/{world.supply_limit}"]
    if "landed" not in without:
        parts += _landed(world.landed_today_count, is_wide=is_wide)
    return [*parts, "  ", *_need(frame)]


def _landed(count: int, *, is_wide: bool) -> list[Part]:
    if is_wide:
        return [f"   {count}", (" landed today ", "$quiet")]
    return [f"  {READY}{count}"]


def _need(frame: Frame) -> list[Part]:
    """Who waits: in words, always at the right end and always as wide."""
    urgent = len(list_urgent(frame.world))
    ready = sum(frame.world.is_ready(w) for w in frame.world.workers)
    if urgent:
        words = f" {ALERT} {urgent} need{'s' if urgent == 1 else ''} you "
        return [(f"{words:>15}", "bold $need-ink on $need")]
    if ready:
        return [(f"{f'{READY} {ready} ready':>14} ", "bold $ready")]
    return [(f"{'all calm':>14} ", "$quiet")]


def _width(parts: list[Part]) -> int:
    return sum(len(part if isinstance(part, str) else part[0]) for part in parts)
