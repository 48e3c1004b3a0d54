"""Running outside programs."""

import fcntl
import time

import pytest

from rts.adapters.process import (
    OUTPUT_END_BYTES,
    hold_lock,
    is_lock_held,
    run,
    run_shell,
    wait_for_lock,
)
from rts.errors import OutsideFailed
from tests.waiting import wait_until


def test_a_program_that_is_missing_is_an_error_for_a_person():
    with pytest.raises(OutsideFailed) as refused:
        run(["no-such-program-of-ours"])

    assert "no-such-program-of-ours" in refused.value.what


def test_a_program_that_hangs_is_given_up():
    with pytest.raises(OutsideFailed, match="did not answer within"):
        run(["sleep", "60"], timeout_s=0.1)


def test_the_last_words_of_a_failure_are_kept():
    done = run(["sh", "-c", "echo a >&2; echo the reason >&2; exit 2"])

    assert (done.exit_code, done.words) == (2, "the reason")


def test_a_shell_line_that_hangs_is_ended_with_its_children(tmp_path):
    begun = time.monotonic()

    line = f"sleep 60 & echo $! > {tmp_path}/pid; wait"
    done = run_shell(line, cwd=tmp_path, timeout_s=0.3, output_path=tmp_path / "out")

    assert done.exit_code == 124
    assert time.monotonic() - begun < 10
    pid = (tmp_path / "pid").read_text().strip()
    wait_until(lambda: run(["ps", "-o", "stat=", "-p", pid]).stdout.strip()[:1] in ("", "Z"))


def test_a_lock_is_held_by_one_at_a_time(tmp_path):
    with hold_lock(tmp_path / "lock") as mine, hold_lock(tmp_path / "lock") as theirs:
        assert (mine, theirs) == (True, False)
    with hold_lock(tmp_path / "lock") as again:
        assert again


def test_what_a_shell_line_leaves_running_ends_with_it_and_is_not_waited_for(tmp_path):
    begun = time.monotonic()

    line = f"sleep 60 & echo $! > {tmp_path}/pid; echo ok"
    done = run_shell(line, cwd=tmp_path, timeout_s=30, output_path=tmp_path / "out")

    assert (done.exit_code, done.stdout) == (0, "ok\n")
    assert time.monotonic() - begun < 10
    pid = (tmp_path / "pid").read_text().strip()
    wait_until(lambda: run(["ps", "-o", "stat=", "-p", pid]).stdout.strip()[:1] in ("", "Z"))


def test_of_a_flood_of_output_the_end_is_read_and_all_of_it_kept(tmp_path):
    line = "yes flood | head -c 3000000; echo the end"
    done = run_shell(line, cwd=tmp_path, timeout_s=30, output_path=tmp_path / "out")

    assert done.stdout.endswith("the end\n")
    assert len(done.stdout) == OUTPUT_END_BYTES
    assert (tmp_path / "out").stat().st_size > 3_000_000


def test_a_lock_that_is_not_given_back_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr("rts.adapters.process.LOCK_TIMEOUT_S", 0.1)

    with (
        hold_lock(tmp_path / "lock"),
        pytest.raises(OutsideFailed, match="somebody"),
        wait_for_lock(tmp_path / "lock", "It is held by somebody."),
    ):
        pass


def test_asking_for_a_lock_neither_takes_it_nor_makes_its_file(tmp_path):
    path = tmp_path / "lock"

    assert not is_lock_held(path)
    assert not path.exists()
    with hold_lock(path):
        assert is_lock_held(path)
    with path.open() as asker:
        fcntl.flock(asker, fcntl.LOCK_SH)  # another one who asks just now
        assert not is_lock_held(path)
