"""How a score is written: lines of words with roles, the same for screen, shell and picture."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from rts.tui.drawing.signs import READY, short_count, shorten
from rts.world.apm import SPARKS
from rts.world.score import DAY, Bar, Score, UnitScore, bar_length
from rts.world.units import GLYPH_BY_KIND, short_time

Word = tuple[str, str]
"""A text and its role: `bright`, `quiet`, `busy`, `ready`, `faint`, or empty for plain."""
Line = list[Word]

CHART_HEIGHT = 6
MARK_STEP = 8
"""Bars between two marks of the axis: four hours of a day, a day of a week."""
NAME_WIDTH = 12
TICKET_WIDTH_MIN, TICKET_WIDTH_MAX = 16, 48


def write_score(score: Score, width: int) -> list[Line]:
    """Return the score in lines of at most `width` cells; 60 are needed."""
    lines = [_head(score), [], *_figures(score, width), []]
    lines += _chart(score, width)
    lines += [[], *_units(score, width)]
    if medals := list(_medals(score)):
        lines += [[], [("medals", "bold bright")], *medals]
    if score.notes:
        lines += [[], [("learnt", "bold bright")], *([(f"  {n}", "")] for n in score.notes)]
    if score.is_cut:
        lines += [[], [("More happened before than is kept in the event log.", "quiet")]]
    return lines


def _head(score: Score) -> Line:
    since, until = score.since, score.until.astimezone(score.since.tzinfo)
    if score.span <= DAY:
        words = f"{since:%A %d %B}, until {until:%H:%M}"
    else:
        words = f"{since:%A %d %B} to {until:%A %d %B, %H:%M}"
    return [(score.project, "bold bright"), (f"   {words}", "quiet")]


def _figures(score: Score, width: int) -> Iterator[Line]:
    """Write the big numbers: what they are, and below how much."""
    cost = "" if score.cost_usd is None else f"~${score.cost_usd:.2f}"
    merge_time = "–" if score.merge_time_s is None else say_span(score.merge_time_s)
    figures = [
        ("landed", str(score.landed_count), "ready"),
        ("opened", str(score.opened_count), "bright"),
        ("merge time", merge_time, "bright"),
        ("mean APM", f"{score.apm:.1f}", "busy"),
        ("peak", f"{score.peak_apm:.0f}", "busy"),
        ("EPM", f"{score.effect:.0%}", "busy"),
        ("waited for you", say_span(score.waited_s), "bright"),
        ("tokens", short_count(score.token_count), "bright"),
        *([("cost", cost, "bright")] if cost else []),
        ("units", str(score.trained_count), "bright"),
    ]
    columns = [max(len(name), len(value)) + 3 for name, value, _ in figures]
    while sum(columns) > width:
        columns.pop()
    shown = list(zip(figures, columns, strict=False))
    yield [(f"{value:<{column}}", f"bold {role}") for (_, value, role), column in shown]
    yield [(f"{name:<{column}}", "quiet") for (name, _, _), column in shown]


def _chart(score: Score, width: int) -> Iterator[Line]:
    """Draw the curve: effective actions bright, repeated ones quiet above them, landings below."""
    minutes = bar_length(score.span).total_seconds() / 60
    highest = max((bar.action_count for bar in score.bars), default=0) / minutes
    scale = max(highest, 1.0)
    label = len(f"{scale:.0f}") + 1
    wide = 2 if label + 2 * len(score.bars) + 1 <= width else 1
    for row in range(CHART_HEIGHT - 1, -1, -1):
        mark = f"{scale:.0f}" if row == CHART_HEIGHT - 1 else "0" if row == 0 else ""
        line: Line = [(f"{mark:>{label}}", "quiet"), (" ", "")]
        for bar in score.bars:
            line.append(_bar_piece(bar, row, scale * minutes, wide))
        yield line
    yield [(" " * label + " ", ""), *_landings(score, wide)]
    yield [(" " * label + " ", ""), (_axis(score, wide), "quiet")]


def _bar_piece(bar: Bar, row: int, highest: float, wide: int) -> Word:
    """Return one row of one bar: eighths of a cell, in the colour of what is there."""
    eighths = round(bar.action_count / highest * CHART_HEIGHT * len(SPARKS))
    here = min(max(eighths - row * len(SPARKS), 0), len(SPARKS))
    if here == 0:
        if row == 0 and bar.action_count:
            return (SPARKS[0] * wide, "busy")
        return (("·" if row == 0 else " ") + " " * (wide - 1), "faint")
    effective = bar.effective_count / highest * CHART_HEIGHT
    return (SPARKS[here - 1] * wide, "busy" if row < effective else "quiet")


def _landings(score: Score, wide: int) -> Line:
    counts = (bar.landed_count for bar in score.bars)
    marks = ("" if not count else READY if count == 1 else str(min(count, 9)) for count in counts)
    return [(f"{mark:<{wide}}", "ready") for mark in marks]


def _axis(score: Score, wide: int) -> str:
    """Write the hours of a day, or the days of a week, under the bars."""
    form = "%H" if score.span <= DAY else "%a"
    marks = [
        f"{bar.begins_at.astimezone(score.since.tzinfo):{form}}" for bar in score.bars[::MARK_STEP]
    ]
    return "".join(f"{mark:<{MARK_STEP * wide}}" for mark in marks).rstrip()


@dataclass(frozen=True)
class Column:
    """A column of numbers, right-aligned."""

    name: str
    width: int
    role: str
    say: Callable[[UnitScore, Score], str]


_COLUMNS = (
    Column("actions", 9, "busy", lambda u, _: str(u.action_count)),
    Column("EPM", 6, "busy", lambda u, _: f"{u.effect:.0%}" if u.action_count else ""),
    Column("landed", 9, "ready", lambda u, s: _landing(u, s)),
    Column("waited", 9, "", lambda u, _: say_span(u.waited_s) if u.waited_s else ""),
    Column("cost", 9, "", lambda u, _: "" if u.cost_usd is None else f"~${u.cost_usd:.2f}"),
    Column("tokens", 8, "", lambda u, _: short_count(u.token_count) if u.token_count else ""),
    Column("stall", 8, "", lambda u, _: say_span(u.longest_stall_s) if u.longest_stall_s else ""),
)
"""The most telling first: where it is narrow, the last are left out."""


def _units(score: Score, width: int) -> Iterator[Line]:
    columns = [c for c in _COLUMNS if any(c.say(unit, score) for unit in score.units)]
    columns = columns or list(_COLUMNS[:2])
    room = width - NAME_WIDTH - 3
    while room - sum(column.width for column in columns) < TICKET_WIDTH_MIN:
        columns.pop()
    room = min(room - sum(column.width for column in columns), TICKET_WIDTH_MAX)
    heads = "".join(f"{column.name:>{column.width}}" for column in columns)
    yield [(f"{'unit':<{NAME_WIDTH}}{'ticket':<{room + 3}}{heads}", "quiet")]
    if not score.units:
        yield [("Nobody has worked yet.  n: say what should be done.", "quiet")]
    for unit in score.units:
        yield [
            (f"{shorten(unit.name, NAME_WIDTH - 1):<{NAME_WIDTH}}", "bold bright"),
            (f"{GLYPH_BY_KIND[unit.kind]} {shorten(unit.ticket, room):<{room}} ", ""),
            *((f"{c.say(unit, score):>{c.width}}", c.role) for c in columns),
        ]


def _landing(unit: UnitScore, score: Score) -> str:
    form = "%H:%M" if score.span <= DAY else "%a"
    landed_at = unit.landed_at.astimezone(score.since.tzinfo) if unit.landed_at else None
    return f"{READY} {landed_at:{form}}" if landed_at else ""


def _medals(score: Score) -> Iterator[Line]:
    for medal in score.list_medals():
        unit = medal.unit
        match medal.words:
            case "most effective":
                words = f"{unit.effect:.0%} of {unit.action_count} actions"
            case "cheapest landing":
                tokens = f"{short_count(unit.token_count)} tokens"
                words = tokens if unit.cost_usd is None else f"~${unit.cost_usd:.2f}, {tokens}"
            case _:
                words = say_span(unit.longest_stall_s)
        name = f"{unit.name:<{NAME_WIDTH}}"
        yield [(f"  {medal.words:<18}", "quiet"), (name, "bold bright"), (words, "")]


def say_span(seconds: float) -> str:
    """Return a span as `48s`, `12m` or `1h 12m`."""
    minutes = int(seconds // 60)
    if minutes < 60:
        return short_time(timedelta(seconds=seconds))
    return f"{minutes // 60}h {minutes % 60:02}m"
