"""The drill agent: plays a worker without any model, through the same hooks as a real one."""

import json
import shlex
import sys
from pathlib import Path

from rts import __version__
from rts.adapters.agents.hearing import hear
from rts.adapters.agents.hooks import hook_settings
from rts.adapters.agents.program import AgentProgram, Launch
from rts.adapters.run_files import write_anew


def build_command_line(launch: Launch) -> str:
    """Return the line that becomes the drill agent, run by the Python that runs `rts`."""
    argv = (
        # -P: a worktree with a package `rts` of its own would be run in our place.
        *(sys.executable, "-P", "-m", "rts", "drill"),
        *("--settings", str(settings_path(launch))),
        *("--session-id", launch.conversation_id),
        str(launch.brief),
    )
    return f"exec {shlex.join(argv)}"


def write_files(launch: Launch) -> None:
    """Write the hook settings."""
    write_anew(launch.run_folder, settings_path(launch), json.dumps(hook_settings(), indent=1))


def settings_path(launch: Launch) -> Path:
    """Return the settings file in the run folder."""
    return launch.run_folder / "drill.json"


DRILL = AgentProgram(
    name="drill",
    find=lambda: Path(sys.executable),
    version=lambda: __version__,
    command_line=build_command_line,
    write_files=write_files,
    hear=hear,
    has_hooks=True,
    answers_by_hook=True,
    proves_submission=True,
)
