"""Anthropic's Messages API, as far as Claude Code needs it."""

import json
import time
from collections.abc import Iterator

from tests.standin.protocol import Body, Protocol, count_tokens, frame, new_id
from tests.standin.script import Step, Turn

MODEL = "claude-standin-1"

ERROR_TYPES = {401: "authentication_error", 429: "rate_limit_error", 529: "overloaded_error"}


def read_turns(request: Body) -> list[Turn]:
    """Return each text of a user message, and each assistant message, as a turn."""
    turns: list[Turn] = []
    for message in request.get("messages", []):
        content = message["content"]
        if message["role"] != "user":
            turns.append((message["role"], ""))
        elif isinstance(content, str):
            turns.append(("user", content))
        else:
            turns.extend(("user", block["text"]) for block in content if block["type"] == "text")
    return turns


def build_answer(step: Step, request: Body, input_tokens: int) -> Body:
    """Return a message with one content block."""
    block = _content_block(step)
    return {
        "id": new_id("msg"),
        "type": "message",
        "role": "assistant",
        "model": request.get("model", MODEL),
        "content": [block],
        "stop_reason": "end_turn" if block["type"] == "text" else "tool_use",
        "stop_sequence": None,
        "usage": {
            "input_tokens": input_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": count_tokens(json.dumps(block)),
        },
    }


def build_error(step: Step) -> tuple[int, Body]:
    """Return an error of the API."""
    status = 429 if step.kind == "limit" else int(step.text)
    error = {"type": ERROR_TYPES.get(status, "api_error"), "message": f"scripted status {status}"}
    return status, {"type": "error", "error": error}


def error_headers(step: Step) -> dict[str, str]:
    """Return what Claude Code reads of a subscription's allowance: until when it is used up."""
    if step.kind != "limit":
        return {}
    reset = str(int(time.time() + float(step.text)))
    return {
        "anthropic-ratelimit-unified-status": "rejected",
        "anthropic-ratelimit-unified-reset": reset,
        "anthropic-ratelimit-unified-representative-claim": "five_hour",
        "anthropic-ratelimit-unified-5h-status": "rejected",
        "anthropic-ratelimit-unified-5h-reset": reset,
        "x-should-retry": "false",
    }


def stream(message: Body) -> Iterator[str]:
    """Cut a whole message into the events of a stream, in the API's order."""
    for event in _stream_events(message):
        yield frame(event, event["type"])


def _content_block(step: Step) -> Body:
    match step.kind:
        case "say":
            return {"type": "text", "text": step.text}
        case "bash":
            name, tool_input = "Bash", {"command": step.text, "description": "A scripted command"}
        case _:
            name, tool_input = step.text, step.tool_input
    return {"type": "tool_use", "id": new_id("toolu"), "name": name, "input": tool_input}


def _stream_events(message: Body) -> Iterator[Body]:
    (block,) = message["content"]
    empty = {**message, "content": [], "stop_reason": None}
    yield {"type": "message_start", "message": empty}
    if block["type"] == "text":
        start = {**block, "text": ""}
        delta = {"type": "text_delta", "text": block["text"]}
    else:
        start = {**block, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    yield {"type": "content_block_start", "index": 0, "content_block": start}
    yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": message["stop_reason"], "stop_sequence": None},
        "usage": message["usage"],
    }
    yield {"type": "message_stop"}


MESSAGES = Protocol("/v1/messages", read_turns, build_answer, stream, build_error, error_headers)
