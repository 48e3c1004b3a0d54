"""OpenAI's Responses API, as far as Codex needs it."""

import json
import time
from collections.abc import Iterator

from tests.standin.protocol import Body, Protocol, count_tokens, frame, new_id
from tests.standin.script import Step, Turn

MODEL = "standin-1"

ANSWER_ITEMS = frozenset({"function_call", "custom_tool_call"})
"""Items that are an answer of the model's, as is a message of the assistant's."""


def read_turns(request: Body) -> list[Turn]:
    """Return each text of a user message, and each answer, as a turn."""
    items = request.get("input", [])
    if isinstance(items, str):
        return [("user", items)]
    turns: list[Turn] = []
    for item in items:
        kind = item.get("type", "message")
        if kind in ANSWER_ITEMS or (kind == "message" and item["role"] == "assistant"):
            turns.append(("assistant", ""))
        elif kind == "message" and item["role"] == "user":
            content = item["content"]
            texts = [content] if isinstance(content, str) else [b.get("text", "") for b in content]
            turns.extend(("user", text) for text in texts)
    return turns


def build_answer(step: Step, request: Body, input_tokens: int) -> Body:
    """Return a response with one output item; half of its input counts as cached."""
    item = _output_item(step)
    output_tokens = count_tokens(json.dumps(item))
    return {
        "id": new_id("resp"),
        "object": "response",
        "created_at": int(time.time()),
        "status": "completed",
        "model": request.get("model", MODEL),
        "output": [item],
        "usage": {
            "input_tokens": input_tokens,
            "input_tokens_details": {"cached_tokens": input_tokens // 2},
            "output_tokens": output_tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": input_tokens + output_tokens,
        },
    }


def build_error(step: Step) -> tuple[int, Body]:
    """Return an error of the API; a limit names the second at which it ends."""
    if step.kind == "limit":
        resets_at = int(time.time() + float(step.text))
        words = {"type": "usage_limit_reached", "message": "The usage limit has been reached"}
        return 429, {"error": {**words, "plan_type": "plus", "resets_at": resets_at}}
    status = int(step.text)
    kind = {401: "invalid_api_key", 429: "rate_limit_exceeded"}.get(status, "server_error")
    return status, {
        "error": {"message": f"scripted status {status}", "type": kind, "code": kind},
    }


def stream(response: Body) -> Iterator[str]:
    """Cut a whole response into the events of a stream, in the API's order."""
    for event in _stream_events(response):
        yield frame(event, event["type"])


def _output_item(step: Step) -> Body:
    if step.kind == "say":
        content = {"type": "output_text", "text": step.text, "annotations": []}
        return {
            "type": "message",
            "id": new_id("msg"),
            "role": "assistant",
            "status": "completed",
            "content": [content],
        }
    name, arguments = step.text, step.tool_input
    if step.kind == "bash":
        name, arguments = "exec_command", {"cmd": step.text}
    return {
        "type": "function_call",
        "id": new_id("fc"),
        "call_id": new_id("call"),
        "name": name,
        "arguments": json.dumps(arguments),
        "status": "completed",
    }


def _stream_events(response: Body) -> Iterator[Body]:
    (item,) = response["output"]
    empty = {**response, "status": "in_progress", "output": [], "usage": None}
    yield {"type": "response.created", "response": empty}
    if item["type"] == "message":
        at = {"item_id": item["id"], "output_index": 0}
        started = {**item, "status": "in_progress", "content": []}
        yield {"type": "response.output_item.added", "output_index": 0, "item": started}
        (content,) = item["content"]
        delta = {**at, "content_index": 0, "delta": content["text"]}
        yield {"type": "response.output_text.delta", **delta}
    else:
        started = {**item, "status": "in_progress", "arguments": ""}
        yield {"type": "response.output_item.added", "output_index": 0, "item": started}
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    yield {"type": "response.completed", "response": response}


RESPONSES = Protocol("/v1/responses", read_turns, build_answer, stream, build_error)
