"""`rts rally`: what a worker does when it is done."""

from enum import StrEnum

import typer

from rts.cli.options import JSON, WORKER
from rts.cli.show import addressed, print_json


class Point(StrEnum):
    """A rally point, as it is typed."""

    STOP = "stop"
    NEXT = "next"
    PR = "pr"


def rally(
    worker: str = WORKER,
    point: Point = typer.Argument(help="stop; pr: hand in; next: hand in, then the next ticket."),
    json: bool = JSON,
) -> None:
    """Say what a worker does when it is done; the watch carries it out."""
    from rts.game import open_game
    from rts.orders.rally import set_rally
    from rts.world.rally import RALLY_BY_WORD, say_rally

    with open_game() as game:
        found = set_rally(game, addressed(game, worker), RALLY_BY_WORD[point])
    if json:
        print_json({"id": found.id, "name": found.name, "rally": found.rally.value})
    else:
        print(f"{found.name} {say_rally(found.rally)}.")
