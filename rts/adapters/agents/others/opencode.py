"""OpenCode: how it is started, heard and resumed. Known version: 1.18.33.

Everything that it tells comes through a plugin (`opencode_plugin.js`), which its own environment
variable names beside the commander's plugins: OpenCode joins the two lists. The same plugin answers
permissions, and says the first words of a resumed conversation.
"""

import json
import os
import re
import shlex
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from rts.adapters.agents import hearing
from rts.adapters.agents.hearing import clean, one_line
from rts.adapters.agents.installed import find_program, read_version
from rts.adapters.agents.program import AgentProgram, Heard, Launch, Places
from rts.adapters.agents.tokens import read_count
from rts.adapters.run_files import write_anew
from rts.adapters.told_times import read_timestamp
from rts.paths import pull_request_path
from rts.world.evidence import Evidence, Source
from rts.world.nouns import Usage

PLUGIN_PATH = Path(__file__).parent / "opencode_plugin.js"

CONFIG_VARIABLE = "OPENCODE_CONFIG_CONTENT"
"""Configuration as text; it is merged over all files: opencode.ai/docs/config."""

CONVERSATION_ID = re.compile(r"ses_\w+")
"""What OpenCode calls its conversations; anything else is our own id, which it was never told."""

PROVIDER_KEYS = ("*_API_KEY", "AWS_BEARER_TOKEN_BEDROCK", "OPENCODE_*")
"""Secret variables that it needs: it speaks to any provider whose key it finds."""


DATABASE_TIMEOUT_S = 1.0
"""Longest wait for OpenCode's database while it is written."""


def build_command_line(launch: Launch) -> str:
    """Return the line that becomes OpenCode with the brief, or with its old conversation.

    The prompt stands behind `=`, for it may begin with a dash. `--auto` allows what no rule denies.
    """
    config = f'{CONFIG_VARIABLE}="$(cat {shlex.quote(str(config_path(launch)))})"'
    auto = " --auto" if launch.skips_permissions else ""
    if not launch.is_resumed:
        brief = shlex.quote(str(launch.brief))
        return f'export {config}; exec opencode{auto} --prompt="$(cat {brief})"'
    own_id = shlex.quote(launch.conversation_id)
    first = f" RTS_FIRST_WORDS={shlex.quote(str(launch.words))}" if launch.words else ""
    return (
        f"export {config} RTS_CONVERSATION={own_id}{first}; exec opencode{auto} --session={own_id}"
    )


def write_files(launch: Launch) -> None:
    """Write the worker's own configuration; the commander's files are neither changed nor hidden.

    OpenCode asks for nothing by default; outside the sandbox it is made to ask before each command
    and edit. What the commander has put into the same variable stays, with ours beside it.
    """
    config = _read_inherited()
    config["plugin"] = [*config.get("plugin", []), PLUGIN_PATH.as_uri()]
    if not launch.skips_permissions:
        # The later of two patterns that match wins; edits are matched relative to the worktree.
        hand_in = os.path.relpath(pull_request_path(launch.run_folder), launch.worktree)
        config["permission"] = {
            "bash": "ask",
            "webfetch": "ask",
            "edit": {"*": "ask", hand_in: "allow"},
            "external_directory": {f"{launch.run_folder}/*": "allow"},
        }
    # Readable for nobody else: an inherited configuration may hold the commander's key.
    write_anew(launch.run_folder, config_path(launch), json.dumps(config, indent=1))


def config_path(launch: Launch) -> Path:
    """Return the configuration in the run folder."""
    return launch.run_folder / "opencode.json"


def _read_inherited() -> dict[str, Any]:
    try:
        config = json.loads(os.environ.get(CONFIG_VARIABLE, "{}"))
    except ValueError:
        return {}
    is_usable = isinstance(config, dict) and isinstance(config.get("plugin", []), list)
    return config if is_usable else {}


def hear(worker_id: str, payload: Mapping[str, Any], at: datetime, request: str) -> Heard:
    """Return what the plugin dropped: Claude's shape, and three kinds of its own."""
    try:
        match payload.get("hook_event_name"):
            case "Usage":
                return _hear_usage(worker_id, payload, at)
            case "ApiRetry":
                return Heard((_read_retry(worker_id, payload, at),))
            case "StopFailure":
                payload = {**payload, "error": _name_failure(payload)}
            case "PreToolUse" | "PostToolUse" | "PostToolUseFailure" | "PermissionRequest":
                payload = _with_common_words(payload)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError):
        return Heard()
    heard = hearing.hear(worker_id, payload, at, request)
    return replace(heard, conversation_id=_read_id(payload))


