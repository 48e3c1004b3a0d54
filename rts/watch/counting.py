"""Reading transcripts on from where the last beat stopped: tokens, tool calls, evidence."""

import json
import os
import stat
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.agents.hearing import as_conversation_id
from rts.adapters.agents.program import Heard, find_no_conversation
from rts.game import Game
from rts.orders.start import launch_of
from rts.watch.hear import is_of_this_life, newest_only
from rts.world.evidence import Evidence, Source
from rts.world.nouns import Action, Usage, Worker

FIND_EVERY_BEATS = 5
"""How often a conversation is looked for that no hook has named: a search may read a folder."""


DETAILS_MAX = 8192
"""Details whose transcript is remembered: of a hundred workers, most stay the same."""


@lru_cache(DETAILS_MAX)
def _find_transcript(detail: str) -> str:
    return str(json.loads(detail).get("transcript") or "")


Life = tuple[str, datetime, str]
"""A worker's id, when its agent was started, and the id of its conversation."""


class Counter:
    """Remembers how far each transcript was read. Starting anew counts nothing twice: usage is
    kept once per message, an action once per tool-use id, and evidence is the latest anyway."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._offset_by_path: dict[Path, int] = {}
        self._found_by_worker: dict[str, tuple[Life, Path]] = {}
        """The conversation file found for a worker, and in which life."""
        self._noted: set[tuple[str, str]] = set()
        """Worker and conversation id that were recorded: each is once, for a conversation that was
        left (cleared, begun afresh) may be found again."""
        self._beat_number = 0

    def count(self, workers: list[Worker]) -> list[Worker]:
        """Record what the workers' transcripts tell since the last time.

        Returns the workers whose conversation became known.
        """
        self._beat_number += 1
        stored_by_worker = self._game.store.evidence_by_worker()
        fresh: list[Evidence | Action | Usage] = []
        for worker in workers:
            pieces = stored_by_worker.get(worker.id, [])
            for path in self._transcripts(worker, pieces):
                heard = self._read_on(worker, path)
                fresh += [*newest_only([*heard.evidence, *heard.actions]), *heard.usage]
        if fresh:
            self._game.store.note_down(fresh)
        return [
            worker
            for worker in workers
            if not _was_told(worker, stored_by_worker.get(worker.id, []))
            and self._note_conversation(worker)
        ]

    def _transcripts(self, worker: Worker, pieces: list[Evidence]) -> set[Path]:
        named = {_find_transcript(piece.detail) for piece in pieces}
        found = {Path(name) for name in named if name}
        return found or self._look_for(worker)

    def _look_for(self, worker: Worker) -> set[Path]:
        """Return the conversation of a program without hooks that name it."""
        program = AGENT_PROGRAMS[worker.agent]
        if worker.started_at is None or program.find_conversation is find_no_conversation:
            return set()
        life = (worker.id, worker.started_at, worker.conversation_id)
        known = self._recall(life)
        if known is None and self._beat_number % FIND_EVERY_BEATS == 1:
            known = program.find_conversation(launch_of(self._game, worker))
            if known is not None:
                self._found_by_worker[worker.id] = (life, known)
        return {known} if known else set()

    def _recall(self, life: Life) -> Path | None:
        found = self._found_by_worker.get(life[0])
        return found[1] if found and found[0] == life else None

    def _note_conversation(self, worker: Worker) -> bool:
        """Record the id of a conversation that was found; tell whether it is news."""
        if worker.started_at is None:
            return False
        path = self._recall((worker.id, worker.started_at, worker.conversation_id))
        if path is None:
            return False
        found = as_conversation_id(AGENT_PROGRAMS[worker.agent].read_conversation_id(path))
        is_noted = (worker.id, found) in self._noted
        if not found or found == worker.conversation_id or is_noted:
            return False
        self._game.store.follow_conversation(worker, found)
        self._noted.add((worker.id, found))
        self._found_by_worker[worker.id] = ((worker.id, worker.started_at, found), path)
        return True

    def _read_on(self, worker: Worker, path: Path) -> Heard:
        offset = self._offset_by_path.get(path, 0)
        if _size_bytes(path) <= offset:
            return Heard()
        program = AGENT_PROGRAMS[worker.agent]
        heard, self._offset_by_path[path] = program.read_transcript(worker.id, path, offset)
        return heard


def _was_told(worker: Worker, pieces: list[Evidence]) -> bool:
    """Tell whether the agent itself said, since it was started, which conversation is its own."""
    return any(
        (piece.source, piece.kind) == (Source.HOOK, "SessionStart")
        and is_of_this_life(worker, piece.at)
        for piece in pieces
    )


def _size_bytes(path: Path) -> int:
    """Return the size of a file; 0 for what is none: an agent named it, it may be anything.

    It is opened for that: a pipe that came in the place of a file is not waited for.
    """
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except (OSError, ValueError):
        return 0
    try:
        status = os.fstat(opened)
    finally:
        os.close(opened)
    return status.st_size if stat.S_ISREG(status.st_mode) else 0
