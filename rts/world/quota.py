"""How much of an account's quota is used, as its vendor says through the agent program."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rts.world.evidence import QUOTA, Evidence, Judgement


@dataclass(frozen=True)
class Quota:
    """One window of one account: the vendor's own number, never an estimate."""

    account: str
    """The agent program whose login it is: `codex`."""
    window_minutes: int
    """How long the window is: 300 for five hours, 10080 for a week."""
    used_percent: float
    """0 to 100."""
    resets_at: datetime

    @property
    def window(self) -> str:
        """The window's length in one unit: `5h`, `7d`."""
        hours = self.window_minutes // 60
        if hours >= 48:
            return f"{hours // 24}d"
        return f"{hours}h" if hours else f"{self.window_minutes}m"


def write_quotas(quotas: Iterable[Quota]) -> str:
    """Return quotas as the detail of their evidence."""
    windows = [
        {
            "minutes": quota.window_minutes,
            "used_percent": quota.used_percent,
            "resets_at": quota.resets_at.isoformat(),
        }
        for quota in quotas
    ]
    return json.dumps({"windows": windows})


def find_quotas(judgements: Iterable[Judgement], now: datetime) -> tuple[Quota, ...]:
    """Return what was said last of each account, shortest window first.

    A window that has begun anew since says nothing any more, and is left out.
    """
    newest: dict[str, Evidence] = {}
    for judgement in judgements:
        for piece in judgement.evidence:
            if piece.kind == QUOTA and (
                piece.value not in newest or newest[piece.value].at < piece.at
            ):
                newest[piece.value] = piece
    return tuple(
        quota
        for account in sorted(newest)
        for quota in _read_quotas(newest[account])
        if quota.resets_at > now
    )


def _read_quotas(piece: Evidence) -> list[Quota]:
    found = [
        Quota(
            piece.value,
            int(window["minutes"]),
            float(window["used_percent"]),
            datetime.fromisoformat(window["resets_at"]),
        )
        for window in json.loads(piece.detail)["windows"]
    ]
    return sorted(found, key=lambda quota: quota.window_minutes)
