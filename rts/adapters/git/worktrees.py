"""Worktrees: making them without touching anything else, putting them away without losing work."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from rts import paths
from rts.adapters.git.command import (
    CHECKOUT_TIMEOUT_S,
    clean_environment,
    git,
    identity,
    try_git,
)
from rts.adapters.process import wait_for_lock
from rts.errors import OrderRefused, OutsideFailed

CHECKOUT_WORKERS = max(4, os.cpu_count() or 1)
"""Processes that write a new worktree's files: writing waits for the disk, so four halve the time
even on two cores."""


def add_worktree(root: Path, path: Path, branch: str, base: str, owner: str) -> None:
    """Make a worktree at `path` on the new `branch`, starting at `base`, locked for `owner`.

    Without tracking: twenty at once would fight for the repository's config file.

    Raises:
        OrderRefused: the branch or the folder is there already; both are left alone.
        OutsideFailed: git refused (a full disk, …); nothing is left behind.
    """
    with _registry(root):
        _refuse_occupied(root, path, branch)
        words = ("worktree", "add", "--quiet", "--no-checkout", "--no-track", "--lock")
        done = try_git(root, *words, "--reason", f"rts: {owner}", "-b", branch, str(path), base)
        if done.exit_code != 0:
            delete_branch(root, branch)  # git makes it first, and nobody had it a moment ago
            raise OutsideFailed(f"git worktree add failed: {done.words}", f"Try it in {root}.")
    try:
        _write_files(path)
    except BaseException:
        remove_worktree(root, path)
        delete_branch(root, branch)
        raise


def _refuse_occupied(root: Path, path: Path, branch: str) -> None:
    if path.exists() or path.is_symlink():
        raise OrderRefused(f"{path} is there already.", "Move it aside, then try again.")
    if try_git(root, "show-ref", "--quiet", f"refs/heads/{branch}").exit_code == 0:
        raise OrderRefused(
            f"Branch {branch} exists already.",
            f"Keep it under another name with: git branch -m {branch} NEW-NAME",
        )
    top = branch.partition("/")[0]
    if try_git(root, "show-ref", "--quiet", f"refs/heads/{top}").exit_code == 0:
        raise OrderRefused(
            f"A branch is called “{top}”, so git can make none below {top}/.",
            f"Give it another name with: git branch -m {top} NEW-NAME",
        )


def taken_call_signs(root: Path) -> set[str]:
    """Return the call-signs that a branch, preserved work or a folder has, whoever made it."""
    patterns = ("refs/heads/rts/", "refs/rts/preserved/")
    listed = git(root, "for-each-ref", "--format=%(refname)", *patterns).splitlines()
    folder = paths.worktrees_folder(root)
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return names | {ref.split("/")[3] for ref in listed}


def remove_worktree(root: Path, path: Path) -> None:
    """Put a worktree away for good; its branch stays. Nothing happens when it is not there.

    What is uncommitted in it goes too: capture it first with `preserve`.
    """
    with _registry(root):
        # Twice --force: one for what is uncommitted, one for our own lock (git-worktree(1)).
        words = ("worktree", "remove", "--force", "--force", str(path))
        try_git(root, *words, timeout_s=CHECKOUT_TIMEOUT_S)
        shutil.rmtree(path, ignore_errors=True)
        try_git(root, "worktree", "unlock", str(path))
        try_git(root, "worktree", "prune")
    with suppress(OSError):  # the folder beside the repository goes with its last worktree
        path.parent.rmdir()


def _registry(root: Path) -> AbstractContextManager[None]:
    """Hold the repository's list of worktrees: git reads all of them at each add, and fails on one
    that another process has half made or removed (2.39: 3 of 20 adds on a small repository)."""
    return wait_for_lock(paths.repository_lock_path(paths.rts_home(), root))


def _write_files(path: Path) -> None:
    """Write the files of a worktree that was made without any; here others need not wait."""
    workers = f"checkout.workers={CHECKOUT_WORKERS}"
    words = ("-c", workers, "checkout", "--quiet", "--force")
    git(path, *words, timeout_s=CHECKOUT_TIMEOUT_S)


@contextmanager
def borrow_worktree(root: Path, base: str) -> Iterator[Path]:
    """Give a detached worktree at `base` for as long as the caller is inside.

    Raises:
        OutsideFailed: git could not make it.
    """
    with tempfile.TemporaryDirectory(prefix="rts-merge-") as folder:
        path = Path(folder) / "worktree" / root.name
        try:
            with _registry(root):
                words = ("worktree", "add", "--quiet", "--no-checkout", "--detach")
                git(root, *words, str(path), base)
            _write_files(path)
            yield path
        finally:
            remove_worktree(root, path)


CLOSED = ("-c", "core.fsmonitor=false")
"""Options for git on a worker's tree. An agent can put a repository with commands in its own
configuration there (core.fsmonitor, filters, textconv): nothing may make git look inside it."""

_ALL = ("--untracked-files=all", "--ignore-submodules=dirty")
_STATUS = (*CLOSED, "status", "--porcelain", "-z", *_ALL)
"""Said in full, because the commander's own settings may hide untracked files and submodules.
`dirty` compares a submodule's HEAD only, and runs nothing in it."""


