"""Looking at a worker's server in the commander's own browser."""

from rts.adapters.browser import open_url
from rts.errors import OrderRefused
from rts.game import Game
from rts.orders.detail import read_detail
from rts.world.nouns import Worker


def browse(game: Game, worker: Worker) -> str:
    """Open the server that the worker started in a browser; return its address.

    Raises:
        OrderRefused: nothing that it started listens.
        OutsideFailed: there is no browser here.
    """
    urls = read_detail(game, worker).urls
    if not urls:
        raise OrderRefused(
            f"Nothing that {worker.name} started listens on a port.",
            f'Tell it to: rts tell {worker.name} "start the server and leave it running"',
        )
    open_url(urls[0])
    return urls[0]
