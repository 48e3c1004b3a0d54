"""Gemini CLI: how it is started, heard and read. Known version: 0.61.0.

Its hooks come from an extension in a HOME of the worker's own (`GEMINI_CLI_HOME`, in the run
folder), where everything of the commander's `~/.gemini` is linked and only conversations are the
worker's. The system settings, which a variable can name, are of no use: since 0.61 they must belong
to root. No hook fires at Esc, and none names a tool call's id: both stand in the conversation.
"""

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from glob import escape
from pathlib import Path
from typing import Any

from rts.adapters.agents import hearing
from rts.adapters.agents.hearing import clean, one_line
from rts.adapters.agents.hooks import DROP_LINE
from rts.adapters.agents.installed import find_program, read_version
from rts.adapters.agents.others.json_lines import read_entries
from rts.adapters.agents.program import AgentProgram, Heard, Launch, Places
from rts.adapters.agents.tokens import read_count
from rts.adapters.run_files import write_anew
from rts.adapters.told_times import read_time
from rts.world.evidence import Evidence, Source
from rts.world.nouns import Usage

KIND_BY_HOOK = {
    "SessionStart": "SessionStart",
    "SessionEnd": "SessionEnd",
    "BeforeAgent": "UserPromptSubmit",
    "BeforeTool": "PreToolUse",
    "AfterTool": "PostToolUse",
    "Notification": "Notification",
    "AfterAgent": "Stop",
}
"""Its hooks, and what every other agent program calls them. PreCompress is not among them: it
fires before each request, whether anything is compressed or not. A Notification tells that a
permission is asked, but nothing tells that it was given, before the tool ends: whether a dialog is
open is read off the screen."""

TOOLS = {"run_shell_command": "Shell", "ask_user": "AskUserQuestion"}
"""What a tool is called where its own name would say less, or another thing."""

OWN = frozenset({"extensions", "history", "projects.json", "state.json", "tmp"})
"""What of `~/.gemini` is the worker's own; the rest is the commander's, linked."""

CANCELLED_CALL = "cancelled by user"
"""In the result of a command that Esc ended."""

CANCELLED_TURN = "Request cancelled."
"""The line that Esc leaves in a conversation."""

PACKAGE = "@google/gemini-cli"


def build_command_line(launch: Launch) -> str:
    """Return the line that becomes Gemini with the brief, or with its old conversation.

    The prompt stands behind `=`, for it may begin with a dash. What the commander answers to the
    dialog about trust is kept where Gemini itself keeps it.
    """
    settings = {
        "GEMINI_CLI_HOME": own_home(launch),
        "GEMINI_CLI_TRUSTED_FOLDERS_PATH": commander_folder() / "trustedFolders.json",
    }
    exports = " ".join(f"{name}={shlex.quote(str(value))}" for name, value in settings.items())
    if launch.skips_permissions:
        # Gemini asks for everything in a folder that is not trusted. Whatever the worktree's own
        # settings make it do happens inside the sandbox.
        options = ["--approval-mode", "yolo", "--skip-trust"]
        # To hand in the pull request. Elsewhere it would open one more dialog about trust; there
        # the agent must write that file with a command, and asks for it.
        options += ["--include-directories", str(launch.run_folder)]
    else:
        options = ["--approval-mode", "default"]
    if launch.is_resumed:
        options += ["--resume", launch.conversation_id]
    else:
        options += ["--session-id", launch.conversation_id]
    said = launch.words if launch.is_resumed else launch.brief
    prompt = f' --prompt-interactive="$(cat {shlex.quote(str(said))})"' if said else ""
    return f"export {exports}; exec gemini {shlex.join(options)}{prompt}"


