"""Counting actions fast: an hour of a hundred busy workers is 120,000 rows, a week millions.

Triggers keep the count of each minute and the few actions that were repeats (migration 3), so that
long windows are sums over minutes and only their first, partial minute is counted by the row.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from rts.adapters.store.codec import encode_time
from rts.adapters.store.keeping import Keeper
from rts.world.apm import WINDOWS, Tempo, rate

SHORT_MAX = timedelta(minutes=5)
"""Windows up to this are counted by the row."""

MINUTE_LENGTH = len("2026-11-21T03:47")

Rows = Callable[..., Sequence[Sequence[Any]]]
"""`rows(sql, *values)`: what the store reads with."""


class TempoBook:
    """Counts through `rows`; keeps what was slow to count for a while. Safe from any thread."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._keep = Keeper().keep

    def tempo_by_worker(self, project_id: str, now: datetime) -> dict[str, Tempo]:
        """Return the tempo of every worker that acted within the longest window."""
        counts: dict[str, dict[str, int]] = {}
        for name in WINDOWS:
            for worker_id, count in self._counts(project_id, name, now).items():
                counts.setdefault(worker_id, {})[name] = count
        repeats = self._keep(("repeats", project_id), now, lambda: self._repeats(project_id, now))
        return {
            worker_id: rate(by_window, _less(by_window, repeats.get(worker_id, {})))
            for worker_id, by_window in counts.items()
        }

    def count_by_bucket(
        self, project_id: str, now: datetime, bucket: timedelta, bucket_count: int
    ) -> dict[str, list[int]]:
        """Return each worker's actions in the last buckets, oldest first."""
        key = ("buckets", project_id, bucket, bucket_count)
        return self._keep(key, now, lambda: self._buckets(project_id, now, bucket, bucket_count))

    def _counts(self, project_id: str, name: str, now: datetime) -> dict[str, int]:
        span = WINDOWS[name]
        count = self._by_row if span <= SHORT_MAX else self._by_minute
        return self._keep(("counts", project_id, name), now, lambda: count(project_id, now - span))

    def _by_row(self, project_id: str, start: datetime) -> dict[str, int]:
        where, values = _of(project_id)
        sql = f"SELECT worker_id, count(*) FROM actions WHERE at > ? AND {where} GROUP BY 1"
        return {row[0]: row[1] for row in self._rows(sql, encode_time(start), *values)}

    def _by_minute(self, project_id: str, start: datetime) -> dict[str, int]:
        where, values = _of(project_id)
        begin = encode_time(start)
        minute = begin[:MINUTE_LENGTH]
        sql = (
            "SELECT worker_id, sum(n) FROM ("
            f" SELECT worker_id, action_count AS n FROM minutes WHERE minute > ? AND {where}"
            " UNION ALL"
            " SELECT worker_id, count(*) FROM actions"
            f" WHERE at > ? AND at < ? AND {where} GROUP BY worker_id"
            ") GROUP BY 1"
        )
        # A colon is less than a semicolon: so this is the end of the minute, as text.
        rows = self._rows(sql, minute, *values, begin, f"{minute};", *values)
        return {row[0]: row[1] for row in rows}

    def _repeats(self, project_id: str, now: datetime) -> dict[str, dict[str, int]]:
        where, values = _of(project_id)
        starts = [encode_time(now - span) for span in WINDOWS.values()]
        sums = ", ".join("sum(at > ?)" for _ in starts)
        sql = f"SELECT worker_id, {sums} FROM repeats WHERE at > ? AND {where} GROUP BY 1"
        rows = self._rows(sql, *starts, starts[-1], *values)
        return {row[0]: dict(zip(WINDOWS, row[1:], strict=True)) for row in rows}

    def _buckets(
        self, project_id: str, now: datetime, bucket: timedelta, bucket_count: int
    ) -> dict[str, list[int]]:
        where, values = _of(project_id)
        width_s = bucket.total_seconds()
        # Only whole seconds are cut out: SQLite's own time functions are ten times slower.
        ago = "CAST((? - strftime('%s', substr(at, 1, 19))) / ? AS INTEGER)"
        sql = (
            f"SELECT worker_id, {ago}, count(*) FROM actions"
            f" WHERE at > ? AND at <= ? AND {where} GROUP BY 1, 2"
        )
        begin, end = encode_time(now - bucket * bucket_count), encode_time(now)
        found: dict[str, list[int]] = {}
        for worker_id, buckets_ago, count in self._rows(
            sql, now.timestamp(), width_s, begin, end, *values
        ):
            counts = found.setdefault(worker_id, [0] * bucket_count)
            counts[max(bucket_count - 1 - buckets_ago, 0)] += count
        return found


def _less(counts: dict[str, int], repeats: dict[str, int]) -> dict[str, int]:
    """Return what remains; what is kept may be older than what was counted now."""
    return {name: max(count - repeats.get(name, 0), 0) for name, count in counts.items()}


def _of(project_id: str) -> tuple[str, list[str]]:
    """Return the condition that narrows to a project (empty: all), and its values."""
    if not project_id:
        return "1", []
    return "worker_id IN (SELECT id FROM workers WHERE project_id = ?)", [project_id]
