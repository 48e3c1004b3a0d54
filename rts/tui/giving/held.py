"""Orders that are held back for a moment, so that they can be taken back before anything is lost.

What is destroyed cannot be brought back by an opposite order, so the moment comes before it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rts.tui.giving.undo import VOLLEY


@dataclass(frozen=True)
class Held:
    """An order that the commander has said yes to, and may still take back."""

    kind: str
    doing: str
    """What will be done: `dismissing otter-1`."""
    held_at: datetime
    due_at: datetime
    work: Callable[[], object]
    """Carries it out."""
    begin: Callable[[], object]
    """Begins to carry it out beside the screen, which is told how it went."""
    line: str = ""
    """Where it waits for its turn then; empty: nowhere."""


class Waiting:
    """The orders that are held back, in the order they were given; times are a steady clock's."""

    def __init__(self) -> None:
        self._held: list[Held] = []

    def __contains__(self, doing: str) -> bool:
        return any(one.doing == doing for one in self._held)

    def __bool__(self) -> bool:
        return bool(self._held)

    @property
    def doing(self) -> tuple[str, ...]:
        """What will be done."""
        return tuple(one.doing for one in self._held)

    def hold(self, order: Held) -> None:
        """Hold an order back until it is due."""
        self._held.append(order)

    def take_due(self, now: datetime) -> list[Held]:
        """Take away what was held for long enough."""
        due = [one for one in self._held if now >= one.due_at]
        self._held = [one for one in self._held if one not in due]
        return due

    def take_all(self) -> list[Held]:
        """Take away all that is held."""
        taken, self._held = self._held, []
        return taken

    def take_newest(self) -> list[Held]:
        """Take away what was given last: one order, or one to many."""
        newest = self._newest()
        self._held = [one for one in self._held if one not in newest]
        return newest

    def say(self, now: datetime) -> str:
        """Return what is done when, and that it can be undone; empty: nothing is held."""
        newest = self._newest()
        if not newest:
            return ""
        more = f" and {len(newest) - 1} more" if len(newest) > 1 else ""
        left_s = max(math.ceil((newest[-1].due_at - now).total_seconds()), 1)
        return f"{newest[0].doing}{more} in {left_s} s · u undoes"

    def _newest(self) -> list[Held]:
        if not self._held:
            return []
        last = self._held[-1]
        return [
            one
            for one in self._held
            if one.kind == last.kind and abs(last.held_at - one.held_at) <= VOLLEY
        ]
