"""A private HOME in which the real Codex CLI starts without a dialog, a login or a network."""

import json
import os
from pathlib import Path

from tests.standin.responses import MODEL


def seed_codex_home(home: Path, trusted: Path | None, base_url: str) -> dict[str, str]:
    """Write `home`/.codex/config.toml and return the whole environment for the CLI.

    `trusted` is a folder, or the main repository of a worktree; None: Codex asks about trust.
    """
    folder = home / ".codex"
    folder.mkdir(parents=True, exist_ok=True)
    trust = f'[projects.{json.dumps(str(trusted))}]\ntrust_level = "trusted"\n' if trusted else ""
    (folder / "config.toml").write_text(f"""\
model = "{MODEL}"
model_provider = "standin"
[model_providers.standin]
name = "standin"
base_url = "{base_url}/v1"
env_key = "STANDIN_KEY"
wire_api = "responses"
{trust}""")
    return codex_environment(home)


def codex_environment(home: Path) -> dict[str, str]:
    """Return the environment alone: nothing of the developer's is in it but the PATH.

    Codex puts the program of its own sandbox into its folder, but never below the temporary folder,
    where the rooms of the tests are: so that is said to be elsewhere.
    """
    temporary = home / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "TERM": "tmux-256color",
        "LANG": "C.UTF-8",
        "SHELL": "/bin/sh",
        "STANDIN_KEY": "dummy",
    }
