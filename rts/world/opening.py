"""What the commander is told at the very first start."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tool:
    """Something that was looked for on this machine."""

    name: str
    words: str
    """Its version, or what is missing."""
    is_there: bool
    hint: str = ""
    """How to get it, where it is missing."""


@dataclass(frozen=True)
class Opening:
    """All that the first start tells."""

    tools: tuple[Tool, ...]
    """What `rts` cannot work without."""
    agents: tuple[Tool, ...]
    """The agent programs, those that are installed first."""
    agent: str = ""
    """The one that `rts` would start now; empty: none."""
    settings_file: str = ""
    """Where a choice would be written."""
    has_project: bool = True
    """The commander stands in a repository."""

    @property
    def choices(self) -> tuple[Tool, ...]:
        """The agent programs that can be chosen."""
        return tuple(agent for agent in self.agents if agent.is_there)
