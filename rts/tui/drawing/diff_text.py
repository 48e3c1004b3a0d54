"""A unified diff, line by line, with the roles of its code's words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_for_filename  # type: ignore[import-untyped]
from pygments.token import Token  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

from rts.tui.drawing.untrusted import spell_controls
from rts.tui.drawing.word_changes import Block, Spans, find_changes

LINE_COUNT_MAX = 20_000
"""Lines of a diff that are shown; nobody reads more, and a generated file may have millions."""

LINE_LENGTH_MAX = 1000
"""Characters of one line that are shown: minified code has lines of megabytes."""

TAB_WIDTH = 4

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_NOISE = ("index ", "--- ", "+++ ", "old mode", "similarity index", "dissimilarity", "rename to")
_WORDS = (("new file mode", "new"), ("deleted file mode", "deleted"), ("rename from ", "was "))
_QUOTED = re.compile(r"\\([0-7]{3}|.)")
_UNQUOTED = {"n": b"\n", "t": b"\t", "r": b"\r", "a": b"\a", "b": b"\b", "f": b"\f", "v": b"\v"}

_ROLE_BY_TOKEN = (
    (Token.Comment, "comment"),
    (Token.Keyword, "keyword"),
    (Token.Operator.Word, "keyword"),
    (Token.Literal.String, "string"),
    (Token.Literal.Number, "string"),
)


class LineKind(StrEnum):
    """What a line of a diff is; also the end of its component class."""

    FILE = "file"
    HUNK = "hunk"
    ADDED = "added"
    REMOVED = "removed"
    SAME = "same"


_SIGN_BY_KIND = {LineKind.ADDED: "+ ", LineKind.REMOVED: "- ", LineKind.SAME: "  "}


@dataclass(frozen=True)
class DiffLine:
    """One line to be shown."""

    kind: LineKind
    text: str
    """Without the leading sign of the diff; tabs and control characters are spelt out."""
    path: str
    """The file it belongs to; the language is told by its name."""
    old_number: int = 0
    """1-based; 0: the line is not in the old file."""
    new_number: int = 0
    block: Block | None = None
    """The removed and added lines around it, where it is among both."""
    index: int = 0
    """0-based, among its block's lines of its kind."""

    @property
    def sign(self) -> str:
        """What stands before the code; empty for headings."""
        return _SIGN_BY_KIND.get(self.kind, "")

    @property
    def number(self) -> int:
        """The number in the file that has the line: in the old one only for what was removed."""
        return self.new_number or self.old_number

    def find_changes(self) -> Spans:
        """Return the pieces of `text` that are other than in the line it was made from."""
        if self.block is None:
            return ()
        removed, added = find_changes(self.block)
        return (removed if self.kind is LineKind.REMOVED else added).get(self.index, ())


@dataclass(frozen=True)
class FileChange:
    """One file of a diff."""

    path: str
    start: int
    """Index of its heading among the diff's lines."""
    added_count: int
    removed_count: int


def read_diff_lines(diff: str) -> list[DiffLine]:
    """Return the lines to be shown: file headings, hunks, code; git's own lines are left out."""
    lines: list[DiffLine] = []
    changed: list[DiffLine] = []
    for line in _read_lines(diff):
        if line.kind in (LineKind.ADDED, LineKind.REMOVED):
            is_next_block = line.kind is LineKind.REMOVED and changed[-1:] != []
            if is_next_block and changed[-1].kind is LineKind.ADDED:
                lines += _join_block(changed)
                changed = []
            changed.append(line)
        else:
            lines += _join_block(changed)
            changed = []
            lines.append(line)
        if len(lines) + len(changed) >= LINE_COUNT_MAX:
            cut = f"cut here: only the first {LINE_COUNT_MAX} lines are shown"
            return [*lines, *_join_block(changed), DiffLine(LineKind.HUNK, cut, line.path)]
    return [*lines, *_join_block(changed)]


def _join_block(changed: list[DiffLine]) -> list[DiffLine]:
    """Let removed lines and the added ones that follow know each other."""
    removed = [line for line in changed if line.kind is LineKind.REMOVED]
    added = changed[len(removed) :]
    if not removed or not added:
        return changed
    block = Block(tuple(line.text for line in removed), tuple(line.text for line in added))
    return [
        replace(line, block=block, index=index)
        for side in (removed, added)
        for index, line in enumerate(side)
    ]


