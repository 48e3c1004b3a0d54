"""A unified diff, line by line, with the roles of its code's words."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_for_filename  # type: ignore[import-untyped]
from pygments.token import Token  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

LINE_COUNT_MAX = 20_000
"""Lines of a diff that are shown; nobody reads more, and a generated file may have millions."""

WORD_LENGTH_MAX = 1000
"""Characters of one line that are shown: minified code has lines of megabytes."""

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_NOISE = ("index ", "--- ", "+++ ", "old mode", "similarity index", "rename to")
_WORDS = (("new file mode", "new"), ("deleted file mode", "deleted"), ("rename from ", "was "))


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
    """Without the leading sign of the diff."""
    path: str
    """The file it belongs to; the language is told by its name."""
    old_number: int = 0
    """1-based; 0: the line is not in the old file."""
    new_number: int = 0

    @property
    def sign(self) -> str:
        """What stands before the code."""
        return _SIGN_BY_KIND.get(self.kind, "")

    def numbers(self) -> str:
        """Return both line numbers in a column; blank for headings."""
        old, new = self.old_number or "", self.new_number or ""
        return f"{old:>5} {new:>5}" if self.sign else ""


def read_diff_lines(diff: str) -> list[DiffLine]:
    """Return the lines to be shown: file headings, hunks, code; git's own lines are left out."""
    lines: list[DiffLine] = []
    path, old, new, is_in_hunk = "", 0, 0, False
    for raw in diff.splitlines():
        if raw.startswith("diff --git "):
            path, is_in_hunk = raw.rpartition(" b/")[2], False
            if lines:
                lines.append(DiffLine(LineKind.HUNK, "", path))
            lines.append(DiffLine(LineKind.FILE, path, path))
        elif hunk := _HUNK.match(raw):
            old, new, is_in_hunk = int(hunk[1]), int(hunk[2]), True
            words = f"line {new}  {raw[hunk.end() :].strip()}"
            lines.append(DiffLine(LineKind.HUNK, words, path))
        elif not is_in_hunk:
            if not raw.startswith(_NOISE):
                lines.append(DiffLine(LineKind.HUNK, _say(raw), path))
        elif raw.startswith("+"):
            lines.append(DiffLine(LineKind.ADDED, raw[1:], path, 0, new))
            new += 1
        elif raw.startswith("-"):
            lines.append(DiffLine(LineKind.REMOVED, raw[1:], path, old, 0))
            old += 1
        else:
            lines.append(DiffLine(LineKind.SAME, raw[1:], path, old, new))
            old, new = old + 1, new + 1
        if len(lines) >= LINE_COUNT_MAX:
            cut = f"cut here: only the first {LINE_COUNT_MAX} lines are shown"
            return [*lines, DiffLine(LineKind.FILE, cut, "")]
    return lines


def _say(raw: str) -> str:
    """Put one of git's own lines into fewer words; one that is not known stays as it is."""
    for prefix, words in _WORDS:
        if raw.startswith(prefix):
            return words + raw.removeprefix(prefix) if prefix.endswith(" ") else words
    return raw


def count_changes(diff: str) -> tuple[int, int, int]:
    """Return how many files are changed, and how many lines are added and removed."""
    kinds = [line.kind for line in read_diff_lines(diff)]
    return kinds.count(LineKind.FILE), kinds.count(LineKind.ADDED), kinds.count(LineKind.REMOVED)


def colour_code(line: DiffLine) -> tuple[tuple[str, str], ...]:
    """Return the line's text in pieces, each with its role: keyword, string, comment or none."""
    text = line.text[:WORD_LENGTH_MAX].expandtabs(4)
    return _colour(text, line.path) if line.sign else ((text, ""),)


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
