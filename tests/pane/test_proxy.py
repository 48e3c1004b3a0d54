"""The proxy on a real pseudo-terminal: nothing is changed, and it ends as its program did."""

import os
import signal
import subprocess
import sys
import termios
from pathlib import Path

import psutil
import pytest

from rts import paths
from rts.pane.run import own_argv
from tests.pane.played import PlayedPane
from tests.waiting import wait_until

RAW = "stty raw -echo; echo ready;"
"""What a program does that takes single bytes."""


def through_pipes(*program, given=b""):
    """Run a program behind a proxy that has no terminal at all."""
    argv = [*own_argv(), "--", *program]
    return subprocess.run(argv, input=given, capture_output=True, timeout=30, check=False)


def python(code):
    return (sys.executable, "-I", "-S", "-c", code)


@pytest.mark.parametrize("code", [0, 7, 255])
def test_the_exit_code_is_the_programs(code):
    with PlayedPane("sh", "-c", f"exit {code}") as pane:
        assert pane.await_end() == code


@pytest.mark.parametrize("name", ["KILL", "TERM", "SEGV", "PIPE"])
def test_it_ends_by_the_signal_that_ended_the_program(name):
    with PlayedPane("sh", "-c", f"kill -{name} $$") as pane:
        assert pane.await_end() == -getattr(signal, f"SIG{name}")


def test_a_program_that_is_not_there_is_named():
    with PlayedPane("no-such-program") as pane:
        assert pane.await_end() == 127
        assert b"no-such-program: not found" in pane.seen


def test_a_program_that_may_not_be_run_is_named(tmp_path):
    (tmp_path / "text").touch()

    with PlayedPane(str(tmp_path / "text")) as pane:
        assert pane.await_end() == 126
        assert b"Permission denied" in pane.seen


@pytest.mark.parametrize(
    "words", [[], ["--"], ["--nonsense", "--", "true"], ["--listen", "--", "true"]]
)
def test_wrong_words_get_the_usage(words):
    done = subprocess.run([*own_argv(), *words], capture_output=True, check=False)

    assert done.returncode == 2
    assert b"Usage" in done.stderr


def test_the_query_is_swallowed_and_answered_before_the_terminal_answers_anything():
    ask = "printf 'a\\033]7501;?\\033\\134\\033[cb'; dd bs=1 count=13 2>/dev/null | od -c -An"
    with PlayedPane("sh", "-c", f"{RAW} {ask}") as pane:
        pane.await_words(b"\x1b[cb")
        pane.type(b"\x1b[?6c")  # what a terminal says to the rest
        assert pane.await_end() == 0
    assert b"a\x1b[cb" in pane.seen
    assert b"]   7   5   0   1   ;   ?" in pane.seen
    assert b"7501;?" not in pane.seen


def test_a_report_passes_and_is_kept(tmp_path):
    say = "printf '\\033]7501;state=working:app=x\\007'; read answer"
    with PlayedPane("sh", "-c", say, run_folder=tmp_path) as pane:
        wait_until(lambda: paths.status_path(tmp_path).exists())
        assert '"working"' in paths.status_path(tmp_path).read_text()
        assert int(paths.agent_pid_path(tmp_path).read_text()) != pane.process.pid
        pane.type(b"\n")
        assert pane.await_end() == 0
    assert b"\x1b]7501;state=working:app=x\x07" in pane.seen
    assert '"working"' not in paths.status_path(tmp_path).read_text()


def test_the_beginning_of_a_query_that_never_comes_is_shown_soon():
    with PlayedPane("sh", "-c", "printf 'x\\033]7501;?'; read answer") as pane:
        pane.await_words(b"x\x1b]7501;?")


