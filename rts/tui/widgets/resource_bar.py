"""The line on top: project, tempo, supply, quota, what landed, who needs the commander."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from rts.tui.choices import list_urgent
from rts.tui.drawing.signs import ALERT, BANNER, HOUSE, READY, short_count, short_rate, shorten
from rts.tui.frame import Frame
from rts.tui.widgets.drawn import DrawnWidget
from rts.world.apm import WINDOWS, draw_sparkline
from rts.world.quota import Quota
from rts.world.world import World

NAME_WIDTH = 20
"""A longer project name is shortened before anything is left out."""

SHORT_SPARK_COUNT = 8
"""Bars of the curve where it is short: the last eight minutes."""

EPM_WINDOW = "1h"
"""Over which EPM is told: a minute of one agent says nothing about repetition."""

QUOTA_COUNT_MAX = 4
"""Two accounts with two windows each: more is for another place."""

_DROPPED_IN_ORDER = (
    "long",
    "wide",
    "tokens",
    "words",
    "7d",
    "1d",
    "quota",
    "spark",
    "1h",
    "landed",
    "EPM",
    "5m",
)
"""What is left out where it is narrow, the least important first; `long`, `wide` and `words` only
make others shorter: the curve and its neighbours, the columns of APM, the words of what landed."""

_OPENING = ("opening …", "$quiet")

Part = str | tuple[str, str]


class ResourceBar(DrawnWidget):
    """Shows the fleet in one line: the left stands still, the right is who waits."""

    def draw(self) -> list[Content]:
        """Draw the line; who waits comes first, parts that do not fit are left out.

        Every number has a column of its own, so that only another size or another kind of fact
        moves anything.
        """
        world, width = self.frame.world, self.size.width
        name = world.project.name if world.project else "all projects"
        if not self.frame.is_open:
            name = "rts"  # whose it is, is not known yet
            return [Content.assemble(*map(self._sign, _spread(name, [], [_OPENING], width)))]
        for dropped_count in range(len(_DROPPED_IN_ORDER) + 1):
            without = _DROPPED_IN_ORDER[:dropped_count]
            left, right = _tempo(world, without), _state(self.frame, without)
            if _width(left) + _width(right) + min(cell_len(name), NAME_WIDTH) + 3 <= width:
                break
        return [Content.assemble(*map(self._sign, _spread(name, left, right, width)))]

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


def _tempo(world: World, without: Sequence[str]) -> list[Part]:
    """APM in its windows, its curve, and how much of it was effective."""
    parts: list[Part] = [("   APM", "$quiet")]
    number_width = 3 if "wide" in without else 4
    for window in WINDOWS:
        if window not in without:
            rate = short_rate(world.fleet_tempo.apm[window])
            parts += [f" {rate:>{number_width}}", (f" {window}", "$quiet")]
    if "spark" not in without:
        count = SHORT_SPARK_COUNT if "long" in without else len(world.fleet_spark)
        parts += ["  ", (draw_sparkline(world.fleet_spark[-count:]), "$busy")]
    if "EPM" not in without:
        parts += [("  EPM ", "$quiet"), f"{_say_epm(world):>4}"]
    return parts


def _say_epm(world: World) -> str:
    """Return how much of the actions did more than repeat: `88%`; a dash when there were none."""
    apm, epm = world.fleet_tempo.apm[EPM_WINDOW], world.fleet_tempo.epm[EPM_WINDOW]
    return f"{min(epm / apm, 1):.0%}" if apm > 0 else "–"


def _state(frame: Frame, without: Sequence[str]) -> list[Part]:
    """Supply, quota, tokens, what landed, who waits."""
    world = frame.world
    limit = str(world.supply_limit)
    parts: list[Part] = [(f"{HOUSE} ", "$quiet"), f"{len(world.workers):>{len(limit)}}/{limit}"]
    if "quota" not in without:
        parts += _quotas(world.quotas[:QUOTA_COUNT_MAX])
    if "tokens" not in without:
        word = " tok" if "long" in without else " tokens today"
        parts += [f"  {short_count(world.tokens_today):>5}", (word, "$quiet")]
    if "landed" not in without:
        parts += _landed(world.landed_today_count, without)
    return [*parts, "  ", *_need(frame)]


def _quotas(quotas: Sequence[Quota]) -> list[Part]:
    """Say how much of each account's windows is used: `codex 5h 63%  7d 41%`."""
    parts: list[Part] = []
    account = ""
    for quota in quotas:
        if quota.account != account:
            account = quota.account
            parts.append((f"  {account}", "$quiet"))
        parts += [(f" {quota.window}", "$quiet"), f"{quota.used_percent:>3.0f}% "]
    return parts


def _landed(count: int, without: Sequence[str]) -> list[Part]:
    if "words" in without:
        return [f"  {READY} {count}" if count < 10 else f"  {READY}{count}"]
    return [f"  {count:>2}", (" landed" if "long" in without else " landed today", "$quiet")]


def _need(frame: Frame) -> list[Part]:
    """Who waits: in words, always at the right end and always as wide."""
    urgent = len(list_urgent(frame.world))
    ready = sum(frame.world.is_ready(w) for w in frame.world.workers)
    if urgent:
        words = f" {ALERT} {urgent} need{'s' if urgent == 1 else ''} you "
        style = "$need on $need-unlit" if frame.is_past else "bold $need-ink on $need"
        return [(f"{words:>15}", style)]
    if ready:
        return [(f"{f'{READY} {ready} ready':>14} ", "bold $ready")]
    return [(f"{'all calm':>14} ", "$quiet")]


def _width(parts: list[Part]) -> int:
    return sum(cell_len(part if isinstance(part, str) else part[0]) for part in parts)
