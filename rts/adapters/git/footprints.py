"""What a worktree changes, file by file: cheap enough to be asked for every live worktree.

Whether a file was edited can be told from no other place: an edit in place changes neither the
index nor any folder's time. So git compares all files' times, which takes it some milliseconds.
"""

import os
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from rts.adapters.git.command import git, try_git
from rts.adapters.git.repository import LIST_WORKTREES, USAGE_EXIT_CODE
from rts.adapters.git.worktrees import CLOSED
from rts.adapters.run_files import read_inside
from rts.world.territory import FileChange, Footprint

FILE_COUNT_MAX = 2000
"""Most files that are kept of one worker: more is no work of a day, but something generated."""

COUNTED_FILE_MAX, COUNTED_SIZE_MAX = 200, 1_000_000
"""How many untracked files are opened to count their lines, and how many bytes of each are read."""

FILE_SIZE_MAX = 64_000
"""What a file counts at most on the map, in bytes: beyond that it is data, not a place to work."""

FOLDER_DEPTH_MAX = 8
"""How deep folders are told apart: deeper ones count as part of the one around them."""

TIMEOUT_S = 60.0
"""Longest that one look may take: 100,000 files on a cold disk need some seconds."""


def list_heads(root: Path) -> dict[str, str]:
    """Return the commit on which each worktree of the repository stands, by its path.

    Raises:
        OutsideFailed: git cannot read the repository.
    """
    listed, end = try_git(root, *LIST_WORKTREES, "-z"), "\0"
    if listed.exit_code == USAGE_EXIT_CODE:
        end = "\n"
        text = git(root, *LIST_WORKTREES)
    else:
        text = listed.stdout
    heads = {}
    for entry in text.split(end * 2):
        facts = dict(line.partition(" ")[::2] for line in entry.strip(end).split(end))
        if "worktree" in facts:
            heads[facts["worktree"]] = facts.get("HEAD", "")
    return heads


def size_folders(root: Path, commit: str) -> dict[str, int]:
    """Return how many bytes lie in each folder of a commit itself, without the folders in it.

    Raises:
        OutsideFailed: git cannot read the commit.
    """
    sizes: Counter[str] = Counter()
    listed = git(root, "ls-tree", "-r", "-z", "--long", commit, timeout_s=TIMEOUT_S)
    for entry in listed.split("\0"):
        facts, tab, path = entry.partition("\t")
        size = facts.split()[-1] if tab else "-"
        folders = path.split("/")[:-1][:FOLDER_DEPTH_MAX]
        sizes["/".join(folders)] += min(int(size), FILE_SIZE_MAX) if size.isdigit() else 1
    return dict(sizes)


def find_base(path: Path, base_branch: str, base_commit: str) -> str:
    """Return the commit from which the worktree's own work counts: where its base was taken in.

    An agent that merged the base into its branch did not write what came with it.
    """
    found = try_git(path, *CLOSED, "merge-base", "HEAD", f"refs/heads/{base_branch}")
    return found.stdout.strip() if found.exit_code == 0 else base_commit


def read_footprint(path: Path, worker_id: str, head: str, base: str) -> Footprint:
    """Return what the worktree at `path` changes against `base`, untracked files included.

    Raises:
        OutsideFailed: git cannot read the worktree.
    """
    # --no-ext-diff, --no-textconv: an agent can name commands for both in .gitattributes.
    words = ("diff", "--numstat", "-z", "--no-renames", "--no-ext-diff", "--no-textconv")
    closed = ("--ignore-submodules=dirty", base, "--")
    changed = git(path, *CLOSED, *words, *closed, timeout_s=TIMEOUT_S).split("\0")
    others = ("ls-files", "--others", "--exclude-standard", "-z")
    untracked = git(path, *CLOSED, *others, timeout_s=TIMEOUT_S).split("\0")
    counts = dict(_read_counts(changed))
    names = [name for name in untracked if name]
    counts |= dict.fromkeys(names, (0, 0))
    counts |= {name: (_count_lines(path, name), 0) for name in names[:COUNTED_FILE_MAX]}
    files = [
        FileChange(name, added, removed, _find_time(path, name))
        for name, (added, removed) in counts.items()
    ]
    files.sort(key=lambda file: (file.changed_at, file.path), reverse=True)
    return Footprint(worker_id, head, tuple(files[:FILE_COUNT_MAX]), len(files))


def _read_counts(entries: Iterable[str]) -> Iterable[tuple[str, tuple[int, int]]]:
    """Yield each path with its added and removed lines; a binary file has none."""
    for entry in entries:
        added, _, rest = entry.partition("\t")
        removed, _, name = rest.partition("\t")
        if name:
            is_text = added.isdigit() and removed.isdigit()
            yield name, (int(added), int(removed)) if is_text else (0, 0)


def _count_lines(worktree: Path, name: str) -> int:
    text = read_inside(worktree, worktree / name, COUNTED_SIZE_MAX)
    return 0 if text is None or "\0" in text else len(text.splitlines())


def _find_time(worktree: Path, name: str) -> datetime:
    """Return when a file was written; of one that is gone, when its folder lost it."""
    for place in (worktree / name, *(worktree / name).parents):
        try:
            return datetime.fromtimestamp(os.lstat(place).st_mtime, UTC)
        except (OSError, ValueError, OverflowError):
            if place == worktree:
                break
    return datetime.fromtimestamp(0, UTC)