def test_the_terminal_is_raw_while_the_program_runs_and_as_before_afterwards():
    with PlayedPane("sh", "-c", "echo on; read line; echo got $line") as pane:
        before = termios.tcgetattr(pane.slave)
        pane.await_words(b"on")
        assert pane.is_raw()
        pane.type(b"words\n")
        assert pane.await_end() == 0
        assert b"words\r\ngot words\r\n" in pane.seen  # echoed once, by the inner terminal
        assert termios.tcgetattr(pane.slave) == before


def test_a_program_that_is_killed_leaves_the_terminal_as_before():
    with PlayedPane("sh", "-c", f"{RAW} kill -9 $$") as pane:
        before = termios.tcgetattr(pane.slave)
        assert pane.await_end() == -signal.SIGKILL
        assert termios.tcgetattr(pane.slave) == before


def test_the_program_has_the_size_of_the_terminal_and_hears_of_another():
    watch = "trap 'stty size' WINCH; stty size; while :; do sleep 0.02; done"
    with PlayedPane("sh", "-c", watch) as pane:
        pane.await_words(b"30 100")
        pane.resize(10, 20)
        pane.process.send_signal(signal.SIGWINCH)
        pane.await_words(b"10 20")


@pytest.mark.parametrize("name", ["TERM", "HUP", "INT", "USR1"])
def test_a_signal_is_passed_on_and_the_program_decides(name):
    trap = f"trap 'echo heard; exit 5' {name}; echo on; while :; do sleep 0.02; done"
    with PlayedPane("sh", "-c", trap) as pane:
        pane.await_words(b"on")
        pane.process.send_signal(getattr(signal, f"SIG{name}"))
        assert pane.await_end() == 5
        assert b"heard" in pane.seen


def test_ctrl_c_reaches_the_program_and_not_the_proxy():
    with PlayedPane("sh", "-c", "trap 'echo heard' INT; echo on; cat; exit 3") as pane:
        pane.await_words(b"on")
        pane.type(b"\x03")
        assert pane.await_end() == 3
        assert b"heard" in pane.seen


def test_stop_and_continue_give_the_terminal_back_and_take_it_again():
    with PlayedPane("sh", "-c", "echo on; while read line; do echo got $line; done") as pane:
        pane.await_words(b"on")
        wait_until(pane.is_raw)
        pane.process.send_signal(signal.SIGTSTP)
        wait_until(lambda: not pane.is_raw())
        os.waitid(os.P_PID, pane.process.pid, os.WSTOPPED)
        pane.process.send_signal(signal.SIGCONT)
        wait_until(pane.is_raw)
        pane.type(b"again\n")
        pane.await_words(b"got again")


def test_400_kilobytes_of_a_paste_arrive_byte_by_byte(tmp_path):
    text = bytes(byte for byte in range(256)) * 1600
    paste = b"\x1b[200~" + text + b"\x1b[201~" + b"\x1b[<0;10;20M"
    head = f"head -c {len(paste)} > {tmp_path}/file; echo all"
    with PlayedPane("sh", "-c", f"{RAW} {head}") as pane:
        pane.await_words(b"ready")
        pane.type(paste)
        assert pane.await_end() == 0
        assert b"all" in pane.seen
    assert (tmp_path / "file").read_bytes() == paste


def test_a_paste_to_a_program_that_sleeps_blocks_nothing():
    text = b"x" * 400_000
    slow = f"{RAW} read go < go; head -c {len(text)} | wc -c"
    os.mkfifo("go")
    with PlayedPane("sh", "-c", slow) as pane:
        pane.await_words(b"ready")
        rest = pane.await_full(text)
        Path("go").write_text("\n")
        pane.type(rest)
        pane.await_end()
        assert b"400000" in pane.seen


def test_a_terminal_that_does_not_read_slows_down_and_loses_nothing():
    text = bytes(range(256)) * 2000
    with PlayedPane("sh", "-c", f"{RAW} exec cat") as pane:
        pane.await_words(b"ready")
        rest = pane.await_full(text)
        assert rest  # every buffer on the way is full, in both directions
        pane.type(rest)
        wait_until(lambda: len(pane.read()) >= len(b"ready\n") + len(text))
        assert pane.seen.endswith(text)


