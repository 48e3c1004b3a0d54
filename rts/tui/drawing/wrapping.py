"""Words in a column: counted in cells, since some signs are two cells wide."""

from rich.cells import cell_len, chop_cells


def wrap_cells(text: str, width_cells: int) -> list[str]:
    """Return `text` in lines of at most `width_cells`; a longer word is cut."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(joined) <= width_cells:
            lines[-1] = joined
        else:
            lines += chop_cells(word, width_cells) or [""]
    return lines if lines[0] or len(lines) == 1 else lines[1:]


def keep_end(text: str, width_cells: int) -> str:
    """Return `text` in at most `width_cells`, its beginning cut off with `…`."""
    if cell_len(text) <= width_cells:
        return text
    while text and cell_len(text) > width_cells - 1:
        text = text[1:]
    return f"…{text}" if width_cells > 0 else ""
