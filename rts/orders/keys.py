"""Typing through: a commander's keys go to the agent's session as they come."""

from collections.abc import Sequence
from itertools import groupby

from rts.errors import OutsideFailed
from rts.game import Game
from rts.orders.look import explain_missing
from rts.orders.tell import pane_lock
from rts.world.nouns import Worker
from rts.world.strokes import Stroke


def type_keys(game: Game, worker: Worker, strokes: Sequence[Stroke]) -> None:
    """Type `strokes` into the worker's pane, in their order; a paste arrives as one paste.

    The pane's lock is held for this batch alone, so that no message is typed in its middle.

    Raises:
        OrderRefused: its session is gone.
        OutsideFailed: somebody else types to it for long.
    """
    name = worker.session_name
    with pane_lock(game, worker):
        try:
            for is_key, run in groupby(strokes, lambda stroke: bool(stroke.key)):
                if is_key:
                    game.tmux.type(name, tuple(run))
                else:
                    for stroke in run:
                        game.tmux.paste(name, stroke.text)
        except OutsideFailed as error:
            raise explain_missing(game, worker, error) from error