def test_a_proxy_that_is_killed_hangs_its_program_up():
    with PlayedPane("sh", "-c", "echo $$; exec sleep 60") as pane:
        pane.await_words(b"\n")
        pane.process.kill()
        assert pane.await_end() == -signal.SIGKILL
        wait_until(lambda: not psutil.pid_exists(int(pane.seen)))


def test_all_that_a_program_writes_comes_out_as_it_was():
    write = "import os\nfor n in range(2000): os.write(1, bytes(range(128, 256)) * 8)"
    with PlayedPane("sh", "-c", 'stty raw -echo; exec "$@"', "sh", *python(write)) as pane:
        assert pane.await_end() == 0
    assert pane.seen == bytes(range(128, 256)) * 16000


def test_a_program_may_close_its_terminal_and_open_it_again():
    code = (
        "import os, time\nos.write(1, b'one ')\nfor n in (0, 1, 2): os.close(n)\ntime.sleep(0.2)\n"
        "os.write(os.open('/dev/tty', os.O_RDWR), b'two')\nos._exit(6)"
    )
    with PlayedPane(*python(code)) as pane:
        assert pane.await_end() == 6
    assert pane.seen == b"one two"


def test_what_a_program_left_running_does_not_hold_its_end_up():
    with PlayedPane("sh", "-c", "trap '' HUP; sleep 60 & echo $!; exit 4") as pane:
        assert pane.await_end() == 4
    os.kill(int(pane.seen), signal.SIGKILL)


def test_without_a_terminal_bytes_go_through_unchanged():
    done = through_pipes("cat", given=b"one\ntwo\r\n\xff \x03\x7f\x15 three")

    assert (done.returncode, done.stdout) == (0, b"one\ntwo\r\n\xff \x03\x7f\x15 three")


def test_without_a_reader_the_program_ends():
    argv = [*own_argv(), "--", "yes"]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.read(4) == b"y\ny\n"
        process.stdout.close()
        assert process.wait(10) == -signal.SIGHUP


def test_closed_standard_files_are_no_reason_to_fail():
    line = '"$@" <&- >&- 2>&-; echo $? >code'
    subprocess.run(["sh", "-c", line, "sh", *own_argv(), "--", "sh", "-c", "exit 8"], check=True)

    assert Path("code").read_text() == "8\n"


def test_listening_keeps_the_status_and_writes_nothing(tmp_path):
    argv = [*own_argv(), "--run", str(tmp_path), "--listen"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.write(b"\x1b]7501;?\x07text\x1b]7501;state=idle:app=codex\x1b\\")
        process.stdin.flush()
        wait_until(lambda: paths.status_path(tmp_path).exists())
        assert '"codex"' in paths.status_path(tmp_path).read_text()
        out, _ = process.communicate(timeout=10)
    assert (out, process.returncode) == (b"", 0)


def test_the_verb_becomes_the_proxy(room):
    argv = [
        sys.executable,
        "-m",
        "rts",
        "pane",
        "--",
        "sh",
        "-c",
        "echo $1; exit 9",
        "sh",
        "--help",
    ]

    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (9, b"--help\n")


def test_it_runs_without_any_heavy_module():
    code = "import sys; import rts.pane.proxy, rts.pane.listen, rts.pane.run; print(*sys.modules)"
    top = own_argv()[-1].removesuffix("/rts/pane/__main__.py")

    loaded = subprocess.run(
        python(f"import sys; sys.path.insert(0, {top!r}); {code}"),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    heavy = {"typing", "dataclasses", "inspect", "pathlib", "argparse", "subprocess", "threading"}
    assert heavy & set(loaded) == set()
    assert {m for m in loaded if m.startswith("rts.")} <= {
        "rts.pane",
        *(m for m in loaded if m.startswith("rts.pane.")),
    }
