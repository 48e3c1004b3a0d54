"""From a command line to a played session: reads what is given, and ends in order."""

import signal
from dataclasses import replace
from pathlib import Path
from types import FrameType

from rts.drill.agent import DrillAgent, GaveUp
from rts.drill.hooks import read_hooks
from rts.drill.scenario import Scenario, find_scenario, make_up_scenario, parse_scenario
from rts.drill.terminal import SessionEnded, Terminal
from rts.errors import RtsError


def run_drill(
    brief_path: Path,
    session_id: str,
    settings_path: Path | None = None,
    scenario_path: Path | None = None,
    loop_per_minute: float = 0.0,
) -> int:
    """Play the drill agent in the current folder until it is ended; return the exit code.

    Raises:
        RtsError: the brief, the settings or the scenario cannot be read.
    """
    brief = _read(brief_path, "brief")
    hooks = read_hooks(settings_path) if settings_path else ()
    scenario = choose_scenario(brief, session_id, scenario_path, loop_per_minute)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        with Terminal(eats_first_enter=scenario.eats_first_enter) as terminal:
            terminal.print(f"drill · {Path.cwd().name}")
            DrillAgent(scenario, hooks, terminal, session_id).play(brief)
    except SessionEnded:
        return 0
    except GaveUp as end:
        return end.exit_code
    raise AssertionError("a session ends only by being ended")


def choose_scenario(
    brief: str, session_id: str, scenario_path: Path | None, loop_per_minute: float
) -> Scenario:
    """Return what is to be played: the file, else the brief's own, else a loop, else a made up one.

    Raises:
        RtsError: a scenario is wrong.
    """
    written = (
        parse_scenario(_read(scenario_path, "scenario")) if scenario_path else find_scenario(brief)
    )
    if loop_per_minute:
        return replace(written or Scenario(), repeat_per_minute=loop_per_minute)
    return written or make_up_scenario(brief, Path.cwd(), session_id)


def _end(number: int, frame: FrameType | None) -> None:
    """End the session once; what comes while it is being ended is not heard any more."""
    for other in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise SessionEnded("other")


def _read(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise RtsError(
            f"The {name} {path} cannot be read: {error.strerror}.", "Give an existing file."
        ) from error
