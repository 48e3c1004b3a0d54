"""`rts new, tickets`: tickets."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from rts.cli.options import ALL, JSON, KIND
from rts.cli.show import print_json, print_table, scope

if TYPE_CHECKING:
    from rts.world.nouns import TicketKind


def new(
    title: str = typer.Argument(help="What should be done, in one line."),
    body: str = typer.Option("", help="The rest; - reads it from stdin."),
    kind: str = KIND,
    spawn: bool = typer.Option(False, "--spawn", help="Start a worker on it at once."),
    agent: str = typer.Option("", help="With --spawn: the agent program."),
    json: bool = JSON,
) -> None:
    """File a ticket."""
    from rts.game import open_game
    from rts.orders.projects import open_project
    from rts.orders.spawn import choose_program, refuse_without_supply
    from rts.orders.spawn import spawn as give_spawn
    from rts.orders.tickets import file_ticket

    with open_game() as game:
        project = open_project(game, Path.cwd())
        if spawn:
            choose_program(game, agent)  # this and supply, before a ticket is filed for nothing
            refuse_without_supply(game)
        chosen, words = choose_kind(kind, title)
        text = sys.stdin.read() if body == "-" else body
        ticket = file_ticket(game, project, words, text, chosen)
        worker = give_spawn(game, project, ticket, agent) if spawn else None
    if json:
        print_json({**asdict(ticket), "label": ticket.label, "worker": worker and worker.name})
        return
    print(f"{ticket.label} {ticket.title}")
    if worker:
        print(f"{worker.name} works on it. Go there: rts attach {worker.name}")
    else:
        print(f"Start a worker on it with: rts spawn {ticket.number}")


def tickets(
    everything: bool = ALL,
    done: bool = typer.Option(False, "--done", help="Those that are done, too."),
    json: bool = JSON,
) -> None:
    """List the tickets."""
    from rts.game import open_game

    with open_game() as game:
        project = scope(game, everything=everything)
        found = game.store.tickets(project) if done else game.store.open_tickets(project)
    if json:
        print_json([{**asdict(ticket), "label": ticket.label} for ticket in found])
        return
    if not found:
        print('No tickets. File one with: rts new "what should be done"')
    print_table(
        ("ticket", "kind", "status", "title"),
        ((t.label, t.kind.value, t.status.value, t.title) for t in found),
    )


def choose_kind(word: str, line: str) -> "tuple[TicketKind, str]":
    """Return the kind that `word` names, else the one before a colon in `line`; and the title.

    Raises:
        OrderRefused: `word` names none.
    """
    from rts.errors import OrderRefused
    from rts.world.names import split_kind
    from rts.world.nouns import TicketKind

    if not word:
        return split_kind(line)
    try:
        return TicketKind(word), line
    except ValueError as error:
        raise OrderRefused(
            f"“{word}” is no kind of ticket.", f"Kinds are: {', '.join(TicketKind)}."
        ) from error
