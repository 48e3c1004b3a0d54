"""`rts` without a verb: opens the screen. The only module of `cli` that imports Textual."""

import contextlib
import os
import signal
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from textual.message import Message

from rts import paths
from rts.adapters.settings_file import read_settings
from rts.cli.show import refuse_without_terminal
from rts.errors import RtsError
from rts.tui.app import RtsApp
from rts.tui.late_backend import make_backend
from rts.tui.messages import ReplayWanted
from rts.tui.remap import remap
from rts.tui.services.terminal import refuse_dumb_terminal, speaks_utf8, write_plainly


def open_replay(at: datetime | None, speed: float) -> None:
    """Show the game, and over it what happened from `at` on; as fast as `speed` says.

    Raises:
        RtsError: the game cannot be opened, or there is no terminal.
    """
    open_screen(ReplayWanted(at, speed))


def open_screen(first_wish: Message | None = None) -> None:
    """Show the game until the commander leaves; orders that were given are finished first.

    `first_wish` is what he wants to see as soon as the store is open.

    Raises:
        RtsError: the game cannot be opened, or there is no terminal.
    """
    refuse_without_terminal("Without one: rts ls")
    refuse_dumb_terminal(os.environ)
    if sys.__stderr__ and not speaks_utf8(os.environ):
        write_plainly(sys.__stderr__)  # where Textual draws
    settings = read_settings(paths.settings_path())
    remap(settings.keys)  # Refused before the screen is opened.
    app = RtsApp(make_backend(Path.cwd()), theme=settings.theme)
    app.first_wish = first_wish
    on_term = signal.getsignal(signal.SIGTERM)
    app.run()
    # Textual's loop has put both back to ending us at once. A terminal that goes says so twice.
    signal.signal(signal.SIGTERM, on_term)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if doing := app.doing:
        with contextlib.suppress(OSError):  # the terminal itself may be gone
            print(f"Finishing first: {', '.join(doing)} …", file=sys.stderr)
    app.close_backend()
    if app.crash:
        raise _explain(app.crash) from app.crash
    for failure in app.late_failures:
        raise failure
    if app.failure:
        raise app.failure
    if app.return_code:
        sys.exit(app.return_code)


def _explain(bug: Exception) -> RtsError:
    """Write a bug's traceback into the log; return what to tell the commander about it."""
    from rts.watch.log import write_line

    path = paths.log_path(paths.rts_home())
    told = "".join(traceback.format_exception(bug))
    write_line(path, f"{datetime.now(UTC).isoformat()} the screen crashed\n{told}")
    return RtsError(
        f"The screen crashed, which is a bug in rts: {type(bug).__name__}: {bug}.",
        f"The workers go on, and rts opens it again. The traceback is in {path}",
    )
