"""`rts spawn, ls, peek, attach, dismiss`: workers."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from rts.cli.options import ALL, JSON, KIND, WORKER
from rts.cli.show import (
    addressed,
    print_json,
    print_json_line,
    print_table,
    refuse_without_terminal,
    scope,
)

if TYPE_CHECKING:
    from rts.game import Game
    from rts.world.nouns import Project, Ticket, Worker
    from rts.world.world import World

NOBODY = 'No workers here. Start one with: rts spawn "what should be done"'

WATCH_PAUSE_S = 1.0
"""Pause between two prints of `rts ls --watch`."""


def spawn(
    what: str = typer.Argument(help="A ticket (#7 or 7), or a line that becomes a new one."),
    agent: str = typer.Option("", help="Agent program; rts doctor lists them."),
    count: int = typer.Option(1, min=1, max=50, help="With a line: this many tickets and workers."),
    kind: str = KIND,
    json: bool = JSON,
) -> None:
    """Start a worker: ticket → worktree, branch, session, agent."""
    from rts.game import open_game
    from rts.orders.look import look
    from rts.orders.projects import open_project
    from rts.orders.spawn import choose_program, refuse_without_supply
    from rts.orders.spawn import spawn as give_spawn

    rows = []
    with open_game() as game:
        project = open_project(game, Path.cwd())
        choose_program(game, agent)  # this and supply, before a ticket is filed for nothing
        try:
            for _ in range(count):
                refuse_without_supply(game)
                ticket = _ticket(game, project, what, kind)
                worker = give_spawn(game, project, ticket, agent)
                row = worker_json(game, look(game, project), worker)
                rows.append(row)
                if not json:
                    print(f"{row['name']} works on {row['ticket']} {row['title']}", flush=True)
        finally:  # those that were spawned before one was refused are told, too
            if json and rows:
                print_json(rows[0] if count == 1 else rows)
    if not json:
        print(f"Go there: rts attach {rows[0]['name']}   Watch them all: rts")


def _ticket(game: "Game", project: "Project", what: str, kind: str) -> "Ticket":
    """Return the ticket that is named, or a new one with these words."""
    from rts.cli.tickets import choose_kind
    from rts.errors import OrderRefused
    from rts.orders.tickets import file_ticket
    from rts.world.names import find_ticket

    if known := find_ticket(game.store.tickets(project), what):
        return known
    if what.lstrip("#").isdigit():
        raise OrderRefused(f"There is no ticket {what}.", "See them with: rts tickets")
    chosen, title = choose_kind(kind, what)
    return file_ticket(game, project, title, kind=chosen)


def ls(
    everything: bool = ALL,
    watch: bool = typer.Option(False, "--watch", help="Go on: one sentence for each change."),
    json: bool = JSON,
) -> None:
    """List the workers, and what each is doing."""
    from rts.game import open_game
    from rts.orders.look import look, newest_event_id
    from rts.world.changes import say_all, say_changes

    with open_game() as game:
        project = scope(game, everything=everything)
        world = look(game, project)
        if watch and not json:
            print("\n".join(say_all(world)) or NOBODY, flush=True)
        else:
            _print_workers(game, world, as_json=json, is_line=watch)
        _warn_unless_watched(game, world)
        while watch:
            time.sleep(WATCH_PAUSE_S)
            if newest_event_id(game) > world.event_id:
                before, world = world, look(game, project)
                if json:
                    _print_workers(game, world, as_json=True, is_line=True)
                for line in [] if json else say_changes(before, world):
                    print(f"{game.now().astimezone():%H:%M:%S}  {line}", flush=True)


def _print_workers(game: "Game", world: "World", *, as_json: bool, is_line: bool) -> None:
    rows = [worker_json(game, world, worker) for worker in world.workers]
    if as_json:
        (print_json_line if is_line else print_json)(rows)
        return
    if not rows:
        print(NOBODY)
    has_queued = any(row["queued"] for row in rows)
    print_table(
        ("worker", "ticket", "activity", "why", "apm", "pull request", *["queued"] * has_queued),
        (
            (
                row["name"],
                f"{row['ticket']} {row['title'][:40]}",
                row["state"] or row["activity"],
                row["reason"][:50],
                f"{row['apm']:.0f}",
                f"{row['pull_request']} {row['pull_request_state']}" if row["pull_request"] else "",
                *[str(row["queued"] or "")] * has_queued,
            )
            for row in rows
        ),
    )


def _warn_unless_watched(game: "Game", world: "World") -> None:
    from rts.orders.watching import is_watched

    if world.workers and not is_watched(game):
        typer.echo("The watch is not running, so this may be old. Start it with: rts", err=True)


def worker_json(
    game: "Game", world: "World", worker: "Worker", at: datetime | None = None
) -> dict[str, Any]:
    """Return a worker as programs read it, as of `at` (None: now).

    Fields may be added, none is ever renamed.
    """
    from rts.orders.projects import project_of, worktree_path
    from rts.world.units import say_state

    judgement = world.judgement_of(worker)
    ticket = world.ticket_of(worker)
    pull_request = world.pull_request_of(worker)
    check = world.check_of(worker)
    return {
        "id": worker.id,
        "name": worker.name,
        "ticket": ticket.label,
        "title": ticket.title,
        "activity": judgement.activity.value,
        "reason": world.refusal_of(worker) or judgement.reason,
        "state": say_state(world, worker, at or datetime.now(UTC)),
        "since": judgement.since,
        "agent": worker.agent,
        "branch": worker.branch,
        "worktree": str(worktree_path(project_of(game, worker), worker)),
        "session": worker.session_name,
        "host": worker.host,
        "apm": world.tempo_of(worker).apm["1m"],
        "pull_request": pull_request.number if pull_request else None,
        "pull_request_state": pull_request.state.value if pull_request else None,
        "tests": check.summary if check else None,
        "queued": world.queued_by_worker.get(worker.id, 0),
    }


def peek(
    worker: str = WORKER,
    lines: int = typer.Option(0, min=0, help="This many lines of history above the screen."),
    json: bool = JSON,
) -> None:
    """Print what a worker's pane shows."""
    from rts.game import open_game
    from rts.orders.look import peek as give_peek

    with open_game() as game:
        found = addressed(game, worker)
        text = give_peek(game, found, line_count=lines)
    if json:
        print_json({"id": found.id, "name": found.name, "pane": text})
    else:
        print(text)


def attach(worker: str = WORKER, json: bool = JSON) -> None:
    """Go to a worker's session; C-q comes back. With --json: print the command that goes there."""
    from rts.game import open_game
    from rts.orders.attach import attach as give_attach
    from rts.orders.attach import find_way

    if not json:
        refuse_without_terminal(f"Without one: rts peek {worker}")
    with open_game() as game:
        found = addressed(game, worker)
        if json:
            print_json({"id": found.id, "name": found.name, "argv": find_way(game, found)})
        else:
            give_attach(game, found)


def dismiss(worker: str = WORKER, json: bool = JSON) -> None:
    """Put a worker away; what is uncommitted is kept."""
    from rts.game import open_game
    from rts.orders.dismiss import dismiss as give_dismiss
    from rts.orders.dismiss import what_is_kept

    with open_game() as game:
        found = addressed(game, worker)
        kept = what_is_kept(game, found)
        ref = give_dismiss(game, found)
    if json:
        print_json({"id": found.id, "name": found.name, "preserved": ref or None})
    else:
        print(f"{found.name} is dismissed; {kept}.")
