"""Codex's rollout: a growing file of JSON lines, one conversation in it.

`<home>/sessions/YYYY/MM/DD/rollout-<time>-<conversation id>.jsonl`; the shape is that of
codex-rs/protocol. Its input tokens include the cached ones. A subagent has a file of its own: its
tokens and tool calls count for the worker, its turns do not.
"""

import json
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rts.adapters.agents import hearing
from rts.adapters.agents.codex.counts import read_token_count
from rts.adapters.agents.codex.folders import FIRST_LINE_MAX_BYTES, codex_home, own_home
from rts.adapters.agents.hearing import clean, one_line
from rts.adapters.agents.others.json_lines import read_entries
from rts.adapters.agents.program import Heard, Launch
from rts.adapters.agents.tokens import read_count
from rts.adapters.told_times import read_time
from rts.world.evidence import Evidence, Source
from rts.world.nouns import Action, Usage

Entry = dict[str, Any]


LOOK_BACK_BYTES = 1 << 20
"""How far before a stretch its model, or the beginning of a tool call, is looked for."""

UNDONE = re.compile(
    r"\A(?:aborted|unsupported call|\w+ failed: .*Rejected"
    r"|Wall time: [\d.]+ seconds\naborted by user)"
)
"""How the output of a call begins that was never carried out; as `PostToolUse` is silent then."""

RESET = re.compile(r"try again (?:at|in) ([^.]+)\.", re.IGNORECASE)
"""When a limit ends, in Codex's words: `2:53 PM`, `Dec 3rd, 2026 2:53 PM`."""

LIMITS = frozenset({"usage_limit_exceeded", "usage_limit_reached", "quota_exceeded"})


STRANGE = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    OSError,
    RecursionError,
)
"""What a line that is not as expected makes its reading raise."""


def read_transcript(worker_id: str, transcript: Path, offset: int) -> tuple[Heard, int]:
    """Return what the conversation says from byte `offset` on, and where to go on."""
    entries, next_offset = read_entries(transcript, offset)
    if not entries:
        return Heard(), next_offset
    reading = _Reading(worker_id, transcript, offset)
    for entry in entries:
        try:
            reading.read(entry)
        except STRANGE:
            continue  # a line of another version
    own = read_head(transcript).get("is_own", False)
    heard = Heard(
        evidence=tuple(reading.evidence) if own else (),
        actions=tuple(reading.actions),
        usage=tuple(reading.usage),
    )
    return heard, next_offset


class _Reading:
    """What one stretch of a rollout says; it grows line by line."""

    def __init__(self, worker_id: str, path: Path, offset: int) -> None:
        self.evidence: list[Evidence] = []
        self.actions: list[Action] = []
        self.usage: list[Usage] = []
        self._worker_id = worker_id
        self._path = path
        self._offset = offset
        self._model = ""
        self._calls: dict[str, Entry] = {}

    def read(self, entry: Entry) -> None:
        payload = entry["payload"]
        at = read_time(entry["timestamp"])
        match entry["type"], payload.get("type"):
            case "turn_context", _:
                self._model = str(payload.get("model", ""))
            case "token_usage_record", _:
                self._read_usage(payload, at)
            case "response_item", "function_call" | "custom_tool_call":
                self._calls[payload["call_id"]] = payload
                self._tell("PreToolUse", at, payload)
            case "response_item", "function_call_output" | "custom_tool_call_output":
                self._read_output(payload, at)
            case "event_msg", kind:
                self._read_event(kind, payload, at)

    def _read_event(self, kind: str, payload: Entry, at: datetime) -> None:
        match kind:
            case "item_completed" if payload["item"].get("type") == "UserMessage":
                texts = [part.get("text", "") for part in payload["item"]["content"]]
                self._hear({"hook_event_name": "UserPromptSubmit", "prompt": "\n".join(texts)}, at)
            case "task_complete" if payload.get("error"):
                self.evidence.append(_read_failure(self._worker_id, payload["error"], at))
            case "task_complete":
                words = payload.get("last_agent_message") or ""
                self._hear({"hook_event_name": "Stop", "last_assistant_message": words}, at)
            case "token_count":
                self.evidence += read_token_count(self._worker_id, payload, at)
            case "turn_aborted" if payload.get("reason") == "interrupted":
                self._hear({"hook_event_name": "Interrupt"}, at)

    def _read_usage(self, payload: Entry, at: datetime) -> None:
        tokens = payload["usage"]
        written = read_count(tokens.get("cache_write_input_tokens") or 0)
        cached = read_count(tokens.get("cached_input_tokens") or 0) + written
        self._model = self._model or self._find_model()
        self.usage.append(
            Usage(
                worker_id=self._worker_id,
                message_id=clean(str(payload["response_id"])),
                at=at,
                model=clean(self._model),
                input_tokens=max(read_count(tokens["input_tokens"]) - cached, 0),
                cached_tokens=cached,
                output_tokens=read_count(tokens["output_tokens"]),
            )
        )

    def _read_output(self, payload: Entry, at: datetime) -> None:
        call_id = payload["call_id"]
        output = payload.get("output")
        call = self._calls.get(call_id) or self._find_call(call_id)
        if call and not (isinstance(output, str) and UNDONE.search(output[:LOOK_BACK_BYTES])):
            self._tell("PostToolUse", at, call)

    def _tell(self, kind: str, at: datetime, call: Entry) -> None:
        """Hear a tool call as its hook would have told it, under the same id."""
        tool, tool_input = call["name"], _read_arguments(call)
        if tool == "exec_command":
            tool, tool_input = "Bash", {"command": tool_input.get("cmd", "")}
        facts = {"tool_name": tool, "tool_input": tool_input, "tool_use_id": call["call_id"]}
        self._hear({"hook_event_name": kind, **facts}, at)

    def _hear(self, payload: Entry, at: datetime) -> None:
        heard = hearing.hear(self._worker_id, payload, at, "")
        self.evidence += [replace(piece, source=Source.TRANSCRIPT) for piece in heard.evidence]
        self.actions += heard.actions

    def _find_model(self) -> str:
        line = self._look_back(b'"type":"turn_context"')
        return str(line["payload"].get("model", "")) if line else ""

    def _find_call(self, call_id: str) -> Entry | None:
        line = self._look_back(f'"call_id":"{call_id}"'.encode())
        call = line["payload"] if line else {}
        return call if "name" in call else None

    def _look_back(self, words: bytes) -> Entry | None:
        """Return the last line before this stretch that has `words` in it."""
        begin = max(0, self._offset - LOOK_BACK_BYTES)
        with self._path.open("rb") as file:
            file.seek(begin)
            chunk = file.read(self._offset - begin)
        at = chunk.rfind(words)
        if at < 0:
            return None
        entry = json.loads(chunk[chunk.rfind(b"\n", 0, at) + 1 : chunk.index(b"\n", at)])
        return entry if isinstance(entry, dict) else None


