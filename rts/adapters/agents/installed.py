"""Whether an agent program is installed, and which version: without running it where possible."""

import json
import re
import shutil
from pathlib import Path

from rts.adapters import process
from rts.errors import RtsError

PACKAGE_REACH = 4
"""How many folders above an npm program's file its `package.json` may lie."""


def find_program(name: str) -> Path | None:
    """Return the program `name` on the PATH."""
    found = shutil.which(name)
    return Path(found) if found else None


def read_version(name: str) -> str:
    """Return the version of the program `name`, `0.61.0`; empty when it cannot be told.

    An npm package says it in a file: running a program on Node for it takes one to eight seconds.
    """
    path = find_program(name)
    if path is None:
        return ""
    return _read_package(path.resolve()) or _ask(name)


def _read_package(path: Path) -> str:
    for folder in list(path.parents)[:PACKAGE_REACH]:
        try:
            package = json.loads((folder / "package.json").read_bytes())
        except (OSError, ValueError):
            continue
        version = package.get("version") if isinstance(package, dict) else None
        if isinstance(version, str) and package.get("bin"):
            return version
    return ""


def _ask(name: str) -> str:
    try:
        words = process.run([name, "--version"]).words
    except RtsError:
        return ""
    found = re.search(r"\d+(\.\d+)+", words)
    return found[0] if found else ""
