"""One line of Claude Code's transcript, and what it says. Seen with 2.1.197 and 2.1.329."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rts.adapters.agents.hearing import (
    LAST_WORDS_LENGTH_MAX,
    TASK_NOTIFICATION,
    WORDS_LENGTH_MAX,
    clean,
    one_line,
    phrase_call,
    printable,
    read_failure,
    squeeze_prompt,
)
from rts.adapters.agents.tokens import read_count
from rts.adapters.told_times import AHEAD_MAX, bound, read_time
from rts.world.evidence import Evidence, Source
from rts.world.nouns import Usage

INTERRUPTED = "[Request interrupted by user"
NOT_PROMPTS = ("<command-", "<local-command-", "<system-reminder>", "<bash-")
"""How lines begin that stand where prompts do, but were not typed to the model."""

NOT_RUN = ("<tool_use_error>", "The user doesn't want to proceed with this tool use")
"""How the result of a call begins that was not run: its arguments were wrong, or it was denied."""

STATUS_WORDS = {429: "rate limit (429)", 529: "overloaded (529)", 401: "not logged in (401)"}


@dataclass(frozen=True)
class Line:
    """One parsed line. Its methods raise whatever a strange one makes them raise."""

    entry: dict[str, Any]

    @property
    def is_of_subagent(self) -> bool:
        """Whether the line belongs to a subagent, not to the worker's own turn."""
        return bool(self.entry.get("isSidechain"))

    @property
    def agent_id(self) -> str:
        """The subagent's id; empty for the worker itself."""
        return _read_words(self.entry.get("agentId", "")) if self.is_of_subagent else ""

    @property
    def ends_turn(self) -> bool:
        """Whether a turn ends here."""
        return self.entry.get("subtype") == "turn_duration"

    def at(self) -> datetime:
        """Return when it was written, UTC."""
        return read_time(self.entry["timestamp"])

    def blocks(self, kind: str) -> list[dict[str, Any]]:
        """Return the content blocks of one type."""
        content = (self.entry.get("message") or {}).get("content")
        if not isinstance(content, list):
            return []
        return [b for b in content if isinstance(b, dict) and b.get("type") == kind]

    def calls(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Return the tool calls that begin here: tool and input by tool-use id."""
        if self.entry["type"] != "assistant":
            return {}
        return {
            str(block["id"]): (_read_words(block["name"]), dict(block["input"]))
            for block in self.blocks("tool_use")
        }

    def results(self) -> list[dict[str, Any]]:
        """Return the outcomes of tool calls that stand here."""
        return self.blocks("tool_result") if self.entry["type"] == "user" else []

    def was_run(self, result: dict[str, Any]) -> bool:
        """Tell whether the call was run: no hook tells of one that was denied or wrong."""
        is_refused = str(result.get("content"))[:200].startswith(NOT_RUN)
        return not self.entry.get("toolDenialKind") and not is_refused

    def words(self) -> str | None:
        """Return what the model says here; empty when a prompt begins a new turn."""
        if self.is_of_subagent:
            return None
        if self.entry["type"] == "user":
            return "" if self._prompt() else None
        if self.entry["type"] != "assistant":
            return None
        texts = [str(block.get("text", "")) for block in self.blocks("text")]
        return printable("\n".join(texts)[-LAST_WORDS_LENGTH_MAX:]) if texts else None

    def phrase(self, tool: str, tool_input: dict[str, Any]) -> str:
        """Return a call in a line, with paths as the project calls them."""
        return phrase_call(tool, tool_input, str(self.entry.get("cwd") or ""))

    def tell(
        self, worker_id: str, transcript: str, kind: str, value: str = "", /, **detail: Any
    ) -> Evidence:
        """Return evidence of this line."""
        said = {"transcript": clean(transcript), **detail}
        kept = {key: fact for key, fact in said.items() if fact not in ("", None)}
        return Evidence(worker_id, Source.TRANSCRIPT, kind, self.at(), value, json.dumps(kept))

    def evidence(self, worker_id: str, transcript: str, last_words: str) -> Iterator[Evidence]:
        """Say what the line means for the turn; `last_words` are the model's before it."""
        match self.entry["type"]:
            case "assistant" if self.entry.get("isApiErrorMessage"):
                error = one_line(str(self.entry.get("error") or ""))
                phrase, detail = read_failure(error, self.words() or "", self.at())
                yield self.tell(worker_id, transcript, "StopFailure", phrase, error=error, **detail)
            case "assistant":
                for tool, tool_input in self.calls().values():
                    phrase = self.phrase(tool, tool_input)
                    yield self.tell(worker_id, transcript, "PreToolUse", phrase, tool=tool)
            case "user":
                yield from self._typed(worker_id, transcript)
            case "system":
                yield from self._system(worker_id, transcript, last_words)

    def _typed(self, worker_id: str, transcript: str) -> Iterator[Evidence]:
        texts = [str(block.get("text", "")) for block in self.blocks("text")]
        if any(text.startswith(INTERRUPTED) for text in texts):
            yield self.tell(worker_id, transcript, "Interrupt")
        elif prompt := self._prompt():
            kept = squeeze_prompt(prompt)
            yield self.tell(worker_id, transcript, "UserPromptSubmit", one_line(kept), prompt=kept)

    def _system(self, worker_id: str, transcript: str, last_words: str) -> Iterator[Evidence]:
        match self.entry.get("subtype"):
            case "turn_duration":
                is_waiting = bool(self.entry.get("pendingBackgroundAgentCount"))
                yield self.tell(
                    worker_id, transcript, "Stop", last_words, is_waiting_for_subagents=is_waiting
                )
            case "compact_boundary":
                trigger = (self.entry.get("compactMetadata") or {}).get("trigger")
                yield self.tell(worker_id, transcript, "PreCompact", one_line(str(trigger)))
            case "api_error":
                status = _read_status(self.entry.get("error"))
                wait_ms = float(self.entry.get("retryInMs") or 0)
                wait = min(timedelta(milliseconds=wait_ms), AHEAD_MAX)
                until = bound(self.at() + wait)
                yield self.tell(
                    worker_id,
                    transcript,
                    "ApiRetry",
                    say_status(status),
                    attempt=int(self.entry.get("retryAttempt") or 1),
                    until=until.isoformat(),
                )

    def _prompt(self) -> str:
        """Return what the commander typed; empty for what only stands in its place."""
        entry = self.entry
        if entry["type"] != "user" or entry.get("isMeta") or entry.get("isCompactSummary"):
            return ""
        if entry.get("isVisibleInTranscriptOnly") or self.results():
            return ""
        content = entry["message"]["content"]
        texts = [str(block.get("text", "")) for block in self.blocks("text")]
        prompt = content if isinstance(content, str) else "\n".join(texts)
        begun = prompt.lstrip()
        if begun.startswith((INTERRUPTED, TASK_NOTIFICATION, *NOT_PROMPTS)):
            return ""
        return str(prompt)


def read_usage(worker_id: str, line: Line) -> Usage | None:
    """Return the tokens of a message, or None for a line that tells of none."""
    entry = line.entry
    if entry.get("type") != "assistant" or entry.get("isApiErrorMessage"):
        return None
    try:
        message = entry["message"]
        tokens = message["usage"]
        return Usage(
            worker_id=worker_id,
            message_id=_read_words(message["id"]),
            at=line.at(),
            model=_read_words(message["model"]),
            input_tokens=read_count(tokens["input_tokens"]),
            cached_tokens=read_count(tokens.get("cache_read_input_tokens") or 0)
            + read_count(tokens.get("cache_creation_input_tokens") or 0),
            output_tokens=read_count(tokens["output_tokens"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None


def say_status(status: int) -> str:
    """Return an HTTP status of the model's service in words: `rate limit (429)`."""
    if status in STATUS_WORDS:
        return STATUS_WORDS[status]
    return f"server error ({status})" if status >= 500 else f"the service refused ({status})"


def _read_status(error: Any) -> int:
    found = error if isinstance(error, dict) else {}
    status = found.get("status") or (found.get("cause") or {}).get("status") or 0
    return int(status)


def _read_words(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return clean(value[:WORDS_LENGTH_MAX])