def _read_id(payload: Mapping[str, Any]) -> str:
    """Return the conversation's id where one begins or goes on: a prompt of the commander's."""
    own_id = payload.get("session_id")
    is_turn = payload.get("hook_event_name") == "UserPromptSubmit"
    return own_id if is_turn and isinstance(own_id, str) and _is_theirs(own_id) else ""


def _is_theirs(conversation_id: str) -> bool:
    return CONVERSATION_ID.fullmatch(conversation_id) is not None


def _with_common_words(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload with a tool and a file called as every other agent program calls them."""
    tool, tool_input = str(payload.get("tool_name", "")), payload.get("tool_input")
    facts = dict(tool_input) if isinstance(tool_input, Mapping) else {}
    for name in ("filePath", "filepath"):
        if name in facts:
            facts["file_path"] = facts.pop(name)
    if tool == "question":
        tool = "AskUserQuestion"
    return {**payload, "tool_name": f"{tool[:1].upper()}{tool[1:]}", "tool_input": facts}


def _hear_usage(worker_id: str, payload: Mapping[str, Any], at: datetime) -> Heard:
    tokens = payload["tokens"]
    cache = tokens.get("cache") or {}
    usage = Usage(
        worker_id=worker_id,
        message_id=clean(str(payload["message_id"])),
        at=at,
        model=clean(str(payload["model"])),
        input_tokens=read_count(tokens["input"]),
        cached_tokens=read_count(cache.get("read", 0)) + read_count(cache.get("write", 0)),
        output_tokens=read_count(tokens["output"]) + read_count(tokens.get("reasoning", 0)),
    )
    # A message that was cut short reports nothing but zeros.
    is_counted = usage.input_tokens or usage.cached_tokens or usage.output_tokens
    return Heard(usage=(usage,)) if is_counted else Heard()


def _read_retry(worker_id: str, payload: Mapping[str, Any], at: datetime) -> Evidence:
    until = read_timestamp(float(payload["next"]) / 1000)
    detail = json.dumps({"attempt": int(payload["attempt"]), "until": until.isoformat()})
    words = one_line(str(payload.get("message", "")))
    return Evidence(worker_id, Source.HOOK, "ApiRetry", at, words, detail)


def _name_failure(payload: Mapping[str, Any]) -> str:
    match payload.get("status_code"):
        case 429:
            return "rate_limit"
        case 401 | 403:
            return "authentication_failed"
        case int(code) if code >= 500:
            return "server_error"
    return "authentication_failed" if payload.get("error") == "ProviderAuthError" else "unknown"


def find_conversation(launch: Launch) -> Path | None:
    """Return the place of the conversation: `<database>/<its id>`, which is no file.

    OpenCode keeps all conversations in one SQLite database.
    """
    query = (
        "SELECT id FROM session WHERE parent_id IS NULL AND "
        + ("id = ?" if _is_theirs(launch.conversation_id) else "directory = ?")
        + " LIMIT 2"
    )
    wanted = launch.conversation_id if "id = ?" in query else str(launch.worktree)
    database = data_folder() / "opencode.db"
    try:
        uri = f"{database.as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=DATABASE_TIMEOUT_S)) as connection:
            rows = connection.execute(query, (wanted,)).fetchall()
    except sqlite3.Error:
        return None
    return database / rows[0][0] if len(rows) == 1 else None


def data_folder() -> Path:
    """Return where OpenCode keeps conversations and its login (XDG)."""
    return _xdg_folder("XDG_DATA_HOME", ".local/share")


def _xdg_folder(variable: str, usual: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / usual) / "opencode"


def find_places(launch: Launch) -> Places:
    """Let it write conversations, login and caches; makes the folders that this names.

    In its configuration it leaves packages, which are thrown away.
    """
    folders = (
        data_folder(),
        _xdg_folder("XDG_STATE_HOME", ".local/state"),
        _xdg_folder("XDG_CACHE_HOME", ".cache"),
    )
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    config = _xdg_folder("XDG_CONFIG_HOME", ".config")
    return Places(writable=folders, fresh=(config,), keeps=PROVIDER_KEYS)


OPENCODE = AgentProgram(
    name="opencode",
    find=partial(find_program, "opencode"),
    version=partial(read_version, "opencode"),
    command_line=build_command_line,
    install_hint="npm install -g opencode-ai",
    write_files=write_files,
    hear=hear,
    has_hooks=True,
    answers_by_hook=True,
    find_conversation=find_conversation,
    read_conversation_id=lambda path: path.name,
    can_resume=True,
    can_skip_permissions=True,
    places=find_places,
    proves_submission=True,
    counts_tokens="its plugin, once per message",
)
