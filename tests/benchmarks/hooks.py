"""What a hook costs the agent at each tool call."""

import json
import os
from pathlib import Path

from rts.adapters.agents.hooks import DROP_LINE
from rts.adapters.inbox import Inbox
from tests.benchmarks.measuring import Measurement, quietly, take_times

RUN_COUNT = 200
PAYLOAD_BYTES = 1500
"""As large as the payload of a usual tool call."""


def measure(room: Path) -> list[Measurement]:
    """Return the rows of this benchmark."""
    inbox = Inbox(room / "inbox")
    own = inbox.prepare_for("falcon")
    env = {**os.environ, "RTS_WORKER": "falcon", "RTS_INBOX": str(own)}
    payload = {"hook_event_name": "PostToolUse", "tool_response": ""}
    payload["tool_response"] = "x" * (PAYLOAD_BYTES - len(json.dumps(payload)))
    letter = json.dumps(payload).encode()
    # `sh` becomes the last program of its line, so without the second word only one would start.
    plain = quietly("/bin/sh", "-c", "/bin/true; exit 0", input=letter, env=env)
    plain_times, times = take_times(
        RUN_COUNT, plain, quietly("/bin/sh", "-c", DROP_LINE, input=letter, env=env)
    )
    assert inbox.waiting_count() == RUN_COUNT + 1
    return [Measurement("a hook, 1.5 KB", times, "`sh -c /bin/true`", plain_times)]
