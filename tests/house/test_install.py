"""`install.sh`: what it says, and what it does on a machine where something is missing."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.house.tree import TOP_FOLDER

INSTALL = TOP_FOLDER / "install.sh"
TOOLS = ("cat", "dirname", "env", "id", "mktemp", "rm", "sed", "sh", "tail")
"""What install.sh needs before it can look at anything."""


@pytest.fixture
def machine(room):
    """A PATH with almost nothing on it."""
    folder = room / "bin"
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool))
    return folder


def put(machine, name, script):
    (machine / name).unlink(missing_ok=True)
    (machine / name).write_text(f"#!/bin/sh\n{script}\n")
    (machine / name).chmod(0o755)


def install(machine, *words):
    return subprocess.run(
        ["/bin/sh", str(INSTALL), *words],
        env={"PATH": str(machine), "HOME": os.environ["HOME"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_any_shell_can_read_it(shell):
    if found := shutil.which(shell):
        done = subprocess.run([found, "-n", str(INSTALL)], capture_output=True, check=False)

        assert (done.returncode, done.stderr) == (0, b"")


def test_help_names_every_way(machine):
    done = install(machine, "--help")

    assert done.returncode == 0
    assert all(way in done.stdout for way in ("--demo", "--test", "--help"))


def test_an_unknown_word_is_refused(machine):
    assert install(machine, "--dmeo").stderr.splitlines() == [
        "I do not know --dmeo.",
        "See ./install.sh --help",
    ]


def test_without_python_it_says_what_to_type(machine):
    put(machine, "apt-get", "exit 1")

    done = install(machine)

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "rts needs Python 3.11 or newer; here is none.",
        "Install it, for example with: sudo apt-get install python3",
    ]


def test_an_old_python_is_refused_by_its_version(machine):
    put(machine, "python3", '[ "$1" != -V ] || { echo Python 3.9.2; exit 0; }; exit 1')

    done = install(machine)

    assert done.returncode == 1
    assert done.stderr.splitlines()[0].endswith("here is Python 3.9.2.")
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize(
    ("manager", "line"),
    [
        ("apt-get", "sudo apt-get install git tmux"),
        ("dnf", "sudo dnf install git tmux"),
        ("pacman", "sudo pacman -S git tmux"),
    ],
)
def test_without_root_it_prints_the_line_to_type(machine, manager, line):
    (machine / "python3").symlink_to(sys.executable)
    put(machine, manager, "echo touched; exit 1")
    put(machine, "id", "echo 1000")

    done = install(machine)

    assert done.returncode == 1
    assert done.stderr.splitlines()[1] == f"Type: {line}"
    assert "touched" not in done.stdout


def test_with_root_it_installs_what_is_missing_and_reads_the_lists_first_when_it_must(machine):
    (machine / "python3").symlink_to(sys.executable)
    put(machine, "id", "echo 0")
    put(machine, "git", "exit 0")
    # Debian's manager knows no package before its lists were read; here even that does not help.
    put(machine, "apt-get", f'echo "$@" >>{machine}/asked; [ "$1" = update ]')

    done = install(machine)

    assert done.returncode == 1
    asked = (machine / "asked").read_text().splitlines()
    assert [line.split()[0] for line in asked] == ["install", "update", "install"]
    assert asked[0].split()[-1] == "tmux"
    assert done.stderr.splitlines()[-2:] == [
        "apt-get could not install: tmux.",
        "Look at it with: sudo apt-get install tmux",
    ]


def test_what_runs_in_ci_is_what_a_contributor_runs():
    lines = (TOP_FOLDER / ".ci/run").read_text().splitlines()

    assert lines[-1] == "exec ./install.sh --test"


def test_the_agent_program_is_pinned_to_one_version():
    tools = TOP_FOLDER / "tests/tools"
    wanted = json.loads((tools / "package.json").read_text())["dependencies"]
    locked = json.loads((tools / "package-lock.json").read_text())["packages"]

    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        assert locked[f"node_modules/{name}"]["version"] == version
