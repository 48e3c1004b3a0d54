"""What the README repeats of the program is made by the program."""

import subprocess
import sys

from tests.house.tree import TOP_FOLDER


def test_the_readme_shows_the_help_as_it_is():
    help_text = subprocess.run(
        [sys.executable, "-m", "rts", "--help"],
        capture_output=True,
        text=True,
        env={"COLUMNS": "80", "PATH": "", "LANG": "C.UTF-8"},
        check=True,
    ).stdout
    readme = (TOP_FOLDER / "README.md").read_text()

    shown = readme.partition("<!-- rts --help -->")[2].partition("<!-- end")[0]

    assert shown.strip() == f"```text\n{help_text.strip()}\n```"
