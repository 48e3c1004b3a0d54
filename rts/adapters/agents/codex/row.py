"""Codex: how it is started, heard and resumed. Known version: 0.169.0."""

import re
import shlex
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rts.adapters.agents import hearing
from rts.adapters.agents.codex.hook_options import HOOK_NAMES, hook_words
from rts.adapters.agents.codex.places import bring_conversation, find_places
from rts.adapters.agents.codex.rollout import (
    find_conversation,
    read_conversation_id,
    read_transcript,
)
from rts.adapters.agents.codex.walls import open_hand_in, wall_options
from rts.adapters.agents.installed import find_program, read_version
from rts.adapters.agents.program import AgentProgram, Heard, Launch, StatusReport

PATCHED_FILE = re.compile(r"^\*\*\* (?:Add|Update|Delete) File: (.+)$", re.MULTILINE)
"""The files in a patch, in the language of Codex's `apply_patch`."""

OWN_TURN = frozenset({"SessionStart", "SessionEnd", "UserPromptSubmit", "Stop", "Interrupt"})
"""Hooks that tell of the worker's own turn only when no subagent sends them."""


def build_command_line(launch: Launch) -> str:
    """Return the line that becomes Codex with the brief, or with its old conversation.

    `--no-daemon`: else it leaves a server of its own behind. `-C` answers its question in which
    folder a resumed conversation goes on. The brief goes in as one argument, which may begin with
    a dash: execve(2) carries 128 KiB in it.
    """
    hook, states = map(shlex.quote, hook_words())
    options = (
        *("-c", "check_for_update_on_startup=false"),
        *_permission_options(launch),
        *("-C", str(launch.worktree)),
    )
    hooks = " ".join(f'-c "hooks.{name}=$hook"' for name in HOOK_NAMES)
    start = "exec codex --no-daemon"
    if launch.is_resumed:
        rollout = find_conversation(launch)
        own_id = read_conversation_id(rollout) if rollout else launch.conversation_id
        start += f" resume {shlex.quote(own_id)}"
    words = launch.words if launch.is_resumed else launch.brief
    prompt = f' -- "$(cat {shlex.quote(str(words))})"' if words else ""
    return (
        f"hook={hook}; states={states}; "
        f'{start} {shlex.join(options)} {hooks} -c "hooks.state=$states"{prompt}'
    )


def _permission_options(launch: Launch) -> tuple[str, ...]:
    if launch.skips_permissions:
        return ("-a", "never", "-s", "danger-full-access")
    return ("-a", "on-request", *wall_options(launch))


def write_files(launch: Launch) -> None:
    """Prepare the run folder: the way to hand in, and a conversation that is to be resumed."""
    if not launch.skips_permissions:
        open_hand_in(launch)
    if launch.is_resumed:
        bring_conversation(launch)


def hear(worker_id: str, payload: Mapping[str, Any], at: datetime, request: str) -> Heard:
    """Return what a hook payload says: Claude's shape, and a patch instead of an edit."""
    if payload.get("agent_id") and payload.get("hook_event_name") in OWN_TURN:
        return Heard()
    if payload.get("tool_name") == "apply_patch":
        payload = {**payload, "tool_input": _with_file(payload.get("tool_input"))}
    return hearing.hear(worker_id, payload, at, request)


def _with_file(tool_input: object) -> Mapping[str, Any]:
    """Return a patch with the first file in it as what says most."""
    if not isinstance(tool_input, Mapping):
        return {}
    patch = tool_input.get("command")
    found = PATCHED_FILE.search(patch) if isinstance(patch, str) else None
    return {"file_path": found[1], "patch": patch} if found else tool_input


CODEX = AgentProgram(
    name="codex",
    find=lambda: find_program("codex"),
    version=lambda: read_version("codex"),
    command_line=build_command_line,
    install_hint="npm install -g @openai/codex",
    write_files=write_files,
    hear=hear,
    has_hooks=True,
    status_report=StatusReport.UNASKED,
    read_transcript=read_transcript,
    find_conversation=find_conversation,
    read_conversation_id=read_conversation_id,
    can_resume=True,
    can_skip_permissions=True,
    places=find_places,
    proves_submission=True,
    counts_tokens="its rollout, once per response",
    may_be_default=True,
)
