"""Programs with a window of their own: started, and left alone."""

import os
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

from rts import paths
from rts.errors import OutsideFailed

START_TIMEOUT_S = 1.5
"""How long such a program may take to fail; it is left alone after that."""


def anchored_environment() -> dict[str, str]:
    """Return our environment for a program that runs in another folder, an agent's worktree.

    What is relative in its PATH stays relative to the folder in which we run, as the commander
    meant it: nothing that lies in the worktree is found there.
    """
    environment = paths.own_environment()
    if found := environment.get("PATH"):
        places = map(os.path.abspath, found.split(os.pathsep))
        environment["PATH"] = os.pathsep.join(places)
    return environment


def start_windowed(argv: Sequence[str], folder: Path | None = None) -> int:
    """Start a program that outlives us and says nothing here; return its exit code.

    0 as well where it runs on after `START_TIMEOUT_S`: many end only when they are closed.

    Raises:
        OutsideFailed: it could not be started.
    """
    try:
        child = subprocess.Popen(
            argv,
            cwd=folder,
            env=anchored_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise OutsideFailed(
            f"{argv[0]} could not be run: {error.strerror}.", "Try it by hand in a shell."
        ) from error
    try:
        return child.wait(START_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        # Somebody has to take its exit code when it ends.
        threading.Thread(target=child.wait, daemon=True).start()
        return 0
