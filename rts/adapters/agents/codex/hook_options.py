"""Our hooks as options of Codex's command line, trusted one by one.

Codex runs no hook whose hash is not trusted, and asks about it in a dialog. The hash is that of
the hook itself, so ours are given together with it: the commander's files stay as they are, and a
hook that the repository ships stays untrusted. (`--dangerously-bypass-hook-trust` would run those
too.) Another Codex that hashes otherwise asks, and its dialog is read from the screen.
"""

import hashlib
import json
import re

from rts.adapters.agents.hooks import DROP_LINE

HOOK_NAMES = (
    "SessionStart",
    "SessionEnd",
    "UserPromptSubmit",
    "PreToolUse",
    "PermissionRequest",
    "PostToolUse",
    "Stop",
    "Interrupt",
    "SubagentStart",
    "SubagentStop",
    "PreCompact",
)
"""What Codex 0.169 tells. A permission is answered by keys, so that hook does not wait: Codex shows
its dialog, and says `blocked`, only after the hook has ended."""

TIMEOUT_S = 3
"""Longest that Codex waits for a hook; for two of them it allows no more."""

SOURCE = "/<session-flags>/config.toml"
"""What Codex calls the place of a hook that was given on the command line."""


def hook_words() -> tuple[str, str]:
    """Return the TOML that is the value of every hook, and that of `hooks.state`."""
    command = json.dumps(DROP_LINE)
    hook = f'[{{hooks=[{{type="command",command={command},timeout={TIMEOUT_S}}}]}}]'
    states = ",".join(
        f'"{SOURCE}:{_label(name)}:0:0"={{trusted_hash="{_hash(name)}"}}' for name in HOOK_NAMES
    )
    return hook, f"{{{states}}}"


def _hash(name: str) -> str:
    """Return the hash of a hook: codex-rs/hooks/src/engine/discovery.rs, `command_hook_hash`."""
    handler = {"type": "command", "command": DROP_LINE, "timeout": TIMEOUT_S, "async": False}
    identity = {"event_name": _label(name), "hooks": [handler]}
    words = json.dumps(identity, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(words.encode()).hexdigest()}"


def _label(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
