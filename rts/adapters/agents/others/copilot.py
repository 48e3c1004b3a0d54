"""GitHub Copilot CLI: how it is started, heard and read. Known version: 1.0.102.

Its hooks are loaded from a plugin folder that the command line names, so nothing of the
commander's is edited; they speak Claude Code's shape. They tell at once that something moves. Its
`events.jsonl` tells all that they do not: Esc, permissions, tokens, the words that end a turn.
"""

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from rts.adapters.agents import hearing
from rts.adapters.agents.hearing import clean
from rts.adapters.agents.hooks import DROP_LINE, DROP_TIMEOUT_S
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
)
"""The hooks that we use. Its Stop hook does not say the last words, and its PermissionRequest hook
runs before the dialog is shown: for both the conversation's file is better."""


LOOK_BACK_BYTES = 2 * 1024 * 1024
"""How far back the beginning of a call is looked for: a running call adds little to the file."""

FAILURES = {
    "rate_limit": "rate_limit",
    "quota": "rate_limit",
    "authentication": "authentication_failed",
}
"""What its `errorType` is called by every other agent program."""


def build_command_line(launch: Launch) -> str:
    """Return the line that becomes Copilot with the brief, or with its old conversation.

    The prompt stands behind `=`, for it may begin with a dash. A folder that is not trusted opens a
    dialog, which `COPILOT_ALLOW_ALL=true` alone prevents, and only inside the sandbox. Without
    `-C` a resumed conversation would go back to the folder where it began.
    """
    options = [f"--plugin-dir={plugin_folder(launch)}"]
    before = ""
    if launch.skips_permissions:
        before = "COPILOT_ALLOW_ALL=true; export COPILOT_ALLOW_ALL; "
        options.append("--allow-all")
    else:
        options += [
            f"--add-dir={launch.run_folder}",
            f"--allow-tool=write({pull_request_path(launch.run_folder)})",
        ]
    if launch.is_resumed:
        options += ["-C", str(launch.worktree), f"--resume={launch.conversation_id}"]
    else:
        options.append(f"--session-id={launch.conversation_id}")
    said = launch.words if launch.is_resumed else launch.brief
    prompt = f' --interactive="$(cat {shlex.quote(str(said))})"' if said else ""
    return f"{before}exec copilot {shlex.join(options)}{prompt}"


def write_files(launch: Launch) -> None:
    """Write the plugin with our hooks."""
    hook = {"type": "command", "bash": DROP_LINE, "timeoutSec": DROP_TIMEOUT_S}
    plugin = {"name": "rts", "version": "1.0.0", "description": "Tells rts.", "hooks": "hooks.json"}
    hooks = {"version": 1, "hooks": {name: [hook] for name in HOOK_NAMES}}
    folder = plugin_folder(launch)
    for name, facts in (("plugin.json", plugin), ("hooks.json", hooks)):
        write_anew(launch.run_folder, folder / name, json.dumps(facts, indent=1))


def plugin_folder(launch: Launch) -> Path:
    """Return the plugin's folder in the run folder."""
    return launch.run_folder / "copilot"


def copilot_home() -> Path:
    """Return where Copilot keeps conversations and settings (`copilot help environment`)."""
    return Path(os.environ.get("COPILOT_HOME") or Path.home() / ".copilot")


def find_conversation(launch: Launch) -> Path | None:
    """Return the events of the conversation; its id is ours from the beginning."""
    path = _transcript_path(launch.conversation_id)
    return path if path and path.is_file() else None


def _transcript_path(conversation_id: str) -> Path | None:
    if not conversation_id or Path(conversation_id).name != conversation_id:
        return None  # a name that would lead elsewhere
    return copilot_home() / "session-state" / conversation_id / "events.jsonl"


def hear(worker_id: str, payload: Mapping[str, Any], at: datetime, request: str) -> Heard:
    """Return what a hook says; each names the conversation's file, to be read on."""
    try:
        path = _transcript_path(clean(str(payload.get("session_id") or "")))
        named = {"transcript_path": str(path)} if path else {}
        return hearing.hear(worker_id, {**_with_question(payload), **named}, at, request)
    except (ValueError, TypeError, OSError):
        return Heard()


