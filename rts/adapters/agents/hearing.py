"""Reads hook payloads in Claude Code's shape into evidence and actions.

Payloads are written by an agent about strangers' work: nothing in them is trusted to have the right
type, to be short or to be printable.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from rts.adapters.agents.claude.limits import read_limit
from rts.adapters.agents.hooks import read_questions
from rts.adapters.agents.program import Heard
from rts.world.evidence import Evidence, Source
from rts.world.nouns import Action

PHRASE_LENGTH_MAX = 80
"""Longest phrase about a tool call: one line of a unit's card."""

PROMPT_LENGTH_MAX = 500
"""How much of a prompt is kept: enough to recognise what was typed."""

PROMPT_READ_FACTOR = 40
"""How much more of a prompt is looked at: indents may be wide."""

WHITE_SPACE = re.compile(r"\s+")

CONVERSATION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")

LAST_WORDS_LENGTH_MAX = 2000
"""How much of a turn's last message is kept, from its end, where the question stands."""

WORDS_LENGTH_MAX = 4096
"""Longest other text that is kept, such as an id or a path (PATH_MAX)."""

UNSTORABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and half surrogates: no path, no store and no terminal takes all of them."""

DIGEST_LENGTH = 12
"""Hex digits of a call's digest: two different calls of one worker never share them."""

TELLING_ARGUMENTS = (
    "command",
    "file_path",
    "notebook_path",
    "pattern",
    "url",
    "query",
    "description",
    "skill",
    "path",
    "prompt",
)
"""The argument that says most about a tool call, best first."""

FAILURE_PHRASES = {
    "rate_limit": "rate limit",
    "authentication_failed": "not logged in",
    "server_error": "the model's service failed",
    "unknown": "the model's service refused",
}

CONVERSATION_ENDS = frozenset({"clear", "resume"})
"""Reasons of a SessionEnd after which the program goes on, with another conversation."""

ASKED_LENGTH_MAX = 16_384
"""Most JSON of a question that is kept with it; a longer one is answered on the pane."""

TASK_NOTIFICATION = "<task-notification>"
"""With this Claude wakes itself when a subagent in the background has ended."""


@dataclass(frozen=True)
class _Hook:
    """One hook file, opened."""

    worker_id: str
    payload: Mapping[str, Any]
    at: datetime
    request: str

    def text(self, key: str) -> str:
        """Return a text as it came: it may be long, and hold anything."""
        value = self.payload.get(key)
        return value if isinstance(value, str) else ""

    def words(self, key: str) -> str:
        """Return a short text on one line that can be kept."""
        return clean(self.text(key)[:WORDS_LENGTH_MAX])

    @property
    def tool_input(self) -> Mapping[str, Any]:
        value = self.payload.get("tool_input")
        return value if isinstance(value, Mapping) else {}

    def evidence(self, value: str = "", /, kind: str = "", **detail: Any) -> Evidence:
        """Return evidence of this hook; every piece names the transcript and the subagent."""
        said = {
            "transcript": self.words("agent_transcript_path") or self.words("transcript_path"),
            "agent_id": self.words("agent_id"),
            **detail,
        }
        kept = {key: fact for key, fact in said.items() if fact not in ("", None)}
        kind = kind or self.words("hook_event_name")
        return Evidence(self.worker_id, Source.HOOK, kind, self.at, value, json.dumps(kept))


