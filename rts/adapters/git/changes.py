"""What a worktree changes against its base.

GitPython knows diffs as objects, but costs 70 ms to import and keeps child processes while a `Repo`
lives: it is imported inside, and closed at once.
"""

from dataclasses import dataclass
from pathlib import Path

from rts.adapters.git.command import git
from rts.adapters.git.pointer import find_git_folder
from rts.adapters.git.worktrees import CLOSED, add_all, scratch_index

DIFF_SIZE_MAX = 2_000_000
"""Longest diff that is shown, in characters: more than that nobody reads on a screen."""

_PLAIN = (
    "--cached",
    "--no-color",
    "--no-ext-diff",
    "--submodule=short",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)
"""Whatever the commander's own settings say (`diff.noprefix`, `color.diff`, …)."""


@dataclass(frozen=True)
class ChangeSize:
    """How much a worktree changes."""

    file_count: int
    added_line_count: int
    removed_line_count: int


def read_diff(path: Path, base: str) -> str:
    """Return the unified diff of a worktree against `base`, untracked files included.

    Raises:
        OutsideFailed: git cannot read the worktree.
    """
    with scratch_index(path) as env:
        add_all(path, env)
        # Any other form of a submodule would let git look into it, and run what is set there.
        diff = git(path, *CLOSED, "diff", *_PLAIN, base, "--", env=env, timeout_s=60)
    if len(diff) > DIFF_SIZE_MAX:
        return f"{diff[:DIFF_SIZE_MAX]}\n… cut here: {len(diff):,} characters in all"
    return diff


def read_change_size(path: Path, base: str, tip: str) -> ChangeSize:
    """Return how much `tip` changes since it left `base`, in committed lines."""
    from git import Repo

    find_git_folder(path)  # refuses what its agent replaced
    with Repo(path) as repo:
        common = repo.merge_base(base, tip)[0]
        total = common.diff(tip, create_patch=True)
        added = sum(_count(change.diff, b"+") for change in total)
        removed = sum(_count(change.diff, b"-") for change in total)
    return ChangeSize(len(total), added, removed)


def _count(patch: str | bytes | None, sign: bytes) -> int:
    text = patch.encode() if isinstance(patch, str) else patch or b""
    return sum(1 for line in text.splitlines() if line.startswith(sign))


def read_subjects(path: Path, base: str) -> list[str]:
    """Return the first line of each commit since `base`, oldest first."""
    return git(path, "log", "--reverse", "--format=%s", f"{base}..HEAD").splitlines()
