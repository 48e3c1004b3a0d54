"""The comments of a review: which are sent, and on which line each stands now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rts.tui.drawing.diff_text import DiffLine, LineKind
from rts.tui.widgets.diff_view import PlacedComment
from rts.world.review import Comment


@dataclass(frozen=True)
class Remarks:
    """Comments on one change."""

    unsent: tuple[Comment, ...] = ()
    sent: tuple[Comment, ...] = ()

    def add(self, comment: Comment) -> "Remarks":
        """Return these with one more; comments on one line stand in the order of writing."""
        return replace(self, unsent=(*self.unsent, comment))

    def drop(self, comment: Comment) -> "Remarks":
        """Return these without one that was not sent."""
        return replace(self, unsent=tuple(c for c in self.unsent if c is not comment))

    def mark_sent(self, comments: Iterable[Comment]) -> "Remarks":
        """Return these with some of them sent; those written meanwhile stay unsent."""
        told = set(comments)
        unsent = tuple(comment for comment in self.unsent if comment not in told)
        return Remarks(unsent, (*self.sent, *(c for c in self.unsent if c in told)))

    def place(self, lines: Sequence[DiffLine]) -> list[PlacedComment]:
        """Return on which line each of them stands, as the diff is now."""
        if not lines:
            return []
        both = ((self.sent, True), (self.unsent, False))
        return [
            PlacedComment(_find_place(lines, comment), comment, is_sent)
            for comments, is_sent in both
            for comment in comments
        ]


def make_comment(line: DiffLine, words: str) -> Comment:
    """Return a comment on a line of code, or on a file by its heading."""
    if line.kind is LineKind.FILE:
        return Comment(line.path, 0, "", words)
    is_removed = line.kind is LineKind.REMOVED
    return Comment(line.path, line.number, line.text, words, is_removed)


def _find_place(lines: Sequence[DiffLine], comment: Comment) -> int:
    kind = LineKind.REMOVED if comment.is_removed else LineKind.SAME
    number = comment.line_number
    old, new = (number, 0) if comment.is_removed else (0, number)
    if not number:
        kind = LineKind.FILE
    return find_line(lines, DiffLine(kind, comment.code, comment.path, old, new))


def find_line(lines: Sequence[DiffLine], wanted: DiffLine) -> int:
    """Return the index of the line that `wanted` has become: of the same file and side with the
    same words, else with the nearest number, else the file's heading, else the first line.
    """
    of_file = [i for i, line in enumerate(lines) if line.path == wanted.path]
    if not of_file or wanted.kind is LineKind.FILE:
        return of_file[0] if of_file else 0
    is_removed = wanted.kind is LineKind.REMOVED
    side = [
        i for i in of_file if lines[i].sign and (lines[i].kind is LineKind.REMOVED) is is_removed
    ]
    same = [i for i in side if lines[i].text == wanted.text] if wanted.sign else []
    nearest = min(
        same or side or of_file, key=lambda i: abs(lines[i].number - wanted.number), default=0
    )
    return nearest
