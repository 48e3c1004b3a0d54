"""What Claude Code says when the account's allowance is used up, and when it may go on.

Seen with 2.1.329: `You've hit your 5-hour limit · resets 2:21pm (UTC)`; its program text also has
`session limit`, `weekly limit` and a date before the time. Older versions: `Claude AI usage limit
reached|1767225600`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

LIMIT = re.compile(
    r"hit your .{0,60}limit|usage limit reached|out of (?:extra )?usage|used up .{0,40}usage", re.I
)
RESET = re.compile(
    r"resets (?:(?P<month>[A-Z][a-z]{2})[a-z]* (?P<day>\d{1,2}),?(?: (?P<year>\d{4}),?)?(?: at)? )?"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d))? ?(?P<half>[ap]m)(?: \((?P<zone>[\w/+-]{1,40})\))?"
)
EPOCH = re.compile(r"limit reached\|(?P<epoch>\d{10})\b")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

SLACK = timedelta(minutes=2)
"""The time is said in whole minutes: it may lie this little before the moment of saying it."""

FAR = timedelta(hours=20)
"""From so far ahead on a time is said with its date."""


@dataclass(frozen=True)
class Limit:
    """An allowance that is used up."""

    resets_at: datetime | None
    """Aware, UTC; None when it is not said."""

    def say(self, at: datetime) -> str:
        """Return it in a phrase, in this machine's own time: `usage limit, resets at 15:45`."""
        if self.resets_at is None:
            return "usage limit"
        shape = "%H:%M" if self.resets_at - at < FAR else "%d %b %H:%M"
        return f"usage limit, resets at {self.resets_at.astimezone().strftime(shape)}"


def read_limit(words: str, at: datetime) -> Limit | None:
    """Return the limit that a message of Claude's tells of at `at`, or None for any other."""
    if not LIMIT.search(words):
        return None
    if found := EPOCH.search(words):
        return Limit(datetime.fromtimestamp(int(found["epoch"]), UTC))
    found = RESET.search(words)
    return Limit(_read_reset(found, at) if found else None)


def _read_reset(found: re.Match[str], at: datetime) -> datetime | None:
    local = at.astimezone(_read_zone(found["zone"]))
    hour = int(found["hour"]) % 12 + (12 if found["half"] == "pm" else 0)
    try:
        resets_at = local.replace(
            hour=hour, minute=int(found["minute"] or 0), second=0, microsecond=0
        )
        if not found["month"]:
            is_tomorrow = resets_at < local - SLACK
            return (resets_at + timedelta(days=is_tomorrow)).astimezone(UTC)
        month = MONTHS.index(found["month"]) + 1
        year = int(found["year"] or local.year + (month < local.month))
        if year not in (local.year, local.year + 1):
            return None
        return resets_at.replace(year=year, month=month, day=int(found["day"])).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _read_zone(name: str | None) -> tzinfo | None:
    """Return the named zone; None, this machine's own, for one that is not known here."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
