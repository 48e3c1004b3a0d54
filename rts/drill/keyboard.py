"""Bytes from the terminal → keys. Pure: what a terminal sends, and what it means."""

import codecs
import re
from dataclasses import dataclass
from enum import StrEnum

PASTE_START = "\x1b[200~"
PASTE_END = "\x1b[201~"
# ECMA-48 5.4: a control sequence is ESC [, parameters, intermediates, one final byte.
SEQUENCE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|O.)")
OPEN_SEQUENCE = re.compile(r"\x1b(\[[0-?]*[ -/]*|O)?")


class KeyKind(StrEnum):
    """What a key means to the prompt line."""

    TYPED = "typed"
    PASTED = "pasted"
    NEWLINE = "newline"
    SUBMIT = "submit"
    BACKSPACE = "backspace"
    CLEAR = "clear"
    INTERRUPT = "interrupt"
    ESCAPE = "escape"
    END = "end"


@dataclass(frozen=True)
class Key:
    """One key, or one run of text."""

    kind: KeyKind
    text: str = ""


KIND_BY_CONTROL = {
    "\r": KeyKind.SUBMIT,
    "\n": KeyKind.NEWLINE,
    "\x7f": KeyKind.BACKSPACE,
    "\x08": KeyKind.BACKSPACE,
    "\x15": KeyKind.CLEAR,
    "\x03": KeyKind.INTERRUPT,
    "\x04": KeyKind.END,
}


class KeyReader:
    """Reads keys from bytes that may be cut anywhere, even inside a letter or a sequence."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""

    def read(self, piece: bytes) -> list[Key]:
        """Return the keys that are complete now; the rest waits for the next piece."""
        self._rest += self._decoder.decode(piece)
        keys: list[Key] = []
        while key := self._take():
            keys.append(key)
        return keys

    @property
    def may_be_escape(self) -> bool:
        """Whether the last byte was ESC: the key, or the beginning of a sequence."""
        return self._rest == "\x1b"

    def end_escape(self) -> Key:
        """Return the key Esc, because nothing has followed the byte that `may_be_escape`."""
        self._rest = ""
        return Key(KeyKind.ESCAPE)

    def _take(self) -> Key | None:
        """Cut the next key from the rest, or return None when it is not complete."""
        while self._rest.startswith("\x1b") and not self._rest.startswith(PASTE_START):
            if sequence := SEQUENCE.match(self._rest):
                self._rest = self._rest[sequence.end() :]
            elif OPEN_SEQUENCE.fullmatch(self._rest):
                return None
            elif self._rest.startswith("\x1b\x1b"):
                self._rest = self._rest[1:]
                return Key(KeyKind.ESCAPE)
            else:
                self._rest = self._rest[1:]
        if not self._rest:
            return None
        if self._rest.startswith(PASTE_START):
            return self._take_paste()
        if kind := KIND_BY_CONTROL.get(self._rest[0]):
            self._rest = self._rest[1:]
            return Key(kind)
        return self._take_text()

    def _take_paste(self) -> Key | None:
        end = self._rest.find(PASTE_END)
        if end < 0:
            return None
        text = self._rest[len(PASTE_START) : end]
        self._rest = self._rest[end + len(PASTE_END) :]
        # tmux sends a line's end inside a paste as CR: tmux(1), paste-buffer -s.
        return Key(KeyKind.PASTED, text.replace("\r\n", "\n").replace("\r", "\n"))

    def _take_text(self) -> Key:
        text = re.match(r"[^\x00-\x1f\x7f]+", self._rest)
        if text is None:
            self._rest = self._rest[1:]
            return Key(KeyKind.TYPED)  # a control key that means nothing here
        self._rest = self._rest[text.end() :]
        return Key(KeyKind.TYPED, text.group())
