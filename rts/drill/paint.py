"""Colours and widths of the drill agent's lines: sixteen colours, so that the theme rules."""

import re

from rich.cells import cell_len

BOLD = "1"
DIM = "2"
PROMPT = "1;36"
TOOL = "36"
GOOD = "32"
BAD = "31"
WARN = "33"

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def paint(text: str, colour: str) -> str:
    """Return the text in a colour; nothing stays nothing."""
    return f"\x1b[{colour}m{text}\x1b[0m" if text else ""


def printable(text: str) -> str:
    """Return the text without colours and control characters: what others wrote cannot steer."""
    return "".join(c for c in COLOUR.sub("", text).replace("\t", "    ") if c.isprintable())


def fit(text: str, width_cells: int, *, from_end: bool = False) -> str:
    """Return as much of uncoloured text as is that wide, with an ellipsis where it was cut."""
    if cell_len(text) <= width_cells:
        return text
    kept, left_cells = 0, width_cells - 1
    for sign in reversed(text) if from_end else text:
        left_cells -= cell_len(sign)
        if left_cells < 0:
            break
        kept += 1
    return f"…{text[len(text) - kept :]}" if from_end else f"{text[:kept]}…"
