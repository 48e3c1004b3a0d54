"""Hearing: hook files become evidence and actions, in one batch, exactly once."""

from datetime import datetime, timedelta

from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.agents.program import Heard
from rts.adapters.inbox import Letter
from rts.game import Game
from rts.world.evidence import Evidence, Source
from rts.world.nouns import Action, Worker

START_SLACK = timedelta(seconds=1)
"""How long before `started_at` an agent may have begun: it is noted once the session is there, and
the kernel's clock for files is some milliseconds late."""


def hear(game: Game, worker_by_id: dict[str, Worker]) -> set[str]:
    """Record what waits in the inbox; return the ids of the workers that were heard.

    Files are removed only after what they say is recorded; a crash in between repeats them, and
    actions are counted by their tool-use id.
    """
    letters = game.inbox.read()
    known = [letter for letter in letters if letter.worker_id in worker_by_id]
    records: list[Evidence | Action] = []
    conversation_by_worker: dict[str, str] = {}
    for letter in known:
        heard = _read(letter, worker_by_id[letter.worker_id])
        records += [*heard.evidence, *heard.actions]
        if heard.conversation_id and _is_news(game, worker_by_id[letter.worker_id], letter):
            conversation_by_worker[letter.worker_id] = heard.conversation_id
    if records:
        game.store.note_down(newest_only(records))
    for worker_id, conversation_id in conversation_by_worker.items():
        if worker_by_id[worker_id].conversation_id != conversation_id:
            game.store.follow_conversation(worker_by_id[worker_id], conversation_id)
    game.inbox.remove(known)
    for letter in letters:
        if letter.worker_id not in worker_by_id:
            _set_aside(game, letter)
    return {letter.worker_id for letter in known}


def _read(letter: Letter, worker: Worker) -> Heard:
    program = AGENT_PROGRAMS[worker.agent]
    return program.hear(worker.id, letter.payload, letter.dropped_at, letter.name)


def _is_news(game: Game, worker: Worker, letter: Letter) -> bool:
    """Tell whether no newer conversation is known than the one that the letter names."""
    return is_of_this_life(worker, letter.dropped_at) and all(
        piece.at <= letter.dropped_at
        for piece in game.store.evidence(worker)
        if (piece.source, piece.kind) == (Source.HOOK, "SessionStart")
    )


def is_of_this_life(worker: Worker, at: datetime) -> bool:
    """Tell whether what happened at `at` came from the agent as it was started last."""
    return worker.started_at is None or at >= worker.started_at - START_SLACK


def newest_only(records: list[Evidence | Action]) -> list[Evidence | Action]:
    """Return the records without evidence that a later one of the same source and kind replaces."""
    latest: dict[tuple[str, str, str], Evidence] = {}
    actions: list[Evidence | Action] = []
    for record in records:
        if isinstance(record, Evidence):
            key = (record.worker_id, record.source, record.kind)
            if key not in latest or latest[key].at <= record.at:
                latest[key] = record
        else:
            actions.append(record)
    return [*latest.values(), *actions]


def _set_aside(game: Game, letter: Letter) -> None:
    """Drop a letter of a dismissed worker; set aside one of nobody that was ever known."""
    if game.store.worker(letter.worker_id) is None:
        game.inbox.reject(letter)
    else:
        game.inbox.remove([letter])
