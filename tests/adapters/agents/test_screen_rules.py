"""What is read off Claude Code's screen, recorded with 2.1.329 from a private tmux."""

import json
from datetime import UTC, datetime

import pytest

from rts.adapters.agents.screen_rules import find_keys, read_screen, read_title
from tests.adapters.agents.recorded import SAMPLES_FOLDER

AT = datetime(2026, 11, 21, tzinfo=UTC)

PROMPT = "─" * 80 + "\n❯ \n" + "─" * 80 + "\n  ⏸ manual mode on · ? for shortcuts\n"


def read(text: str) -> tuple[str, str] | None:
    evidence = read_screen("claude", "2.1.329", "w1", text, AT)
    return (evidence.value, json.loads(evidence.detail).get("reason", "")) if evidence else None


def recorded(name: str) -> str:
    return (SAMPLES_FOLDER / f"pane_{name}.txt").read_text()


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("trust", "dialog", "trust this folder"),
        ("api_key", "dialog", "API key"),
        ("settings_warning", "dialog", "settings file"),
        ("welcome", "dialog", "first-run questions"),
        ("permission", "permission", ""),
        ("permission_20_columns", "permission", ""),
        ("question", "question", ""),
        ("busy", "busy", ""),
        ("usage_limit", "limit", "Usage limit reached · limit resets 2:21pm"),
        ("retry", "limit", "500 scripted status 500 · retrying in 2s · attempt 5/10"),
        ("retry_second", "busy", ""),
    ],
)
def test_a_recorded_screen_says(name: str, value: str, reason: str) -> None:
    said = read(recorded(name))

    assert said is not None
    assert said[0] == value
    assert reason in said[1]


@pytest.mark.parametrize("name", ["failed", "interrupted", "busy_20_columns"])
def test_a_recorded_screen_on_which_nothing_stands_says_nothing(name: str) -> None:
    assert read(recorded(name)) is None


QUOTED = [
    " Do you want to proceed?\n ❯ 1. Yes\n   2. No\n Esc to cancel · Tab to amend",
    "[ ! ] Action Required",
    " Enter to confirm · Esc to cancel",
    "Enter to select · ↑/↓ to navigate · Esc to cancel",
    " Quick safety check: Is this a project you trust?\n Enter to confirm · Esc to cancel",
    "✻ 429 rate limit · retrying in 3s · attempt 4/10",
    "⏸ manual mode on · esc to interrupt",
]


@pytest.mark.parametrize("quoted", QUOTED, ids=lambda text: text.strip()[:20])
@pytest.mark.parametrize("indent", ["  ", "     "], ids=["said", "printed"])
def test_output_that_quotes_another_agents_prompt_says_nothing(quoted: str, indent: str) -> None:
    output = "● It printed:\n" + "\n".join(indent + line for line in quoted.splitlines())

    assert read(f"{output}\n{PROMPT}") is None


def test_what_the_commander_types_says_nothing() -> None:
    typed = PROMPT.replace("❯ ", "❯ Do you want to proceed? 1. Yes · Esc to cancel")

    assert read(typed) is None


@pytest.mark.parametrize(
    ("title", "value"), [("◐ Claude Code", "busy"), ("⠂ shop", "busy"), ("✳ Claude Code", "idle")]
)
def test_a_title_tells_work_from_rest(title: str, value: str) -> None:
    evidence = read_title("claude", "2.1.329", "w1", title, AT)

    assert evidence is not None
    assert evidence.value == value


def test_what_to_press_is_known() -> None:
    keys = find_keys("claude", "2.1.329")

    assert keys.allow == ("Enter",)
    assert keys.interrupt == ("Escape",)
