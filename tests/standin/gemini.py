"""Google's Gemini API, as far as Gemini CLI needs it: generateContent and its stream.

https://ai.google.dev/api/generate-content; what the CLI asks was seen with its version 0.61.0.
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.standin.protocol import Body, Protocol, count_tokens, frame, new_id
from tests.standin.script import Step, Turn

MODEL = "gemini-standin-1"

SHELL_TOOL = "run_shell_command"

ERROR_KINDS = {401: "UNAUTHENTICATED", 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE"}


def read_turns(request: Body) -> list[Turn]:
    """Return who said what; each text of a prompt is a turn of its own."""
    turns: list[Turn] = []
    for content in request.get("contents", []):
        if content.get("role") == "model":
            turns.append(("assistant", ""))
        else:
            turns += [("user", part["text"]) for part in content["parts"] if "text" in part]
    return turns


def build_answer(step: Step, request: Body, input_tokens: int) -> Body:
    """Return the whole answer; to a request for JSON, the smallest object that it allows.

    Before a turn the CLI asks so which model the turn deserves, and goes on asking until it can
    read the answer.
    """
    settings = request.get("generationConfig", {})
    schema = settings.get("responseJsonSchema") or settings.get("responseSchema")
    if schema and not request.get("tools"):
        part: Body = {"text": json.dumps(_smallest(schema))}
    else:
        part = _build_part(step)
    output_tokens = count_tokens(json.dumps(part))
    content = {"role": "model", "parts": [part]}
    return {
        "candidates": [{"content": content, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {
            "promptTokenCount": input_tokens,
            "cachedContentTokenCount": 0,
            "candidatesTokenCount": output_tokens,
            "totalTokenCount": input_tokens + output_tokens,
        },
        "modelVersion": MODEL,
        "responseId": new_id("response"),
    }


def stream(answer: Body) -> Iterator[str]:
    """Return the only frame of a stream: the API, too, may say everything in one."""
    yield frame(answer)


def build_error(step: Step) -> tuple[int, Body]:
    """Return HTTP status and body of a scripted failure."""
    status = 429 if step.kind == "limit" else int(step.text)
    words = f"scripted {step.kind} {step.text}".strip()
    kind = ERROR_KINDS.get(status, "INTERNAL")
    return status, {"error": {"code": status, "message": words, "status": kind}}


def _build_part(step: Step) -> Body:
    match step.kind:
        case "say":
            return {"text": step.text}
        case "bash":
            name, arguments = SHELL_TOOL, {"command": step.text, "description": "A script's step"}
        case _:
            name, arguments = step.text, step.tool_input
    return {"functionCall": {"id": new_id("call"), "name": name, "args": arguments}}


def _smallest(schema: Body) -> Any:
    match str(schema.get("type", "")).lower():
        case "object":
            fields = schema.get("properties", {})
            return {name: _smallest(fields.get(name, {})) for name in schema.get("required", ())}
        case "integer" | "number":
            return 1
        case "boolean":
            return False
        case "array":
            return []
    return str(next(iter(schema.get("enum", ())), ""))


GEMINI = Protocol(
    path=r"/v1beta/models/[^/]+:(stream)?[gG]enerateContent",
    read_turns=read_turns,
    build_answer=build_answer,
    stream=stream,
    build_error=build_error,
    is_streamed=lambda path, request: ":streamGenerateContent" in path,
)
