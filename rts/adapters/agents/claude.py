"""Claude Code: how it is started, heard and read. Known versions: 2.1.197 and 2.1.329."""

import json
import re
import shlex
import shutil
from datetime import datetime
from pathlib import Path

from rts.adapters import process
from rts.adapters.agents.hearing import hear
from rts.adapters.agents.hooks import hook_settings
from rts.adapters.agents.program import AgentProgram, Launch
from rts.adapters.agents.registry import read_level
from rts.adapters.agents.transcript import read_usage
from rts.paths import pull_request_path
from rts.world.evidence import Evidence, Source

DIALOG_SIGNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"Quick safety check|Do you trust the files"),
        "asks whether you trust this folder",
    ),
    (re.compile(r"Detected a custom API key"), "asks whether to use your API key"),
    (re.compile(r"Settings (Warning|Error|problem)"), "does not like a settings file"),
    (
        re.compile(r"Let's get started|Choose the text style"),
        "wants its first-run questions answered",
    ),
    (re.compile(r"Select login method|Paste code here"), "wants you to log in"),
    (re.compile(r"Bypass Permissions mode"), "asks whether to skip permissions"),
    (re.compile(r"Enter to confirm · Esc to (cancel|exit)"), "shows a dialog"),
)
"""What Claude shows before its session begins, so that neither a hook nor its registry tells of it;
the first that is found counts."""


def find_claude() -> Path | None:
    """Return the `claude` on the PATH."""
    found = shutil.which("claude")
    return Path(found) if found else None


def read_version() -> str:
    """Return what `claude --version` says first: `2.1.329`.

    Raises:
        OutsideFailed: it is not installed, or does not answer.
    """
    words = process.run(["claude", "--version"]).stdout.split()
    return words[0] if words else ""


def build_command_line(launch: Launch) -> str:
    """Return the line that becomes Claude with the brief as its first prompt.

    The brief goes in as one argument: execve(2) carries 128 KiB in it. `default` is the mode in
    which every version asks, whatever the commander's own settings prefer.
    """
    options = (
        *("--settings", str(settings_path(launch))),
        *("--session-id", launch.conversation_id),
        *("--permission-mode", "default"),
    )
    brief = shlex.quote(str(launch.brief))
    return f'exec claude {shlex.join(options)} -- "$(cat {brief})"'


def write_files(launch: Launch) -> None:
    """Write the settings with our hooks; nothing of the commander's own is edited.

    They allow one thing unasked: to hand in the pull request. `--add-dir` with the run folder would
    do it too, but opens a dialog about trust.
    """
    # Two slashes: an absolute path. Edit rules hold for every tool that writes files.
    may_hand_in = f"Edit(/{pull_request_path(launch.run_folder)})"
    settings = {**hook_settings(), "permissions": {"allow": [may_hand_in]}}
    settings_path(launch).write_text(json.dumps(settings, indent=1))


def settings_path(launch: Launch) -> Path:
    """Return the settings file in the run folder."""
    return launch.run_folder / "claude.json"


def read_screen(worker_id: str, text: str, at: datetime) -> Evidence | None:
    """Return the dialog that stands before Claude's session, if the pane shows one."""
    for sign, reason in DIALOG_SIGNS:
        if sign.search(text):
            detail = json.dumps({"reason": f"{reason}: attach and answer"})
            return Evidence(worker_id, Source.LEVEL, "dialog", at, "permission", detail)
    return None


CLAUDE = AgentProgram(
    name="claude",
    find=find_claude,
    version=read_version,
    command_line=build_command_line,
    write_files=write_files,
    hear=hear,
    read_level=read_level,
    read_usage=read_usage,
    read_screen=read_screen,
    proves_submission=True,
    may_be_default=True,
)
