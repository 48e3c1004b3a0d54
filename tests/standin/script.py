"""The script language: the prompt tells the stand-in what to do, one step per assistant turn.

    [[bash: pytest -q]]  [[tool: NAME {json}]]  [[say: text]]  [[status: 429]]  [[limit: 3600]]
    [[hang]]

`[[bash:]]` is whatever the agent program calls its shell tool. `[[limit: 3600]]` says that the
account's allowance is used up for so many seconds. `[[sleep: 1.5]]` delays the step after it. The
server keeps nothing: the conversation that a request carries holds both the script and how far it
was played.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

STEP_START = re.compile(r"\[\[(bash|tool|say|sleep|status|limit|hang)\b:?\s*")

STEP_END = re.compile(r"\]\](?!\])")
"""`]]]` closes a bracket of the text first."""

EPILOGUE = "That was the whole script."
SUMMARY = "Stand-in summary."
"""What a request without tools (a title, a summary) is answered with."""

Turn = tuple[str, str]
"""(role, text): `user` with one text, or `assistant` for one answer of the model's, whose text does
not matter."""


@dataclass(frozen=True)
class Step:
    """One assistant turn."""

    kind: str
    """`bash`, `tool`, `say`, `status`, `limit` or `hang`."""
    text: str = ""
    """A command, a tool's name, what is said, a status code, seconds."""
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


def choose_step(turns: Sequence[Turn], *, offers_tools: bool = True) -> Step:
    """Return the step that answers a conversation: the last text with steps is the script.

    An agent that resends several prompts in a row may merge them into one message: each of its
    texts is a turn of its own.
    """
    if not offers_tools:
        return Step("say", SUMMARY)
    turn_index = 0
    for role, text in reversed(turns):
        if role == "assistant":
            turn_index += 1
        elif steps := parse_script(text):
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
