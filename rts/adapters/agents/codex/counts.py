"""What Codex writes after each answer: how full its context is, and what its account has used.

`event_msg` of type `token_count`, by codex-rs/protocol (`TokenCountEvent`, `RateLimitSnapshot`):
`info.last_token_usage`, `info.model_context_window`, `rate_limits.primary` and `.secondary`, each
with `used_percent`, `window_minutes` and `resets_at` in seconds since 1970. Without a subscription
the windows are null.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from rts.adapters.agents.tokens import read_count
from rts.world.evidence import CONTEXT, QUOTA, Evidence, Source
from rts.world.quota import Quota, write_quotas

ACCOUNT = "codex"

WINDOW_MAX_MINUTES = 366 * 24 * 60
"""A longer window is none."""

STRANGE = (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError)
"""What a line of another version makes its reading raise."""


def read_token_count(worker_id: str, payload: dict[str, Any], at: datetime) -> Iterator[Evidence]:
    """Say what one `token_count` tells; what is not as expected in it says nothing."""
    try:
        info = payload["info"]
        used = read_count(info["last_token_usage"]["input_tokens"])
        limit = json.dumps({"limit_tokens": read_count(info.get("model_context_window") or 0)})
        yield Evidence(worker_id, Source.TRANSCRIPT, CONTEXT, at, str(used), limit)
    except STRANGE:
        pass
    if quotas := list(_read_quotas(payload.get("rate_limits"), at)):
        detail = write_quotas(quotas)
        yield Evidence(worker_id, Source.TRANSCRIPT, QUOTA, at, ACCOUNT, detail)


def _read_quotas(limits: Any, at: datetime) -> Iterator[Quota]:
    # Some models have limits of their own, with other ids; the account's is `codex`.
    if not isinstance(limits, dict) or limits.get("limit_id") not in (None, ACCOUNT):
        return
    for name in ("primary", "secondary"):
        try:
            window = limits[name]
            minutes = int(window["window_minutes"])
            percent = float(window["used_percent"])
            resets_at = datetime.fromtimestamp(float(window["resets_at"]), UTC)
        except STRANGE:
            continue
        if 0 < minutes <= WINDOW_MAX_MINUTES and 0 <= percent < 1000:
            latest = at + timedelta(minutes=minutes)  # a window ends within its own length
            yield Quota(ACCOUNT, minutes, min(percent, 100.0), min(resets_at, latest))
