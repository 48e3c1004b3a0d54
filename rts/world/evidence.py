"""What is known about a worker, and what is concluded from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Activity(StrEnum):
    """What a worker is judged to be doing; never stored as truth, always judged from evidence."""

    STARTING = "starting"
    BUSY = "busy"
    ASKING = "asking"
    """It asks a question and waits."""
    BLOCKED = "blocked"
    """It waits for a permission, a login or a limit."""
    DONE = "done"
    """Its turn is over and it waits for nothing."""
    STALLED = "stalled"
    """It claims to be busy, but nothing has moved for longer than is normal."""
    PAUSED = "paused"
    """The commander paused it: its agent has ended, and is resumed with the same conversation."""
    GONE = "gone"
    """The agent process has ended."""
    NO_SIGNAL = "no-signal"
    """Nothing is known; shown honestly instead of a guess."""


AT_WORK = frozenset({Activity.BUSY, Activity.STARTING})
"""Activities in which the agent does something, or is about to."""

NEEDS_COMMANDER = frozenset({Activity.ASKING, Activity.BLOCKED, Activity.STALLED, Activity.GONE})
"""The activities in which a unit waits for the commander."""


QUOTA, CONTEXT = "quota", "context"
"""Kinds of evidence about an account and about a conversation's size."""

ASIDE = frozenset({QUOTA, CONTEXT})
"""What is known beside: it says nothing about what a worker is doing, and is never judged."""


class Source(StrEnum):
    """Where a piece of evidence comes from, strongest first."""

    PROCESS = "process"
    """Facts about the pane and the process in it."""
    LEVEL = "level"
    """A status that the agent program publishes and keeps right by itself."""
    HOOK = "hook"
    """A lifecycle hook: an edge, with reasons."""
    TRANSCRIPT = "transcript"
    """A line of the conversation's file."""
    TITLE = "title"
    """The title that the agent gives its terminal, read by rules."""
    SCREEN = "screen"
    """What its pane shows, read by rules."""


@dataclass(frozen=True)
class Evidence:
    """One observed fact about a worker. The store keeps the latest of each source and kind."""

    worker_id: str
    source: Source
    kind: str
    """What was seen: a hook's name, `registry`, `pane`."""
    at: datetime
    """When it happened, by the clock of this machine."""
    value: str = ""
    """The fact in a word: `busy`, `dead`, a tool's name, a question."""
    detail: str = "{}"
    """A JSON object: what else was said."""


@dataclass(frozen=True)
class Judgement:
    """The verdict about one worker, with its ground."""

    activity: Activity
    reason: str
    """One phrase for the commander: `asks: which port?`, `runs Bash: pytest -q`."""
    since: datetime
    """When the deciding evidence was observed."""
    evidence: tuple[Evidence, ...] = ()
    """All that was looked at, newest first."""
    counted: tuple[Evidence, ...] = ()
    """The pieces that decided."""
    rule: str = ""
    """Which rule decided, as `rts explain` names it: `process`, `level`, `hook`, …"""

    def age(self, now: datetime) -> timedelta:
        """Return how long the worker has been so, never negative."""
        return max(now - self.since, timedelta(0))