def hear(worker_id: str, payload: Mapping[str, Any], at: datetime, request: str) -> Heard:
    """Return what a hook payload says; nothing for a hook that is not known."""
    hook = _Hook(worker_id, payload, at, request)
    match hook.words("hook_event_name"):
        case "PostToolUse":
            return _hear_completion(hook, has_failed=False)
        case "PostToolUseFailure":
            return _hear_completion(hook, has_failed=True)
        case "PreToolUse":
            return Heard((hook.evidence(_phrase(hook), tool=hook.words("tool_name")),))
        case "PermissionRequest":
            return Heard((_read_request(hook),))
        case "UserPromptSubmit":
            return Heard((_read_prompt(hook),))
        case "Stop":
            is_waiting = _waits_for_subagents(hook.payload.get("background_tasks"))
            words = printable(hook.text("last_assistant_message")[-LAST_WORDS_LENGTH_MAX:])
            return Heard((hook.evidence(words, is_waiting_for_subagents=is_waiting),))
        case "StopFailure":
            return Heard((_read_failure(hook),))
        case "SessionStart":
            return _hear_start(hook)
        case "SessionEnd":
            return Heard((_read_end(hook),))
        case "Notification":
            kind = hook.words("notification_type")
            return Heard((hook.evidence(one_line(hook.words("message")), notification=kind),))
        case "Interrupt":
            return Heard((hook.evidence(),))
        case "SubagentStart" | "SubagentStop":
            return Heard((hook.evidence(one_line(hook.words("agent_type"))),))
        case "PreCompact":
            return Heard((hook.evidence(one_line(hook.words("trigger"))),))
    return Heard()


def _hear_start(hook: _Hook) -> Heard:
    """Read a conversation that begins, goes on, or was cleared and has another id now."""
    evidence = hook.evidence(source=hook.words("source"), model=hook.words("model"))
    own_id = as_conversation_id(hook.words("session_id")) if not hook.words("agent_id") else ""
    # What the conversation before it ended with, a question say, waits for nothing any more.
    ended = (hook.evidence(kind="Stop"),) if hook.words("source") == "clear" else ()
    return Heard((evidence, *ended), conversation_id=own_id)


def _read_end(hook: _Hook) -> Evidence:
    """Read the end of the program, or only of a conversation: `/clear` begins another at once."""
    reason = one_line(hook.words("reason"))
    return hook.evidence(reason, kind="ConversationEnd" if reason in CONVERSATION_ENDS else "")


def as_conversation_id(text: str) -> str:
    """Return the id of a conversation as an agent told it; empty for what could be none.

    It becomes a word of a command line, a file name and a pattern: an option, a path or a glob
    must not pass for one.
    """
    return text if CONVERSATION_ID.fullmatch(text) else ""


def _waits_for_subagents(entries: object) -> bool:
    """Tell whether one of the entries that work in the background is a subagent.

    Claude Code 2.1.329 lists shells, monitors and workflows there, too: a worker that leaves a
    server running has finished its turn all the same.
    """
    found = entries if isinstance(entries, list) else []
    return any(isinstance(e, Mapping) and e.get("type", "subagent") == "subagent" for e in found)


def squeeze_prompt(text: str) -> str:
    """Return what is kept of a prompt: its beginning, with runs of white space made one sign.

    What is compared with it to prove a message counts visible characters only.
    """
    plain = printable(text[: PROMPT_READ_FACTOR * PROMPT_LENGTH_MAX])
    kept = WHITE_SPACE.sub(lambda run: "\n" if "\n" in run[0] else " ", plain)
    return kept[:PROMPT_LENGTH_MAX]


def clean(text: str) -> str:
    """Return `text` as it can be kept anywhere; an ordinary path or id stays as it is."""
    return UNSTORABLE.sub(" ", text)


def one_line(text: str) -> str:
    """Return `text` as one printable line of at most `PHRASE_LENGTH_MAX` characters."""
    # The cut before the split keeps a megabyte of tool input from being looked at whole.
    line = " ".join(printable(text[: 10 * PHRASE_LENGTH_MAX]).split())
    return line if len(line) <= PHRASE_LENGTH_MAX else line[: PHRASE_LENGTH_MAX - 1] + "…"


def _hear_completion(hook: _Hook, *, has_failed: bool) -> Heard:
    tool = hook.words("tool_name")
    evidence = hook.evidence(_phrase(hook), tool=tool, error=one_line(hook.words("error")))
    tool_use_id = hook.words("tool_use_id")
    if not tool_use_id:
        return Heard((evidence,))
    digest, agent_id = digest_call(tool, hook.tool_input), hook.words("agent_id")
    action = Action(hook.worker_id, tool_use_id, tool, hook.at, digest, has_failed, agent_id)
    return Heard((evidence,), (action,))