def write_files(launch: Launch) -> None:
    """Make the worker's own HOME for Gemini, with links to what is the commander's.

    An earlier agent could write there: a link that it left is removed, never followed.
    """
    folder = _make_folder(launch.run_folder, own_home(launch) / ".gemini")
    extensions = _make_folder(launch.run_folder, folder / "extensions")
    _link(commander_folder(), folder, OWN)
    _link(commander_folder() / "extensions", extensions, frozenset({"rts"}))
    extension = _make_folder(launch.run_folder, extensions / "rts")
    hooks = _make_folder(launch.run_folder, extension / "hooks")
    # No timeout: it would be in milliseconds, and a minute is what Gemini grants by itself.
    hook = {"hooks": [{"type": "command", "name": "rts", "command": DROP_LINE}]}
    named = {"name": "rts", "version": "1.0.0"}
    hooked = {"hooks": {name: [hook] for name in KIND_BY_HOOK}}
    for path, facts in (
        (extension / "gemini-extension.json", named),
        (hooks / "hooks.json", hooked),
    ):
        write_anew(launch.run_folder, path, json.dumps(facts, indent=1))


def own_home(launch: Launch) -> Path:
    """Return what the worker's Gemini takes for the HOME: a folder in the run folder."""
    return launch.run_folder / "gemini"


def commander_folder() -> Path:
    """Return the commander's `~/.gemini`, which also moves with a variable."""
    return Path(os.environ.get("GEMINI_CLI_HOME") or Path.home()) / ".gemini"


def _make_folder(run_folder: Path, folder: Path) -> Path:
    place = run_folder
    for part in folder.relative_to(run_folder).parts:
        place /= part
        if place.is_symlink():
            place.unlink()
        place.mkdir(exist_ok=True)
    return folder


def _link(source: Path, folder: Path, left_out: frozenset[str]) -> None:
    """Link everything in `source` into `folder`, anew: Gemini or an agent may have replaced it."""
    for entry in source.iterdir() if source.is_dir() else ():
        place = folder / entry.name
        if entry.name in left_out or (place.is_dir() and not place.is_symlink()):
            continue
        place.unlink(missing_ok=True)
        place.symlink_to(entry.absolute())


def hear(worker_id: str, payload: Mapping[str, Any], at: datetime, request: str) -> Heard:
    """Return what a hook says, in the words of all the others."""
    name = payload.get("hook_event_name")
    kind = KIND_BY_HOOK.get(name, "") if isinstance(name, str) else ""
    facts = {**payload, "hook_event_name": kind}
    match kind:
        case "SessionStart":
            # When it resumes, the file that it names is one that it does not go on with.
            facts.pop("transcript_path", None)
        case "PreToolUse" | "PostToolUse":
            facts["tool_name"] = _name_tool(payload)
            if kind == "PreToolUse" and facts["tool_name"] == "AskUserQuestion":
                facts["hook_event_name"] = "PermissionRequest"
            if kind == "PostToolUse" and CANCELLED_CALL in _result(payload):
                facts["hook_event_name"] = "Interrupt"
        case "Stop":
            facts["last_assistant_message"] = payload.get("prompt_response")
    return hearing.hear(worker_id, facts, at, request)


def _name_tool(payload: Mapping[str, Any]) -> str:
    tool = str(payload.get("tool_name", ""))
    return TOOLS.get(tool, tool)


def _result(payload: Mapping[str, Any]) -> str:
    """Return the beginning of what a tool gave back."""
    response = payload.get("tool_response")
    said = response.get("llmContent") if isinstance(response, Mapping) else ""
    return said[:500] if isinstance(said, str) else ""


def find_conversation(launch: Launch) -> Path | None:
    """Return the conversation's file. Each resume leaves another with nothing but the id in it."""
    folder = own_home(launch) / ".gemini" / "tmp"
    found = [
        path
        for path in folder.glob(f"*/chats/session-*-{escape(launch.conversation_id[:8])}.jsonl")
        if read_conversation_id(path) == launch.conversation_id
    ]
    return max(found, key=lambda path: path.stat().st_size, default=None)


def read_conversation_id(path: Path) -> str:
    """Return the id in a conversation's first line; empty when there is none."""
    entries, _ = read_entries(path, 0)
    own_id = entries[0].get("sessionId") if entries else ""
    return own_id if isinstance(own_id, str) else ""