def _with_question(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload with a question where every other agent program has it."""
    tool_input = payload.get("tool_input")
    if payload.get("tool_name") != "AskUserQuestion" or not isinstance(tool_input, Mapping):
        return dict(payload)
    words = tool_input.get("message") or tool_input.get("question") or "see its pane"
    return {**payload, "tool_input": {"questions": [{"question": str(words)}]}}


def read_transcript(worker_id: str, transcript: Path, offset: int) -> tuple[Heard, int]:
    """Return what the conversation says from byte `offset` on, and where to go on."""
    entries, end = read_entries(transcript, offset)
    call_by_id = _find_calls(transcript, offset) if _ends_a_call(entries) else {}
    heard = [_read_entry(worker_id, transcript, entry, call_by_id) for entry in entries]
    return (
        Heard(
            tuple(piece for part in heard for piece in part.evidence),
            tuple(action for part in heard for action in part.actions),
            tuple(usage for part in heard for usage in part.usage),
        ),
        end,
    )


def _ends_a_call(entries: list[dict[str, Any]]) -> bool:
    return any(
        e.get("type") in ("tool.execution_complete", "permission.completed") for e in entries
    )


def _find_calls(transcript: Path, offset: int) -> dict[str, dict[str, Any]]:
    """Return the calls that began before `offset`, by id: a completed call is named only there."""
    if not offset:
        return {}
    earlier, _ = read_entries(transcript, max(offset - LOOK_BACK_BYTES, 0))
    begun = (e["data"] for e in earlier if e.get("type") == "tool.execution_start")
    return {str(data.get("toolCallId")): _name_call(data) for data in begun}


def _read_entry(
    worker_id: str,
    transcript: Path,
    entry: Mapping[str, Any],
    call_by_id: dict[str, dict[str, Any]],
) -> Heard:
    try:
        kind, data = entry["type"], entry["data"]
        at = read_time(entry["timestamp"])
        if kind == "session.usage_record":
            return Heard(usage=(_read_usage(worker_id, entry, at),))
        payload = _as_hook(kind, data, call_by_id)
        if not payload:
            return Heard()
        payload = {**_with_question(payload), "transcript_path": str(transcript)}
        heard = hearing.hear(worker_id, payload, at, "")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return Heard()
    said = tuple(replace(piece, source=Source.TRANSCRIPT) for piece in heard.evidence)
    return Heard(said, heard.actions)


def _as_hook(
    kind: str, data: Mapping[str, Any], call_by_id: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return what a line says as a hook in Claude Code's shape; empty for what says nothing.

    `call_by_id` is filled: a completed call is named only where it began.
    """
    call_id = data.get("toolCallId", "")
    match kind:
        case "user.message":
            return {"hook_event_name": "UserPromptSubmit", "prompt": data["content"]}
        case "tool.execution_start":
            call_by_id[call_id] = call = _name_call(data)
            is_question = call["tool_name"] == "AskUserQuestion"
            return {
                **call,
                "hook_event_name": "PermissionRequest" if is_question else "PreToolUse",
            }
        case "tool.execution_complete":
            name = "PostToolUse" if data.get("success") else "PostToolUseFailure"
            call = call_by_id.get(call_id, {"tool_name": "a tool"})
            error = data.get("error") or {}
            facts = {"tool_use_id": call_id, "error": error.get("message", "")}
            return {**call, **facts, "hook_event_name": name}
        case "permission.requested":
            return {**_name_permission(data), "hook_event_name": "PermissionRequest"}
        case "permission.completed" if _is_allowed(data):
            call = call_by_id.get(call_id, {"tool_name": "what you allowed"})
            return {**call, "hook_event_name": "PreToolUse"}
        case "assistant.message" if not data.get("toolRequests") and _is_own(data):
            return {"hook_event_name": "Stop", "last_assistant_message": data.get("content")}
        case "abort":
            return {"hook_event_name": "Interrupt"}
        case "session.error":
            error = FAILURES.get(data.get("errorType", ""), "unknown")
            words = data.get("message", "")
            return {
                "hook_event_name": "StopFailure",
                "error": error,
                "last_assistant_message": words,
            }
        case "session.compaction_start":
            return {"hook_event_name": "PreCompact", "trigger": "compaction"}
    return {}


def _is_allowed(data: Mapping[str, Any]) -> bool:
    """Tell whether a permission was given; a refusal is told by what follows it."""
    return str((data.get("result") or {}).get("kind", "")).startswith("approved")


def _is_own(data: Mapping[str, Any]) -> bool:
    """Tell whether a message is the agent's own, and not a subagent's."""
    return not data.get("parentToolCallId")


def _name_call(data: Mapping[str, Any]) -> dict[str, Any]:
    tool = str(data.get("toolName", ""))
    name = "AskUserQuestion" if tool == "ask_user" else f"{tool[:1].upper()}{tool[1:]}"
    return {"tool_name": name, "tool_input": data.get("arguments")}


def _name_permission(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the call for which a permission is asked: a command, a file or an address."""
    asked = data["permissionRequest"]
    kind = str(asked.get("kind", ""))
    facts = {
        "command": asked.get("fullCommandText"),
        "file_path": asked.get("fileName") or asked.get("path"),
        "url": asked.get("url"),
        "description": asked.get("intention"),
    }
    tool = "Bash" if kind == "shell" else f"{kind[:1].upper()}{kind[1:]}"
    return {"tool_name": tool, "tool_input": {key: fact for key, fact in facts.items() if fact}}


def _read_usage(worker_id: str, entry: Mapping[str, Any], at: datetime) -> Usage:
    """Return the tokens of one message; its input count includes what was cached."""
    tokens = entry["data"]["usage"]
    cached = read_count(tokens.get("cacheReadTokens") or 0)
    written = read_count(tokens.get("cacheWriteTokens") or 0)
    return Usage(
        worker_id=worker_id,
        message_id=clean(str(entry["id"])),
        at=at,
        model=clean(str(tokens["model"])),
        input_tokens=max(read_count(tokens["inputTokens"]) - cached - written, 0),
        cached_tokens=cached + written,
        output_tokens=read_count(tokens["outputTokens"]),
    )


def find_places(launch: Launch) -> Places:
    """Let it write conversations and logs; makes the folders that this names.

    Settings, trusted folders and servers can be read, and stay as they are.
    """
    home = copilot_home()
    folders = (home / "session-state", home / "logs")
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    keeps = ("COPILOT_*", "GH_TOKEN", "GITHUB_TOKEN")
    return Places(writable=folders, fresh=(home,), keeps=keeps)


COPILOT = AgentProgram(
    name="copilot",
    find=partial(find_program, "copilot"),
    version=partial(read_version, "copilot"),
    command_line=build_command_line,
    install_hint="npm install -g @github/copilot",
    write_files=write_files,
    hear=hear,
    has_hooks=True,
    read_transcript=read_transcript,
    find_conversation=find_conversation,
    read_conversation_id=lambda path: path.parent.name,
    can_resume=True,
    can_skip_permissions=True,
    places=find_places,
    proves_submission=True,
    counts_tokens="events.jsonl of its conversation, once per request",
)
