"""The agent programs: one row each, and nothing about any of them elsewhere."""

from rts.adapters.agents.claude.row import CLAUDE
from rts.adapters.agents.codex.row import CODEX
from rts.adapters.agents.drill import DRILL
from rts.adapters.agents.generic import GENERIC
from rts.adapters.agents.others.aider import AIDER
from rts.adapters.agents.others.copilot import COPILOT
from rts.adapters.agents.others.gemini import GEMINI
from rts.adapters.agents.others.opencode import OPENCODE
from rts.adapters.agents.others.pi import PI
from rts.adapters.agents.others.qwen import QWEN
from rts.adapters.agents.program import AgentProgram, Heard, Launch

AGENT_PROGRAMS: dict[str, AgentProgram] = {
    row.name: row
    for row in (CLAUDE, CODEX, OPENCODE, GEMINI, QWEN, PI, COPILOT, AIDER, DRILL, GENERIC)
}
"""Every agent program by its name, the preferred first."""

__all__ = ["AGENT_PROGRAMS", "AgentProgram", "Heard", "Launch"]
