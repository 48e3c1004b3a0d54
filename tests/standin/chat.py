"""OpenAI's Chat Completions, streaming, as OpenCode, Copilot CLI, Qwen Code, pi and aider need it.

https://platform.openai.com/docs/api-reference/chat
"""

import json
import time
from collections.abc import Iterator
from typing import Any

from tests.standin.protocol import Body, Protocol, count_tokens, frame, new_id
from tests.standin.script import Step, Turn

MODEL = "standin-1"

SHELL_TOOLS = ("bash", "run_shell_command")
"""What the clients call the tool that runs a command; the first that a request offers is used."""

TOOLLESS_AGENT_SIGN = "Act as an expert"
"""How aider's system prompt begins: an agent that works by what it says, and offers no tools."""


def read_turns(request: Body) -> list[Turn]:
    """Return who said what; each text of a prompt is a turn of its own."""
    turns: list[Turn] = []
    for message in request.get("messages", []):
        if message["role"] == "assistant":
            turns.append(("assistant", ""))
        elif message["role"] == "user":
            turns += [("user", text) for text in _texts(message.get("content"))]
    return turns


def offers_tools(request: Body) -> bool:
    """Tell whether an agent at work asks, and not one that wants a title or a summary."""
    if request.get("tools"):
        return True
    first = request.get("messages", [])[:1]
    return any(TOOLLESS_AGENT_SIGN in text for m in first for text in _texts(m.get("content")))


def build_answer(step: Step, request: Body, input_tokens: int) -> Body:
    """Return the whole completion that plays `step`."""
    message: Body = {"role": "assistant", "content": step.text}
    if step.kind != "say":
        message = {"role": "assistant", "content": None, "tool_calls": [_build_call(step, request)]}
    output_tokens = count_tokens(json.dumps(message))
    reason = "stop" if step.kind == "say" else "tool_calls"
    return {
        "id": new_id("chatcmpl"),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request.get("model", MODEL),
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {
            "prompt_tokens": input_tokens,
            "completion_tokens": output_tokens,
            "total_tokens": input_tokens + output_tokens,
            "prompt_tokens_details": {"cached_tokens": 0},
        },
    }


def stream(answer: Body) -> Iterator[str]:
    """Cut a whole completion into the frames of a stream, in the API's order."""
    (choice,) = answer["choices"]
    shared = {**answer, "object": "chat.completion.chunk"}
    usage = shared.pop("usage")
    delta = dict(choice["message"])
    if calls := delta.get("tool_calls"):
        delta["tool_calls"] = [{"index": index, **call} for index, call in enumerate(calls)]
    for part, reason in ((delta, None), ({}, choice["finish_reason"])):
        choices = [{"index": 0, "delta": part, "finish_reason": reason}]
        yield frame({**shared, "choices": choices})
    yield frame({**shared, "choices": [], "usage": usage})
    yield frame("[DONE]")


def build_error(step: Step) -> tuple[int, Body]:
    """Return HTTP status and body of a scripted failure."""
    status = 429 if step.kind == "limit" else int(step.text)
    code = {401: "invalid_api_key", 429: "rate_limit_exceeded"}.get(status, "server_error")
    words = f"scripted {step.kind} {step.text}".strip()
    return status, {"error": {"message": words, "type": code, "code": code}}


def _build_call(step: Step, request: Body) -> Body:
    name, arguments = step.text, step.tool_input
    if step.kind == "bash":
        name = _choose_shell(request)
        arguments = {"command": step.text, "description": "A scripted command"}
    function = {"name": name, "arguments": json.dumps(arguments)}
    return {"id": new_id("call"), "type": "function", "function": function}


def _choose_shell(request: Body) -> str:
    offered = {tool.get("function", {}).get("name") for tool in request.get("tools", [])}
    return next((name for name in SHELL_TOOLS if name in offered), SHELL_TOOLS[0])


def _texts(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content]
    return [part["text"] for part in content or [] if isinstance(part.get("text"), str)]


CHAT = Protocol(
    path=r"(/v1)?/chat/completions",
    read_turns=read_turns,
    build_answer=build_answer,
    stream=stream,
    build_error=build_error,
    offers_tools=offers_tools,
)