def _read_lines(diff: str) -> Iterator[DiffLine]:
    path, old, new, is_in_hunk, is_first = "", 0, 0, False, True
    # Not `splitlines`: a form feed or a line separator in the code is not the end of a line.
    for raw in diff.removesuffix("\n").split("\n") if diff else ():
        if raw.startswith("diff --git "):
            path, is_in_hunk = _read_path(raw), False
            if not is_first:
                yield DiffLine(LineKind.HUNK, "", path)
            is_first = False
            yield DiffLine(LineKind.FILE, spell_controls(path), path)
        elif hunk := _HUNK.match(raw):
            old, new, is_in_hunk = int(hunk[1]), int(hunk[2]), True
            words = f"line {new}  {_spell(raw[hunk.end() :].strip())}"
            yield DiffLine(LineKind.HUNK, words, path)
        elif not is_in_hunk or (not raw.startswith(("+", "-", " ")) and raw):
            if not raw.startswith(_NOISE) or is_in_hunk:
                yield DiffLine(LineKind.HUNK, _say(raw), path)
        elif raw.startswith("+"):
            yield DiffLine(LineKind.ADDED, _spell(raw[1:]), path, 0, new)
            new += 1
        elif raw.startswith("-"):
            yield DiffLine(LineKind.REMOVED, _spell(raw[1:]), path, old, 0)
            old += 1
        else:
            yield DiffLine(LineKind.SAME, _spell(raw[1:]), path, old, new)
            old, new = old + 1, new + 1


def _spell(text: str) -> str:
    text = text[:LINE_LENGTH_MAX].removesuffix("\r")
    return spell_controls(text).expandtabs(TAB_WIDTH)


def _say(raw: str) -> str:
    """Put one of git's own lines into fewer words; one that is not known stays as it is."""
    for prefix, words in _WORDS:
        if raw.startswith(prefix):
            return words + _spell(raw.removeprefix(prefix)) if prefix.endswith(" ") else words
    return _spell(raw.removeprefix("\\ "))


def _read_path(raw: str) -> str:
    """Return the new path of a `diff --git` line; git quotes unusual ones as C does."""
    if not raw.endswith('"'):
        return raw.rpartition(" b/")[2]
    quoted = raw.rpartition(' "b/')[2][:-1]
    plain = b"".join(
        piece.encode("utf-8", "surrogateescape") if i % 2 == 0 else _unquote(piece)
        for i, piece in enumerate(_QUOTED.split(quoted))
    )
    return plain.decode("utf-8", "replace")


def _unquote(code: str) -> bytes:
    return bytes([int(code, 8) & 0xFF]) if len(code) == 3 else _UNQUOTED.get(code, code.encode())


def list_files(lines: list[DiffLine]) -> list[FileChange]:
    """Return the files of a diff, in its order, with how many lines each gained and lost."""
    starts = [i for i, line in enumerate(lines) if line.kind is LineKind.FILE]
    files = []
    for start, end in pairwise([*starts, len(lines)]):
        kinds = [line.kind for line in lines[start:end]]
        added, removed = kinds.count(LineKind.ADDED), kinds.count(LineKind.REMOVED)
        files.append(FileChange(lines[start].path, start, added, removed))
    return files


def colour_code(line: DiffLine) -> tuple[tuple[str, str], ...]:
    """Return the line's text in pieces, each with its role: keyword, string, comment or none."""
    return _colour(line.text, line.path) if line.sign else ((line.text, ""),)


@lru_cache(maxsize=2000)
def _colour(text: str, path: str) -> tuple[tuple[str, str], ...]:
    lexer = _find_lexer(path)
    if lexer is None:
        return ((text, ""),)
    pieces = [(word.replace("\n", ""), _role(kind)) for kind, word in lexer.get_tokens(text)]
    return tuple((word, role) for word, role in pieces if word)


def _role(kind: object) -> str:
    return next((role for token, role in _ROLE_BY_TOKEN if kind in token), "")


@lru_cache(maxsize=64)
def _find_lexer(path: str) -> Lexer | None:
    try:
        return get_lexer_for_filename(path, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
