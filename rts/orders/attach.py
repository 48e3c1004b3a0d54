"""Going to a worker's session, and coming back."""

from rts.errors import OrderRefused
from rts.game import Game
from rts.world.nouns import Worker


def attach(game: Game, worker: Worker) -> None:
    """Hand this terminal to the worker's session until the commander comes back with C-q.

    Raises:
        OrderRefused: its session is gone.
    """
    find_way(game, worker)
    game.tmux.attach(worker.session_name)


def find_way(game: Game, worker: Worker) -> list[str]:
    """Return the command that attaches a terminal to the worker's session.

    Raises:
        OrderRefused: its session is gone.
    """
    if not game.tmux.has_session(worker.session_name):
        raise OrderRefused(
            f"{worker.name} has no session any more.",
            f"See its work with: rts diff {worker.name}",
        )
    return game.tmux.attach_argv(worker.session_name)
