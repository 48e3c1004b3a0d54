"""Starting an agent program for a worker: the run folder's files, the scripts, the session.

`start.sh` sets the environment and becomes what stands before the agent (`rts pane`, the sandbox);
`agent.sh` becomes the agent. Both may be read, and run again by hand.
"""

import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from rts import paths
from rts.adapters import sandbox
from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.agents.program import AgentProgram, Launch, StatusReport
from rts.adapters.git.repository import common_folder
from rts.adapters.run_files import remove, remove_foreign, write_anew
from rts.adapters.tmux import shell_line
from rts.errors import OutsideFailed
from rts.game import Game
from rts.orders.projects import project_of, worktree_path
from rts.pane.run import own_argv
from rts.world.nouns import Ticket, Worker


@dataclass(frozen=True)
class Way:
    """How an agent is to be started."""

    is_resumed: bool = False
    words: str = ""
    """What is said first to a resumed agent; empty: nothing."""


def launch_of(game: Game, worker: Worker, way: Way | None = None) -> Launch:
    """Return what the worker's agent program must know to start; nothing is written."""
    folder = paths.run_folder(game.home, worker.id)
    is_resumed, words = (way.is_resumed, way.words) if way else (False, "")
    return Launch(
        worker_id=worker.id,
        worktree=worktree_path(project_of(game, worker), worker),
        run_folder=folder,
        inbox=game.inbox.folder_of(worker.id),
        conversation_id=worker.conversation_id,
        brief=paths.brief_path(folder),
        generic_argv=game.settings.generic.argv,
        is_resumed=is_resumed,
        words=paths.words_path(folder) if words else None,
        skips_permissions=worker.is_sandboxed,
        version=worker.agent_version,
    )


def choose_sandbox(game: Game, program: AgentProgram) -> bool:
    """Tell whether an agent of `program` can run inside the sandbox, without asking."""
    is_wanted = game.settings.is_sandboxed and program.can_skip_permissions
    return is_wanted and not sandbox.probe()


def why_unboxed(game: Game, program: AgentProgram) -> str:
    """Return in one phrase why an agent of `program` asks instead; empty when it is sandboxed."""
    if not program.can_skip_permissions:
        return f"{program.name} always asks"
    if not game.settings.is_sandboxed:
        return "the sandbox is off in settings.toml"
    return sandbox.probe()


def start_agent(game: Game, ticket: Ticket, worker: Worker, way: Way | None = None) -> Worker:
    """Write the scripts and start the session; return the worker as started, not yet recorded.

    Raises:
        OutsideFailed: tmux refused, or the run folder cannot be written.
    """
    launch = launch_of(game, worker, way)
    try:
        _clear_run_folder(launch)
        game.inbox.prepare_for(worker.id)
        if launch.words:
            write_anew(launch.run_folder, launch.words, way.words if way else "")
        _write_scripts(game, worker, launch)
    except OSError as error:
        raise OutsideFailed(
            f"The files of {worker.name} cannot be written: {error}.",
            f"Look into {launch.run_folder}",
        ) from error
    started_at = game.now()
    game.tmux.start_session(
        worker.session_name,
        launch.run_folder,
        shell_line(["/bin/sh", str(paths.start_path(launch.run_folder))]),
        paths.agent_environment(),
        f"{ticket.label} {ticket.title}",
    )
    return replace(worker, started_at=started_at)


def _clear_run_folder(launch: Launch) -> None:
    """Remove what the last life left there: an agent may have put anything in any place."""
    folder = launch.run_folder
    remove_foreign(folder, paths.pull_request_path(folder))
    remove(paths.status_path(folder))
    remove(paths.agent_pid_path(folder))
    for left in paths.agent_sessions_folder(folder).glob("*.json"):
        remove(left)


def _write_scripts(game: Game, worker: Worker, launch: Launch) -> None:
    program = AGENT_PROGRAMS[worker.agent]
    program.write_files(launch)
    agent_script = paths.agent_script_path(launch.run_folder)
    line = program.command_line(launch)
    words = f"#!/bin/sh\n# Becomes the agent of {worker.name}.\n{line}\n"
    write_anew(launch.run_folder, agent_script, words)
    before = [*_proxy(game, program, launch), *_walls(game, worker, launch)]
    exports = "\n".join(
        f"export {name}={shlex.quote(str(value))}"
        for name, value in _environment(game, worker, launch).items()
    )
    start = f"""\
#!/bin/sh
# How {worker.name} was started; may be run again by hand.
{exports}
{_listener(game, worker, launch)}cd {shlex.quote(str(launch.worktree))} || exit 1
exec {_spread([*before, "/bin/sh", str(agent_script)])}
"""
    write_anew(launch.run_folder, paths.start_path(launch.run_folder), start)


def _spread(argv: list[str]) -> str:
    """Return a command for people to read: each option on a line of its own."""
    lines: list[list[str]] = [[]]
    for word in argv:
        if word.startswith("--") and lines[-1]:
            lines.append([])
        lines[-1].append(word)
    return " \\\n    ".join(shlex.join(line) for line in lines)


def _environment(game: Game, worker: Worker, launch: Launch) -> dict[str, object]:
    return {
        "RTS_HOME": game.home,
        "RTS_SETTINGS": paths.settings_path(),
        "RTS_WORKER": worker.id,
        "RTS_INBOX": launch.inbox,
        "RTS_RUN": launch.run_folder,
        "RTS_PULL_REQUEST": paths.pull_request_path(launch.run_folder),
    }


def _proxies(game: Game, program: AgentProgram) -> bool:
    return game.settings.has_pane_proxy and program.status_report is StatusReport.ASKED


def _listens(game: Game, program: AgentProgram) -> bool:
    """Tell whether the pane's output must be read: nothing stands before the agent to do it."""
    return program.status_report is not StatusReport.NEVER and not _proxies(game, program)


def _proxy(game: Game, program: AgentProgram, launch: Launch) -> list[str]:
    return [*own_argv(), "--"] if _proxies(game, program) else []


def _listener(game: Game, worker: Worker, launch: Launch) -> str:
    """Return the line that lets `rts pane` read what the pane prints; nothing when it need not.

    It is done before the agent begins, so that not a byte is missed.
    """
    if not _listens(game, AGENT_PROGRAMS[worker.agent]):
        return ""
    places = ["--run", str(launch.run_folder), "--inbox", str(launch.inbox)]
    argv = [*own_argv(), *places, "--worker", worker.id, "--listen"]
    # tmux(1), pipe-pane: the command is expanded like a status line.
    command = f"exec {shlex.join(argv)}".replace("#", "##").replace("%", "%%")
    return f'[ -z "$TMUX_PANE" ] || tmux pipe-pane -t "$TMUX_PANE" {shlex.quote(command)}\n'


def _walls(game: Game, worker: Worker, launch: Launch) -> list[str]:
    """Return the words that put the sandbox around the agent; none when it runs without."""
    if not worker.is_sandboxed:
        return []
    program = AGENT_PROGRAMS[worker.agent]
    return sandbox.build_argv(
        sandbox.Cell(
            worktree=launch.worktree,
            git_folder=common_folder(launch.worktree),
            branch=worker.branch,
            run_folder=launch.run_folder,
            inbox=launch.inbox,
            state_folder=game.home,
            home=Path.home(),
            places=program.places(launch),
        )
    )
