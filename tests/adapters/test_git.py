"""git: real repositories."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rts.adapters.git.changes import read_change_size, read_diff, read_subjects
from rts.adapters.git.command import git, try_git
from rts.adapters.git.merging import land, merge_commit, refuse_unless_landable
from rts.adapters.git.repository import find_root, read_project_file, read_standing
from rts.adapters.git.worktrees import (
    add_worktree,
    borrow_worktree,
    commit_of,
    count_commits,
    delete_branch,
    find_inner_repositories,
    has_unsaved_work,
    list_changed,
    preserve,
    remove_worktree,
    taken_call_signs,
)
from rts.errors import OrderRefused, OutsideFailed


def commit(folder: Path, name: str, text: str, message: str = "more") -> str:
    (folder / name).write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", message)
    return commit_of(folder)


@pytest.fixture
def worktree(repository):
    """A worker's worktree beside the repository, on the branch rts/falcon-1/work."""
    path = repository.parent / f"{repository.name}.rts" / "falcon-1"
    add_worktree(repository, path, "rts/falcon-1/work", "HEAD", "falcon-1")
    return path


def test_the_root_is_found_from_a_subfolder_and_from_a_worktree(repository, worktree):
    (repository / "deep" / "er").mkdir(parents=True)

    assert find_root(repository / "deep" / "er") == repository
    assert find_root(worktree) == repository


def test_a_folder_without_a_repository_is_refused(tmp_path):
    with pytest.raises(OrderRefused, match="not in a git repository"):
        find_root(tmp_path)


def test_a_bare_repository_is_refused(tmp_path):
    git(tmp_path, "init", "--bare", "--quiet", "bare.git")

    with pytest.raises(OrderRefused, match="bare repository"):
        find_root(tmp_path / "bare.git")


def test_a_repository_without_a_commit_is_refused(tmp_path):
    git(tmp_path, "init", "--quiet", "empty")

    with pytest.raises(OrderRefused, match="no commit yet"):
        read_standing(tmp_path / "empty")


def test_the_standing_tells_branch_commit_and_what_is_uncommitted(repository):
    (repository / "untracked.txt").write_text("x")

    standing = read_standing(repository)

    assert (standing.branch, standing.changed_count) == ("main", 1)
    assert standing.commit == commit_of(repository)


def test_a_detached_head_has_no_branch(repository):
    git(repository, "switch", "--quiet", "--detach")

    assert read_standing(repository).branch == ""


def test_the_projects_file_is_read_from_the_commit_not_from_the_disk(repository):
    base = commit(repository, ".rts.toml", 'test = "make test"\n')
    (repository / ".rts.toml").write_text('test = "true"\n')

    assert read_project_file(repository, base) == {"test": "make test"}


def test_a_projects_file_that_is_no_toml_is_refused(repository):
    base = commit(repository, ".rts.toml", "test = ")

    with pytest.raises(OrderRefused, match="cannot be read"):
        read_project_file(repository, base)


def test_a_misspelt_key_of_the_projects_file_is_refused(repository):
    base = commit(repository, ".rts.toml", 'tets = "make test"\n')

    with pytest.raises(OrderRefused, match="unknown key “tets”"):
        read_project_file(repository, base)


def test_a_worktree_is_made_locked_and_without_tracking(repository, worktree):
    assert (worktree / "shop.py").exists()
    assert "locked rts: falcon-1" in git(repository, "worktree", "list", "--porcelain")
    assert try_git(repository, "config", "branch.rts/falcon-1/work.merge").exit_code != 0


def test_a_branch_that_exists_is_refused_and_left_alone(repository, tmp_path):
    git(repository, "branch", "mine")

    with pytest.raises(OrderRefused, match="exists already"):
        add_worktree(repository, tmp_path / "w", "mine", "HEAD", "falcon-1")

    assert try_git(repository, "rev-parse", "mine").exit_code == 0
    assert not (tmp_path / "w").exists()


