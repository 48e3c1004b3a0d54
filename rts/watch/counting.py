"""Counting tokens: transcripts are read on from where the last beat stopped."""

import json
import stat
from pathlib import Path

from rts.adapters.agents import AGENT_PROGRAMS
from rts.game import Game
from rts.world.nouns import Usage, Worker


class Counter:
    """Remembers how far each transcript was read. Starting anew counts nothing twice: usage is
    kept once per message."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._offset_by_path: dict[Path, int] = {}

    def count(self, workers: list[Worker]) -> None:
        """Record the tokens that the workers' transcripts tell of since the last time."""
        fresh: list[Usage] = []
        for worker in workers:
            for path in self._transcripts(worker):
                fresh.extend(self._read_on(worker, path))
        if fresh:
            self._game.store.note_down(fresh)

    def _transcripts(self, worker: Worker) -> set[Path]:
        pieces = self._game.store.evidence(worker)
        named = {json.loads(piece.detail).get("transcript", "") for piece in pieces}
        return {Path(name) for name in named if name}

    def _read_on(self, worker: Worker, path: Path) -> list[Usage]:
        offset = self._offset_by_path.get(path, 0)
        try:
            status = path.stat()
        except (OSError, ValueError):  # an agent named it: it may be anything
            return []
        if not stat.S_ISREG(status.st_mode) or status.st_size <= offset:
            return []
        usage, self._offset_by_path[path] = AGENT_PROGRAMS[worker.agent].read_usage(
            worker.id, path, offset
        )
        return usage
