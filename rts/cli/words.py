"""`rts tell, answer, queue`: speaking to a worker."""

import sys
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from rts.cli.options import ALL, JSON, WORKER
from rts.cli.show import addressed, print_json, print_table, scope

if TYPE_CHECKING:
    from rts.game import Game
    from rts.world.nouns import Worker


class When(StrEnum):
    """When a message is delivered."""

    NOW = "now"
    IDLE = "idle"


def tell(
    worker: str = WORKER,
    text: str = typer.Argument(help="What to say; - reads it from stdin."),
    when: When = typer.Option(When.NOW, help="idle: when its turn is over; the watch tells it."),
    json: bool = JSON,
) -> None:
    """Type a message to a worker, and prove that it was submitted."""
    from rts.game import open_game
    from rts.orders.tell import tell as give_tell

    text = sys.stdin.read() if text == "-" else text
    with open_game() as game:
        found = addressed(game, worker)
        if when is When.IDLE:
            _queue(game, found, text, as_json=json)
            return
        proof = give_tell(game, found, text)
    if json:
        print_json({"id": found.id, "name": found.name, "submitted": True, "at": proof.at})
    else:
        print(f"{found.name} has it.{_say_shield(text)}")


def _queue(game: "Game", worker: "Worker", text: str, *, as_json: bool) -> None:
    from rts.orders.queue import queue_tell

    queued = queue_tell(game, worker, text)
    if as_json:
        print_json({"id": worker.id, "name": worker.name, "queued": queued.id})
    else:
        print(f"{worker.name} will be told when idle. See what waits: rts queue{_say_shield(text)}")


def _say_shield(text: str) -> str:
    from rts.orders.wording import SHIELD, clean_text, is_shielded

    if not is_shielded(clean_text(text)):
        return ""
    return f" (with “{SHIELD.strip()}” before it: as it is it would be a command to its agent)"


def answer(
    worker: str = WORKER,
    text: str = typer.Argument(help="yes, no, or words: why not, or the answer to a question."),
    json: bool = JSON,
) -> None:
    """Answer a worker's permission or question as such."""
    from rts.game import open_game
    from rts.orders.answer import answer as give_answer

    with open_game() as game:
        found = addressed(game, worker)
        give_answer(game, found, text)
    if json:
        print_json({"id": found.id, "name": found.name, "answered": text})
    else:
        print(f"{found.name} has its answer.")


def queue(
    worker: str = typer.Argument("", help="Call-sign, ticket or id; none: every worker."),
    drop: bool = typer.Option(False, "--drop", help="Withdraw what waits for this worker."),
    everything: bool = ALL,
    json: bool = JSON,
) -> None:
    """List the messages that wait until a worker is idle."""
    from rts.game import open_game
    from rts.orders.look import find

    with open_game() as game:
        project = scope(game, everything=everything)
        found = find(game, project, worker) if worker or drop else None
        if found and drop:
            _drop(game, found, as_json=json)
            return
        chosen = [found] if found else game.store.living_workers(project)
        name_by_id = {one.id: one.name for one in chosen}
        rows = [q for q in game.store.queued_tells() if q.worker_id in name_by_id]
    if json:
        print_json([{**asdict(row), "name": name_by_id[row.worker_id]} for row in rows])
        return
    if not rows:
        print('Nothing waits. Queue something with: rts tell WORKER --when idle "TEXT"')
    print_table(
        ("worker", "since", "text"),
        (
            (
                name_by_id[row.worker_id],
                f"{row.queued_at:%H:%M:%S}",
                row.text.splitlines()[0][:80],
            )
            for row in rows
        ),
    )


def _drop(game: "Game", worker: "Worker", *, as_json: bool) -> None:
    from rts.orders.queue import withdraw

    count = withdraw(game, worker)
    if as_json:
        print_json({"id": worker.id, "name": worker.name, "withdrawn": count})
    else:
        print(f"{worker.name}: {count} withdrawn.")
