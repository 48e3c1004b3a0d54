"""A call of the commander's editor."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Editing:
    """How a file of a worktree is opened."""

    worker_id: str
    argv: tuple[str, ...]
    folder: str
    """Where the editor runs: the worktree."""
    has_own_window: bool
    """The terminal is left alone."""
