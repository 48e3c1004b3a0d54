"""What runs or is written with the commander's rights is the commander's, not an agent's."""

import os
import stat

import pytest

from rts import paths
from rts.adapters.browser import open_url
from rts.adapters.editor import add_place, find_editor, run_editor
from rts.adapters.run_files import write_private
from rts.errors import OrderRefused, OutsideFailed


@pytest.fixture
def worktree(room):
    path = paths.worktrees_folder(room / "shop") / "falcon-1"
    path.mkdir(parents=True)
    (room / "shop").mkdir()
    return path


def install(path, told):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {path} >{told}\n")
    path.chmod(0o755)


def test_a_module_in_the_folder_around_is_not_taken_for_the_librarys(room, worktree, monkeypatch):
    (worktree / "webbrowser.py").write_text(f"open({str(room / 'pwned')!r}, 'w')\n")
    monkeypatch.chdir(worktree)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("PYTHONPATH", "")

    with pytest.raises(OutsideFailed, match="No browser with a window"):
        open_url("http://localhost:1")

    assert not (room / "pwned").exists()


@pytest.mark.parametrize("command", ["nano", "./bin/nano"])
def test_an_editor_named_by_a_relative_path_is_the_one_where_rts_runs(
    room, worktree, monkeypatch, command
):
    told = room / "told"
    for folder in (room / "home", worktree):
        install(folder / "bin" / "nano", told)
    environment = {"PATH": f"./bin:{os.environ['PATH']}", "EDITOR": command}

    run_editor(add_place(find_editor(environment), worktree / "x.py", 0), worktree)

    assert told.read_text().strip() == str(room / "home" / "bin" / "nano")


@pytest.mark.parametrize("name", ["ed-wrapper", "code"], ids=["here", "windowed"])
def test_a_program_that_the_editor_runs_is_not_found_in_the_worktree(
    room, worktree, monkeypatch, name
):
    told = room / "told"
    for folder in (room / "home", worktree):
        install(folder / "bin" / "helper", told)
    install(room / "home" / "bin" / name, told)
    (room / "home" / "bin" / name).write_text("#!/bin/sh\nexec helper\n")
    monkeypatch.setenv("PATH", f"./bin:{os.environ['PATH']}")

    run_editor([str(room / "home" / "bin" / name)], worktree)

    assert told.read_text().strip() == str(room / "home" / "bin" / "helper")


@pytest.mark.parametrize("whose", ["falcon-1", "otter-1"])
def test_an_editor_that_lies_in_a_workers_worktree_is_refused(room, worktree, monkeypatch, whose):
    told = room / "told"
    there = worktree.parent / whose
    install(there / "nano", told)
    monkeypatch.chdir(there)

    argv = find_editor({"PATH": os.environ["PATH"], "EDITOR": "./nano"})
    with pytest.raises(OrderRefused, match="lies in a worker's worktree"):
        run_editor(add_place(argv, worktree / "x.py", 0), worktree)

    assert not told.exists()


def test_a_private_file_is_new_and_for_the_commander_alone(room):
    path = room / "address"
    path.write_text("old")
    path.chmod(0o644)
    reader = path.open()

    write_private(path, "http://127.0.0.1:1/?token=x")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "http://127.0.0.1:1/?token=x"
    assert reader.read() == "old", "whoever had the old file open learns nothing"
    reader.close()


def test_a_private_file_goes_through_no_link_and_replaces_no_folder(room):
    (room / "mine").write_text("kept")
    (room / "link").symlink_to(room / "mine")
    (room / "folder").mkdir()
    (room / "folder" / "more").write_text("kept")

    for name in ("link", "folder"):
        with pytest.raises(FileExistsError):
            write_private(room / name, "token")

    assert (room / "mine").read_text() == "kept"
    assert (room / "folder" / "more").read_text() == "kept"


def test_serve_says_in_two_lines_where_the_address_cannot_be_written(room):
    from rts.cli.serve import serve

    (room / "link").symlink_to(room / "elsewhere")

    with pytest.raises(OutsideFailed, match="The address cannot be written") as refused:
        serve(port=1, address_file=room / "link")

    assert "--address-file" in refused.value.hint
    assert not (room / "elsewhere").exists()
