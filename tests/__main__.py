"""All gates, in order: `python -m tests`. The first red one ends the run with exit code 1."""

import argparse
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.cleaning import tools_environment

TOP_FOLDER = Path(__file__).parent.parent

GATE_TIMEOUT_S = 25 * 60
"""Longest that one gate may take: all of them together are to stay below."""

PROCESS_COUNT_MAX = 4
"""Most test processes at once: each runs its own tmux servers and agents."""


@dataclass(frozen=True)
class Gate:
    """One program that must end with 0."""

    name: str
    argv: tuple[str, ...]
    is_quiet: bool = True
    """Only its last line is shown while it is green."""


CODE_GATES = (
    Gate("format", ("ruff", "format", "--check", "--quiet", ".")),
    Gate("lint", ("ruff", "check", ".")),
    Gate("types", ("mypy",)),
    Gate("floors", ("lint-imports",)),
)


def tests_gate(name: str, marks: str, *words: str) -> Gate:
    """Return the gate of the tests that carry `marks`, in an order of its own."""
    seed = random.randrange(10_000)  # printed, so that an order which fails can be had again
    argv = ("pytest", "-m", marks, "-p", "randomly", f"--randomly-seed={seed}", *words)
    return Gate(f"{name}, seed {seed}", argv, is_quiet=False)


def choose_gates(*, is_fast: bool, is_long: bool) -> tuple[Gate, ...]:
    """Return what is to be run."""
    parallel = ("-n", "auto", "--maxprocesses", str(PROCESS_COUNT_MAX))
    if is_long:
        return (tests_gate("long tests", "long", "--timeout", "3600"),)
    tests = tests_gate("tests", "not story and not long", *parallel)
    stories = tests_gate("stories", "story and not long", *parallel)
    return (*CODE_GATES, tests) if is_fast else (*CODE_GATES, tests, stories)


def pass_gate(gate: Gate) -> bool:
    """Run `gate`, say in one line how it went, and tell whether it is green."""
    print(f"→ {gate.name}", flush=True)
    started_at = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, *_module(gate.argv)],
            cwd=TOP_FOLDER,
            env=tools_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if gate.is_quiet else None,
            stderr=subprocess.STDOUT if gate.is_quiet else None,
            encoding="utf-8",
            timeout=GATE_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        print(f"✗ {gate.name}: not done within {GATE_TIMEOUT_S} s", flush=True)
        return False
    seconds = time.monotonic() - started_at
    lines = (done.stdout or "").strip().splitlines()
    if done.returncode != 0:
        print(*lines, f"✗ {gate.name}: exit {done.returncode}, {seconds:.1f} s", sep="\n")
        return False
    print(f"✓ {gate.name}: {seconds:.1f} s{'  ' + lines[-1] if lines else ''}", flush=True)
    return True


def _module(argv: tuple[str, ...]) -> list[str]:
    """Return `argv` for this very Python, whatever lies on the PATH."""
    if argv[0] == "lint-imports":  # it has no module to run, only a script beside this Python
        return ["-c", "from importlinter.cli import lint_imports_command as main; main()"]
    return ["-m", *argv]


def main() -> int:
    """Run the gates that the words on the command line ask for."""
    parser = argparse.ArgumentParser(prog="python -m tests", description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--fast", action="store_true", help="leave out the stories: under 90 s")
    which.add_argument("--long", action="store_true", help="chaos, soak and cuts instead")
    asked = parser.parse_args()
    started_at = time.monotonic()
    gates = choose_gates(is_fast=asked.fast, is_long=asked.long)
    if not all(pass_gate(gate) for gate in gates):
        return 1
    print(f"All {len(gates)} gates are green: {time.monotonic() - started_at:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
