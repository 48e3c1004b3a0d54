"""Sounding cues: each is played or noted, and written down as an event."""

import json
from collections.abc import Iterable
from typing import Protocol

from rts.game import Game
from rts.orders import mute
from rts.world.cues import choose_cue
from rts.world.nouns import Event


class Player(Protocol):
    """Whatever makes a cue heard."""

    def play(self, category: str, volume: float) -> str:
        """Sound the cue of a category; return who made it heard, or `noted`."""
        ...


def sound(game: Game, player: Player, changes: Iterable[Event]) -> None:
    """Sound the cues of `changes`, one voice per category: many at once are no more than noise."""
    heard: dict[str, str] = {}
    cues = []
    for change in changes:
        cue = choose_cue(change)
        if cue is None:
            continue
        if cue.category not in heard:
            by = "muted" if mute.is_muted(game) else player.play(cue.category, game.settings.volume)
            heard[cue.category] = by
        detail = json.dumps({"category": cue.category, "by": heard[cue.category]})
        cues.append(
            Event(
                "cue_sounded",
                f"cue: {cue.category}",
                change.at,
                project_id=change.project_id,
                worker_id=change.worker_id,
                ticket_id=change.ticket_id,
                detail=detail,
            )
        )
    if cues:
        game.store.record(cues)
