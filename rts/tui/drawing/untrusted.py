"""Text that others wrote, made fit to be drawn: nothing in it moves the cursor or hides a word."""

import re
from unicodedata import category

_HIDDEN = frozenset("\u200b\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u061c\u180e") | {
    chr(number) for number in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
"""Signs without a width, and those that turn the direction of reading: code may be made to read
otherwise than it runs (CVE-2021-42574)."""

_ESCAPES = re.compile(
    r"\x1b\[(?P<sgr>[0-9;:]*)m"  # a colour
    r"|\x1b\[[0-?]*[ -/]*[@-~]?"  # any other control sequence: ECMA-48, 5.4
    r"|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # a string: title, link, graphics
    r"|\x1b[ -/]*[0-~]?"
)


def spell_controls(text: str) -> str:
    """Return one line with each control character spelt out: `^[`, `<U+202E>`; tabs stay."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else _spell(sign) for sign in text)


def _spell(sign: str) -> str:
    number = ord(sign)
    if sign == "\t":
        return sign
    if number < 0x20 or number == 0x7F:
        return f"^{chr(number ^ 0x40)}"
    if sign in _HIDDEN or category(sign) in ("Cc", "Cs", "Zl", "Zp"):
        return f"<U+{number:04X}>"
    return sign


def keep_colours(text: str) -> str:
    """Return what a program printed with its colours, and without all else that moves a terminal.

    Of a line that was drawn again and again after a carriage return, the last state stays.
    """
    coloured = _ESCAPES.sub(lambda found: found[0] if found["sgr"] is not None else "", text)
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in coloured.split("\n"))
    return "\n".join("".join(s for s in line if _is_shown(s)) for line in lines)


def _is_shown(sign: str) -> bool:
    return sign in "\t\x1b" or category(sign) not in ("Cc", "Cs", "Zl", "Zp")


def strip_controls(text: str) -> str:
    """Return several lines without control characters, line breaks and tabs kept."""
    plain = _ESCAPES.sub("", text).replace("\r\n", "\n")
    return "".join(s for s in plain if s in "\n\t" or category(s) not in ("Cc", "Cs"))