def test_a_folder_that_is_there_is_refused_and_left_alone(repository, worktree):
    (worktree / "precious.txt").write_text("work")

    with pytest.raises(OrderRefused, match="is there already"):
        add_worktree(repository, worktree, "rts/falcon-1/other", "HEAD", "somebody else")

    assert (worktree / "precious.txt").read_text() == "work"


def test_a_branch_that_stands_where_a_folder_of_refs_must_be_is_named(repository, tmp_path):
    git(repository, "branch", "rts")

    with pytest.raises(OrderRefused, match="A branch is called “rts”"):
        add_worktree(repository, tmp_path / "w", "rts/x/y", "HEAD", "x")


def test_call_signs_of_branches_folders_and_preserved_work_are_taken(repository, worktree):
    git(repository, "update-ref", "refs/rts/preserved/heron-1", "HEAD")
    git(repository, "branch", "rts/lynx-2/old")

    assert taken_call_signs(repository) == {"falcon-1", "heron-1", "lynx-2"}


def test_a_worktree_that_cannot_be_made_leaves_nothing_behind(repository, tmp_path):
    in_the_way = tmp_path / "w"
    in_the_way.write_text("a file")

    with pytest.raises(OutsideFailed):
        add_worktree(repository, in_the_way / "deeper", "rts/x/y", "HEAD", "x")

    assert git(repository, "branch", "--list", "rts/*") == ""
    assert git(repository, "worktree", "list").count("\n") == 0


def test_twenty_worktrees_at_once_all_succeed(repository, tmp_path):
    def add(number):
        add_worktree(repository, tmp_path / f"w{number}", f"rts/w{number}/x", "HEAD", "w")

    with ThreadPoolExecutor(20) as many:
        list(many.map(add, range(20)))

    assert git(repository, "worktree", "list").count("\n") == 20


def test_a_removed_worktree_is_gone_with_its_lock_and_the_branch_stays(repository, worktree):
    remove_worktree(repository, worktree)

    assert not worktree.parent.exists()
    assert "falcon-1" not in git(repository, "worktree", "list")
    assert commit_of(repository, "rts/falcon-1/work")


def test_unsaved_work_is_preserved_with_index_and_untracked_files(repository, worktree):
    (worktree / "shop.py").write_text("staged\n")
    git(worktree, "add", "shop.py")
    (worktree / "shop.py").write_text("and changed again\n")
    (worktree / "new.txt").write_text("untracked\n")
    status = git(worktree, "status", "--porcelain")

    saved = preserve(worktree, "refs/rts/preserved/falcon-1", "a message")

    assert git(repository, "show", f"{saved}:new.txt") == "untracked"
    assert git(repository, "show", f"{saved}:shop.py") == "and changed again"
    assert git(repository, "show", f"{saved}^2:shop.py") == "staged"
    assert commit_of(repository, f"{saved}^1") == commit_of(worktree)
    assert git(worktree, "status", "--porcelain") == status


def test_what_is_preserved_is_never_overwritten(worktree):
    (worktree / "new.txt").write_text("one")
    first = preserve(worktree, "refs/rts/preserved/falcon-1", "one")
    (worktree / "new.txt").write_text("two")

    second = preserve(worktree, "refs/rts/preserved/falcon-1", "two")

    assert git(worktree, "show", f"{first}:new.txt") == "one"
    assert git(worktree, "show", f"{second}:new.txt") == "two"


def test_an_unfinished_merge_is_preserved_although_its_index_has_no_tree(repository, worktree):
    commit(worktree, "shop.py", "theirs\n")
    ours = commit(repository, "shop.py", "ours\n")
    assert try_git(worktree, "merge", ours).exit_code != 0

    kept = preserve(worktree, "refs/rts/preserved/falcon-1", "a message")

    assert "<<<<<<<" in git(worktree, "show", f"{kept}:shop.py")


def test_untracked_files_count_although_the_commander_does_not_look_at_them(worktree):
    git(worktree, "config", "status.showUntrackedFiles", "no")
    (worktree / "new.txt").write_text("x")

    assert has_unsaved_work(worktree)


def test_a_commit_that_no_branch_holds_is_unsaved_work(worktree):
    git(worktree, "switch", "--quiet", "--detach")
    commit(worktree, "new.txt", "x")

    assert has_unsaved_work(worktree)


