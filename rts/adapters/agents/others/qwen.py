"""Qwen Code: how it is started, heard and read. Known versions: 0.15.10 and 0.24.4.

Its hooks speak Claude Code's shape. They stand in a copy of the machine's system defaults, which a
variable names: the commander's own settings and the system's real settings come after these, and
hooks of all of them run. A waiting permission hook would keep its dialog off the pane, so that
permissions are answered by keys. Esc fires a hook only while a tool runs; the conversation tells of
a permission refused, title or screen of the rest.
"""

import json
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from rts.adapters.agents import hearing
from rts.adapters.agents.hearing import clean
from rts.adapters.agents.hooks import DROP_LINE
from rts.adapters.agents.installed import find_program, read_version
from rts.adapters.agents.others.json_lines import read_entries
from rts.adapters.agents.program import AgentProgram, Heard, Launch, Places
from rts.adapters.agents.tokens import read_count
from rts.adapters.run_files import write_anew
from rts.adapters.told_times import read_time
from rts.paths import pull_request_path
from rts.world.evidence import Source
from rts.world.nouns import Usage

HOOK_NAMES = (
    "SessionStart",
    "SessionEnd",
    "UserPromptSubmit",
    "PreToolUse",
    "PostToolUse",
    "PostToolUseFailure",
    "PermissionRequest",
    "Stop",
    "StopFailure",
    "SubagentStart",
    "SubagentStop",
    "PreCompact",
)
"""The hooks that we use. 0.15 does not know StopFailure, and says nothing about the name."""

TOOLS = {"run_shell_command": "Shell", "ask_user_question": "AskUserQuestion"}
"""What a tool is called where its own name would say less, or another thing."""

SYSTEM_DEFAULTS = Path("/etc/qwen-code/system-defaults.json")

COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
"""A text, which is kept, or a comment, which its settings may have."""

PACKAGE = "@qwen-code/qwen-code"


def build_command_line(launch: Launch) -> str:
    """Return the line that becomes Qwen with the brief, or with its old conversation.

    The prompt stands behind `=`, for it may begin with a dash. `default` is the mode in which it
    asks: 0.24 would else let a model decide what needs asking.
    """
    export = f"export QWEN_CODE_SYSTEM_DEFAULTS_PATH={shlex.quote(str(settings_path(launch)))}"
    options = ["--approval-mode", "yolo" if launch.skips_permissions else "default"]
    if launch.is_resumed:
        options += ["--resume", launch.conversation_id]
    else:
        options += ["--session-id", launch.conversation_id]
    said = launch.words if launch.is_resumed else launch.brief
    prompt = f' --prompt-interactive="$(cat {shlex.quote(str(said))})"' if said else ""
    return f"{export}; exec qwen {shlex.join(options)}{prompt}"


def write_files(launch: Launch) -> None:
    """Write the system defaults with our hooks; they allow to hand in the pull request."""
    defaults = _read_defaults()
    # No timeout: 0.15 reads it in milliseconds, 0.24 in seconds. Both grant a minute by themselves.
    ours = {"hooks": [{"type": "command", "command": DROP_LINE}]}
    hooks = _mapping(defaults.get("hooks"))
    permissions = _mapping(defaults.get("permissions"))
    may_hand_in = f"Edit(/{pull_request_path(launch.run_folder)})"  # two slashes: absolute
    settings = {
        **defaults,
        "hooks": {**hooks, **{name: [*_list(hooks.get(name)), ours] for name in HOOK_NAMES}},
        "permissions": {**permissions, "allow": [*_list(permissions.get("allow")), may_hand_in]},
    }
    write_anew(launch.run_folder, settings_path(launch), json.dumps(settings, indent=1))


def settings_path(launch: Launch) -> Path:
    """Return the settings in the run folder."""
    return launch.run_folder / "qwen.json"


def _read_defaults() -> dict[str, Any]:
    """Return the machine's own defaults; nothing where they cannot be read."""
    path = os.environ.get("QWEN_CODE_SYSTEM_DEFAULTS_PATH") or SYSTEM_DEFAULTS
    try:
        text = Path(path).read_text()
        return _mapping(json.loads(COMMENT.sub(lambda found: found[1] or " ", text)))
    except (OSError, ValueError, RecursionError):
        return {}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def qwen_folder() -> Path:
    """Return where Qwen keeps conversations."""
    configured = os.environ.get("QWEN_RUNTIME_DIR") or os.environ.get("QWEN_HOME")
    return Path(configured) if configured else Path.home() / ".qwen"


def hear(worker_id: str, payload: Mapping[str, Any], at: datetime, request: str) -> Heard:
    """Return what a hook says; a call has the id that it has in the conversation."""
    name = payload.get("hook_event_name")
    if name == "UserPromptSubmit" and not payload.get("prompt"):
        return Heard()  # the results of tools go back to the model
    tool = payload.get("tool_name")
    was_cut = name == "PostToolUseFailure" and payload.get("is_interrupt") is True
    facts = {
        **payload,
        "hook_event_name": "Interrupt" if was_cut else name,
        "tool_name": TOOLS.get(tool, tool) if isinstance(tool, str) else tool,
        # In 0.15 it is in neither, and a call is counted from its hook alone.
        "tool_use_id": payload.get("tool_call_id") or payload.get("tool_use_id"),
    }
    return hearing.hear(worker_id, facts, at, request)


