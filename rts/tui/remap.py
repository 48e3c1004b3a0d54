"""Keys that the settings change: read, held against the tables, and told to Textual."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from rts.errors import RtsError
from rts.tui.keymap import Key, binding_id, key_tables

_MODIFIERS = frozenset({"ctrl", "alt", "shift", "super", "meta"})

_SENT_AS = {"ctrl+m": "Enter", "ctrl+i": "Tab", "ctrl+h": "Backspace"}
"""A terminal sends the same byte for both: ASCII's control characters."""

_TAKEN = {"ctrl+c": "it says how to leave", "ctrl+q": "it comes back from a session"}

_WORDS_BY_KEY = {
    "space": "Space",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "backspace": "Backspace",
    "delete": "Delete",
    "insert": "Insert",
    "home": "Home",
    "end": "End",
    "pageup": "PageUp",
    "pagedown": "PageDown",
    "left": "←",
    "down": "↓",
    "up": "↑",
    "right": "→",
    **{f"f{number}": f"F{number}" for number in range(1, 25)},
}
"""Keys that are more than one letter, as a commander reads them."""

_MEND = "Mend the table [keys] in settings.toml."


def remap(wishes: Mapping[str, tuple[str, ...]]) -> dict[Key, Key]:
    """Return each row that `[keys]` changes, with the row as it is then.

    Raises:
        RtsError: a row or a key is unknown, more keys are given than it has use for, or two rows of
            one screen would share a key.
    """
    rows = {f"{screen}.{row.press}": row for screen, table in key_tables().items() for row in table}
    changed = {_find(rows, name): _change(name, rows, keys) for name, keys in wishes.items()}
    for screen, table in key_tables().items():
        _refuse_clash(screen, table, changed)
    return changed


def textual_keymap(changed: Mapping[Key, Key]) -> dict[str, str]:
    """Return what `App.set_keymap` wants: keys by binding id, several with commas between."""
    keymap: dict[str, str] = {}
    for screen, table in key_tables().items():
        for row in table:
            if row not in changed:
                continue
            keys = changed[row].keys
            if row.is_each_its_own:
                ids = (binding_id(screen, row, key) for key in row.keys)
                keymap |= dict(zip(ids, keys, strict=True))
            else:
                keymap[binding_id(screen, row, row.keys[0])] = ",".join(keys)
    return keymap


def read_aloud(key: str) -> str:
    """Return a key as a commander reads it: `Ctrl+p`, `Space`, `?`."""
    from textual.keys import format_key

    *modifiers, last = key.split("+")
    words = _WORDS_BY_KEY.get(last) or format_key(last)
    return "+".join([*(modifier.capitalize() for modifier in modifiers), words])


def _find(rows: Mapping[str, Key], name: str) -> Key:
    if name in rows:
        return rows[name]
    screen = name.partition(".")[0]
    near = difflib.get_close_matches(name, rows, 3)
    near = near or [known for known in rows if known.startswith(f"{screen}.")] or list(rows)
    raise RtsError(
        f"Setting “keys.{name}” names no row of the keys.", f"There is: {', '.join(near)}."
    )


def _change(name: str, rows: Mapping[str, Key], keys: tuple[str, ...]) -> Key:
    """Return the row with other keys, read as Textual names them."""
    row = _find(rows, name)
    count = len(row.keys)
    if not keys:
        raise RtsError(f"Setting “keys.{name}” gives it no key at all.", _MEND)
    if row.is_each_its_own and len(keys) > count:
        raise RtsError(
            f"Setting “keys.{name}” must be a list of at most {count} keys, not of {len(keys)}.",
            f"In this order: {' '.join(row.keys)}.",
        )
    read = tuple(_read_key(name, key) for key in keys)
    if row.is_each_its_own:
        read += row.keys[len(read) :]  # A list that ends early leaves the others as they are.
    label = " ".join(read_aloud(key) for key in read)
    return replace(row, keys=read, label=label)


def _read_key(name: str, wish: str) -> str:
    """Return a key as Textual names it: `?` is `question_mark`, `Ctrl+P` is `ctrl+p`."""
    # What `App.set_keymap` uses itself; there is no public name for it.
    from textual.keys import Keys, _character_to_key

    if len(wish) == 1 and wish.isprintable():
        return "space" if wish == " " else _character_to_key(wish)
    *modifiers, last = wish.lower().split("+") if not wish.endswith("+") else [wish]
    read = "+".join([*modifiers, _character_to_key(last) if len(last) == 1 else last])
    if read in _SENT_AS:
        why = f"a terminal sends {_SENT_AS[read]} for it"
        raise RtsError(f"Setting “keys.{name}”: {wish} cannot be used, {why}.", _MEND)
    if read in _TAKEN:
        raise RtsError(f"Setting “keys.{name}”: {wish} is taken, {_TAKEN[read]}.", _MEND)
    named = {key.value for key in Keys} | {
        key for row in _all_rows() for key in row.keys if len(key) > 1
    }
    is_letter = len(last) == 1 and bool(modifiers)
    if set(modifiers) <= _MODIFIERS and (read in named or last in named or is_letter):
        # Shift and a letter is the capital letter, in every terminal.
        is_capital = modifiers == ["shift"] and len(last) == 1 and last.isalpha()
        return last.upper() if is_capital else read
    raise RtsError(
        f"Setting “keys.{name}”: no key is called “{wish}”.",
        "For example: M, ?, space, f5, ctrl+x, shift+left.",
    )


def _all_rows() -> Iterator[Key]:
    for table in key_tables().values():
        yield from table


def _refuse_clash(screen: str, table: tuple[Key, ...], changed: Mapping[Key, Key]) -> None:
    owner: dict[str, Key] = {}
    for row in (changed.get(row, row) for row in table):
        for key in row.keys:
            other = owner.setdefault(key, row)
            if other is not row:
                raise RtsError(
                    f"Key {read_aloud(key)} would mean both {screen}.{other.press}"
                    f" ({other.words}) and {screen}.{row.press} ({row.words}).",
                    "Give one of them another key under [keys] in settings.toml.",
                )
