"""What was used: tokens by worker and model, and of a whole day."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from rts.adapters.store.codec import encode_time
from rts.adapters.store.keeping import Keeper
from rts.world.nouns import Worker
from rts.world.prices import ModelUse

Rows = Callable[..., Sequence[Sequence[Any]]]
"""`rows(sql, *values)`: what the store reads with."""


class Ledger:
    """Adds up through `rows`; keeps what was slow to add up for a while. Safe from any thread."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._keep = Keeper().keep

    def uses_by_model(self, worker: Worker) -> list[ModelUse]:
        """Return a worker's tokens, its subagents' too, by model."""
        sql = (
            "SELECT model, sum(input_tokens), sum(cached_tokens), sum(output_tokens) FROM usage"
            " WHERE worker_id = ? GROUP BY model ORDER BY model"
        )
        return [ModelUse(*row) for row in self._rows(sql, worker.id)]

    def uses_between(self, since: datetime, until: datetime) -> dict[str, list[ModelUse]]:
        """Return the tokens of every worker by model, from `since` on and before `until`."""
        sql = (
            "SELECT worker_id, model, sum(input_tokens), sum(cached_tokens), sum(output_tokens)"
            " FROM usage WHERE at >= ? AND at < ? GROUP BY worker_id, model ORDER BY model"
        )
        found: dict[str, list[ModelUse]] = {}
        for worker_id, *use in self._rows(sql, encode_time(since), encode_time(until)):
            found.setdefault(worker_id, []).append(ModelUse(*use))
        return found

    def newest_use(self, worker: Worker) -> ModelUse | None:
        """Return the tokens of the newest message of a worker or of one of its subagents."""
        sql = (
            "SELECT model, input_tokens, cached_tokens, output_tokens FROM usage"
            " WHERE worker_id = ? AND input_tokens + cached_tokens > 0 ORDER BY at DESC LIMIT 1"
        )
        found = self._rows(sql, worker.id)
        return ModelUse(*found[0]) if found else None

    def tokens_since(self, project_id: str, since: datetime, now: datetime) -> int:
        """Return all tokens of a project's workers (empty: of all) since a time.

        What was slow to add up may be some seconds old.
        """
        key = ("since", project_id, since)
        return self._keep(key, now, lambda: self._tokens_since(project_id, since))

    def _tokens_since(self, project_id: str, since: datetime) -> int:
        where, values = "1", []
        if project_id:
            where = "worker_id IN (SELECT id FROM workers WHERE project_id = ?)"
            values = [project_id]
        sql = (
            "SELECT coalesce(sum(input_tokens + cached_tokens + output_tokens), 0) FROM usage"
            f" WHERE at >= ? AND {where}"
        )
        return int(self._rows(sql, encode_time(since), *values)[0][0])
