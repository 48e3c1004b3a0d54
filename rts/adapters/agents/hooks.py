"""The hooks that tell of a worker: settings for the agent program, and the shell line they run.

A hook is a POSIX shell line and never Python: it runs at every tool call. It writes what it is
given into one file of the inbox, prints nothing and ends with 0, whatever happens: a broken inbox
must not disturb the agent. Only the permission hook waits, for the commander's answer.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rts.adapters.run_files import read_inside
from rts.paths import answers_folder

HOOK_NAMES = (
    "SessionStart",
    "SessionEnd",
    "UserPromptSubmit",
    "PreToolUse",
    "PostToolUse",
    "PostToolUseFailure",
    "PermissionRequest",
    "Notification",
    "Stop",
    "StopFailure",
    "SubagentStart",
    "SubagentStop",
    "PreCompact",
)
"""The hooks that Claude Code 2.1.197 and 2.1.329 both know: a name that the installed version does
not know makes it open a blocking “settings problem” dialog."""

DROP_TIMEOUT_S = 10
"""Longest that an agent waits for a dropping hook: it takes milliseconds unless the disk hangs."""

ANSWER_WAIT_S = 3600
"""Longest that a permission hook waits; afterwards the dialog on the pane still stands."""

ANSWER_LOOK_S = 0.2
"""Pause between two looks for the answer: too short to be noticed, too long to cost anything."""

OPEN_COUNTS_FOR_S = 5.0
"""A waiting hook says so five times a second; one that is silent for so long was killed."""

ASKED_SIZE_MAX_BYTES = 4 * 1024 * 1024
"""Largest request that is read while it waits."""

UNASKED_LOOK_COUNT = 50
"""Looks in a row that must find the agent not waiting before a permission hook gives up: ten
seconds. Claude shows a queued dialog, and says so, two seconds after the one before."""

# Each program that a shell starts costs 0.7 ms, so the name is read where Linux has it ready. The
# rest of stdin is drained when nothing can be written: an agent that writes into a closed pipe
# shows an error of its own at every call.
_DROP = """\
read -r u </proc/sys/kernel/random/uuid || u=$(uuidgen); n=$RTS_WORKER.$u; f=$RTS_INBOX/tmp/$n; \
cat >"$f" && {accept}mv "$f" "$RTS_INBOX/new/" || {{ rm -f "$f"; cat >/dev/null; q=1; }}"""

DROP_LINE = f"{{ {_DROP.format(accept='')}; }} 2>/dev/null; exit 0"
"""Drops one file `<worker id>.<random>`, whole: `mv` inside one file system is a rename."""

# What waits is written down beside its answer, before it is told. Claude ends a hook with SIGTERM.
_ASKS = """\
a=$RTS_RUN/answers/$n && trap 'rm -f "$a.open" "$a.asked"; exit 0' TERM INT HUP && \
{ cat "$f" >"$a.asked" || true; } && """


def hook_settings() -> dict[str, Any]:
    """Return the settings, in Claude Code's shape, that make an agent program run our hooks."""
    return {"hooks": {name: [{"hooks": [_hook(name)]}] for name in HOOK_NAMES}}


def decision(text: str, tool_input: Mapping[str, Any] | None = None) -> str:
    """Return what a waiting permission hook must print.

    `yes` allows and `no` denies, in large letters, too; any other text denies with that text as the
    reason for the agent.
    For a question `tool_input` is what the agent asks with (`{"questions": […]}`): then the text is
    the answer, one line for each question: an option's number or words, several of them with
    commas where several may be chosen, or words of the commander's own. `no` declines to answer.
    """
    questions = read_questions(tool_input or {})
    verdict: dict[str, Any]
    match text.strip().casefold():
        case "no":
            verdict = {"behavior": "deny", "message": "The commander said no."}
        case _ if questions:
            answers = _answers(questions, text.strip())
            # Seen with Claude Code 2.1.329: answers by the question's text, each a string.
            verdict = {
                "behavior": "allow",
                "updatedInput": {**(tool_input or {}), "answers": answers},
            }
        case "yes":
            verdict = {"behavior": "allow"}
        case _:
            verdict = {"behavior": "deny", "message": text}
    answer = {"hookEventName": "PermissionRequest", "decision": verdict}
    return json.dumps({"hookSpecificOutput": answer})


