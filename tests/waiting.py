"""Waiting for the world instead of sleeping."""

import time
from collections.abc import Callable
from typing import TypeVar

LOOK_S = 0.02
"""Pause between two looks: not noticed by a person, and no load for the machine."""

Found = TypeVar("Found")


def wait_until(condition: Callable[[], Found], timeout_s: float = 10.0, message: str = "") -> Found:
    """Return what `condition` gives as soon as that is true.

    Raises:
        AssertionError: it was not within `timeout_s`; `message` says what was waited for.
    """
    deadline = time.monotonic() + timeout_s
    while not (found := condition()):
        assert time.monotonic() < deadline, (
            f"waited {timeout_s:g} s in vain: {message or 'the condition never held'}"
        )
        time.sleep(LOOK_S)
    return found
