"""Keys in tmux's words: what `send-keys` is told for each key that a commander pressed.

Its names are in tmux(1), "Parsing of keys"; what it makes of them in input-keys.c.
"""

from collections.abc import Iterable
from itertools import groupby

from rts.world.strokes import Stroke

_NAMED = {
    "enter": "Enter",
    "return": "Enter",
    "escape": "Escape",
    "backspace": "BSpace",
    "tab": "Tab",
    "space": "Space",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    "home": "Home",
    "end": "End",
    "pageup": "PPage",
    "pagedown": "NPage",
    "insert": "IC",
    "delete": "DC",
    "at": "Space",  # a terminal sends the same for Ctrl-@ and Ctrl-Space
    "@": "Space",
    "backslash": "\\",
    "right_square_bracket": "]",
    "circumflex_accent": "^",
    "underscore": "_",
    **{f"f{number}": f"F{number}" for number in range(1, 13)},
}
_WHOLE = {
    "shift+tab": "BTab",
    # A program that was not asked for more gets a plain Enter from tmux here, which would submit;
    # Ctrl-J is a new line to every agent program.
    "shift+enter": "C-j",
    "ctrl+enter": "C-j",
    "shift+escape": "Escape",
    "shift+space": "Space",
    "shift+backspace": "BSpace",
}
_PREFIX_BY_MODIFIER = {"ctrl": "C-", "alt": "M-", "meta": "M-", "shift": "S-"}

LITERAL_LENGTH_MAX = 4_000
"""Longest text in one `send-keys -l`: above 16 KB it breaks."""


def name_key(key: str) -> str:
    """Return tmux's name for a key that is not printable; empty: it has none, as Shift alone."""
    if whole := _WHOLE.get(key):
        return whole
    *modifiers, base = key.split("+")
    if not set(modifiers) <= set(_PREFIX_BY_MODIFIER):
        return ""
    name = _NAMED.get(base, base if len(base) == 1 else "")
    if len(name) == 1 and "shift" in modifiers:  # tmux knows M-X, but no S-x
        modifiers, name = [m for m in modifiers if m != "shift"], name.upper()
    return "".join(_PREFIX_BY_MODIFIER[m] for m in modifiers) + name if name else ""


def send_commands(target: str, strokes: Iterable[Stroke]) -> list[list[str]]:
    """Return the tmux commands that type `strokes`, none of them a paste, into `target`."""
    commands: list[list[str]] = []
    named = ((_literal(stroke), stroke) for stroke in strokes)
    for is_text, run in groupby(named, lambda pair: bool(pair[0])):
        if is_text:
            text = "".join(letters for letters, _ in run)
            starts = range(0, len(text), LITERAL_LENGTH_MAX)
            pieces = [escape_end(text[at : at + LITERAL_LENGTH_MAX]) for at in starts]
            commands += [["send-keys", "-t", target, "-l", "--", piece] for piece in pieces]
        elif names := [name for _, stroke in run if (name := name_key(stroke.key))]:
            commands.append(["send-keys", "-t", target, "--", *names])
    return commands


def escape_end(word: str) -> str:
    """Return a word that tmux does not take for the end of a command: tmux(1), "PARSING SYNTAX"."""
    return f"{word[:-1]}\\;" if word.endswith(";") else word


def _literal(stroke: Stroke) -> str:
    """Return what a stroke types as it is; empty: it is a key with a name."""
    modifiers = set(stroke.key.split("+")[:-1]) - {"shift"}
    is_letter = len(stroke.text) == 1 and stroke.text.isprintable()
    return stroke.text if is_letter and not modifiers else ""
