"""Numbers of tokens, as agent programs write them down: nothing of them is trusted."""

from typing import Any

TOKEN_COUNT_MAX = 2**53
"""More tokens in one message than any model takes: a number that no store keeps."""


def read_count(value: Any) -> int:
    """Return a number of tokens.

    Raises:
        ValueError, TypeError, OverflowError: it is none.
    """
    count = int(value)
    if not 0 <= count <= TOKEN_COUNT_MAX:
        raise ValueError("no number of tokens")
    return count
