"""Claude Code: how it is started, resumed, heard and read. Known versions: 2.1.197 and 2.1.329."""

import json
import shlex
from functools import partial
from pathlib import Path

from rts.adapters.agents.claude.conversations import find_conversation, read_conversation_id
from rts.adapters.agents.claude.places import find_places
from rts.adapters.agents.claude.registry import read_level
from rts.adapters.agents.claude.transcript import read_transcript
from rts.adapters.agents.hearing import hear
from rts.adapters.agents.hooks import hook_settings
from rts.adapters.agents.installed import find_program, read_version
from rts.adapters.agents.program import AgentProgram, Launch, StatusReport
from rts.adapters.run_files import write_anew
from rts.paths import pull_request_path


def build_command_line(launch: Launch) -> str:
    """Return the line that becomes Claude, with the brief or the first words as its prompt.

    They go in as one argument: execve(2) carries 128 KiB in it. `default` is the mode in which
    every version asks, whatever the commander's own settings prefer. Resuming an id that Claude
    does not know ends it with exit code 1 and `No conversation found`: never a blank conversation.
    """
    options = [
        *("--settings", str(settings_path(launch))),
        *("--resume" if launch.is_resumed else "--session-id", launch.conversation_id),
    ]
    if launch.skips_permissions:
        options.append("--dangerously-skip-permissions")
    else:
        options += ["--permission-mode", "default"]
    said = launch.words if launch.is_resumed else launch.brief
    first = f' -- "$(cat {shlex.quote(str(said))})"' if said else ""
    return f"exec claude {shlex.join(options)}{first}"


def write_files(launch: Launch) -> None:
    """Write the settings with our hooks; nothing of the commander's own is edited.

    They allow one thing unasked: to hand in the pull request. `--add-dir` with the run folder would
    do it too, but opens a dialog about trust.
    """
    # Two slashes: an absolute path. Edit rules hold for every tool that writes files.
    may_hand_in = f"Edit(/{pull_request_path(launch.run_folder)})"
    settings = {**hook_settings(), "permissions": {"allow": [may_hand_in]}}
    if launch.skips_permissions:
        settings["skipDangerousModePermissionPrompt"] = True  # its dialog defaults to "No, exit"
    write_anew(launch.run_folder, settings_path(launch), json.dumps(settings, indent=1))


def settings_path(launch: Launch) -> Path:
    """Return the settings file in the run folder."""
    return launch.run_folder / "claude.json"


CLAUDE = AgentProgram(
    name="claude",
    find=partial(find_program, "claude"),
    version=partial(read_version, "claude"),
    command_line=build_command_line,
    write_files=write_files,
    hear=hear,
    has_hooks=True,
    answers_by_hook=True,
    read_level=read_level,
    keeps_level=True,
    status_report=StatusReport.ASKED,
    install_hint="npm install -g @anthropic-ai/claude-code",
    read_transcript=read_transcript,
    find_conversation=find_conversation,
    read_conversation_id=read_conversation_id,
    can_resume=True,
    can_skip_permissions=True,
    places=find_places,
    proves_submission=True,
    counts_tokens="its transcript, per message",
    may_be_default=True,
)
