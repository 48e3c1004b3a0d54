"""What Claude Code needs of the commander's HOME inside the sandbox."""

import os
import re
import shutil
from pathlib import Path

from rts import paths
from rts.adapters.agents.program import Launch, Places

KEY_LENGTH_MAX = 200
"""A conversation's folder is named for the worktree; a longer name ends in a hash of Claude's."""

SCRATCH = (
    "backups", "cache", "debug", "downloads", "file-history", "ide", "image-cache", "jobs", "logs",
    "paste-cache", "plans", "session-env", "shares", "shell-snapshots", "statsig", "tasks", "teams",
    "telemetry", "todos", "uploads", "usage-data",
)  # fmt: skip
"""Folders of `~/.claude` that it writes while it works: each worker has its own, the commander's
are not shown."""


def find_places(launch: Launch) -> Places:
    """Return what Claude must write; makes the folders and the copy that this names.

    In the place of `~/.claude` stands a folder of the worker's own, which is there again when it is
    resumed. What the commander has in his is shown in it, read-only: neither settings nor hooks,
    commands, agents, skills and plugins can be changed, or added, for his later conversations. His
    `~/.claude.json` is copied into it (`CLAUDE_CONFIG_DIR` makes Claude look for it there): Claude
    replaces that file by renaming, so it cannot be mounted by itself (EBUSY).

    Two things are the commander's own: the conversations of this worktree, and the login. A
    refreshed token is written into that file (after EBUSY, Claude does not rename).
    """
    folder, own = _folder(), launch.run_folder / "claude-home"
    conversations = _conversations_folder(folder, launch.worktree)
    sessions = paths.agent_sessions_folder(launch.run_folder)
    for made in (own, sessions, conversations):
        made.mkdir(parents=True, exist_ok=True, mode=0o700)
    _copy_config(own / ".claude.json", launch)
    for name in SCRATCH:
        (own / name).mkdir(exist_ok=True)
    unseen = (*SCRATCH, ".claude.json")
    return Places(
        writable=(conversations, folder / ".credentials.json"),
        fresh=(folder,),
        bound=(
            (own, folder),
            (sessions, folder / "sessions"),
            *((own / name, folder / name) for name in unseen if (folder / name).exists()),
        ),
        # Claude refuses to skip permissions for root unless it is told that it is in a sandbox.
        environment={"IS_SANDBOX": "1", "CLAUDE_CONFIG_DIR": str(folder)},
        keeps=("ANTHROPIC_*", "CLAUDE_CODE_OAUTH_TOKEN"),
    )


def _copy_config(copy: Path, launch: Launch) -> None:
    """Copy the commander's `.claude.json`, unless a resumed worker has its own already."""
    configured = os.environ.get("CLAUDE_CONFIG_DIR")
    config = (Path(configured) if configured else Path.home()) / ".claude.json"
    if launch.is_resumed and copy.exists():
        return
    copy.unlink(missing_ok=True)  # an earlier agent may have made it a link
    if config.exists():
        shutil.copy(config, copy)  # with its mode: it may hold a key
    else:
        copy.write_text("{}")


def _folder() -> Path:
    configured = os.environ.get("CLAUDE_CONFIG_DIR")
    return Path(configured) if configured else Path.home() / ".claude"


def _conversations_folder(folder: Path, worktree: Path) -> Path:
    """Return where conversations of the worktree lie; all of them when its name is too long."""
    key = re.sub(r"[^A-Za-z0-9]", "-", str(worktree.resolve()))
    projects = folder / "projects"
    return projects / key if len(key) <= KEY_LENGTH_MAX else projects
