"""Merging in a worktree of its own; the main one is only fast-forwarded, and only when clean."""

from pathlib import Path

from rts.adapters.git.command import CHECKOUT_TIMEOUT_S, git, identity, try_git
from rts.adapters.git.repository import read_standing
from rts.adapters.git.worktrees import commit_of
from rts.errors import OrderRefused, OutsideFailed


def merge_commit(path: Path, commit: str, message: str) -> str:
    """Merge `commit` into the detached worktree at `path`; return the new commit.

    Raises:
        OrderRefused: it conflicts; the worktree is as it was.
    """
    words = ("merge", "--no-ff", "--no-edit", "-m", message, commit)
    done = try_git(path, *identity(path), *words, timeout_s=CHECKOUT_TIMEOUT_S)
    if done.exit_code == 0:
        return commit_of(path)
    conflicted = git(path, "diff", "--name-only", "--diff-filter=U").splitlines()
    try_git(path, "merge", "--abort")
    if not conflicted:
        raise OutsideFailed(
            f"git merge failed: {done.words}", f"Try it by hand: git merge {commit}"
        )
    files = ", ".join(conflicted[:5])
    raise OrderRefused(
        f"The pull request conflicts with its base in {files}.",
        "Tell the worker to merge the base into its branch and mend that.",
    )


def commit_files(path: Path, files: list[str], message: str) -> str:
    """Commit `files` (relative to the worktree at `path`) and nothing else; return the commit.

    They are ours: an ignore rule or a hook that the project made for its own files lets them be.
    """
    git(path, "add", "--force", "--", *files)
    words = ("commit", "--quiet", "--no-verify", "-m", message, "--", *files)
    git(path, *identity(path), *words, timeout_s=60)
    return commit_of(path)


def refuse_unless_landable(root: Path, base_branch: str) -> None:
    """See that `base_branch` may be moved forward.

    Raises:
        OrderRefused: it is checked out with uncommitted changes, or in another worktree.
    """
    standing = read_standing(root)
    if standing.branch == base_branch:
        changed = git(root, "status", "--porcelain", "--untracked-files=no", timeout_s=60)
        if changed:
            raise OrderRefused(
                f"{root.name} has uncommitted changes; {base_branch} moves only when it is clean.",
                "Commit or stash them, then merge again.",
            )
        return
    listed = git(root, "worktree", "list", "--porcelain")
    if f"branch refs/heads/{base_branch}" in listed.splitlines():
        raise OrderRefused(
            f"{base_branch} is checked out in another worktree.",
            "Leave it there, or merge by hand in that worktree.",
        )


def land(root: Path, base_branch: str, old: str, new: str) -> None:
    """Move `base_branch` from `old` forward to `new`, the main worktree with it if it is there.

    Raises:
        OrderRefused: the branch moved meanwhile, or a file is in the way; nothing was changed.
    """
    refuse_unless_landable(root, base_branch)
    if read_standing(root).branch == base_branch:
        words: tuple[str, ...] = ("merge", "--ff-only", "--quiet", new)
    else:
        words = ("update-ref", f"refs/heads/{base_branch}", new, old)
    done = try_git(root, *words, timeout_s=CHECKOUT_TIMEOUT_S)
    if done.exit_code != 0:
        raise OrderRefused(
            f"{base_branch} could not be moved forward: {done.words}",
            "See what changed there, then merge again.",
        )