def digest_call(tool: str, tool_input: Mapping[str, Any]) -> str:
    """Return what tells one call from another, the same for its hook and its transcript line."""
    asked = {key: value for key, value in tool_input.items() if key != "answers"}
    if tool != "AskUserQuestion":  # it is told with the answers that it got
        asked = dict(tool_input)
    try:
        call = json.dumps([tool, asked], sort_keys=True)
    except RecursionError:  # as deep as could just be read: told by its tool alone
        call = json.dumps([tool])
    return hashlib.sha256(call.encode()).hexdigest()[:DIGEST_LENGTH]


def _read_request(hook: _Hook) -> Evidence:
    tool = hook.words("tool_name")
    if tool == "AskUserQuestion":
        questions = read_questions(hook.tool_input)
        is_short = _is_short(questions)
        return hook.evidence(
            _question(hook.tool_input),
            request=hook.request,
            tool=tool,
            is_question=True,
            questions=questions if questions and is_short else None,
        )
    return hook.evidence(_phrase(hook), request=hook.request, tool=tool)


def _is_short(questions: list[dict[str, Any]]) -> bool:
    try:
        return len(json.dumps(questions)) <= ASKED_LENGTH_MAX
    except RecursionError:
        return False


def _read_prompt(hook: _Hook) -> Evidence:
    prompt = squeeze_prompt(hook.text("prompt"))
    if prompt.lstrip().startswith(TASK_NOTIFICATION):
        return hook.evidence("a subagent has ended", kind="TaskNotification")
    return hook.evidence(one_line(prompt), prompt=prompt)


def _read_failure(hook: _Hook) -> Evidence:
    error = hook.words("error")
    phrase, detail = read_failure(error, hook.text("last_assistant_message"), hook.at)
    return hook.evidence(phrase, error=error, **detail)


def read_failure(error: str, words: str, at: datetime) -> tuple[str, dict[str, str]]:
    """Return why a turn failed, and what else is known: `resets_at` in ISO of a usage limit."""
    if limit := read_limit(words[:WORDS_LENGTH_MAX], at):
        resets_at = limit.resets_at
        detail = {"resets_at": resets_at.isoformat()} if resets_at else {}
        return limit.say(at), {**detail, "words": one_line(words)}
    phrase = FAILURE_PHRASES.get(error, one_line(error) or FAILURE_PHRASES["unknown"])
    return (f"{phrase}: {one_line(words)}" if words else phrase), {}


def _phrase(hook: _Hook) -> str:
    return phrase_call(hook.words("tool_name"), hook.tool_input, hook.words("cwd"))


def phrase_call(tool: str, tool_input: Mapping[str, Any], cwd: str = "") -> str:
    """Return a tool call in a line: `Bash: pytest -q`; paths below `cwd` are shortened."""
    if tool == "AskUserQuestion":
        return one_line(f"{tool}: {_question(tool_input)}")
    argument = next((a for key in TELLING_ARGUMENTS if (a := tool_input.get(key))), "")
    if not isinstance(argument, str) or not argument:
        return one_line(tool)
    return one_line(f"{tool}: {_shorten_path(argument, cwd)}")


def _shorten_path(argument: str, cwd: str) -> str:
    """Return a path below the worktree as the project calls it, anything else as it is."""
    if not cwd or not argument.startswith(f"{cwd}/"):
        return argument
    return str(PurePath(argument).relative_to(cwd))


def _question(tool_input: Mapping[str, Any]) -> str:
    """Return the first question of an AskUserQuestion call, with a count of the others."""
    questions = tool_input.get("questions")
    if not isinstance(questions, list) or not questions or not isinstance(questions[0], Mapping):
        return "see its pane"
    words = one_line(str(questions[0].get("question", "")))
    return f"{words} (+{len(questions) - 1})" if len(questions) > 1 else words


def printable(text: str) -> str:
    """Return `text` without control characters and half surrogates, line breaks kept."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
