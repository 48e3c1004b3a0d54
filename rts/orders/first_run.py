"""The first start: whether it is one, what is on this machine, which agent program is chosen."""

import tempfile
import tomllib
from pathlib import Path

from rts import paths
from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.agents.program import AgentProgram
from rts.adapters.process import run
from rts.adapters.tmux import VERSION_MIN
from rts.errors import OrderRefused, OutsideFailed, RtsError
from rts.game import Game
from rts.orders.spawn import choose_program
from rts.settings import parse_settings
from rts.world.nouns import Project, Ticket
from rts.world.opening import Opening, Tool

PLAYS = "drill"
"""The agent program that travels with us and needs no account."""


def is_first_run(game: Game) -> bool:
    """Tell whether nobody has filed a ticket here or seen the opening."""
    was_seen = paths.opening_seen_path(game.home).exists()
    return not was_seen and not game.store.count_rows(Ticket)


def note_seen(game: Game) -> None:
    """Never show the opening again. What cannot be written is shown once more, no worse."""
    path = paths.opening_seen_path(game.home)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError:
        return


def look_around(game: Game, project: Project | None) -> Opening:
    """Return what is on this machine; runs programs, so it may take a second or two."""
    agents = sorted(map(_look_at_agent, _offered()), key=lambda tool: not tool.is_there)
    return Opening(
        tools=(_look_at_git(), _look_at_tmux(game)),
        agents=tuple(agents),
        agent=_default_agent(game),
        settings_file=str(paths.settings_path()),
        has_project=project is not None,
    )


def choose_agent(name: str) -> str:
    """Write `agent = "<name>"` into the settings; return what was done, in one sentence.

    The line goes to the top, where no table has begun yet; all else stays as it is.

    Raises:
        OrderRefused: the settings name an agent already.
        OutsideFailed: they cannot be written.
    """
    path, line = paths.settings_path(), f'agent = "{name}"'
    try:
        text = path.read_text() if path.exists() else ""
        if "agent" in tomllib.loads(text):
            raise OrderRefused(f"{path} names an agent already.", f"Put there: {line}")
        parse_settings(tomllib.loads(f"{line}\n{text}"))
        _replace(path, f"{line}\n{text}")
    except (OSError, ValueError) as error:
        raise OutsideFailed(f"{path} was not changed: {error}.", f"Put there: {line}") from error
    return f"{path} says now: {line}"


def _replace(path: Path, text: str) -> None:
    """Put `text` in place at once, through a link to where the file truly lies."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".rts-") as aside:
        file = Path(aside, path.name)
        file.write_text(text)
        if path.exists():
            file.chmod(path.stat().st_mode & 0o777)
        file.replace(path)


def _offered() -> list[AgentProgram]:
    """Return the programs that can be chosen without saying more about them."""
    return [program for program in AGENT_PROGRAMS.values() if program.name != "generic"]


def _look_at_agent(program: AgentProgram) -> Tool:
    if program.find() is None:
        return Tool(program.name, "not installed", False, program.install_hint)
    words = "plays a worker; no account, no model" if program.name == PLAYS else program.version()
    return Tool(program.name, words or "installed", True)


def _default_agent(game: Game) -> str:
    """Return what `rts spawn` would start; empty when it would refuse."""
    try:
        return choose_program(game, "").name
    except OrderRefused:
        return ""


def _look_at_git() -> Tool:
    try:
        return Tool("git", run(["git", "--version"]).words.removeprefix("git version "), True)
    except RtsError:
        return Tool("git", "missing", False, "apt-get install git")


def _look_at_tmux(game: Game) -> Tool:
    hint = "apt-get install tmux"
    try:
        version = game.tmux.version()
    except RtsError:
        return Tool("tmux", "missing", False, hint)
    words = ".".join(map(str, version))
    if version < VERSION_MIN:
        return Tool("tmux", f"{words} is too old", False, f"3.2 or newer: {hint}")
    return Tool("tmux", words, True)