def find_conversation(launch: Launch) -> Path | None:
    """Return the conversation's file; its id is ours from the beginning."""
    name = f"{launch.conversation_id}.jsonl"
    if not launch.conversation_id or Path(name).name != name:
        return None  # a name that would lead elsewhere
    folders = qwen_folder().glob("projects/*/chats")
    return next((path for folder in folders if (path := folder / name).is_file()), None)


def read_transcript(worker_id: str, transcript: Path, offset: int) -> tuple[Heard, int]:
    """Return what the conversation says from byte `offset` on, and where to go on."""
    entries, end = read_entries(transcript, offset)
    heard = [_read_entry(worker_id, transcript, entry) for entry in entries]
    return (
        Heard(
            tuple(piece for part in heard for piece in part.evidence),
            tuple(action for part in heard for action in part.actions),
            tuple(usage for part in heard for usage in part.usage),
        ),
        end,
    )


def _read_entry(worker_id: str, transcript: Path, entry: Mapping[str, Any]) -> Heard:
    try:
        at = read_time(entry["timestamp"])
        usage = (_read_usage(worker_id, entry, at),) if entry.get("usageMetadata") else ()
        payload = _as_hook(entry)
        if not payload:
            return Heard(usage=usage)
        payload = {**payload, "cwd": entry.get("cwd"), "transcript_path": str(transcript)}
        heard = hearing.hear(worker_id, payload, at, "")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return Heard()
    said = tuple(replace(piece, source=Source.TRANSCRIPT) for piece in heard.evidence)
    return Heard(said, heard.actions, usage)


def _as_hook(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a line says as a hook in Claude Code's shape; empty for what says nothing."""
    parts = _mapping(entry.get("message")).get("parts", ())
    words = "\n".join(
        part["text"] for part in parts if part.get("text") and not part.get("thought")
    )
    match entry["type"]:
        case "user" if words and entry.get("provenance", "real_user") == "real_user":
            return {"hook_event_name": "UserPromptSubmit", "prompt": words}
        case "assistant" if not any(part.get("functionCall") for part in parts):
            return {"hook_event_name": "Stop", "last_assistant_message": words}
        case "system" if entry.get("subtype") == "ui_telemetry":
            return _read_telemetry(entry["systemPayload"]["uiEvent"])
    return {}


def _read_telemetry(event: Mapping[str, Any]) -> dict[str, Any]:
    """Read a call that has come to its end; one that was cut short ends the turn."""
    if event.get("event.name") != "qwen-code.tool_call":
        return {}
    status, tool = event["status"], str(event["function_name"])
    if status == "cancelled":
        return {"hook_event_name": "Interrupt"}
    return {
        "hook_event_name": "PostToolUse" if status == "success" else "PostToolUseFailure",
        "tool_name": TOOLS.get(tool, tool),
        "tool_input": event.get("function_args"),
        "tool_use_id": event.get("call_id"),
    }


def _read_usage(worker_id: str, entry: Mapping[str, Any], at: datetime) -> Usage:
    """Return the tokens of one message; its input count includes what was cached."""
    tokens = entry["usageMetadata"]
    cached = read_count(tokens.get("cachedContentTokenCount") or 0)
    written = read_count(tokens.get("candidatesTokenCount") or 0)
    return Usage(
        worker_id=worker_id,
        message_id=clean(str(entry["uuid"])),
        at=at,
        model=clean(str(entry["model"])),
        input_tokens=max(read_count(tokens["promptTokenCount"]) - cached, 0),
        cached_tokens=cached,
        output_tokens=written,
    )


def find_places(launch: Launch) -> Places:
    """Let it write conversations and renew its login; makes the folder that this names."""
    folder = qwen_folder()
    conversations = folder / "projects"
    conversations.mkdir(parents=True, exist_ok=True)
    return Places(
        writable=(conversations, folder / "oauth_creds.json"),
        fresh=(folder,),
        keeps=("QWEN_*", "OPENAI_*", "DASHSCOPE_*", "BAILIAN_*", "ANTHROPIC_*", "GEMINI_*"),
    )


QWEN = AgentProgram(
    name="qwen",
    find=partial(find_program, "qwen"),
    version=partial(read_version, "qwen"),
    command_line=build_command_line,
    install_hint=f"npm install -g {PACKAGE}",
    write_files=write_files,
    hear=hear,
    has_hooks=True,
    read_transcript=read_transcript,
    find_conversation=find_conversation,
    read_conversation_id=lambda path: path.stem,
    can_resume=True,
    can_skip_permissions=True,
    places=find_places,
    proves_submission=True,
    counts_tokens="its conversation's file, once per message",
)
