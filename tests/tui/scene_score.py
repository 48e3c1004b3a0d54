"""A played score: a good day, or a week of such days."""

from datetime import timedelta

from rts.world.names import CALL_SIGNS
from rts.world.nouns import TicketKind
from rts.world.score import DAY, WEEK, Bar, Score, UnitScore, bar_length
from tests.tui.scene_parts import NOW, TITLES

MIDNIGHT = NOW.replace(hour=0, minute=0, second=0, microsecond=0)


def a_score(*, is_week: bool = False) -> Score:
    span = WEEK if is_week else DAY
    since = MIDNIGHT - (span - DAY)
    length = bar_length(span)
    bars = tuple(
        _bar(since + i * length, i if not is_week else i % 8 * 6)
        for i in range(round(span / length))
    )
    past = tuple(b if b.begins_at < NOW else Bar(b.begins_at, 0, 0, 0) for b in bars)
    units = tuple(_unit(i) for i in range(6))
    landed = sum(bar.landed_count for bar in past)
    notes = ("noted: Use the idempotency key when a payment is sent again",)
    return Score("shop", since, NOW, span, past, units, 7, landed + 1, landed, 1260.0, notes)


def _bar(at, i):
    is_at_work = 16 <= i <= 40
    count = 180 + (i * 37) % 410 - (i % 5) * 30 if is_at_work else 0
    return Bar(at, count, round(count * 0.87), int(is_at_work and i % 7 == 3))


def _unit(i: int) -> UnitScore:
    count = 640 - 97 * i
    return UnitScore(
        worker_id=f"w{i}",
        name=f"{CALL_SIGNS[i]}-1",
        ticket=f"#{i + 1} {TITLES[i]}",
        kind=list(TicketKind)[i % 4],
        agent="claude",
        action_count=count,
        effective_count=count - 12 - 31 * (i % 3),
        token_count=410_000 + 370_000 * i,
        cost_usd=0.42 + 0.61 * i,
        waited_s=60.0 * (i * 7 % 11),
        longest_stall_s=540.0 if i == 3 else 0.0,
        landed_at=NOW - timedelta(minutes=31 * i + 4) if i % 2 == 0 else None,
    )
