"""Where Codex keeps what: in the commander's folder, or in one of the worker's in the sandbox."""

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rts.adapters.agents.program import Launch

SYSTEM_FOLDER = Path("/etc/codex")

CONFIG_NAMES = ("config.toml", "managed_config.toml")

FIRST_LINE_MAX_BYTES = 1 << 20
"""Longest first line of a rollout that is read: it holds the whole system prompt."""


def codex_home() -> Path:
    """Return the commander's own folder: `$CODEX_HOME`, or `~/.codex`."""
    configured = os.environ.get("CODEX_HOME")
    return Path(configured) if configured else Path.home() / ".codex"


def own_home(launch: Launch) -> Path:
    """Return the folder that is `$CODEX_HOME` for this worker inside the sandbox."""
    return launch.run_folder / "codex-home"


def config_paths(launch: Launch) -> Iterator[Path]:
    """Give every configuration file that Codex may read for this worker."""
    for name in CONFIG_NAMES:
        yield codex_home() / name
        yield SYSTEM_FOLDER / name
    # A linked worktree reads what the main worktree ships, too.
    for folder in (launch.worktree, *launch.worktree.parents, main_worktree(launch)):
        yield folder / ".codex" / "config.toml"


def main_worktree(launch: Launch) -> Path:
    """Return the worktree beside which the repository's `.git` lies; else the worker's own."""
    own_git = own_git_folder(launch)
    return own_git.parents[2] if own_git and len(own_git.parents) > 2 else launch.worktree


def own_git_folder(launch: Launch) -> Path | None:
    """Return `<git folder>/worktrees/<name>` of a linked worktree; None for another worktree."""
    try:
        pointer = (launch.worktree / ".git").read_text().removeprefix("gitdir:").strip()
    except OSError:
        return None
    folder = (launch.worktree / pointer).resolve()
    return folder if folder.is_dir() and folder.parent.name == "worktrees" else None


def read_config(path: Path) -> dict[str, Any] | None:
    """Return what a configuration file says; empty when it is missing, None when unreadable."""
    try:
        return tomllib.loads(path.read_text())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, RecursionError):
        return None
