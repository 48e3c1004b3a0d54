"""The one line of a test run's output that tells how it went."""

import re

LINE_LENGTH_MAX = 80
"""Longest summary in characters: it stands on a card."""

TELLING = re.compile(
    r"\d+ (passed|failed|passing|failing|errors?)|^Ran \d+ tests?|^OK\b|^FAILED\b|^test result:"
)
"""How pytest, unittest, mocha, node's and cargo's runners say it."""


def summarise(output: str, *, has_passed: bool) -> str:
    """Return the last telling line; the last line, or a plain word, where none tells."""
    lines = [line.strip(" =\t") for line in output.splitlines() if line.strip(" =\t-")]
    telling = [line for line in lines if TELLING.search(line)]
    ran = next((line for line in telling if line.startswith("Ran ")), "")
    line = telling[-1] if telling else (lines[-1] if lines else "")
    if ran and line != ran:  # unittest says the count and the verdict on two lines
        line = f"{ran.partition(' in ')[0]}: {line}"
    return line[:LINE_LENGTH_MAX] or ("passed" if has_passed else "failed")
