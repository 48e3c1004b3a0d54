"""`rts watch, kill-server`: the background process and the private tmux server."""

import typer

from rts.cli.options import JSON
from rts.cli.show import print_json


def watch() -> None:
    """Watch the workers; started by itself whenever it is needed."""
    from rts.game import open_game
    from rts.watch.run import run_watch

    with open_game() as game:
        print(f"The watch of {game.home}. Events: rts events --follow")
        run_watch(game)


def kill_server(
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
    json: bool = JSON,
) -> None:
    """End the watch and every session; the work stays."""
    from rts.errors import OrderRefused
    from rts.game import open_game
    from rts.orders.watching import kill_server as give_kill_server

    with open_game() as game:
        session_count = len(game.tmux.panes())
        if not yes and not typer.confirm(f"End {session_count} sessions with what runs in them?"):
            raise OrderRefused("Nothing was ended.", "To end them without a question: --yes")
        ended_count = give_kill_server(game)
    if json:
        print_json({"sessions_ended": ended_count})
    else:
        print(f"{ended_count} sessions ended, the watch's among them.")
        print("Worktrees, branches and tickets are as they were.")
