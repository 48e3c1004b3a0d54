"""How fast evidence is judged, beside merely reading it from JSON."""

import itertools
import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from rts.adapters.store.codec import encode_time
from rts.world.evidence import Evidence, Source
from rts.world.judge import judge
from tests.benchmarks.measuring import Figure, Measurement, Row, take_times
from tests.making import NOON

ROW_COUNT = 10_000
RUN_COUNT = 15

RATE_AIM = 10_000.0
"""Judgements a second: a hundred workers, ten times a second, at a tenth of a core."""

KINDS: tuple[tuple[Source, str, str, dict[str, object]], ...] = (
    (Source.PROCESS, "spawn", "", {}),
    (Source.PROCESS, "pane", "alive", {}),
    (Source.HOOK, "SessionStart", "", {"source": "startup"}),
    (Source.HOOK, "UserPromptSubmit", "retry failed payments", {"prompt": "retry them"}),
    (Source.HOOK, "PostToolUse", "Read: shop.py", {"tool": "Read"}),
    (Source.HOOK, "PreToolUse", "Bash: pytest -q", {"tool": "Bash"}),
    (Source.HOOK, "PermissionRequest", "Bash: git push", {"request": "w.1", "tool": "Bash"}),
    (Source.HOOK, "Stop", "All is done. Which port?", {"is_waiting_for_subagents": False}),
    (Source.TRANSCRIPT, "ApiRetry", "overloaded", {"attempt": 2}),
    (Source.TITLE, "title", "busy", {}),
)
"""One worker's evidence; each worker's pieces come in another order."""


def measure(room: Path) -> list[Row]:
    """Return the rows of this benchmark."""
    workers = record_workers(ROW_COUNT // len(KINDS))
    lines = [json.dumps({**asdict(p), "at": encode_time(p.at)}) for w in workers for p in w]
    plain, times = take_times(
        RUN_COUNT,
        lambda: [json.loads(line) for line in lines],
        lambda: [judge(pieces, NOON) for pieces in workers],
    )
    rate = len(workers) / sorted(times)[len(times) // 2]
    name = f"judge {len(workers)} workers, {len(lines)} rows"
    return [
        Measurement(name, times, "`json.loads` of the rows", plain),
        Figure("judgements", rate, "a second", "aim", RATE_AIM, RUN_COUNT),
    ]


def record_workers(count: int) -> list[list[Evidence]]:
    """Return the evidence of `count` workers, each with another newest piece."""
    orders = itertools.cycle(itertools.permutations(range(len(KINDS))))
    step = 7919  # far apart in the list of all orders, so that every kind comes first somewhere
    workers = []
    for number, order in zip(range(count), itertools.islice(orders, 0, None, step), strict=False):
        workers.append(
            [
                Evidence(
                    f"w{number}", source, kind, NOON - timedelta(seconds=3 * age), value,
                    json.dumps(detail),
                )
                for age, (source, kind, value, detail) in zip(order, KINDS, strict=True)
            ]
        )  # fmt: skip
    return workers
