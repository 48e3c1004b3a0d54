"""A worktree whose `.git` its agent replaced: no command that it configured is run."""

import shlex
import shutil
import subprocess

import pytest

from rts import paths
from rts.adapters.git.changes import read_change_size, read_diff, read_subjects
from rts.adapters.git.command import git
from rts.adapters.git.conflicts import scratch_objects, take_snapshot
from rts.adapters.git.footprints import find_base, list_heads, read_footprint
from rts.adapters.git.repository import common_folder
from rts.adapters.git.worktrees import (
    add_worktree,
    commit_of,
    count_commits,
    find_inner_repositories,
    has_unsaved_work,
    list_changed,
    preserve,
    remove_worktree,
)
from rts.errors import OutsideFailed

CONFIGURED = ("core.fsmonitor", "diff.external", "filter.x.clean", "diff.x.textconv", "core.pager")


def _snapshot(path, _base):
    with scratch_objects(path.parent.parent / "shop") as objects:
        return take_snapshot(path, objects)


LOOKS = {
    "footprint": lambda path, base: read_footprint(path, "w", "", base),
    "base": lambda path, base: find_base(path, "main", base),
    "diff": read_diff,
    "size": lambda path, base: read_change_size(path, base, "HEAD"),
    "subjects": read_subjects,
    "snapshot": _snapshot,
    "changed": lambda path, _base: list_changed(path),
    "unsaved work": lambda path, _base: has_unsaved_work(path),
    "inner repositories": find_inner_repositories,
    "preserving": lambda path, _base: preserve(path, "refs/rts/preserved/x", "kept"),
    "counting": lambda path, base: count_commits(path, base),
    "commit": lambda path, _base: commit_of(path),
    "common folder": lambda path, _base: common_folder(path),
}


@pytest.fixture
def worktree(repository):
    path = paths.worktrees_folder(repository) / "falcon-1"
    add_worktree(repository, path, "rts/falcon-1/work", "HEAD", "falcon-1")
    return path


def plant(worktree, pwned):
    """Make a repository of the agent's own inside the worktree, with commands set in it."""
    own = worktree / "own"
    subprocess.run(["git", "init", "-q", own], check=True)
    for key in CONFIGURED:
        touch = f"touch {shlex.quote(str(pwned))}; cat"
        subprocess.run(["git", "-C", own, "config", key, touch], check=True)
    (own / "a.txt").write_text("one\n")
    (own / ".gitattributes").write_text("* filter=x diff=x\n")
    words = ["-c", "core.fsmonitor=", "-c", "filter.x.clean=cat"]
    for verb in (["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run(["git", "-C", own, *words, *verb], check=True)
    for name in ("a.txt", ".gitattributes"):
        shutil.copy(own / name, worktree)
    pwned.unlink(missing_ok=True)
    return own / ".git"


def put_folder(worktree, planted):
    shutil.copytree(planted, worktree / ".git")


def put_file(worktree, planted):
    (worktree / ".git").write_text(f"gitdir: {planted}\n")


def put_link(worktree, planted):
    (worktree / ".git").symlink_to(planted)


def put_nothing(worktree, planted):
    shutil.copytree(planted, worktree.parent / ".git")  # git looks for one further up


def put_twin(worktree, planted):
    """A folder that says it belongs to this worktree, as a real one does."""
    twin = planted.parent / "worktrees" / worktree.name
    shutil.copytree(planted, twin)
    (twin / "gitdir").write_text(f"{worktree / '.git'}\n")
    (worktree / ".git").write_text(f"gitdir: {twin}\n")


@pytest.mark.parametrize("put", [put_folder, put_file, put_link, put_nothing, put_twin])
@pytest.mark.parametrize("look", LOOKS)
def test_git_is_not_run_where_an_agent_replaced_the_git_file(room, repository, worktree, put, look):
    pwned, base = room / "pwned", commit_of(repository)
    planted = plant(worktree, pwned)
    (worktree / ".git").unlink()
    put(worktree, planted)
    (worktree / "a.txt").write_text("two\n")

    with pytest.raises(OutsideFailed, match=r"The .git of falcon-1's worktree was replaced"):
        LOOKS[look](worktree, base)

    assert not pwned.exists()


def test_a_replaced_worktree_is_still_listed_and_put_away(room, repository, worktree):
    pwned = room / "pwned"
    planted = plant(worktree, pwned)
    (worktree / ".git").unlink()
    put_folder(worktree, planted)

    assert str(worktree) in list_heads(repository)
    remove_worktree(repository, worktree)

    assert not worktree.exists()
    assert not pwned.exists()


def test_the_git_file_of_another_worker_is_refused_as_well(repository, worktree):
    other = worktree.parent / "otter-1"
    add_worktree(repository, other, "rts/otter-1/work", "HEAD", "otter-1")
    shutil.copy(other / ".git", worktree / ".git")

    with pytest.raises(OutsideFailed, match="was replaced"):
        commit_of(worktree)


def test_a_git_file_is_mended_as_the_refusal_says(repository, worktree):
    (worktree / ".git").unlink()
    (worktree / ".git").mkdir()
    with pytest.raises(OutsideFailed) as refused:
        commit_of(worktree)

    (worktree / ".git").rename(worktree / "aside")
    subprocess.run(["sh", "-c", refused.value.hint.partition(": ")[2]], check=True)

    assert commit_of(worktree) == commit_of(repository)


def test_the_worktrees_of_a_submodule_are_known_by_their_own_git_folder(room, repository):
    around = room / "around"
    subprocess.run(["git", "init", "-q", around], check=True)
    allow = ("-c", "protocol.file.allow=always")
    git(around, *allow, "submodule", "--quiet", "add", str(repository), "shop")
    path = around / "shop.rts" / "falcon-1"
    add_worktree(around / "shop", path, "rts/falcon-1/work", "HEAD", "falcon-1")

    assert commit_of(path) == commit_of(repository)
    (path / ".git").unlink()
    with pytest.raises(OutsideFailed, match="was replaced"):
        commit_of(path)


def test_a_repository_in_a_folder_that_is_only_called_so_is_left_alone(room):
    path = room / "notes.rts" / "diary"
    subprocess.run(["git", "init", "-q", path], check=True)

    assert common_folder(path) == path / ".git"
