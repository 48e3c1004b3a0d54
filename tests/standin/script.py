"""The script language: the prompt tells the stand-in what to do, one step per assistant turn.

    [[bash: pytest -q]]  [[tool: NAME {json}]]  [[say: text]]  [[status: 429]]  [[hang]]

`[[sleep: 1.5]]` delays the step after it. The server keeps nothing: the conversation that a request
carries holds both the script and how far it was played.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

STEP_START = re.compile(r"\[\[(bash|tool|say|sleep|status|hang)\b:?\s*")

STEP_END = re.compile(r"\]\](?!\])")
"""`]]]` closes a bracket of the text first."""

EPILOGUE = "That was the whole script."
SUMMARY = "Stand-in summary."
"""What a request without tools (a title, a summary) is answered with."""


@dataclass(frozen=True)
class Step:
    """One assistant turn."""

    kind: str
    """`bash`, `tool`, `say`, `status` or `hang`."""
    text: str = ""
    """A command, a tool's name, what is said, a status code."""
    tool_input: dict[str, Any] = field(default_factory=dict)
    delay_s: float = 0.0


def parse_script(text: str) -> list[Step]:
    """Return the steps in a prompt; everything around them is ignored."""
    steps: list[Step] = []
    delay_s, at = 0.0, 0
    while start := STEP_START.search(text, at):
        kind = start[1]
        name, tool_input, at = _read_inside(kind, text, start.end())
        if kind == "sleep":
            delay_s += float(name)
            continue
        steps.append(Step(kind, name, tool_input, delay_s))
        delay_s = 0.0
    return steps


def choose_step(request: dict[str, Any]) -> Step:
    """Return the step that answers a Messages API request."""
    if not request.get("tools"):
        return Step("say", SUMMARY)
    messages = request.get("messages", [])
    for index in range(len(messages) - 1, -1, -1):
        if steps := _find_script(messages[index]):
            turn_index = sum(m["role"] == "assistant" for m in messages[index + 1 :])
            return steps[turn_index] if turn_index < len(steps) else Step("say", EPILOGUE)
    return Step("say", EPILOGUE)


def _read_inside(kind: str, text: str, at: int) -> tuple[str, dict[str, Any], int]:
    tool_input: dict[str, Any] = {}
    name_start = at
    if kind == "tool":
        brace = text.index("{", at)
        tool_input, at = json.JSONDecoder().raw_decode(text, brace)
        end = STEP_END.search(text, at)
        assert end, f"a step is not closed: {text[name_start:]}"
        return text[name_start:brace].strip(), tool_input, end.end()
    end = STEP_END.search(text, at)
    assert end, f"a step is not closed: {text[name_start:]}"
    return text[name_start : end.start()].strip(), tool_input, end.end()


def _find_script(message: dict[str, Any]) -> list[Step]:
    """Return the script of a user message: the last text with steps, for an agent that resends
    several prompts in a row merges them into one message."""
    if message["role"] != "user":
        return []
    content = message["content"]
    texts = (
        [content]
        if isinstance(content, str)
        else [block["text"] for block in content if block["type"] == "text"]
    )
    return next((steps for text in reversed(texts) if (steps := parse_script(text))), [])
