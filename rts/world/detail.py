"""More about one unit than the world holds: looked up for the selected one only."""

from dataclasses import dataclass
from datetime import datetime

from rts.world.evidence import Judgement


@dataclass(frozen=True)
class UnitDetail:
    """What the card shows beside the world's facts. What is not known is empty, 0 or None."""

    worker_id: str
    added_count: int = 0
    """Lines added in the worktree against its base, untracked files included."""
    removed_count: int = 0
    file_count: int = 0
    """Files that differ from the base."""
    model: str = ""
    """The model of the worker's newest message, as its agent program calls it."""
    context_tokens: int = 0
    """What its newest message was asked with: how full its context is."""
    context_limit_tokens: int = 0
    """How much the model can hold; 0: not known."""
    token_count: int = 0
    """Input, cached and output tokens together, its subagents' too."""
    cost_usd: float | None = None
    """An estimate by list prices; None where a price is not known."""
    ports: tuple[int, ...] = ()
    """Where what it started listens on this machine, lowest first, at most `PORT_COUNT_MAX`."""
    told_text: str = ""
    """What it was told last."""
    told_at: datetime | None = None
    queued_texts: tuple[str, ...] = ()
    """What waits until it is idle, oldest first."""

    @property
    def urls(self) -> tuple[str, ...]:
        """Where its servers are reached from this machine."""
        return tuple(f"http://localhost:{port}" for port in self.ports)


PORT_COUNT_MAX = 2
"""A server and what belongs to it: more do not fit a card."""


def find_last_words(judgement: Judgement) -> tuple[str, datetime] | None:
    """Return with what a worker's newest finished turn ended, and when; None before the first."""
    ends = [piece for piece in judgement.evidence if piece.kind == "Stop" and piece.value.strip()]
    if not ends:
        return None
    newest = max(ends, key=lambda piece: piece.at)
    return newest.value, newest.at
