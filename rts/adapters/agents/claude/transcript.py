"""Claude Code's transcript: a growing file of JSON lines.

Tokens are counted from it. The rest repeats what the hooks tell, so that a lost hook file loses
neither an action nor the end of a turn; only Esc is told here alone. A subagent has a file of its
own, from which nothing is taken but tokens and actions.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rts.adapters.agents.claude.lines import Line, read_usage
from rts.adapters.agents.hearing import digest_call
from rts.adapters.agents.program import Heard
from rts.world.evidence import CONTEXT, Evidence
from rts.world.nouns import Action, Usage

READ_SIZE_MAX_BYTES = 8 * 1024 * 1024
"""Most that one call reads: a long conversation is caught up with in a few beats, not in one."""

LOOK_BACK_BYTES = 512 * 1024
"""How far before the new lines a tool call is looked for whose outcome they tell."""

TELLING = re.compile(rb'"type": ?"(?:assistant|user|system)"')
"""What a line must hold to be parsed: whole requests and attachments are large."""

SKIPPED_STARTS = (b'{"type":"api-request', b'{"type": "api-request')


def read_transcript(worker_id: str, transcript: Path, offset: int) -> tuple[Heard, int]:
    """Return what the conversation says from byte `offset` on, and where to go on.

    Only whole lines are read. A file that is missing or has become shorter says nothing.
    """
    try:
        with transcript.open("rb") as file:
            file.seek(offset)
            chunk = file.read(READ_SIZE_MAX_BYTES)
    except OSError:
        return Heard(), offset
    whole, line_break, _ = chunk.rpartition(b"\n")
    if not line_break:
        # A single line above the limit is skipped, or the same bytes would be read for ever.
        return Heard(), offset + (len(chunk) if len(chunk) == READ_SIZE_MAX_BYTES else 0)
    reading = _Reading(worker_id, transcript, offset)
    for line in _parse(whole.split(b"\n")):
        reading.take(line)
    return reading.heard(), offset + len(whole) + 1


def _parse(raw_lines: Iterable[bytes]) -> Iterator[Line]:
    for raw in raw_lines:
        if raw.startswith(SKIPPED_STARTS) or not TELLING.search(raw):
            continue
        try:
            entry = json.loads(raw)
            if isinstance(entry, dict):
                yield Line(entry)
        except (ValueError, RecursionError):
            continue


@dataclass
class _Reading:
    """What one stretch of a transcript says, line by line."""

    worker_id: str
    transcript: Path
    offset: int
    evidence: dict[str, Evidence] = field(default_factory=dict)
    """The latest of each kind: no other is kept anyway."""
    actions: list[Action] = field(default_factory=list)
    usage: dict[str, Usage] = field(default_factory=dict)
    """One line per content block repeats its message's usage: the last one of an id counts."""
    calls: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """Tool and input by tool-use id."""
    last_words: str | None = None
    has_looked_back: bool = False

    def take(self, line: Line) -> None:
        """Read one line; whatever is not as expected in it says nothing."""
        try:
            if usage := read_usage(self.worker_id, line):
                self.usage[usage.message_id] = usage
                self._note_context(line, usage)
            self._remember(line)
            for result in line.results():
                self._take_result(line, result)
            if line.ends_turn and self.last_words is None:
                self._look_back()
            for piece in line.evidence(self.worker_id, str(self.transcript), self.last_words or ""):
                if not line.is_of_subagent:
                    self.evidence[piece.kind] = piece
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
            return

    def heard(self) -> Heard:
        return Heard(tuple(self.evidence.values()), tuple(self.actions), tuple(self.usage.values()))

    def _remember(self, line: Line) -> None:
        self.calls |= line.calls()
        words = line.words()
        if words is not None:
            self.last_words = words

    def _note_context(self, line: Line, usage: Usage) -> None:
        """Note what the worker's own message was asked with: how full its context is."""
        used = usage.input_tokens + usage.cached_tokens
        if used and not line.is_of_subagent:
            path = str(self.transcript)
            self.evidence[CONTEXT] = line.tell(
                self.worker_id, path, CONTEXT, str(used), model=usage.model
            )

    def _take_result(self, line: Line, result: dict[str, Any]) -> None:
        tool_use_id = str(result.get("tool_use_id", ""))
        if tool_use_id not in self.calls:
            self._look_back()
        if tool_use_id not in self.calls or not line.was_run(result):
            return
        tool, tool_input = self.calls[tool_use_id]
        has_failed = bool(result.get("is_error"))
        self.actions.append(
            Action(
                self.worker_id,
                tool_use_id,
                tool,
                line.at(),
                digest_call(tool, tool_input),
                has_failed,
                line.agent_id,
            )
        )
        if not line.is_of_subagent:
            kind = "PostToolUseFailure" if has_failed else "PostToolUse"
            self.evidence[kind] = line.tell(
                self.worker_id, str(self.transcript), kind, line.phrase(tool, tool_input), tool=tool
            )

    def _look_back(self) -> None:
        """Read, once, what stands before the stretch: calls, and the last words."""
        if self.has_looked_back:
            return
        self.has_looked_back = True
        start = max(0, self.offset - LOOK_BACK_BYTES)
        try:
            with self.transcript.open("rb") as file:
                file.seek(start)
                before = file.read(self.offset - start)
        except OSError:
            return
        words = None
        for line in _parse(before.split(b"\n")):
            try:
                self.calls = line.calls() | self.calls
                words = line.words() if line.words() is not None else words
            except (KeyError, TypeError, AttributeError):
                continue
        if self.last_words is None:
            self.last_words = words
