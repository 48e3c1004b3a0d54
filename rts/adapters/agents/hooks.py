"""The hooks that tell of a worker: settings for the agent program, and the shell line they run.

A hook is a POSIX shell line and never Python: it runs at every tool call. It writes what it is
given into one file of the inbox, prints nothing and ends with 0, whatever happens: a broken inbox
must not disturb the agent. Only the permission hook waits, for the commander's answer.
"""

import json
from typing import Any

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

# A question is answered on the pane only: a decision could not carry which option was chosen.
_ASKS = """{ ! grep -q '"tool_name": *"AskUserQuestion"' "$f" || q=1; } && """


def hook_settings() -> dict[str, Any]:
    """Return the settings, in Claude Code's shape, that make an agent program run our hooks."""
    return {"hooks": {name: [{"hooks": [_hook(name)]}] for name in HOOK_NAMES}}


def decision(text: str) -> str:
    """Return what a waiting permission hook must print.

    `yes` allows, `no` denies, and any other text denies with that text as the reason for the agent.
    """
    match text:
        case "yes":
            verdict = {"behavior": "allow"}
        case "no":
            verdict = {"behavior": "deny", "message": "The commander said no."}
        case _:
            verdict = {"behavior": "deny", "message": text}
    answer = {"hookEventName": "PermissionRequest", "decision": verdict}
    return json.dumps({"hookSpecificOutput": answer})


def ask_line(unasked_look_count: int = UNASKED_LOOK_COUNT) -> str:
    """Return the permission hook's line.

    It drops the file, then waits for `$RTS_RUN/answers/<file name>`, prints it and removes it.
    """
    # Claude ends this hook at Esc, but not when the dialog is answered on the pane: then only its
    # registry tells that it waits no more. An agent program without one ends its hook itself. A
    # killed agent may stay a zombie (Z) until tmux looks, and a zombie can be signalled.
    return f"""\
{{ q=; {_DROP.format(accept=_ASKS)}; \
a=$RTS_RUN/answers/$n; i=0; b=; \
while [ -z "$q" ] && [ $i -lt {int(ANSWER_WAIT_S / ANSWER_LOOK_S)} ] && kill -0 $PPID; do \
if [ -f "$a" ]; then cat "$a"; rm -f "$a"; break; fi; \
p=; read -r p </proc/$PPID/stat; case $p in *") Z "*) break;; esac; \
s=; read -r s <"${{CLAUDE_CONFIG_DIR:-$HOME/.claude}}/sessions/$PPID.json"; \
case $s in *'"status":"waiting"'*) b=0;; ?*) b=${{b:+$((b+1))}};; esac; \
[ "${{b:-0}}" -lt {unasked_look_count} ] || break; \
sleep {ANSWER_LOOK_S}; i=$((i+1)); done; }} 2>/dev/null; exit 0"""


def _hook(name: str) -> dict[str, Any]:
    if name == "PermissionRequest":
        return {"type": "command", "command": ask_line(), "timeout": ANSWER_WAIT_S + DROP_TIMEOUT_S}
    return {"type": "command", "command": DROP_LINE, "timeout": DROP_TIMEOUT_S}
