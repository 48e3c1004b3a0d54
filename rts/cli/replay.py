"""`rts replay`: what happened, on the screen or as JSON."""

from typing import TYPE_CHECKING, Any

import typer

from rts.cli.options import JSON
from rts.cli.show import print_json, refuse_without_terminal, scope

if TYPE_CHECKING:
    from datetime import datetime

    from rts.game import Game


def replay(
    at: str = typer.Option("", "--at", help="From when on: 14:05, 2h (ago), or an ISO time."),
    speed: float = typer.Option(10, min=0.1, max=3600, help="Seconds that pass in one."),
    json: bool = JSON,
) -> None:
    """Watch again what happened; with --json: print how it was at that time."""
    from rts.game import open_game
    from rts.world.moments import read_moment

    if not json:
        refuse_without_terminal("Without one: rts replay --at 2h --json")
    with open_game() as game:
        now = game.now()
        moment = read_moment(at, now.astimezone()) if at else None
        if json:
            print_json(_picture_json(game, moment or now))
    if not json:
        from rts.cli.screen import open_replay

        open_replay(moment, speed)


def _picture_json(game: "Game", at: "datetime") -> dict[str, Any]:
    """Return how it was, as programs read it; fields may be added, none is ever renamed."""
    from rts.cli.numbers import event_json
    from rts.cli.workers import worker_json
    from rts.orders.replay import read_history
    from rts.world.replay import picture

    history = read_history(game, scope(game, everything=False))
    world = picture(history, at)
    return {
        "at": at,
        "begins_at": history.begins_at,
        "workers": [worker_json(game, world, worker, at) for worker in world.workers],
        "events": [event_json(event) for event in world.events],
        "landed_today": world.landed_today_count,
    }
