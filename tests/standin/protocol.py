"""What the server must know of a vendor's protocol: one `Protocol` for each."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.standin.script import Step, Turn

Body = dict[str, Any]
"""A JSON object, as it stands in a request or an answer."""

_numbers = count(1)  # ids must differ in one process: they are given out in the same nanosecond


@dataclass(frozen=True)
class Protocol:
    """How one vendor's clients ask a model, and how they are answered."""

    path: str
    """A regular expression that a POST's whole path (without its query) matches."""
    read_turns: Callable[[Body], list[Turn]]
    """Return who said what in a request, oldest first; what tools gave back is left out."""
    build_answer: Callable[[Step, Body, int], Body]
    """`build_answer(step, request, input_tokens)`: return the whole answer, for a step of the kinds
    `say`, `bash` and `tool`."""
    stream: Callable[[Body], Iterator[str]]
    """Cut a whole answer into the frames of a stream, as `frame` makes them."""
    build_error: Callable[[Step], tuple[int, Body]]
    """Return HTTP status and body for a step of the kinds `status` and `limit`."""
    error_headers: Callable[[Step], dict[str, str]] = lambda step: {}
    """Return the HTTP headers that tell of a limit."""
    is_streamed: Callable[[str, Body], bool] = lambda path, request: bool(request.get("stream"))
    offers_tools: Callable[[Body], bool] = lambda request: bool(request.get("tools"))
    """Whether the request can call tools; one that cannot is for a title or a summary."""


def frame(event: Body | str, name: str = "") -> str:
    """Return one server-sent event; with `name`, what it is called on a line of its own."""
    data = event if isinstance(event, str) else json.dumps(event)
    return f"event: {name}\ndata: {data}\n\n" if name else f"data: {data}\n\n"


def new_id(prefix: str) -> str:
    """Return an id that no other answer has: `msg_18d2f…`."""
    return f"{prefix}_{time.time_ns():x}{next(_numbers):04x}"


def count_tokens(raw: bytes | str) -> int:
    """Return a plausible number: four bytes a token."""
    return len(raw if isinstance(raw, bytes) else raw.encode()) // 4 + 1
