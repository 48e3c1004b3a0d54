"""The commander's own editor: which command, at which line, and where."""

import os

import pytest

from rts.adapters.editor import add_place, find_editor, has_own_window
from rts.errors import OrderRefused, OutsideFailed
from rts.orders.editing import edit, plan_editing
from rts.orders.projects import open_project, worktree_path
from rts.orders.spawn import spawn
from rts.orders.tickets import file_ticket
from tests.waiting import wait_until


@pytest.fixture
def worker(game, repository):
    project = open_project(game, repository)
    return spawn(game, project, file_ticket(game, project, "Retry payments"), "generic")


@pytest.fixture
def worktree(game, repository, worker):
    return worktree_path(open_project(game, repository), worker)


@pytest.fixture
def programs(room, monkeypatch):
    """A folder on the PATH for programs of the test."""
    folder = room / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


@pytest.fixture
def install(programs, room):
    """Put a program in the way that writes down its arguments and where it runs."""

    def install(name, *, exit_code=0):
        told = room / f"{name}.told"
        script = programs / name
        script.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$PWD" "$@" > {told}.new\n'
            f"mv {told}.new {told}\nexit {exit_code}\n"
        )
        script.chmod(0o755)
        return told

    return install


def test_the_editor_opens_the_file_at_the_line_in_the_worktree(
    game, worker, worktree, install, monkeypatch
):
    told = install("vim")
    monkeypatch.setenv("EDITOR", "vim -p")

    plan = plan_editing(game, worker, "shop.py", 2)
    edit(plan)

    assert not plan.has_own_window
    file = f"{worktree}/shop.py"
    assert told.read_text().splitlines() == [str(worktree), "-p", "+2", file]


def test_visual_comes_before_editor(game, worker, worktree, install, monkeypatch):
    told = install("code")
    install("vim")
    monkeypatch.setenv("VISUAL", "code --wait")
    monkeypatch.setenv("EDITOR", "vim")

    plan = plan_editing(game, worker, "shop.py", 2)
    edit(plan)

    assert plan.has_own_window
    wait_until(told.exists, message="the editor was started")
    assert told.read_text().splitlines()[1:] == ["--wait", "--goto", f"{worktree}/shop.py:2"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nvim", ["+7", "FILE"]),
        ("nano", ["+7", "FILE"]),
        ("emacsclient", ["+7", "FILE"]),
        ("cursor", ["--goto", "FILE:7"]),
        ("zed", ["FILE:7"]),
        ("hx", ["FILE:7"]),
        ("pycharm", ["--line", "7", "FILE"]),
        ("ed-of-my-own", ["FILE"]),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(tmp_path, name, words):
    file = tmp_path / "shop.py"
    file.touch()

    argv = add_place([f"/usr/bin/{name}"], file, 7)

    assert argv[1:] == [word.replace("FILE", str(file)) for word in words]


def test_without_a_path_the_worktree_is_opened(game, worker, worktree, install, monkeypatch):
    told = install("vim")
    monkeypatch.setenv("EDITOR", "vim")

    edit(plan_editing(game, worker))

    assert told.read_text().splitlines() == [str(worktree), str(worktree)]


def test_an_editor_that_opens_no_folders_says_what_to_do(game, worker, install, monkeypatch):
    install("nano")
    monkeypatch.setenv("EDITOR", "nano")

    with pytest.raises(OrderRefused, match="nano opens no folders"):
        plan_editing(game, worker)


def test_a_link_out_of_the_worktree_is_not_opened(
    game, worker, worktree, room, install, monkeypatch
):
    install("vim")
    monkeypatch.setenv("EDITOR", "vim")
    (room / "secret").write_text("mine\n")
    (worktree / "link").symlink_to(room / "secret")

    for path in ("link", "../../secret", "/etc/hosts"):
        with pytest.raises(OrderRefused, match="leads out of the worktree"):
            plan_editing(game, worker, path, 1)


def test_a_file_that_was_removed_is_not_opened(game, worker, install, monkeypatch):
    install("vim")
    monkeypatch.setenv("EDITOR", "vim")

    with pytest.raises(OrderRefused, match="is not in the worktree"):
        plan_editing(game, worker, "gone.py", 1)


@pytest.mark.parametrize(
    ("environment", "what"),
    [
        ({}, "No editor is named"),
        ({"EDITOR": "no-such-editor"}, "is not installed"),
        ({"EDITOR": "vi 'open"}, "cannot be read"),
    ],
)
def test_an_editor_that_cannot_be_run_is_refused_with_what_to_do(environment, what):
    with pytest.raises(OrderRefused, match=what) as refused:
        find_editor({"PATH": os.environ["PATH"], **environment})

    assert refused.value.hint


def test_a_windowed_editor_that_fails_at_once_is_told(game, worker, install, monkeypatch):
    install("code", exit_code=3)
    monkeypatch.setenv("EDITOR", "code")

    with pytest.raises(OutsideFailed, match="ended with exit code 3"):
        edit(plan_editing(game, worker, "shop.py", 1))


def test_only_known_editors_are_said_to_have_a_window():
    assert has_own_window(["/opt/code/bin/code"])
    assert not has_own_window(["vim"])
    assert not has_own_window(["something"])
