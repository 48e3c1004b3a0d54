"""pi: how it is started, heard and read. Known versions: 0.74.2 and 0.87.1.

An extension, named on the command line, drops what pi does into the inbox in Claude Code's shape.
pi has no mode in which it asks: outside the sandbox, too, it runs every command at once. The
conversations of a worker lie in its run folder, so that no other can ever be taken for its own.
"""

import json
import os
import shlex
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from rts.adapters.agents import hearing
from rts.adapters.agents.hearing import clean, one_line
from rts.adapters.agents.installed import find_program, read_version
from rts.adapters.agents.others.json_lines import read_entries
from rts.adapters.agents.program import AgentProgram, Heard, Launch, Places
from rts.adapters.agents.tokens import read_count
from rts.adapters.run_files import write_anew
from rts.adapters.told_times import read_time
from rts.world.evidence import Evidence, Source
from rts.world.nouns import Usage

EXTENSION = Path(__file__).with_name("pi_extension.js")
"""What is copied into each run folder: a worker goes on when rts is replaced."""

PACKAGE = "@earendil-works/pi-coding-agent"


def build_command_line(launch: Launch) -> str:
    """Return the line that becomes pi with the brief, or with its old conversation.

    The prompt begins with a space: pi takes one that begins with a dash for an option and one
    with an @ for a file, and knows no `--`.
    """
    options = [
        *("--session-dir", str(conversations_folder(launch))),
        *("--extension", str(extension_path(launch))),
    ]
    if launch.is_resumed:
        # The file itself: an id would also be looked for among other projects' conversations.
        found = find_conversation(launch)
        options += ["--session", str(found) if found else launch.conversation_id]
    said = launch.words if launch.is_resumed else launch.brief
    prompt = f' " $(cat {shlex.quote(str(said))})"' if said else ""
    return f"exec pi {shlex.join(options)}{prompt}"


def write_files(launch: Launch) -> None:
    """Write the extension."""
    conversations_folder(launch).mkdir(exist_ok=True)
    write_anew(launch.run_folder, extension_path(launch), EXTENSION.read_text())


def extension_path(launch: Launch) -> Path:
    """Return the extension in the run folder."""
    return launch.run_folder / "pi.js"


def conversations_folder(launch: Launch) -> Path:
    """Return where the worker's conversations lie."""
    return launch.run_folder / "pi-sessions"


def pi_folder() -> Path:
    """Return where pi keeps settings and logins."""
    configured = os.environ.get("PI_CODING_AGENT_DIR")
    return Path(configured) if configured else Path.home() / ".pi" / "agent"


def hear(worker_id: str, payload: Mapping[str, Any], at: datetime, request: str) -> Heard:
    """Return what the extension dropped: Claude's shape, and the tries after a failure."""
    if payload.get("hook_event_name") != "ApiRetry":
        return hearing.hear(worker_id, payload, at, request)
    attempt = payload.get("attempt")
    detail = json.dumps({"attempt": attempt if isinstance(attempt, int) else 1})
    words = one_line(str(payload.get("error", "")))
    return Heard((Evidence(worker_id, Source.HOOK, "ApiRetry", at, words, detail),))


def find_conversation(launch: Launch) -> Path | None:
    """Return the conversation's file; before its id is known, the only one that was begun."""
    folder, wanted = conversations_folder(launch), launch.conversation_id
    found = sorted(folder.glob("*.jsonl"))
    own = [path for path in found if wanted and path.stem.endswith(f"_{wanted}")]
    if own:
        return own[-1]
    return found[0] if len(found) == 1 and not launch.is_resumed else None


def read_conversation_id(path: Path) -> str:
    """Return the id in a conversation's first line; empty when there is none."""
    entries, _ = read_entries(path, 0)
    own_id = entries[0].get("id") if entries and entries[0].get("type") == "session" else ""
    return own_id if isinstance(own_id, str) else ""


def read_transcript(worker_id: str, transcript: Path, offset: int) -> tuple[Heard, int]:
    """Return the tokens that the conversation counts from byte `offset` on, and where to go on."""
    entries, end = read_entries(transcript, offset)
    usages = [usage for entry in entries if (usage := _read_entry(worker_id, entry))]
    return Heard(usage=tuple(usages)), end


def _read_entry(worker_id: str, entry: Mapping[str, Any]) -> Usage | None:
    try:
        message = entry["message"]
        if message["role"] != "assistant":
            return None
        usage = _read_usage(worker_id, entry, message)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None
    # A message that was cut short reports nothing but zeros.
    return usage if usage.input_tokens or usage.cached_tokens or usage.output_tokens else None


def _read_usage(worker_id: str, entry: Mapping[str, Any], message: Mapping[str, Any]) -> Usage:
    tokens = message["usage"]
    # An entry's own id has eight digits: it is unique in its conversation only.
    message_id = str(message.get("responseId") or f"{entry['id']}.{message['timestamp']}")
    return Usage(
        worker_id=worker_id,
        message_id=clean(message_id),
        at=read_time(entry["timestamp"]),
        model=clean(str(message["model"])),
        input_tokens=read_count(tokens["input"]),
        cached_tokens=read_count(tokens["cacheRead"]) + read_count(tokens["cacheWrite"]),
        output_tokens=read_count(tokens["output"]),
    )


def find_places(launch: Launch) -> Places:
    """Let it renew its login; settings and extensions can be read, and stay as they are."""
    folder = pi_folder()
    return Places(
        writable=(folder / "auth.json",),
        fresh=(folder,),
        keeps=("ANTHROPIC_*", "OPENAI_*", "GEMINI_*", "OPENROUTER_*", "PI_*", "*_API_KEY"),
    )


PI = AgentProgram(
    name="pi",
    find=partial(find_program, "pi"),
    version=partial(read_version, "pi"),
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