def read_transcript(worker_id: str, transcript: Path, offset: int) -> tuple[Heard, int]:
    """Return what the conversation says from byte `offset` on, and where to go on.

    What the commander typed is not read here: Esc makes Gemini write earlier prompts again.
    """
    entries, end = read_entries(transcript, offset)
    heard = [_read_entry(worker_id, transcript, entry) for entry in entries]
    # A message is written again when its calls are over: the last one of an id counts.
    usage_by_message = {usage.message_id: usage for part in heard for usage in part.usage}
    return (
        Heard(
            tuple(piece for part in heard for piece in part.evidence),
            tuple(action for part in heard for action in part.actions),
            tuple(usage_by_message.values()),
        ),
        end,
    )


def _read_entry(worker_id: str, transcript: Path, entry: Mapping[str, Any]) -> Heard:
    try:
        kind = entry.get("type")
        if kind not in ("gemini", "info", "error"):
            return Heard()
        at = read_time(entry["timestamp"])
        if kind != "gemini":
            return Heard(_read_notice(worker_id, transcript, entry, at))
        usage = (_read_usage(worker_id, entry, at),) if entry.get("tokens") else ()
        parts = [_read_call(worker_id, call) for call in entry.get("toolCalls", ())]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return Heard()
    return Heard(actions=tuple(a for part in parts for a in part.actions), usage=usage)


def _read_notice(
    worker_id: str, transcript: Path, entry: Mapping[str, Any], at: datetime
) -> tuple[Evidence, ...]:
    """Read a line that Gemini shows on its own account."""
    words, detail = str(entry["content"]), json.dumps({"transcript": str(transcript)})
    if entry["type"] == "error":
        words = one_line(words)
        return (Evidence(worker_id, Source.TRANSCRIPT, "StopFailure", at, words, detail),)
    if words == CANCELLED_TURN:
        return (Evidence(worker_id, Source.TRANSCRIPT, "Interrupt", at, "", detail),)
    return ()


def _read_call(worker_id: str, call: Mapping[str, Any]) -> Heard:
    """Read a tool call that has come to its end; one that was cancelled did not."""
    if call.get("status") not in ("success", "error"):
        return Heard()
    at = read_time(call["timestamp"])
    payload = {
        "hook_event_name": "PostToolUseFailure" if call["status"] == "error" else "PostToolUse",
        "tool_name": TOOLS.get(call["name"], call["name"]),
        "tool_input": call.get("args"),
        "tool_use_id": call["id"],
    }
    return replace(hearing.hear(worker_id, payload, at, ""), evidence=())


def _read_usage(worker_id: str, entry: Mapping[str, Any], at: datetime) -> Usage:
    """Return the tokens of one message; its input count includes what was cached."""
    tokens = entry["tokens"]
    cached = read_count(tokens.get("cached") or 0)
    return Usage(
        worker_id=worker_id,
        message_id=clean(str(entry["id"])),
        at=at,
        model=clean(str(entry["model"])),
        input_tokens=max(read_count(tokens["input"]) - cached, 0),
        cached_tokens=cached,
        output_tokens=read_count(tokens["output"]) + read_count(tokens.get("thoughts") or 0),
    )


def find_places(launch: Launch) -> Places:
    """Let it renew its login; all else that it writes lies in the run folder."""
    login = (commander_folder() / "oauth_creds.json",)
    return Places(writable=login, keeps=("GEMINI_*", "GOOGLE_*"))


GEMINI = AgentProgram(
    name="gemini",
    find=partial(find_program, "gemini"),
    version=partial(read_version, "gemini"),
    command_line=build_command_line,
    install_hint=f"npm install -g {PACKAGE}",
    write_files=write_files,
    hear=hear,
    has_hooks=True,
    read_transcript=read_transcript,
    find_conversation=find_conversation,
    read_conversation_id=read_conversation_id,
    can_resume=True,
    can_skip_permissions=True,
    places=find_places,
    proves_submission=True,
    counts_tokens="its conversation's file, once per message",
)
