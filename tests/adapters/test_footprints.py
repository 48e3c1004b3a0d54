"""What a worktree changes, and foreseen conflicts: real repositories."""

import os
from pathlib import Path

import pytest

from rts.adapters.git.command import git
from rts.adapters.git.conflicts import predict_conflicts, scratch_objects, take_snapshot
from rts.adapters.git.footprints import find_base, list_heads, read_footprint, size_folders
from rts.adapters.git.worktrees import add_worktree, commit_of


def commit(folder: Path, name: str, text: str) -> str:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "more")
    return commit_of(folder)


def add(repository, name):
    path = repository.parent / "shop.rts" / name
    add_worktree(repository, path, f"rts/{name}/work", "HEAD", name)
    return path


def look(path, base):
    return read_footprint(path, "w", "", base)


def read_all(folder):
    """Return every file of a folder by its path, as it is on the disk."""
    files = (path for path in Path(folder).rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files}


@pytest.fixture
def worktree(repository):
    return add(repository, "falcon-1")


@pytest.fixture
def other(repository):
    return add(repository, "otter-1")


def test_committed_uncommitted_and_untracked_files_are_told_with_their_lines(repository, worktree):
    base = commit_of(repository)
    commit(worktree, "committed.py", "one\ntwo\n")
    (worktree / "shop.py").write_text("def total(prices):\n    return 0\n")
    (worktree / "deep").mkdir()
    (worktree / "deep" / "new.py").write_text("one\ntwo\nthree\n")
    (worktree / "__pycache__").mkdir()
    (worktree / "__pycache__" / "ignored.pyc").write_bytes(b"\0")

    footprint = look(worktree, base)

    counts = {file.path: (file.added_count, file.removed_count) for file in footprint.files}
    assert counts == {"committed.py": (2, 0), "shop.py": (1, 1), "deep/new.py": (3, 0)}
    assert footprint.file_count == 3


def test_the_file_that_was_written_last_comes_first(repository, worktree):
    for age_s, name in ((50, "old.py"), (10, "new.py"), (30, "mid.py")):
        (worktree / name).write_text("x\n")
        os.utime(worktree / name, (1_700_000_000 - age_s, 1_700_000_000 - age_s))

    assert [f.path for f in look(worktree, "HEAD").files] == ["new.py", "mid.py", "old.py"]


def test_a_deleted_file_is_an_edit_of_its_folder(repository, worktree):
    (worktree / "shop.py").unlink()

    (file,) = look(worktree, "HEAD").files

    assert (file.path, file.added_count, file.removed_count) == ("shop.py", 0, 2)
    assert file.changed_at.timestamp() == pytest.approx(worktree.stat().st_mtime)


def test_strange_names_binary_files_and_links_are_borne(repository, worktree):
    (worktree / "a\x1b[31m\nb.py").write_text("x\n")
    (worktree / "data.bin").write_bytes(b"\0\n\n")
    (worktree / "link").symlink_to("/etc/passwd")
    os.mkfifo(worktree / "pipe")
    Path(os.fsdecode(os.fsencode(worktree) + b"/\xff.py")).write_text("x\n")

    counts = {file.path: file.added_count for file in look(worktree, "HEAD").files}

    assert counts == {"a\x1b[31m\nb.py": 1, "data.bin": 0, "link": 0, "\ufffd.py": 0}


def test_a_repository_inside_is_not_looked_into(repository, worktree, room):
    inner = worktree / "inner"
    inner.mkdir()
    git(inner, "init", "--quiet")
    git(inner, "config", "core.fsmonitor", f"touch {room}/ran")
    (worktree / ".gitattributes").write_text("*.py diff=evil filter=evil\n")
    (inner / "file.py").write_text("x\n")

    names = [file.path for file in look(worktree, "HEAD").files]

    assert sorted(names) == [".gitattributes", "inner/"]
    assert not (room / "ran").exists()


def test_what_came_with_the_base_is_not_the_agents_own(repository, worktree):
    first = commit_of(repository)
    commit(worktree, "mine.py", "x\n")
    commit(repository, "theirs.py", "x\n")
    git(worktree, "merge", "--quiet", "-m", "take it in", "main")

    base = find_base(worktree, "main", first)

    assert [file.path for file in look(worktree, base).files] == ["mine.py"]
    assert find_base(worktree, "no-such-branch", first) == first


def test_heads_and_folders_of_a_repository_are_known(repository, worktree):
    tip = commit(worktree, "pay/retry.py", "12345\n")

    assert list_heads(repository) == {str(repository): commit_of(repository), str(worktree): tip}
    assert size_folders(repository, tip)["pay"] == 6
    assert size_folders(repository, tip)[""] > 0


def predict(repository, one, other):
    with scratch_objects(repository) as objects:
        snapshots = (take_snapshot(one, objects), take_snapshot(other, objects))
        return predict_conflicts(repository, *snapshots, objects)


def test_uncommitted_changes_of_the_same_line_are_a_conflict(repository, worktree, other):
    (worktree / "shop.py").write_text("def total(prices):\n    return 1\n")
    (other / "shop.py").write_text("def total(prices):\n    return 2\n")

    assert predict(repository, worktree, other) == {"shop.py"}


def test_changes_of_different_lines_or_the_same_change_are_none(repository, worktree, other):
    lines = [f"line {i}\n" for i in range(20)]
    (worktree / "shop.py").write_text("def total(prices):\n    return 1\n")
    (other / "shop.py").write_text("def total(prices):\n    return 1\n")
    (other / "new.py").write_text("".join(lines))

    assert predict(repository, worktree, other) == frozenset()


def test_two_new_files_of_one_name_are_a_conflict(repository, worktree, other):
    (worktree / "notes.md").write_text("mine\n")
    commit(other, "notes.md", "yours\n")

    assert predict(repository, worktree, other) == {"notes.md"}


def test_foreseeing_leaves_nothing_behind(repository, worktree, other):
    (worktree / "shop.py").write_text("def total(prices):\n    return 1\n")
    (other / "shop.py").write_text("def total(prices):\n    return 2\n")
    git(other, "add", "shop.py")
    before = read_all(repository) | read_all(repository.parent / "shop.rts")

    predict(repository, worktree, other)

    assert read_all(repository) | read_all(repository.parent / "shop.rts") == before
