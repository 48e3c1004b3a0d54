"""Times that an agent told: a line of its conversation, a status. It may have written any."""

from datetime import UTC, datetime, timedelta

AHEAD_MAX = timedelta(days=1)
"""How far after its reading a time may lie: a clock was stepped back, or a try was put off."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def read_time(text: object) -> datetime:
    """Return the time that an ISO text tells, UTC, kept within bounds; without a zone: local time.

    Raises:
        ValueError: it tells none.
    """
    try:
        return bound(datetime.fromisoformat(str(text)).astimezone(UTC))
    except (OverflowError, OSError) as error:
        raise ValueError("no time of this world") from error


def read_timestamp(seconds: object) -> datetime:
    """Return the time that a number of seconds since 1970 tells, UTC, kept within bounds.

    Raises:
        ValueError: it tells none.
    """
    if not isinstance(seconds, int | float):
        raise ValueError("no number")
    try:
        return bound(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, OSError) as error:
        raise ValueError("no time of this world") from error


def bound(at: datetime) -> datetime:
    """Return `at`, but none before 1970 and none later than a day from now."""
    return max(EARLIEST, min(at, datetime.now(UTC) + AHEAD_MAX))
