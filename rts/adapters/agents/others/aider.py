"""aider: how it is started and read. Known version: 0.86.2.

It has no hooks and no ids: its conversation is a file, and we name that file by our own id. So it
is taken up again by its own file, as aider does it: told anew, and summarised when long. It has no
tool calls that could be counted. Whether it works, waits or asks is read from its screen.
"""

import json
import os
import shlex
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from rts.adapters.agents import hearing
from rts.adapters.agents.installed import find_program, read_version
from rts.adapters.agents.others.json_lines import READ_SIZE_MAX_BYTES, read_entries
from rts.adapters.agents.program import AgentProgram, Heard, Launch, Places
from rts.adapters.agents.tokens import read_count
from rts.adapters.told_times import read_timestamp
from rts.world.evidence import Evidence, Source
from rts.world.nouns import Usage

PREFIX = "aider-"
"""What the names of its files in the run folder begin with; the conversation's id follows."""

PROMPT_MARK = "#### "
"""How a line of a prompt begins in aider's chat history."""

BLANK = "<blank>"
"""What stands there for an Enter without words."""


OPTIONS = ("--no-check-update", "--no-show-release-notes", "--no-gitignore", "--no-analytics")
"""Nothing that asks before the first turn, nor changes the project's .gitignore."""


def build_command_line(launch: Launch) -> str:
    """Return the line that has aider work on the brief, and then becomes aider.

    With a message aider ends after its turn, so the next one goes on with the same history. Outside
    the sandbox it asks before new files and commands; `--yes-always` never runs a command.
    """
    options = [
        *OPTIONS,
        *("--chat-history-file", str(history_path(launch))),
        *("--input-history-file", str(history_path(launch).with_suffix(".input"))),
        *("--analytics-log", str(history_path(launch).with_suffix(".jsonl"))),
    ]
    if launch.skips_permissions:
        options.append("--yes-always")
    start = f"aider {shlex.join([*options, '--restore-chat-history'])}"
    said = launch.words if launch.is_resumed else launch.brief
    first = f"{start} --message-file {shlex.quote(str(said))}; " if said else ""
    return f"{first}exec {start}"


def history_path(launch: Launch) -> Path:
    """Return the conversation's file, in the run folder."""
    return launch.run_folder / f"{PREFIX}{launch.conversation_id}.md"


def find_conversation(launch: Launch) -> Path | None:
    """Return the conversation's file, if it has begun."""
    path = history_path(launch)
    return path if path.is_file() else None


def read_conversation_id(path: Path) -> str:
    """Return the id by which we named the file."""
    return path.stem.removeprefix(PREFIX)


def read_transcript(worker_id: str, transcript: Path, offset: int) -> tuple[Heard, int]:
    """Return the prompts of a chat history, or the tokens of the log beside it.

    The history is where aider is first heard; it names the log, so that both are read on.
    """
    if transcript.suffix == ".jsonl":
        entries, end = read_entries(transcript, offset)
        usage = [_read_usage(worker_id, transcript, entry) for entry in entries]
        return Heard(usage=tuple(piece for piece in usage if piece)), end
    return _read_history(worker_id, transcript, offset)


def _read_history(worker_id: str, history: Path, offset: int) -> tuple[Heard, int]:
    """Read whole prompts only: each is followed by a line that belongs to none."""
    try:
        # The history tells no times but its start; a prompt is written when it is submitted.
        at = read_timestamp(history.stat().st_mtime)
        with history.open("rb") as file:
            file.seek(offset)
            chunk = file.read(READ_SIZE_MAX_BYTES)
    except OSError:
        return Heard(), offset
    whole = chunk[: chunk.rfind(b"\n") + 1]
    prompts = _find_prompts(whole.decode(errors="replace"))
    said = tuple(_as_evidence(worker_id, history, prompt, at) for prompt in prompts)
    begun = _begin(worker_id, history, at) if offset == 0 and whole else ()
    evidence = (*begun, *(piece for pieces in said for piece in pieces))
    return Heard(evidence), offset + len(whole)


def _begin(worker_id: str, history: Path, at: datetime) -> tuple[Evidence, ...]:
    """Return evidence that names both files: what is named is read on."""
    named = {"SessionStart": history, "TokenLog": history.with_suffix(".jsonl")}
    return tuple(
        Evidence(worker_id, Source.TRANSCRIPT, kind, at, "", json.dumps({"transcript": str(path)}))
        for kind, path in named.items()
    )


def _find_prompts(text: str) -> list[str]:
    prompts: list[str] = []
    is_open = False
    for line in text.splitlines():
        if not line.startswith(PROMPT_MARK):
            is_open = False
            continue
        words = line.removeprefix(PROMPT_MARK).rstrip()
        if is_open:
            prompts[-1] = f"{prompts[-1]}\n{words}"
        else:
            prompts.append(words)
        is_open = True
    return [prompt for prompt in prompts if prompt != BLANK]


def _as_evidence(worker_id: str, history: Path, prompt: str, at: datetime) -> tuple[Evidence, ...]:
    payload = {
        "hook_event_name": "UserPromptSubmit",
        "prompt": prompt,
        "transcript_path": str(history),
    }
    heard = hearing.hear(worker_id, payload, at, "").evidence
    return tuple(replace(piece, source=Source.TRANSCRIPT) for piece in heard)


def _read_usage(worker_id: str, log: Path, entry: dict[str, Any]) -> Usage | None:
    """Return the tokens of one answer; the log hides the names of models it does not know."""
    try:
        if entry["event"] != "message_send":
            return None
        sent, at = entry["properties"], read_timestamp(entry["time"])
        counts = (read_count(sent["prompt_tokens"]), read_count(sent["completion_tokens"]))
        # The log has no ids. Time and the sum so far tell two answers of one second apart.
        own_id = f"{log.stem}-{entry['time']}-{counts[0]}-{sent.get('total_cost', 0)}-{counts[1]}"
        model = hearing.clean(str(sent.get("main_model", "")))
        return Usage(worker_id, own_id, at, model, counts[0], 0, counts[1])
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        return None


def find_places(launch: Launch) -> Places:
    """Let it write its caches and what it remembers of models; its .aider.conf.yml stays."""
    folder = Path.home() / ".aider"
    folder.mkdir(exist_ok=True)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Places(writable=(folder,), fresh=(cache,), keeps=("*_API_KEY",))


AIDER = AgentProgram(
    name="aider",
    find=partial(find_program, "aider"),
    version=partial(read_version, "aider"),
    command_line=build_command_line,
    install_hint="pip install aider-chat",
    read_transcript=read_transcript,
    find_conversation=find_conversation,
    read_conversation_id=read_conversation_id,
    can_resume=True,
    can_skip_permissions=True,
    places=find_places,
    proves_submission=True,
    counts_tokens="its analytics log, kept in the run folder and never sent",
)
