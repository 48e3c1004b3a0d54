"""Hearing: hook files become evidence and actions, in one batch, exactly once."""

from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.inbox import Letter
from rts.game import Game
from rts.world.evidence import Evidence
from rts.world.nouns import Action, Worker


def hear(game: Game, worker_by_id: dict[str, Worker]) -> set[str]:
    """Record what waits in the inbox; return the ids of the workers that were heard.

    Files are removed only after what they say is recorded; a crash in between repeats them, and
    actions are counted by their tool-use id.
    """
    letters = game.inbox.read()
    known = [letter for letter in letters if letter.worker_id in worker_by_id]
    records: list[Evidence | Action] = []
    for letter in known:
        records.extend(_read(letter, worker_by_id[letter.worker_id]))
    if records:
        game.store.note_down(newest_only(records))
    game.inbox.remove(known)
    for letter in letters:
        if letter.worker_id not in worker_by_id:
            _set_aside(game, letter)
    return {letter.worker_id for letter in known}


def _read(letter: Letter, worker: Worker) -> list[Evidence | Action]:
    program = AGENT_PROGRAMS[worker.agent]
    heard = program.hear(worker.id, letter.payload, letter.dropped_at, letter.name)
    return [*heard.evidence, *([heard.action] if heard.action else [])]


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
