"""Foreseeing conflicts: merges that are tried on objects alone; no file, index or ref is touched.

Agents commit late, so what is tried is a snapshot of each worktree as it stands. Its objects lie in
a folder of their own, which goes when all is tried: nothing is left behind in the project.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rts.adapters.git.command import RTS_IDENTITY, clean_environment, git, try_git
from rts.adapters.git.repository import common_folder
from rts.adapters.git.worktrees import add_all, commit_of, scratch_index
from rts.errors import OutsideFailed

MERGE_TIMEOUT_S = 20.0
"""Longest that one trial may take: more would hold up all others, and it is tried again later."""

CLEAN_EXIT_CODE, CONFLICT_EXIT_CODE = 0, 1
"""How `git merge-tree --write-tree` tells what it found; anything else is a failure
(git-merge-tree(1))."""


@contextmanager
def scratch_objects(root: Path) -> Iterator[dict[str, str]]:
    """Give variables with which git writes new objects aside, and still reads the repository's."""
    objects = common_folder(root) / "objects"
    with tempfile.TemporaryDirectory(prefix="rts-objects-") as folder:
        yield {
            "GIT_OBJECT_DIRECTORY": folder,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": _quote(objects),
        }


def _quote(path: Path) -> str:
    """Return a path as git reads it in a list that is parted by colons (git(1))."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def take_snapshot(worktree: Path, objects: Mapping[str, str]) -> str:
    """Return a commit of the worktree as it stands, on top of its HEAD; its own index stays.

    Raises:
        OutsideFailed: git cannot read the worktree.
    """
    with scratch_index(worktree) as scratch:
        env = {**scratch, **objects}
        add_all(worktree, env)
        tree = git(worktree, "write-tree", env=env)
    words = ("commit-tree", tree, "-p", commit_of(worktree), "-m", "snapshot")
    return git(worktree, *RTS_IDENTITY, *words, env=env)


def predict_conflicts(
    root: Path, one: str, other: str, objects: Mapping[str, str]
) -> frozenset[str]:
    """Return the files in which merging two commits would conflict; empty: it would be clean.

    Raises:
        OutsideFailed: git is older than 2.38, or the trial took too long.
    """
    words = ("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", one, other)
    env = {**clean_environment(), **objects}
    tried = try_git(root, *words, env=env, timeout_s=MERGE_TIMEOUT_S)
    if tried.exit_code not in (CLEAN_EXIT_CODE, CONFLICT_EXIT_CODE):
        raise OutsideFailed(
            f"git merge-tree failed: {tried.words}", "Conflicts are foreseen by git 2.38 or newer."
        )
    _tree, *names = tried.stdout.split("\0")
    return frozenset(name for name in names if name)