def has_unsaved_work(path: Path) -> bool:
    """Tell whether the worktree holds what no branch does: changes, untracked files, commits.

    Uncommitted work in a repository inside it does not count: see `find_inner_repositories`.
    """
    if git(path, *_STATUS, timeout_s=60):
        return True
    words = ("for-each-ref", "--contains", "HEAD", "--count=1", "refs/heads")
    return not git(path, *words)


def list_changed(path: Path) -> list[str]:
    """Return the tracked files with uncommitted changes; of a submodule only its commit counts."""
    words = (*CLOSED, "diff", "--name-only", "-z", "--ignore-submodules=dirty", "HEAD", "--")
    return [name for name in git(path, *words, timeout_s=60).split("\0") if name]


def find_inner_repositories(path: Path, base: str) -> list[str]:
    """Return repositories inside the worktree whose work may be lost with it.

    That is every one that is there and not ignored, and every submodule that changed since `base`:
    git keeps only the hash of their commits. A checked-out submodule counts even when it is clean:
    only git inside it could tell, and that would run what its own configuration says.

    Raises:
        OutsideFailed: a folder cannot be looked into.
    """
    words = (*CLOSED, "diff", "--raw", "-z", "--no-renames", "--ignore-submodules=dirty", base)
    fields = git(path, *words, "--", timeout_s=60).split("\0")
    changed = zip(fields[::2], fields[1::2], strict=False)
    links = [name for facts, name in changed if GITLINK_MODE in facts.split(" ")[:2]]
    known = read_gitlinks(path, clean_environment())
    found = _find_git_entries(path)
    untracked = [f"{name}/" for name in found if name not in known]
    return [*untracked, *dict.fromkeys([*links, *(name for name in found if name in known)])]


