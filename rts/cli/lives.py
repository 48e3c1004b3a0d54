"""`rts pause, resume, recover`: ending an agent without loss, and taking it up again."""

import typer

from rts.cli.options import JSON, WORKER
from rts.cli.show import addressed, print_json


def pause(worker: str = WORKER, json: bool = JSON) -> None:
    """End a worker's agent without loss; resume takes it up again."""
    from rts.game import open_game
    from rts.orders.pause import pause as give_pause

    with open_game() as game:
        found = addressed(game, worker)
        give_pause(game, found)
    if json:
        print_json({"id": found.id, "name": found.name, "paused": True})
    else:
        print(f"{found.name} is paused. Let it go on: rts resume {found.name}")


def resume(
    worker: str = WORKER,
    text: str = typer.Argument("", help="What to say to it first."),
    fresh: bool = typer.Option(False, "--fresh", help="Begin a new conversation with its brief."),
    json: bool = JSON,
) -> None:
    """Take up a paused or gone worker, with its own conversation."""
    from rts.game import open_game
    from rts.orders.resume import resume as give_resume

    with open_game() as game:
        found = addressed(game, worker)
        started = give_resume(game, found, text, is_fresh=fresh)
    if json:
        conversation = {"conversation_id": started.conversation_id, "is_fresh": fresh}
        print_json({"id": found.id, "name": found.name, **conversation})
    else:
        print(f"{found.name} {'begins anew' if fresh else 'is back with its own conversation'}.")


def recover(json: bool = JSON) -> None:
    """Resume all that lost their agent, as after a reboot."""
    from rts.game import open_game
    from rts.orders.resume import recover as give_recover

    with open_game() as game:
        recoveries = give_recover(game)
    rows = [
        {
            "id": one.worker.id,
            "name": one.worker.name,
            "resumed": one.error is None,
            "reason": f"{one.error.what} {one.error.hint}" if one.error else "",
        }
        for one in recoveries
    ]
    if json:
        print_json(rows)
    elif not rows:
        print("Nobody has lost its agent.")
    else:
        for row in rows:
            how = "is back" if row["resumed"] else f"does not: {row['reason']}"
            print(f"{row['name']} {how}")
    if not all(row["resumed"] for row in rows):
        raise typer.Exit(1)
