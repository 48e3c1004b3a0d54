"""Which git folder belongs to a worker's worktree, whatever its agent made of the `.git` in it.

An agent that no sandbox holds can put another repository in that place, with commands in its
configuration (core.fsmonitor, filters, hooks): git would run them with the commander's rights, and
again and again, since rts looks at every worktree by itself.
"""

import os
from pathlib import Path

from rts import paths
from rts.adapters.run_files import read_inside
from rts.errors import OutsideFailed

_POINTER_SIZE_MAX = 8192
"""Longest `.git` file that is read, in bytes: it holds one path (gitrepository-layout(5))."""


def find_git_folder(folder: Path) -> Path | None:
    """Return the git folder that the main repository keeps for the worker's worktree at `folder`.

    None where `folder` is no worker's worktree. Costs some small reads and no process.

    Raises:
        OutsideFailed: the worktree's `.git` leads elsewhere, or is gone.
    """
    root = paths.root_of_worktrees(folder.parent)
    if root is None or not folder.is_dir():
        return None
    common = _main_git_folder(root)
    if common is None:
        return None
    pointer = _read_pointer(folder, folder / ".git")
    own = Path(os.path.realpath(folder / pointer)) if pointer else None
    if own is None or own.parent != common / "worktrees" or not _belongs(own, folder):
        raise OutsideFailed(
            f"The .git of {folder.name}'s worktree was replaced, so git is not run there.",
            f"Move it aside, then mend the worktree: git -C {root} worktree repair",
        )
    return own


def _main_git_folder(root: Path) -> Path | None:
    """Return the git folder of a main worktree, links followed; a submodule's lies elsewhere."""
    place = root / ".git"
    if place.is_file():
        pointer = _read_pointer(root, place)
        return Path(os.path.realpath(root / pointer)) if pointer else None
    return Path(os.path.realpath(place)) if place.is_dir() else None


def _read_pointer(folder: Path, path: Path) -> str:
    """Return the path in a `.git` file, which may be relative to its folder; empty: it is none."""
    text = read_inside(folder, path, _POINTER_SIZE_MAX) or ""
    return text.removeprefix("gitdir:").strip() if text.startswith("gitdir:") else ""


def _belongs(own: Path, worktree: Path) -> bool:
    """Tell whether the main repository keeps `own` for that worktree and for no other."""
    try:
        back = (own / "gitdir").read_text().strip()
    except (OSError, UnicodeDecodeError):
        return False
    return os.path.realpath((own / back).parent) == os.path.realpath(worktree)