def test_a_repository_inside_a_worktree_is_found(worktree):
    base = commit_of(worktree)
    assert find_inner_repositories(worktree, base) == []
    git(worktree, "init", "--quiet", "inner")
    commit(worktree / "inner", "a", "1")

    assert find_inner_repositories(worktree, base) == ["inner/"]
    git(worktree, "-c", "advice.addEmbeddedRepo=false", "add", "inner")
    git(worktree, "commit", "--quiet", "-m", "as a link")
    assert find_inner_repositories(worktree, base) == ["inner"]


def test_work_is_preserved_when_git_knows_no_name(repository, worktree, monkeypatch, tmp_path):
    (worktree / "new.txt").write_text("x")
    (tmp_path / "nobody").write_text("[user]\n\tuseConfigOnly = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "nobody"))

    assert preserve(worktree, "refs/rts/preserved/x", "a message")


def test_a_diff_shows_untracked_files_and_leaves_the_index_alone(worktree):
    (worktree / "new.txt").write_text("hello\n")
    base = commit_of(worktree)

    assert "+hello" in read_diff(worktree, base)
    assert git(worktree, "status", "--porcelain") == "?? new.txt"


def test_the_size_of_a_change_counts_files_and_lines(repository, worktree):
    base = commit_of(worktree)
    commit(worktree, "shop.py", "other\nlines\n")

    size = read_change_size(worktree, base, "HEAD")

    assert (size.file_count, size.added_line_count) == (1, 2)


def test_commits_since_the_base_are_counted_and_named(worktree):
    base = commit_of(worktree)
    commit(worktree, "a", "1", "first")
    commit(worktree, "b", "2", "second")

    assert count_commits(worktree, base) == 2
    assert read_subjects(worktree, base) == ["first", "second"]


def test_a_clean_worktree_has_no_unsaved_work(worktree):
    assert not has_unsaved_work(worktree)
    (worktree / "new").write_text("x")
    assert has_unsaved_work(worktree)


def test_a_merge_lands_by_moving_the_clean_main_worktree_forward(repository, worktree):
    commit(worktree, "feature.txt", "done\n")
    old = commit_of(repository)
    with borrow_worktree(repository, "main") as path:
        new = merge_commit(path, "rts/falcon-1/work", "Merge it")
        assert commit_of(repository) == old

    land(repository, "main", old, new)

    assert (repository / "feature.txt").read_text() == "done\n"
    assert commit_of(repository) == new
    assert git(repository, "worktree", "list").count("\n") == 1


def test_a_conflict_is_refused_with_its_files_and_changes_nothing(repository, worktree):
    commit(worktree, "shop.py", "theirs\n")
    commit(repository, "shop.py", "ours\n")
    before = commit_of(repository)

    with (
        pytest.raises(OrderRefused, match=r"conflicts with its base in shop\.py"),
        borrow_worktree(repository, "main") as path,
    ):
        merge_commit(path, "rts/falcon-1/work", "Merge it")

    assert commit_of(repository) == before
    assert not has_unsaved_work(repository)
    assert git(repository, "worktree", "list").count("\n") == 1


def test_a_main_worktree_with_changes_is_never_touched(repository):
    (repository / "shop.py").write_text("half a thought\n")

    with pytest.raises(OrderRefused, match="uncommitted changes"):
        refuse_unless_landable(repository, "main")


def test_an_untracked_file_in_the_way_stops_the_landing_whole(repository, worktree):
    new = commit(worktree, "feature.txt", "done\n")
    (repository / "feature.txt").write_text("mine\n")
    old = commit_of(repository)

    with pytest.raises(OrderRefused, match="could not be moved forward"):
        land(repository, "main", old, new)

    assert (repository / "feature.txt").read_text() == "mine\n"
    assert commit_of(repository) == old


def test_a_base_that_nobody_stands_on_is_moved_only_from_where_it_was(repository, worktree):
    git(repository, "switch", "--quiet", "-c", "elsewhere")
    old, new = commit_of(repository, "main"), commit(worktree, "a", "1")

    land(repository, "main", old, new)

    assert commit_of(repository, "main") == new
    with pytest.raises(OrderRefused):
        land(repository, "main", old, new)


def test_a_branch_with_unmerged_commits_is_not_deleted_as_merged(repository, worktree):
    commit(worktree, "a", "1")
    remove_worktree(repository, worktree)

    assert not delete_branch(repository, "rts/falcon-1/work", only_merged=True)
    assert delete_branch(repository, "rts/falcon-1/work")


def test_the_repository_of_the_callers_hook_is_not_obeyed(repository, tmp_path, monkeypatch):
    git(tmp_path, "init", "--quiet", "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other" / "index"))

    assert find_root(repository) == repository
    assert read_standing(repository).changed_count == 0


