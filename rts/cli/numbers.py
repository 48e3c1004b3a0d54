"""`rts apm, events`: what the fleet does, counted and listed."""

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from rts.cli.options import ALL, JSON
from rts.cli.show import print_json, print_json_line, print_table, scope

if TYPE_CHECKING:
    from rts.world.nouns import Event

FOLLOW_PAUSE_S = 0.2
"""Pause between two looks of `rts events --follow`."""

FOLLOW_COUNT_MAX = 10_000
"""Most events that one look of `--follow` prints."""


def apm(everything: bool = ALL, json: bool = JSON) -> None:
    """Show actions per minute in five windows."""
    from rts.game import open_game
    from rts.world.apm import WINDOWS, Tempo

    with open_game() as game:
        project = scope(game, everything=everything)
        workers = game.store.living_workers(project)
        tempo_by_worker = game.store.tempo_by_worker(project, game.now())
    fleet = sum(tempo_by_worker.values(), Tempo())
    if json:
        by_id = {w.id: asdict(tempo_by_worker.get(w.id, Tempo())) for w in workers}
        print_json({"fleet": asdict(fleet), "workers": by_id})
        return
    rows = [(w.name, tempo_by_worker.get(w.id, Tempo())) for w in workers]
    print_table(
        ("", *(f"{window:>6}" for window in WINDOWS), "epm 1h"),
        (
            (name, *(f"{tempo.apm[window]:6.1f}" for window in WINDOWS), f"{tempo.epm['1h']:6.1f}")
            for name, tempo in [("fleet", fleet), *rows]
        ),
    )


def events(
    everything: bool = ALL,
    limit: int = typer.Option(50, min=1, max=10_000, help="The newest so many."),
    follow: bool = typer.Option(False, "--follow", help="Go on with what happens from now on."),
    json: bool = JSON,
) -> None:
    """Print the event log, oldest first."""
    from rts.game import open_game

    with open_game() as game:
        project = scope(game, everything=everything)
        found = game.store.events(project, limit)
        if json and not follow:
            print_json([event_json(event) for event in found])
            return
        newest = 0
        while True:
            for event in found:
                print_json_line(event_json(event)) if json else print(_line(event), flush=True)
                newest = event.id
            if not follow:
                return
            time.sleep(FOLLOW_PAUSE_S)
            found = game.store.events(project, FOLLOW_COUNT_MAX, after_id=newest)


def event_json(event: "Event") -> dict[str, Any]:
    """Return an event as programs read it: its detail is an object."""
    import json

    return {**asdict(event), "detail": json.loads(event.detail)}


def _line(event: "Event") -> str:
    return f"{event.at.astimezone():%H:%M:%S}  {event.text}"
