"""The agent programs: one row each, and nothing about any of them elsewhere."""

from rts.adapters.agents.claude import CLAUDE
from rts.adapters.agents.drill import DRILL
from rts.adapters.agents.generic import GENERIC
from rts.adapters.agents.program import AgentProgram, Heard, Launch

AGENT_PROGRAMS: dict[str, AgentProgram] = {row.name: row for row in (CLAUDE, DRILL, GENERIC)}
"""Every agent program by its name, the preferred first."""

__all__ = ["AGENT_PROGRAMS", "AgentProgram", "Heard", "Launch"]
