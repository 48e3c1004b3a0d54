"""`rts` without a verb: opens the screen. The only module of `cli` that imports Textual."""

import sys
from pathlib import Path

# libtmux asks sys.stdout for its encoding while it is imported; the stand-in that Textual puts
# there while an app runs has none. So it is imported before.
import libtmux  # noqa: F401

from rts.cli.show import refuse_without_terminal
from rts.tui.app import RtsApp
from rts.tui.game_backend import GameBackend


def open_screen() -> None:
    """Show the game until the commander leaves; orders that were given are finished first.

    Raises:
        RtsError: the game cannot be opened, or there is no terminal.
    """
    refuse_without_terminal("Without one: rts ls")
    app = RtsApp(GameBackend(Path.cwd()))
    app.run()
    if doing := app.doing:
        print(f"Finishing first: {', '.join(doing)} …", file=sys.stderr)
    app.close_backend()
    if app.failure:
        raise app.failure
    if app.return_code:
        sys.exit(app.return_code)
