"""The log: what went wrong, for whoever looks into it later."""

import contextlib
from pathlib import Path

from rts import paths
from rts.game import Game

LOG_SIZE_MAX_BYTES = 1_000_000
"""At this size the log begins anew: it is for the last day, the store is for ever."""


def log(game: Game, line: str) -> None:
    """Write a line into the log; where the disk takes none, there is none."""
    write_line(paths.log_path(game.home), f"{game.now().isoformat()} {line}")


def write_line(path: Path, line: str) -> None:
    """Write a line into the log at `path`, which stays below its limit."""
    with contextlib.suppress(OSError):
        mode = "w" if path.exists() and path.stat().st_size > LOG_SIZE_MAX_BYTES else "a"
        with path.open(mode, encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{line}\n")
