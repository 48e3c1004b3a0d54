"""What Codex's own sandbox lets a worker write unasked, where ours does not stand around it.

A permission profile says it finely: git's folder of the worktree is writable for a commit, but not
the files in it that would lead the commander's own git to a configuration with commands.
"""

import json
from pathlib import Path
from typing import Any

from rts.adapters.agents.codex.folders import config_paths, own_git_folder, read_config
from rts.adapters.agents.program import Launch
from rts.paths import pull_request_path

PROFILE = "rts-worker"

OLDER_SETTINGS = frozenset({"sandbox_mode", "sandbox_workspace_write"})
"""With one of these in any file Codex does not look at profiles: a repository, or the commander's
own settings, could switch its sandbox off. Then `-s` is given, which beats all files."""

GUARDED = ("commondir", "gitdir", "config.worktree", "locked")
"""What git reads in its folder of a worktree to find its configuration; no commit writes it."""


def wall_options(launch: Launch) -> tuple[str, ...]:
    """Return the options for Codex's sandbox when it asks; reads the configuration files."""
    if any(_is_older(path) for path in config_paths(launch)):
        return ("-s", "workspace-write")
    return (
        *("-c", f'default_permissions="{PROFILE}"'),
        *("-c", f'permissions.{PROFILE}={{extends=":workspace",filesystem={_rules(launch)}}}'),
    )


def open_hand_in(launch: Launch) -> None:
    """Make the pull request writable: Codex lets only whole folders be written, and the run folder
    holds scripts that run outside its sandbox. So the file is a link into a folder of its own."""
    path = pull_request_path(launch.run_folder)
    hand_in_folder(launch).mkdir(exist_ok=True)
    if not path.exists() and not path.is_symlink():
        path.symlink_to(hand_in_folder(launch) / path.name)


def hand_in_folder(launch: Launch) -> Path:
    """Return the folder in the run folder that Codex may write."""
    return launch.run_folder / "hand-in"


def _rules(launch: Launch) -> str:
    access = {hand_in_folder(launch): "write"}
    if own := own_git_folder(launch):
        access |= _git_access(own)
    return (
        "{"
        + ",".join(f"{json.dumps(str(path))}={json.dumps(a)}" for path, a in access.items())
        + "}"
    )


def _git_access(own: Path) -> dict[Path, str]:
    """Return what a commit on the worker's own branches writes, and nothing else."""
    git_folder = own.parents[1]
    access = {own: "write", git_folder / "objects": "write"}
    access |= {own / name: "read" for name in GUARDED}
    access |= {git_folder / "objects" / name: "read" for name in ("pack", "info")}
    branch = _read_branch(own)
    if branch and branch.parent.parts[:2] == ("refs", "heads") and len(branch.parts) > 3:
        access |= {
            git_folder / branch.parent: "write",
            git_folder / "logs" / branch.parent: "write",
        }
    return access


def _read_branch(own: Path) -> Path | None:
    try:
        head = (own / "HEAD").read_text()
    except OSError:
        return None
    return Path(head.removeprefix("ref:").strip()) if head.startswith("ref:") else None


def _is_older(path: Path) -> bool:
    config = read_config(path)
    return config is None or _names_older(config)


def _names_older(table: dict[str, Any]) -> bool:
    return any(
        key in OLDER_SETTINGS or (isinstance(value, dict) and _names_older(value))
        for key, value in table.items()
    )