def test_looking_takes_no_lock_of_the_index(repository):
    index = repository / ".git" / "index"
    (repository / "shop.py").touch()  # so that git status would like to refresh the index
    before = index.stat().st_mtime_ns, index.stat().st_ino

    read_standing(repository)

    assert (index.stat().st_mtime_ns, index.stat().st_ino) == before


def test_a_submodule_is_found_by_its_own_top(repository, tmp_path):
    git(tmp_path, "clone", "--quiet", str(repository), "part")
    allowed = ("-c", "protocol.file.allow=always")
    git(repository, *allowed, "submodule", "--quiet", "add", str(tmp_path / "part"), "parts/one")
    submodule = repository / "parts" / "one"
    beside = tmp_path / "beside"
    add_worktree(submodule, beside, "rts/falcon-1/work", "HEAD", "falcon-1")

    assert find_root(submodule) == submodule
    assert find_root(beside) == submodule


def test_a_repository_whose_git_folder_lies_apart_is_refused(tmp_path):
    git(tmp_path, "init", "--quiet", f"--separate-git-dir={tmp_path}/apart", "top")

    with pytest.raises(OrderRefused, match="lies apart"):
        find_root(tmp_path / "top")


def test_a_path_with_a_line_break_is_read_whole(tmp_path):
    folder = tmp_path / "two\n\nlines\nbare"
    git(tmp_path, "init", "--quiet", str(folder))

    assert find_root(folder) == folder


# --- a repository inside the worktree, with commands in its own configuration --------------------

LINK = ("-c", "advice.addEmbeddedRepo=false", "add", "inner")


def plant(worktree, *, is_linked):
    """Make a repository in the worktree that runs commands when git looks into it."""
    trap = worktree.parent.parent / "pwned"
    inner = worktree / "inner"
    git(worktree, "init", "--quiet", "inner")
    (inner / ".gitattributes").write_text("* filter=evil diff=evil\n")
    commit(inner, "a", "1\n")
    if is_linked:
        git(worktree, *LINK)
        git(worktree, "commit", "--quiet", "-m", "as a link")
    script = f"touch {trap}; cat"
    git(inner, "config", "core.fsmonitor", f"touch {trap}; false")
    for key in ("filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv"):
        git(inner, "config", key, script)
    (inner / "a").write_text("2\n")
    (inner / "b").write_text("new\n")
    trap.unlink(missing_ok=True)
    return trap


LOOKS = {
    "unsaved": lambda path, base: has_unsaved_work(path),
    "changed": lambda path, base: list_changed(path),
    "inner": find_inner_repositories,
    "preserve": lambda path, base: preserve(path, "refs/rts/preserved/falcon-1", "kept"),
    "diff": read_diff,
    "size": lambda path, base: read_change_size(path, base, "HEAD"),
}


@pytest.mark.parametrize("is_linked", [False, True], ids=["untracked", "linked"])
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_no_look_at_a_worktree_runs_what_a_repository_inside_it_says(worktree, look, is_linked):
    git(worktree, "config", "diff.submodule", "diff")
    base = commit_of(worktree)
    trap = plant(worktree, is_linked=is_linked)

    look(worktree, base)

    assert not trap.exists()


