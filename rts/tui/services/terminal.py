"""What the terminal can show, and how it is written to where that is less than we draw."""

import codecs
import unicodedata
from collections.abc import Mapping
from typing import TextIO

from rich.cells import cell_len

from rts.errors import OrderRefused
from rts.tui.drawing.signs import to_ascii

WIDTH_MIN_CELLS, HEIGHT_MIN_LINES = 60, 12
"""The smallest screen on which every part has a line of its own."""

ASCII_ERRORS = "rts-ascii"
"""The name under which `to_plain` is known to Python's encoders."""

_DUMB_TERMS = frozenset({"dumb", "unknown"})
_COERCED_CTYPE = "C.UTF-8"
_FOREIGN = str.maketrans("●◆▲■•⏺›❯–—‘’⎿", "*****o>>--''L")
"""Signs of agents, which are not ours where they are the same."""
_LINES = {"HORIZONTAL": "-", "VERTICAL": "|"}


def refuse_dumb_terminal(environment: Mapping[str, str]) -> None:
    """See that the terminal can be drawn on at all.

    Raises:
        OrderRefused: it says of itself that it cannot place its cursor.
    """
    term = environment.get("TERM", "")
    if term in _DUMB_TERMS:
        raise OrderRefused(
            f"This terminal (TERM={term}) cannot draw a screen.",
            "Look with: rts ls; or, if it can more than it says: TERM=xterm-256color rts",
        )


def speaks_utf8(environment: Mapping[str, str]) -> bool:
    """Tell whether the terminal shows more than ASCII, as far as the locale tells.

    The first that is set decides: LC_ALL, LC_CTYPE, LANG (locale(7)); where none is, it does.
    Python writes `C.UTF-8` into LC_CTYPE itself where the locale is C (PEP 538): then LANG decides.
    """
    ctype = environment.get("LC_CTYPE", "")
    if ctype == _COERCED_CTYPE and environment.get("LANG"):
        ctype = ""
    locale = environment.get("LC_ALL") or ctype or environment.get("LANG") or "UTF-8"
    return locale.upper().replace("-", "").partition("@")[0].endswith("UTF8")


def write_plainly(stream: TextIO) -> None:
    """Let each sign that is no ASCII be written as one that is and is as wide."""
    codecs.register_error(ASCII_ERRORS, _replace)
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(encoding="ascii", errors=ASCII_ERRORS)


def to_plain(text: str) -> str:
    """Return `text` in ASCII, every sign as wide as it was."""
    return "".join(map(_plain, to_ascii(text.translate(_FOREIGN))))


def _plain(sign: str) -> str:
    if sign.isascii():
        return sign
    width = cell_len(sign)
    name = unicodedata.name(sign, "")
    if name.startswith("BOX DRAWINGS"):
        # `BOX DRAWINGS LIGHT HORIZONTAL` is a line, `… DOWN AND RIGHT` a corner.
        return _LINES.get(name.rpartition(" ")[2], "+") if " AND " not in name else "+"
    letter = unicodedata.normalize("NFKD", sign)[:width]
    return letter if letter.isascii() and len(letter) == width else "?" * width


def _replace(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return to_plain(error.object[error.start : error.end]), error.end
