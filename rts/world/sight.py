"""What a pane shows at one moment, and which of its lines are asked for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """Lines of a pane, counted from the first one on its screen: history has negative numbers."""

    first: int = 0
    last: int | None = None
    """None: down to the end."""


@dataclass(frozen=True)
class Sight:
    """Some lines of a pane, as they were when they were looked at."""

    text: str = ""
    """The lines with SGR sequences; blank ones at the end are left out."""
    first: int = 0
    """Which line the first one is, counted from the oldest in the history."""
    history_count: int = 0
    """Lines in the history; so the screen's first line has this number."""
    line_count: int = 0
    """Lines of history and screen together."""
    is_to_end: bool = True
    """The text goes on to the end of the screen."""
    cursor: tuple[int, int] | None = None
    """Column, and row on the screen, of the agent's cursor; None: it is hidden, or unknown."""
