"""Times as people type them: `14:05`, `2h`, `2026-11-21T14:05`."""

import re
from datetime import datetime, time, timedelta

from rts.errors import OrderRefused

_AGO = re.compile(r"(\d{1,6})\s*([smhd])(?:\s+ago)?")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")

HINT = "For example: --at 14:05, --at 2h, or --at 2026-11-21T14:05"


def read_moment(words: str, now: datetime) -> datetime:
    """Return the time that `words` name; what names no time zone is of that of `now`.

    Raises:
        OrderRefused: they name none, or one that has not come yet.
    """
    try:
        at = _read(words.strip().lower(), now)
    except (ValueError, OverflowError):
        raise OrderRefused(f"“{words}” is no time.", HINT) from None
    if at > now:
        raise OrderRefused(f"{at:%Y-%m-%d %H:%M:%S} has not come yet.", HINT)
    return at


def _read(words: str, now: datetime) -> datetime:
    if ago := _AGO.fullmatch(words):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    if _CLOCK.fullmatch(words):
        clock = time.fromisoformat(words.zfill(len(words) + (words.index(":") == 1)))
        return datetime.combine(now.date(), clock, now.tzinfo)
    at = datetime.fromisoformat(words.upper())
    return (at if at.tzinfo else at.replace(tzinfo=now.tzinfo)).astimezone(now.tzinfo)
