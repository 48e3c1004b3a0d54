"""Keys in settings.toml that cannot be: said at the start, and by the doctor."""

import os
import pty
import subprocess
import sys

from tests.stories.commander import Commander

CLASH = '[keys]\n"battle.merge" = "N"\n'


def write_settings(room, text):
    (room / "state").mkdir(exist_ok=True)
    (room / "state/settings.toml").write_text(text)


def test_two_rows_with_one_key_end_the_start_with_two_lines(room, repository):
    write_settings(room, CLASH)
    ours, theirs = pty.openpty()

    start = subprocess.run(
        [sys.executable, "-m", "rts"],
        cwd=repository, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, text=True, timeout=20,
    )  # fmt: skip

    os.close(theirs)
    os.close(ours)
    assert start.returncode == 1
    what, hint = start.stderr.splitlines()
    assert all(row in what for row in ("battle.deny", "battle.merge"))
    assert "settings.toml" in hint


def test_the_doctor_names_both_rows(room, repository):
    write_settings(room, CLASH)

    done = Commander(repository).types("doctor")

    assert done.returncode == 1
    assert all(row in done.stdout for row in ("battle.deny", "battle.merge"))
