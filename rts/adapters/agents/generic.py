"""Any program at all: it is started and shown; what it sends as OSC 7501 is heard, if it does."""

import os
import shlex
import shutil
from pathlib import Path

from rts.adapters.agents.program import AgentProgram, Launch, StatusReport

SHELL_FALLBACK = "/bin/sh"
"""What runs when neither the setting nor `$SHELL` names anything; POSIX promises it."""


def commander_shell() -> str:
    """Return the commander's shell."""
    return os.environ.get("SHELL") or SHELL_FALLBACK


def find_shell() -> Path | None:
    """Return the commander's shell; the setting's own program is looked for by the pane's shell."""
    found = shutil.which(commander_shell())
    return Path(found) if found else None


def build_command_line(launch: Launch) -> str:
    """Return the line that becomes what `[agents.generic] argv` says, or the commander's shell."""
    return f"exec {shlex.join(launch.generic_argv or (commander_shell(),))}"


GENERIC = AgentProgram(
    name="generic",
    find=find_shell,
    version=lambda: "",
    command_line=build_command_line,
    status_report=StatusReport.ASKED,
)