def find_conversation(launch: Launch) -> Path | None:
    """Return the rollout of `launch.conversation_id`, or of the only conversation that began in the
    worktree since the worker was spawned."""
    for home in (own_home(launch), codex_home()):
        name = f"rollout-*-{_escape(launch.conversation_id)}.jsonl"
        if found := next((home / "sessions").glob(f"*/*/*/{name}"), None):
            return found
    return None if _is_codex_id(launch.conversation_id) else _find_only_one(launch)


def _is_codex_id(conversation_id: str) -> bool:
    """Tell Codex's ids, of version 7, from ours of version 4, which it was never told."""
    try:
        return uuid.UUID(conversation_id).version == 7
    except ValueError:
        return False


def _find_only_one(launch: Launch) -> Path | None:
    try:
        spawned_at_s = launch.brief.stat().st_mtime
    except OSError:
        return None
    found = [
        path
        for home in (own_home(launch), codex_home())
        for path in (home / "sessions").glob("*/*/*/rollout-*.jsonl")
        if _began_at_s(path) >= spawned_at_s and _began_in(path, launch.worktree)
    ]
    return found[0] if len(found) == 1 else None


def _began_at_s(path: Path) -> float:
    """Return when a conversation was begun; an older one in the same directory may still grow."""
    try:
        return read_time(read_head(path).get("timestamp")).timestamp()
    except ValueError:
        return 0.0


def _began_in(path: Path, worktree: Path) -> bool:
    head = read_head(path)
    return bool(head.get("is_own")) and head.get("cwd") in (str(worktree), str(worktree.resolve()))


def read_conversation_id(path: Path) -> str:
    """Return the id in a rollout's first line; empty when there is none."""
    return hearing.as_conversation_id(str(read_head(path).get("id", "")))


def read_head(path: Path) -> Entry:
    """Return `session_meta`, with `is_own`: neither a subagent's nor Codex's own conversation."""
    try:
        with path.open("rb") as file:
            entry = json.loads(file.readline(FIRST_LINE_MAX_BYTES))
        head = entry["payload"]
        is_users = head.get("thread_source") in (None, "user") and head["source"] != "subagent"
        is_root = isinstance(head["source"], str) and head["id"] == head.get(
            "session_id", head["id"]
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    began_at = head.get("timestamp", entry.get("timestamp"))
    return {**head, "timestamp": began_at, "is_own": is_users and is_root}


def _read_failure(worker_id: str, error: Entry, at: datetime) -> Evidence:
    kind, words = str(error.get("codex_error_info")), str(error.get("message", ""))
    if kind not in LIMITS:
        return _failure(worker_id, at, _read_message(words), {"error": kind})
    found = RESET.search(words)
    detail = {"error": kind}
    if found and (until := _read_reset(found[1], at)):
        detail["until"] = until.isoformat()
    return _failure(worker_id, at, f"usage limit{f' until {found[1]}' if found else ''}", detail)


def _failure(worker_id: str, at: datetime, words: str, detail: dict[str, str]) -> Evidence:
    kind, facts = "StopFailure", json.dumps(detail)
    return Evidence(worker_id, Source.TRANSCRIPT, kind, at, one_line(words), facts)


def _read_message(words: str) -> str:
    """Return the message in a service's error, which may be its JSON answer as a text."""
    try:
        message = json.loads(words)["error"]["message"]
    except (ValueError, KeyError, TypeError, RecursionError):
        message = words
    return f"the model's service failed: {message}" if message else "the model's service failed"


def _read_reset(words: str, at: datetime) -> datetime | None:
    """Return when a limit ends, which Codex says in local time; None when it says it otherwise."""
    plain = re.sub(r"(\d)(st|nd|rd|th),", r"\1,", words.strip())
    local = at.astimezone()
    try:
        if "," in plain:
            return datetime.strptime(plain, "%b %d, %Y %I:%M %p").astimezone(UTC)
        clock = datetime.strptime(plain, "%I:%M %p")
    except ValueError:
        return None
    until = local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return (
        until if until >= local - timedelta(minutes=1) else until + timedelta(days=1)
    ).astimezone(UTC)


def _read_arguments(call: Entry) -> Entry:
    """Return what a tool is called with: JSON as a text, or a text for itself."""
    if "arguments" not in call:
        return {"command": call.get("input", "")}
    arguments = json.loads(call["arguments"])
    return arguments if isinstance(arguments, dict) else {}


def _escape(conversation_id: str) -> str:
    """Return an id as it can stand in a pattern for file names."""
    return re.sub(r"[^\w-]", "?", conversation_id)
