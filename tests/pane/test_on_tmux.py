"""The proxy in a real tmux, with programs that take the whole screen."""

import shutil

import pytest

from rts.pane.run import own_argv
from tests.cleaning import end_server
from tests.pane.on_tmux import TmuxPane
from tests.waiting import wait_until


@pytest.fixture
def start(room):
    def start(*program):
        return TmuxPane(room / "socket", [*own_argv(), "--", *program], cwd=room)

    yield start
    end_server(room / "socket")


def test_a_resize_down_to_20_columns_reaches_the_program(start):
    pane = start("sh", "-c", "trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done")
    pane.await_words("30 100")

    for columns in (60, 20, 90):
        pane.tmux("resize-window", "-t", "w", "-x", str(columns), "-y", "10")
        pane.await_words(f"10 {columns}")


@pytest.mark.parametrize(
    ("line", "end"), [("exit 0", "0 "), ("exit 7", "7 "), ("kill -9 $$", " 9"), ("kill $$", " 15")]
)
def test_tmux_sees_how_the_program_ended(start, line, end):
    assert start("sh", "-c", f"sleep 0.1; {line}").await_end() == end


def test_400_kilobytes_pasted_by_tmux_arrive_as_they_were(start, room):
    text = "grüße ✳ 0123456789\n" * 20_000
    (room / "text").write_text(text)
    size = len(text.encode())
    pane = start("sh", "-c", f"stty raw -echo; echo on; head -c {size} >pasted; echo all")
    pane.await_words("on")

    pane.tmux("load-buffer", str(room / "text"), ";", "paste-buffer", "-r", "-t", "w")

    pane.await_words("all")
    assert (room / "pasted").read_text() == text


def test_a_killed_session_hangs_the_program_up(start, room):
    trap = "trap 'echo hung >hung; exit' HUP"
    pane = start("sh", "-c", f"{trap}; echo on; while :; do sleep 0.05; done")
    pane.await_words("on")

    pane.tmux("kill-session", "-t", "w")

    wait_until(lambda: (room / "hung").exists())


@pytest.mark.skipif(not shutil.which("vim"), reason="vim is not installed")
def test_an_editor_draws_writes_and_leaves_the_screen_clean(start, room):
    pane = start("sh", "-c", "echo before; vim -N -u NONE -i NONE note.txt; echo after; read -r x")
    pane.await_words("note.txt")
    pane.tmux("resize-window", "-t", "w", "-x", "20", "-y", "8")
    pane.tmux("send-keys", "-t", "w", "i")
    pane.await_words("INSERT")
    pane.tmux("set-buffer", "grüße\nzwei ✳\n", ";", "paste-buffer", "-p", "-t", "w")
    pane.await_words("zwei ✳")
    pane.tmux("send-keys", "-t", "w", "Escape")
    pane.type(":wq")

    pane.await_words("after")
    assert "before" in pane.shown()
    assert "INSERT" not in pane.shown()
    assert (room / "note.txt").read_text() == "grüße\nzwei ✳\n\n"
    pane.type("")
    assert pane.await_end() == "0 "
