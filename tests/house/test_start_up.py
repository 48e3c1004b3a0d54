"""What is loaded before the commander sees anything: heavy libraries wait inside their command."""

import subprocess
import sys

import pytest

HEAVY = {"anthropic", "git", "libtmux", "openai", "sqlalchemy", "sqlmodel", "textual", "watchfiles"}

LOADED = """\
import sys
sys.argv = ["rts", *sys.argv[1:]]
from rts.__main__ import main
try:
    main()
except SystemExit as done:
    assert not done.code, done.code
print("\\nloaded:", *sys.modules)
"""


def loaded_by(*words, cwd=None):
    argv = [sys.executable, "-c", LOADED, *words]
    done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    names = done.stdout.rpartition("loaded:")[2].split()
    return {name.partition(".")[0] for name in names}


def test_help_loads_nothing_heavy():
    assert loaded_by("--help") & HEAVY == set()


@pytest.mark.parametrize("verb", ["ls", "apm"])
def test_a_hot_read_loads_neither_the_screen_nor_the_orm(verb, game, repository):
    assert loaded_by(verb, "--json", cwd=repository) & HEAVY <= {"libtmux"}


def test_importing_every_module_does_nothing(room):
    code = (
        "import importlib, pkgutil, rts\n"
        "for module in pkgutil.walk_packages(rts.__path__, 'rts.'):\n"
        "    module.name.endswith('__main__') or importlib.import_module(module.name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("", "")
    assert not (room / "state").exists()
    assert list((room / "home").iterdir()) == []
