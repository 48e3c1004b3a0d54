"""The clean room itself: what a test sees of the machine, and what it leaves on it."""

import os
import subprocess
import sys
from pathlib import Path

from rts import paths
from tests.cleaning import end_processes, end_room, find_leaks, make_root, room_environment
from tests.waiting import wait_until


def test_a_test_sees_its_own_home_only(room):
    assert Path.home() == room / "home"
    assert paths.rts_home().is_relative_to(room)
    assert not [name for name in os.environ if name.startswith(("TMUX", "XDG_", "CLAUDE"))]
    assert not [name for name in os.environ if name.endswith("_API_KEY")]


def test_a_variable_of_the_developer_does_not_get_in(tmp_path, monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "secret")
    monkeypatch.setenv("RTS_WORKER", "a worker that runs these tests")

    environment = room_environment(tmp_path / "room")

    assert {"SOME_API_KEY", "RTS_WORKER"}.isdisjoint(environment)


def test_the_tmux_socket_path_is_short_enough():
    assert len(str(paths.tmux_socket_path(paths.rts_home()))) < 100


def test_a_commit_has_an_author_that_is_not_the_developer(repository):
    said = subprocess.run(
        ["git", "log", "--format=%an"], cwd=repository, capture_output=True, text=True, check=True
    )

    assert said.stdout == "A Commander\n"


def test_a_room_that_is_left_ends_its_server_with_all_that_runs_on_it():
    root = make_root()
    environment = room_environment(root / "1")
    socket_path = paths.tmux_socket_path(root / "1/state")
    socket_path.parent.mkdir(mode=0o700, exist_ok=True)
    argv = ["tmux", "-S", str(socket_path), "-f", os.devnull, "new-session", "-d", "sleep 600"]
    subprocess.run(argv, env=environment, check=True)
    wait_until(lambda: find_leaks(root, wait_s=0), message="the sleeper to run")

    end_room(root / "1")

    assert find_leaks(root) == []
    assert not socket_path.exists()
    root.rmdir()


def test_a_process_that_was_left_running_is_found():
    root = make_root()
    code = "import os; os.setsid(); print('on', flush=True); input()"
    left = subprocess.Popen(
        [sys.executable, "-c", code],
        env=room_environment(root / "1"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with left:
        assert left.stdout
        left.stdout.readline()

        leaks = find_leaks(root, wait_s=0)
        end_processes(leaks)

    assert [process.pid for process in leaks] == [left.pid]
    end_room(root / "1")
    root.rmdir()