def _find_git_entries(path: Path) -> list[str]:
    """Return the folders below `path` that have a `.git`, but not those that git ignores."""
    words = ("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
    ignored = set(git(path, *CLOSED, *words, timeout_s=60).split("\0"))
    found = []
    for place, folders, files in os.walk(path, onerror=_refuse_hidden):
        name = os.path.relpath(place, path)
        if name != "." and ".git" in (*folders, *files):
            found.append(name)
            folders.clear()
        prefix = "" if name == "." else f"{name}/"
        folders[:] = [f for f in folders if f != ".git" and f"{prefix}{f}/" not in ignored]
    return sorted(found)


def _refuse_hidden(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):  # its agent may have removed it just now
        raise OutsideFailed(
            f"{error.filename} cannot be looked into: {error.strerror}.",
            "See by hand whether there is work in it.",
        ) from error


def read_gitlinks(path: Path, env: Mapping[str, str]) -> dict[str, str]:
    """Return the commit of each submodule in the index of `env`, by its path."""
    entries = git(path, *CLOSED, "ls-files", "-s", "-z", env=env, timeout_s=60).split("\0")
    links = [e.partition("\t") for e in entries if e.startswith(f"{GITLINK_MODE} ")]
    return {name: facts.split(" ")[1] for facts, _, name in links}


def add_all(path: Path, env: Mapping[str, str]) -> None:
    """Add all that is in the worktree to the scratch index of `env`, submodules by their HEAD.

    Git looks into a submodule that the index knows, but not into an untracked repository: so they
    are taken out before. One that is not checked out is put back as it was.
    """
    links = read_gitlinks(path, env)
    out = "".join(f"{name}\0" for name in links)
    git(path, "update-index", "--force-remove", "-z", "--stdin", stdin=out, env=env)
    git(path, *CLOSED, "add", "--all", env=env, timeout_s=60)
    names = [name for name in links if (path / name).is_dir()]
    kept = [n for n in names if not git(path, *_LITERAL, "ls-files", "-z", "--", n, env=env)]
    back = "".join(f"{GITLINK_MODE} {links[name]}\t{name}\0" for name in kept)
    git(path, "update-index", "-z", "--index-info", stdin=back, env=env)


_LITERAL = (*CLOSED, "--literal-pathspecs")

GITLINK_MODE = "160000"
"""How git marks the entry of a submodule."""


def commit_of(folder: Path, revision: str = "HEAD") -> str:
    """Return the full hash of a revision."""
    return git(folder, "rev-parse", "--verify", f"{revision}^{{commit}}")


def count_commits(folder: Path, base: str, tip: str = "HEAD") -> int:
    """Return how many commits `tip` has that `base` has not."""
    return int(git(folder, "rev-list", "--count", f"{base}..{tip}"))


@contextmanager
def scratch_index(path: Path) -> Iterator[dict[str, str]]:
    """Give an environment in which git uses a copy of the worktree's index: the real one stays."""
    index = Path(git(path, "rev-parse", "--path-format=absolute", "--git-path", "index"))
    with tempfile.TemporaryDirectory(prefix="rts-index-") as folder:
        copy = Path(folder) / "index"
        if index.exists():
            shutil.copyfile(index, copy)
        yield {**clean_environment(), "GIT_INDEX_FILE": str(copy)}


def preserve(path: Path, ref: str, message: str) -> str:
    """Capture HEAD, index and untracked files of a worktree as a commit; return its ref.

    That is `ref`, or `ref-2` and so on where something is kept already: nothing is overwritten. The
    commit's tree is the worktree, its first parent HEAD, its second the index (HEAD again while a
    merge is unfinished, since such an index has no tree). Ignored files are left out. The worktree
    and its index stay as they are.
    """
    who = identity(path)
    with scratch_index(path) as env:
        written = try_git(path, "write-tree", env=env)
        add_all(path, env)
        tree = git(path, "write-tree", env=env)
    head = commit_of(path)
    index_tree = written.stdout.strip() if written.exit_code == 0 else f"{head}^{{tree}}"
    index = git(path, *who, "commit-tree", index_tree, "-p", head, "-m", f"index: {message}")
    commit = git(path, *who, "commit-tree", tree, "-p", head, "-p", index, "-m", message)
    for number in range(1, PRESERVED_COUNT_MAX):
        free = ref if number == 1 else f"{ref}-{number}"
        if try_git(path, "update-ref", free, commit, "0" * len(commit)).exit_code == 0:
            return free
    raise OutsideFailed(f"The work could not be kept under {ref}.", f"Look at it in {path}.")


PRESERVED_COUNT_MAX = 100
"""Most pieces of work that are kept under one name."""


def delete_branch(root: Path, branch: str, *, only_merged: bool = False) -> bool:
    """Delete a branch (with `only_merged`: unless git says that commits would be lost)."""
    flag = "-d" if only_merged else "-D"
    return try_git(root, "branch", flag, "--quiet", "--", branch).exit_code == 0
