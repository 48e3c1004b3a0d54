"""What a commander reads before merging, and what is said to the worker about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rts.world.nouns import Check, PullRequest

COMMENTS_HEADING = "Review comments on your change:"
"""How the message to the worker begins."""


@dataclass(frozen=True)
class Review:
    """All that there is to read about one worker's change, at one moment."""

    worker_id: str
    diff: str
    """Unified, of the worktree against its base, untracked files included."""
    pull_request: PullRequest | None = None
    """The latest one."""
    check: Check | None = None
    """The latest run of the project's tests."""
    tests_output: str = ""
    """The end of what that run printed, as it was printed."""


@dataclass(frozen=True)
class Comment:
    """What the commander says about one line of a change."""

    path: str
    line_number: int
    """1-based; 0: the whole file is meant."""
    code: str
    """The line as it was read."""
    words: str
    is_removed: bool = False
    """The line is one that the change takes away; its number is that of the old file."""

    @property
    def place(self) -> str:
        """Where it stands: `payments/retry.py:41`."""
        place = f"{self.path}:{self.line_number}" if self.line_number else self.path
        return f"{place} (removed)" if self.is_removed else place

    def is_about_same_line(self, other: "Comment") -> bool:
        """Tell whether both stand at the same place."""
        return self.place == other.place


def word_comments(comments: Sequence[Comment]) -> str:
    """Return one message for the worker: each place, its code quoted, the comment."""
    return "\n\n".join([COMMENTS_HEADING, *map(_word_comment, comments)])


def _word_comment(comment: Comment) -> str:
    quoted = [f"> {comment.code.strip()}"] if comment.code.strip() else []
    return "\n".join([comment.place, *quoted, comment.words])