def read_questions(tool_input: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the questions of an AskUserQuestion call; empty for any other."""
    questions = tool_input.get("questions")
    if not isinstance(questions, list):
        return []
    return [q for q in questions if isinstance(q, dict) and isinstance(q.get("question"), str)]


def read_options(question: Mapping[str, Any]) -> list[str]:
    """Return the words of a question's options, in the order in which they are numbered."""
    options = question.get("options")
    found = options if isinstance(options, list) else []
    return [str(option.get("label", "")) for option in found if isinstance(option, dict)]


def _answers(questions: list[dict[str, Any]], text: str) -> dict[str, str]:
    """Return the answers by question; the last question takes all lines that are left."""
    lines = [text] if len(questions) == 1 else text.split("\n", len(questions) - 1)
    lines += [lines[-1]] * (len(questions) - len(lines))
    return {
        question["question"]: _choose(question, line.strip())
        for question, line in zip(questions, lines, strict=True)
    }


def _choose(question: Mapping[str, Any], line: str) -> str:
    """Return what is chosen: options' words for their numbers, else the commander's own words."""
    labels = read_options(question)
    by_name = {str(number): label for number, label in enumerate(labels, 1)}
    by_name |= {label.lower(): label for label in labels}
    if line.lower() in by_name:
        return by_name[line.lower()]
    parts = [part.strip().lower() for part in line.split(",")]
    if question.get("multiSelect") and all(part in by_name for part in parts):
        return ", ".join(by_name[part] for part in parts)
    return line


@dataclass(frozen=True)
class OpenRequest:
    """A permission request or question whose hook waits for an answer right now."""

    name: str
    """Under which its answer is looked for."""
    asked_at: datetime
    payload: dict[str, Any]


def open_requests(run_folder: Path) -> list[OpenRequest]:
    """Return the requests that wait in a worker's run folder, the oldest first."""
    found: list[OpenRequest] = []
    for path in answers_folder(run_folder).glob("*.open"):
        asked = path.with_suffix(".asked")
        try:
            if time.time() - path.stat().st_mtime > OPEN_COUNTS_FOR_S:
                continue  # its hook was killed
            payload = json.loads(read_inside(run_folder, asked, ASKED_SIZE_MAX_BYTES) or "")
            asked_at = datetime.fromtimestamp(asked.stat().st_mtime, UTC)
        except (OSError, ValueError, RecursionError):  # just answered, or not yet whole
            continue
        if isinstance(payload, dict):
            found.append(OpenRequest(path.stem, asked_at, payload))
    return sorted(found, key=lambda request: request.asked_at)


def ask_line(unasked_look_count: int = UNASKED_LOOK_COUNT) -> str:
    """Return the permission hook's line.

    It drops the file, then waits for `$RTS_RUN/answers/<file name>`, prints it and removes it.
    Meanwhile `<file name>.asked` holds what is asked, and `.open` is written again at each look.
    """
    # Claude ends this hook at Esc, but not when the dialog is answered on the pane: then only its
    # registry tells that it waits no more. An agent program without one ends its hook itself. A
    # killed agent may stay a zombie (Z) until tmux looks, and a zombie can be signalled.
    return f"""\
{{ q=; a=; {_DROP.format(accept=_ASKS)}; \
i=0; b=; \
while [ -z "$q" ] && [ $i -lt {int(ANSWER_WAIT_S / ANSWER_LOOK_S)} ] && kill -0 $PPID; do \
true >"$a.open"; \
if [ -f "$a" ]; then cat "$a"; rm -f "$a"; break; fi; \
p=; read -r p </proc/$PPID/stat; case $p in *") Z "*) break;; esac; \
s=; read -r s <"${{CLAUDE_CONFIG_DIR:-$HOME/.claude}}/sessions/$PPID.json"; \
case $s in *'"status":"waiting"'*) b=0;; ?*) b=${{b:+$((b+1))}};; esac; \
[ "${{b:-0}}" -lt {unasked_look_count} ] || break; \
sleep {ANSWER_LOOK_S}; i=$((i+1)); done; \
[ -z "$a" ] || rm -f "$a.open" "$a.asked"; }} 2>/dev/null; exit 0"""


def _hook(name: str) -> dict[str, Any]:
    if name == "PermissionRequest":
        return {"type": "command", "command": ask_line(), "timeout": ANSWER_WAIT_S + DROP_TIMEOUT_S}
    return {"type": "command", "command": DROP_LINE, "timeout": DROP_TIMEOUT_S}
