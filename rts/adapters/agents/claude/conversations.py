"""Where Claude Code keeps a conversation: `~/.claude/projects/<key of the folder>/<id>.jsonl`."""

import glob
import os
import re
from pathlib import Path

from rts.adapters.agents.hearing import as_conversation_id
from rts.adapters.agents.program import Launch

KEY_LENGTH_MAX = 200
"""A longer key is cut and ends in a hash of Claude's own: then the folders are searched."""


def find_conversation(launch: Launch) -> Path | None:
    """Return the file of the conversation `launch.conversation_id`, or None when there is none.

    Another folder than the worktree's own is searched last: Claude 2.1.329 finds it there, too.
    """
    if not as_conversation_id(launch.conversation_id):
        return None
    name = f"{launch.conversation_id}.jsonl"
    projects = config_folder() / "projects"
    key = re.sub(r"[^A-Za-z0-9]", "-", str(launch.worktree.resolve()))
    own = projects / key / name
    if len(key) <= KEY_LENGTH_MAX and own.is_file():
        return own
    return next((path for path in projects.glob(f"*/{glob.escape(name)}") if path.is_file()), None)


def read_conversation_id(path: Path) -> str:
    """Return the id of the conversation in a file; empty when its name is none."""
    return as_conversation_id(path.stem)


def config_folder() -> Path:
    """Return Claude's folder: `$CLAUDE_CONFIG_DIR`, else `~/.claude`."""
    configured = os.environ.get("CLAUDE_CONFIG_DIR")
    return Path(configured) if configured else Path.home() / ".claude"