def test_the_planted_repository_does_run_commands_when_git_looks_inside(worktree):
    trap = plant(worktree, is_linked=True)

    try_git(worktree, "status", "--ignore-submodules=none")

    assert trap.exists()


@pytest.mark.parametrize("is_linked", [False, True], ids=["untracked", "linked"])
def test_putting_a_worktree_away_runs_nothing_inside_it(repository, worktree, is_linked):
    trap = plant(worktree, is_linked=is_linked)

    remove_worktree(repository, worktree)

    assert not worktree.exists()
    assert not trap.exists()


@pytest.fixture
def with_submodule(repository, tmp_path):
    """A worktree whose base has a submodule `part`, checked out in it."""
    origin = tmp_path / "origin"
    git(tmp_path, "init", "--quiet", str(origin))
    commit(origin, "a", "1\n")
    allowed = ("-c", "protocol.file.allow=always")
    git(repository, *allowed, "submodule", "--quiet", "add", str(origin), "part")
    git(repository, "commit", "--quiet", "-m", "with a part")
    path = repository.parent / f"{repository.name}.rts" / "heron-1"
    add_worktree(repository, path, "rts/heron-1/work", "HEAD", "heron-1")
    git(path, *allowed, "submodule", "--quiet", "update", "--init")
    return path


def test_a_checked_out_submodule_counts_since_only_git_inside_could_tell(with_submodule):
    assert (with_submodule / "part" / "a").exists()
    assert find_inner_repositories(with_submodule, "HEAD") == ["part"]
    assert not has_unsaved_work(with_submodule)
    assert read_diff(with_submodule, "HEAD") == ""


@pytest.mark.parametrize("name", ["a", "new"])
def test_a_submodule_with_uncommitted_work_is_found(with_submodule, name):
    (with_submodule / "part" / name).write_text("2\n")

    assert find_inner_repositories(with_submodule, "HEAD") == ["part"]


def test_a_submodule_with_a_staged_change_is_found(with_submodule):
    part = with_submodule / "part"
    (part / "a").write_text("2\n")
    git(part, "add", "a")
    (part / "a").write_text("1\n")

    assert find_inner_repositories(with_submodule, "HEAD") == ["part"]


def test_a_submodule_with_another_commit_is_found_and_shown(with_submodule):
    tip = commit(with_submodule / "part", "a", "2\n")

    assert find_inner_repositories(with_submodule, "HEAD") == ["part"]
    assert f"+Subproject commit {tip}" in read_diff(with_submodule, "HEAD")


def test_a_submodules_own_commands_do_not_run_when_it_is_compared(with_submodule, tmp_path):
    part, trap = with_submodule / "part", tmp_path / "pwned"
    git(part, "config", "core.fsmonitor", f"touch {trap}; false")
    git(part, "config", "filter.evil.clean", f"touch {trap}; cat")
    (part / ".gitattributes").write_text("* filter=evil\n")

    assert find_inner_repositories(with_submodule, "HEAD") == ["part"]
    assert not trap.exists()


def test_a_submodule_that_is_not_there_stays_in_diff_and_kept_work(repository, with_submodule):
    git(with_submodule, "submodule", "--quiet", "deinit", "--force", "part")
    (with_submodule / "new.txt").write_text("x\n")

    diff = read_diff(with_submodule, "HEAD")
    kept = preserve(with_submodule, "refs/rts/preserved/heron-1", "kept")

    assert "part" not in diff
    assert commit_of(with_submodule, "HEAD")
    assert git(repository, "rev-parse", f"{kept}:part") == git(repository, "rev-parse", "main:part")


def test_a_repository_among_tracked_files_is_found(worktree):
    (worktree / "deep").mkdir()
    base = commit(worktree, "deep/file", "x")
    git(worktree, "init", "--quiet", "deep")

    assert find_inner_repositories(worktree, base) == ["deep/"]


def test_a_repository_in_an_ignored_folder_does_not_count(worktree):
    base = commit(worktree, ".gitignore", "node_modules/\n")
    git(worktree, "init", "--quiet", "node_modules/package")

    assert find_inner_repositories(worktree, base) == []
