"""What a drill agent plays: read from a fenced block in its brief, from a file, or made up."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rts.drill.steps import (
    HINT,
    Commit,
    PullRequestStep,
    Read,
    Run,
    Say,
    Step,
    Think,
    Write,
    check_value,
    parse_step,
)
from rts.errors import RtsError

FENCE = re.compile(r"^ {0,3}(`{3,})drill[ \t]*\n(.*?)^ {0,3}\1[ \t]*$", re.MULTILINE | re.DOTALL)
"""The fenced block; a longer fence may hold a shorter one."""

KNOWN_KEYS = ("step", "on_tell", "repeat", "eats_first_enter")


@dataclass(frozen=True)
class Scenario:
    """The steps of one drill agent."""

    steps: tuple[Step, ...] = ()
    on_tell: tuple[Step, ...] = ()
    """Played at each message that comes after the steps are done."""
    repeat_per_minute: float = 0.0
    """Tool calls a minute after the steps, until the agent is ended or cut short; 0: none."""
    eats_first_enter: bool = False
    """The first Enter after each paste does nothing."""


def find_scenario(brief: str) -> Scenario | None:
    """Return the scenario in a brief's first block fenced as `drill`, or None without one.

    Raises:
        RtsError: the block is no scenario.
    """
    block = FENCE.search(brief)
    return parse_scenario(block.group(2)) if block else None


def parse_scenario(text: str) -> Scenario:
    """Return the scenario written in TOML: `[[step]]` and `[[on_tell]]` tables, `repeat = N`,
    `eats_first_enter = true`.

    Raises:
        RtsError: it is no TOML, or a key or step is wrong; the message says where.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RtsError(f"The scenario is no TOML: {error}.", HINT) from error
    if unknown := sorted(table.keys() - set(KNOWN_KEYS)):
        raise RtsError(
            f"The scenario has an unknown key “{unknown[0]}”.", f"It has: {', '.join(KNOWN_KEYS)}."
        )
    return Scenario(
        _parse_steps(table, "step"),
        _parse_steps(table, "on_tell"),
        check_value(table.get("repeat", 0.0), float, "repeat"),
        check_value(table.get("eats_first_enter", False), bool, "eats_first_enter"),
    )


def _parse_steps(table: Mapping[str, Any], key: str) -> tuple[Step, ...]:
    steps = table.get(key, [])
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise RtsError(f"In the scenario, “{key}” must be a list of tables.", HINT)
    return tuple(parse_step(step, f"{key} {i}") for i, step in enumerate(steps, start=1))


def make_up_scenario(brief: str, folder: Path, session_id: str) -> Scenario:
    """Return the default scenario: look around, write a file, test, commit, hand in.

    The written file is named for the ticket and the session, so that two drill agents never
    write the same one. Reads `folder` once, for a file to look at and the test command.
    """
    title = find_title(brief)
    words = "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:40].strip("-") or "work"
    path = f"drill/{words}-{session_id[:8]}.md"
    test_command = read_test_command(folder)
    tests = (Run(test_command),) if test_command else ()
    hand_in = PullRequestStep(
        title=title,
        summary=f"A drill: `{path}` says what was asked. No model thought about it.",
        assumptions="That a drill is what was wanted.",
        tests="{tests}" if test_command else "`.rts.toml` names no test command.",
        lessons=f"`{path}` was written by the drill agent and can be deleted.",
    )
    return Scenario(
        steps=(
            Say(f"I take “{title}”. First I look around."),
            Run("git log --oneline -5"),
            *([Read(first)] if (first := _choose_file(folder)) else []),
            Think(1.0),
            Write(path, f"# {title}\n\nA drill agent was here and read the ticket.\n"),
            *tests,
            Commit(f"Drill: {title}"),
            hand_in,
            Say("The pull request is handed in."),
        ),
        on_tell=(
            Say("I take that in."),
            Write(path, f"# {title}\n\nTold: {{answer}}\n"),
            *tests,
            Commit(f"Drill: rework {title}"),
            hand_in,
            Say("Reworked and handed in again."),
        ),
    )


def find_title(brief: str) -> str:
    """Return the words of the brief's first heading, else of its first line that has any."""
    lines = [line.strip() for line in brief.splitlines() if line.strip()]
    heading = next((line for line in lines if line.startswith("#")), lines[0] if lines else "")
    return heading.lstrip("# ").strip() or "A drill"


def read_test_command(folder: Path) -> str:
    """Return the test command that `.rts.toml` in `folder` names, or an empty string."""
    try:
        table = tomllib.loads((folder / ".rts.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    command = table.get("test", "")
    return command if isinstance(command, str) else ""


def _choose_file(folder: Path) -> str:
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    readable = [name for name in names if name.endswith((".md", ".toml", ".py", ".json", ".txt"))]
    return readable[0] if readable else ""
