"""Printing: tables, JSON, times; and the scope that a verb acts on."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rts.errors import OrderRefused

if TYPE_CHECKING:
    from rts.game import Game
    from rts.world.nouns import Project, Worker

GAP = "  "
"""What stands between two columns."""


def print_json(value: Any) -> None:
    """Print a value as JSON; times become ISO text."""
    print(json.dumps(value, indent=2, default=_plain, ensure_ascii=False))


def print_json_line(value: Any) -> None:
    """Print a value as one line of JSON, at once."""
    print(json.dumps(value, default=_plain, ensure_ascii=False), flush=True)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print aligned columns under dim headings; nothing at all when there are no rows."""
    from rich.cells import cell_len

    lines = [list(head), *(list(row) for row in rows)]
    if len(lines) == 1:
        return
    widths = [max(cell_len(line[i]) for line in lines) for i in range(len(head))]
    for number, line in enumerate(lines):
        cells = [
            text + " " * (width - cell_len(text)) for text, width in zip(line, widths, strict=True)
        ]
        text = GAP.join(cells).rstrip()
        print(f"\x1b[2m{text}\x1b[0m" if number == 0 and sys.stdout.isatty() else text)


def refuse_without_terminal(hint: str) -> None:
    """See that there is a terminal to draw on and to read keys from.

    Raises:
        OrderRefused: there is none, as in a pipe or a job.
    """
    is_served = os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")  # by `rts serve`
    if not is_served and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise OrderRefused("There is no terminal here to open the screen in.", hint)


def scope(game: "Game", *, everything: bool) -> "Project | None":
    """Return the project to act on; None for all of them: with `--all`, or outside a repository."""
    from rts.adapters.git.repository import find_root
    from rts.world.nouns import Project

    if everything:
        return None
    try:
        root = find_root(Path.cwd())
    except OrderRefused:
        return None
    known = game.store.project_at(root, game.host)
    # A repository that rts was never used in has no workers, and looking must not enter it.
    return known or Project("", root.name, str(root), game.host, game.now())


def addressed(game: "Game", handle: str) -> "Worker":
    """Return the living worker that `handle` names, here or, outside a repository, anywhere.

    Raises:
        OrderRefused: nobody, or more than one, answers to it.
    """
    from rts.orders.look import find

    return find(game, scope(game, everything=False), handle)
