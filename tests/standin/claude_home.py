"""A private HOME in which the real Claude CLI starts without a dialog, a login or a network."""

import json
import os
from pathlib import Path

KEY = "sk-ant-dummy-000000000000000000000000"


def seed_claude_home(home: Path, trusted: Path, base_url: str) -> dict[str, str]:
    """Write `home`/.claude.json and return the whole environment for the CLI.

    `trusted` is a folder, or the main repository of a worktree: trust covers what is below it.
    """
    home.mkdir(parents=True, exist_ok=True)
    settings = {
        "hasCompletedOnboarding": True,
        "customApiKeyResponses": {"approved": [KEY[-20:]], "rejected": []},
        "projects": {str(trusted): {"hasTrustDialogAccepted": True}},
        "hasSeenAutoDefaultNotice": True,
    }
    (home / ".claude.json").write_text(json.dumps(settings))
    return claude_environment(home, base_url)


def claude_environment(home: Path, base_url: str) -> dict[str, str]:
    """Return the environment alone: nothing of the developer's is in it but the PATH."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": "tmux-256color",
        "LANG": "C.UTF-8",
        "SHELL": "/bin/sh",
        "ANTHROPIC_BASE_URL": base_url,
        "ANTHROPIC_API_KEY": KEY,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
    }
