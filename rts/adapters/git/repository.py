"""What a repository is and where it stands."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rts.adapters.git.command import git, try_git
from rts.errors import OrderRefused

LIST_WORKTREES = ("worktree", "list", "--porcelain")

USAGE_EXIT_CODE = 129
"""What git says to an option that it does not know: `-z` here came with 2.36."""

PROJECT_FILE = ".rts.toml"
"""The project's own settings, read from a commit, never from a worker's tree."""

PROJECT_KEYS = frozenset({"test"})
"""What it may hold; a misspelt key would otherwise mean that nothing is tested."""


@dataclass(frozen=True)
class Standing:
    """Where the main worktree of a repository stands."""

    root: Path
    """Top of the main worktree, absolute."""
    branch: str
    """The branch it is on; empty when HEAD is detached."""
    commit: str
    changed_count: int
    """Tracked files with uncommitted changes, and untracked files."""


def find_root(folder: Path) -> Path:
    """Return the top of the main worktree of the repository around `folder`.

    Raises:
        OrderRefused: there is no repository, or it is bare.
    """
    listed, end = try_git(folder, *LIST_WORKTREES, "-z"), "\0"
    if listed.exit_code == USAGE_EXIT_CODE:
        listed, end = try_git(folder, *LIST_WORKTREES), "\n"
    if listed.exit_code != 0:
        raise OrderRefused(
            f"{folder} is not in a git repository.", "Go into one, or make one with: git init"
        )
    first = listed.stdout.partition(end * 2)[0].split(end)
    if "bare" in first:
        raise OrderRefused(
            f"{folder} is a bare repository; there is no worktree to stand in.",
            "Clone it, and go into the clone.",
        )
    root = Path(first[0].removeprefix("worktree "))
    return root if (root / ".git").exists() else _find_top(folder, root)


def _find_top(folder: Path, git_folder: Path) -> Path:
    """Return the top of the main worktree whose git folder lies elsewhere, as a submodule's does:
    git lists the git folder in its place.

    Raises:
        OrderRefused: git does not know where that is.
    """
    top = git(folder, f"--git-dir={git_folder}", "config", "--default=", "core.worktree")
    if not top:
        raise OrderRefused(
            f"The git folder of {folder} lies apart from it, in {git_folder}.",
            f"Tell git where its worktree is: git --git-dir={git_folder} config core.worktree TOP",
        )
    return (git_folder / top).resolve()


def read_standing(root: Path) -> Standing:
    """Return where the main worktree stands.

    Raises:
        OrderRefused: the repository has no commit yet.
    """
    status = git(root, "status", "--porcelain=v2", "--branch", "--no-renames", timeout_s=60)
    lines = status.splitlines()
    headers = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# branch."))
    commit = headers.get("branch.oid", "(initial)")
    if commit == "(initial)":
        raise OrderRefused(
            f"{root.name} has no commit yet; a worker needs one to start from.",
            "Make the first one with: git add -A && git commit -m 'First commit'",
        )
    branch = headers.get("branch.head", "(detached)")
    changed_count = sum(1 for line in lines if not line.startswith("#"))
    return Standing(root, "" if branch == "(detached)" else branch, commit, changed_count)


def read_project_file(root: Path, commit: str) -> dict[str, Any]:
    """Return the project's settings as they are in `commit`; empty when it has none.

    Raises:
        OrderRefused: the file is no TOML.
    """
    shown = try_git(root, "show", f"{commit}:{PROJECT_FILE}")
    if shown.exit_code != 0:
        return {}
    try:
        table = tomllib.loads(shown.stdout)
    except tomllib.TOMLDecodeError as error:
        raise OrderRefused(
            f"{PROJECT_FILE} of commit {commit[:8]} cannot be read: {error}.",
            "Mend it, commit, and try again.",
        ) from error
    if unknown := sorted(table.keys() - PROJECT_KEYS):
        raise OrderRefused(
            f"{PROJECT_FILE} of commit {commit[:8]} has an unknown key “{unknown[0]}”.",
            f"Known are: {', '.join(sorted(PROJECT_KEYS))}. Mend it, commit, and try again.",
        )
    return table


def common_folder(worktree: Path) -> Path:
    """Return the git folder that all worktrees of a repository share, absolute.

    Raises:
        OutsideFailed: `worktree` is none.
    """
    found = git(worktree, "rev-parse", "--path-format=absolute", "--git-common-dir")
    return Path(found)
