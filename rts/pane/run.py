"""Reads the words that the program was called with, and does what they say."""

import os
import sys

from rts.pane.keeper import Places
from rts.pane.terminal import fill_standard_files

USAGE = """\
Usage: rts pane [--run FOLDER] [--inbox FOLDER] [--worker ID] -- PROGRAM [ARGUMENT]…
       rts pane [--run FOLDER] [--inbox FOLDER] [--worker ID] --listen
"""

WRONG_USE = 2

VARIABLES = {"--run": "RTS_RUN", "--inbox": "RTS_INBOX", "--worker": "RTS_WORKER"}
"""Which variable of the environment speaks where an option is not given."""


def own_argv() -> list[str]:
    """Return the words that start this program quickly, without site-packages."""
    return [sys.executable, "-I", "-S", __file__.removesuffix("run.py") + "__main__.py"]


def run(words: list[str]) -> int:
    """Run a program behind the proxy, or listen; return the exit code."""
    options = {name: os.environ.get(variable, "") for name, variable in VARIABLES.items()}
    rest = list(words)
    is_listening = False
    while rest and rest[0].startswith("--") and rest[0] != "--":
        name, equals, text = rest.pop(0).partition("=")
        if name == "--listen" and not equals:
            is_listening = True
        elif name in options and (equals or rest):
            options[name] = text if equals else rest.pop(0)
        else:
            return _refuse()
    argv = rest[1:] if rest[:1] == ["--"] else rest
    if is_listening == bool(argv):
        return _refuse()
    places = Places(options["--run"], options["--inbox"], options["--worker"])
    fill_standard_files()
    if is_listening:
        from rts.pane.listen import listen

        return listen(places)
    from rts.pane.proxy import run_proxy

    return run_proxy(argv, places)


def _refuse() -> int:
    sys.stderr.write(USAGE)
    return WRONG_USE
