"""`rts tell, answer`: speaking to a worker."""

import sys

import typer

from rts.cli.options import JSON, WORKER
from rts.cli.show import addressed, print_json


def tell(
    worker: str = WORKER,
    text: str = typer.Argument(help="What to say; - reads it from stdin."),
    json: bool = JSON,
) -> None:
    """Type a message to a worker, and prove that it was submitted."""
    from rts.game import open_game
    from rts.orders.tell import tell as give_tell

    with open_game() as game:
        found = addressed(game, worker)
        proof = give_tell(game, found, sys.stdin.read() if text == "-" else text)
    if json:
        print_json({"id": found.id, "name": found.name, "submitted": True, "at": proof.at})
    else:
        print(f"{found.name} has it.")


def answer(
    worker: str = WORKER,
    text: str = typer.Argument(help="yes, no, or words: why not, or the answer to a question."),
    json: bool = JSON,
) -> None:
    """Answer a worker's permission or question as such."""
    from rts.game import open_game
    from rts.orders.tell import answer as give_answer

    with open_game() as game:
        found = addressed(game, worker)
        give_answer(game, found, text)
    if json:
        print_json({"id": found.id, "name": found.name, "answered": text})
    else:
        print(f"{found.name} has its answer.")
