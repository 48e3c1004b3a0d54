"""The signs that are drawn, and what stands for each where only ASCII can be shown."""

from rts.world.apm import ASCII_SPARKS, SPARKS
from rts.world.nouns import TicketKind
from rts.world.units import (
    ASCII_GLYPH_BY_KIND,
    ASCII_MARK_BY_ACTIVITY,
    GLYPH_BY_KIND,
    MARK_BY_ACTIVITY,
)

BANNER = "▞"
HOUSE = "⌂"
READY = "✓"
FAILED = "✕"
ALERT = "!"
LEFT_BRACKET, RIGHT_BRACKET = "▐", "▌"
"""They hold the selected unit from both sides, each with its bright half towards the tile."""
LEFT_EDGES, RIGHT_EDGES = "┏┃┗", "┓┃┛"
"""They hold a unit of a selection of many, at its first line, its only one, its last: corners as
the genre draws them, thinner than the selected one's brackets."""
CURSOR = "▸"
PLAYING, STOPPED = "▶", "‖"
PLAYED, UNPLAYED, PLAYHEAD = "━", "╌", "╋"
"""The timeline of a replay."""
CONFLICT, MEETING = "⚔", "∩"
"""Two units' work would conflict; two changed the same file, and it can be merged so far."""

_ASCII_BY_SIGN = {
    BANNER: "#",
    HOUSE: "^",
    READY: "+",
    LEFT_BRACKET: "[",
    RIGHT_BRACKET: "]",
    **dict.fromkeys(LEFT_EDGES + RIGHT_EDGES, "|"),
    CURSOR: ">",
    PLAYING: ">",
    PLAYED: "=",
    UNPLAYED: "-",
    PLAYHEAD: "|",
    CONFLICT: "x",
    MEETING: "&",
    "─": "-",
    "│": "|",
    **dict.fromkeys("╴╶", "-"),
    **dict.fromkeys("╵╷", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼", "+"),
    "·": "-",
    "“": '"',
    "”": '"',
    "−": "-",
    "–": "-",
    "×": "x",
    "↑": "^",
    "↓": "v",
    "←": "<",
    "→": ">",
    **{GLYPH_BY_KIND[kind]: ASCII_GLYPH_BY_KIND[kind] for kind in TicketKind},
    **{MARK_BY_ACTIVITY[a]: mark for a, mark in ASCII_MARK_BY_ACTIVITY.items()},
    **dict(zip(SPARKS, ASCII_SPARKS, strict=True)),
}
_TO_ASCII = str.maketrans({sign: plain for sign, plain in _ASCII_BY_SIGN.items() if sign})


def to_ascii(text: str) -> str:
    """Return `text` with each of our own signs replaced, one ASCII letter for one sign.

    What the commander or an agent wrote in other letters stays as it is.
    """
    return text.translate(_TO_ASCII)


def shorten(text: str, width_cells: int) -> str:
    """Return `text` in at most `width_cells`, its end cut off with `…`."""
    if len(text) <= width_cells:
        return text
    return text[: max(width_cells - 1, 0)].rstrip() + "…" if width_cells > 0 else ""


def shorten_name(name: str, width_cells: int) -> str:
    """Return a call-sign in at most `width_cells`: the animal is cut, its number never."""
    if len(name) <= width_cells:
        return name
    animal, dash, number = name.rpartition("-")
    return f"{animal[: width_cells - len(number) - 2]}…{dash}{number}"


def short_rate(per_minute: float) -> str:
    """Return a rate for a narrow column: `42`, or `0.3` where a whole number would say nothing."""
    return f"{per_minute:.1f}" if 0.05 <= per_minute < 0.95 else f"{per_minute:.0f}"


def short_count(count: int) -> str:
    """Return a large number short: `812`, `184k`, `2.1M`."""
    if count >= 1_000_000:
        return f"{count / 1_000_000:.1f}M"
    return f"{count // 1000}k" if count >= 1000 else str(count)
