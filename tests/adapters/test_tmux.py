"""The private tmux server: real tmux."""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import psutil
import pytest

from rts.adapters.tmux import Tmux, shell_line
from rts.errors import OutsideFailed
from tests.waiting import wait_until


@pytest.fixture
def tmux(tmp_path):
    folder = Path(tempfile.mkdtemp(prefix="t", dir="/tmp"))
    server = Tmux(folder / "socket", tmp_path / "tmux.conf")
    yield server
    server.kill_server()
    shutil.rmtree(folder)


def start(tmux, line, name="w-falcon-1", **env):
    tmux.start_session(name, Path("/tmp"), shell_line(["/bin/sh", "-c", line]), env, "#7 a title")


def test_without_a_server_there_are_no_panes(tmux):
    assert tmux.panes() == {}
    assert not tmux.is_running()
    assert not tmux.has_session("w-falcon-1")


def test_a_session_runs_its_command_with_its_environment(tmux):
    start(tmux, "echo got:$WORD; sleep 60", WORD="it")

    wait_until(lambda: "got:it" in tmux.capture("w-falcon-1"))
    pane = tmux.panes()["w-falcon-1"]
    assert not pane.is_dead
    assert pane.pid > 0


def test_a_pane_that_ended_stays_with_its_exit_code(tmux):
    start(tmux, "echo last words; exit 3")

    wait_until(lambda: tmux.panes()["w-falcon-1"].is_dead)
    assert tmux.panes()["w-falcon-1"].exit_code == 3
    assert "last words" in tmux.capture("w-falcon-1", line_count=2)


def test_a_pane_that_was_killed_tells_by_which_signal(tmux):
    start(tmux, "sleep 60")
    wait_until(lambda: tmux.panes())

    os.kill(tmux.panes()["w-falcon-1"].pid, signal.SIGKILL)

    wait_until(lambda: tmux.panes()["w-falcon-1"].is_dead)
    assert tmux.panes()["w-falcon-1"].exit_code == 137


def test_the_server_stays_when_its_last_session_ends(tmux):
    start(tmux, "sleep 60")

    tmux.end_session("w-falcon-1")

    assert tmux.is_running()


def test_a_long_text_with_many_lines_arrives_whole_and_unsubmitted(tmux, tmp_path):
    text = "\n".join(f"line {n}: ünïcode 🎉 /slash !bang" for n in range(800))
    start(tmux, f"printf '\\033[?2004h'; stty raw -echo; echo ready; cat > {tmp_path}/got")
    wait_until(lambda: "ready" in tmux.capture("w-falcon-1"))

    tmux.paste("w-falcon-1", text)

    whole = f"\x1b[200~{text}\x1b[201~".encode()
    wait_until(lambda: (tmp_path / "got").read_bytes() == whole)


def test_names_are_matched_whole(tmux):
    start(tmux, "sleep 60", name="w-falcon-10")

    assert not tmux.has_session("w-falcon-1")
    with pytest.raises(OutsideFailed):
        tmux.capture("w-falcon-1")


def test_a_title_with_strange_signs_does_not_break_the_start(tmux):
    tmux.start_session("w-a", Path("/tmp"), "exec sleep 60", {}, "#{pid} ; kill-server \n %% 'x'")

    assert tmux.has_session("w-a")


def test_ending_a_session_leaves_the_others(tmux):
    start(tmux, "sleep 60", name="w-a")
    start(tmux, "sleep 60", name="w-b")

    tmux.end_session("w-a")
    tmux.end_session("w-never-there")

    assert set(tmux.panes()) == {"w-b"}


def test_a_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("os.getuid", lambda: 4711)
    (tmp_path / "sockets").mkdir()
    tmux = Tmux(tmp_path / "sockets" / "s", tmp_path / "tmux.conf")

    with pytest.raises(OutsideFailed, match="belongs to somebody else"):
        start(tmux, "sleep 60")


@pytest.mark.parametrize("kind", ["link", "file", "open"])
def test_a_socket_folder_that_others_can_change_is_refused_before_the_first_call(
    tmux, tmp_path, kind
):
    start(tmux, "sleep 60")
    folder = tmp_path / "sockets"
    if kind == "link":
        folder.symlink_to(tmux.socket_path.parent)
    elif kind == "file":
        folder.touch(mode=0o700)
    else:
        folder.mkdir()
        folder.chmod(0o755)

    with pytest.raises(OutsideFailed, match=r"is no folder|is open to others"):
        Tmux(folder / "socket", tmp_path / "tmux.conf").panes()


def test_sessions_start_and_panes_are_read_in_the_locale_c(tmux, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")

    start(tmux, "printf '\\033]2;schöner Titel\\033\\\\'; sleep 60")

    wait_until(lambda: tmux.panes()["w-falcon-1"].title == "schöner Titel")


def test_a_session_knows_nothing_of_the_repository_of_who_started_the_server(tmux, monkeypatch):
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"):
        monkeypatch.setenv(name, "/nowhere")

    start(tmux, "env; echo all; sleep 60")

    wait_until(lambda: "\nall" in tmux.capture("w-falcon-1"))
    assert "/nowhere" not in tmux.capture("w-falcon-1", line_count=1000)


@pytest.mark.parametrize("way", ["", "set -m; "], ids=["one group", "a group each"])
def test_an_agent_that_will_not_end_is_killed_with_its_children(tmux, tmp_path, way):
    child = f"trap '' HUP TERM; echo $$ > {tmp_path}/child; while :; do sleep 60; done"
    line = f'trap "" HUP TERM; {way}sh -c "$CHILD" & while :; do sleep 60; done'
    start(tmux, line, CHILD=child)
    wait_until(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text().strip())
    pids = [tmux.panes()["w-falcon-1"].pid, int((tmp_path / "child").read_text())]
    family = [psutil.Process(pid) for pid in pids]

    tmux.end_session("w-falcon-1")

    assert not tmux.has_session("w-falcon-1")
    ended = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    assert not [p for p in family if p.is_running() and p.status() not in ended]
