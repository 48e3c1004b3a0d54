"""Spawning: ticket → branch → worktree → session → agent, once per ticket and slot."""

import uuid
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType

from rts import paths
from rts.adapters import sandbox
from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.agents.program import AgentProgram
from rts.adapters.git.repository import Standing, common_folder, read_project_file, read_standing
from rts.adapters.git.worktrees import (
    add_worktree,
    delete_branch,
    remove_worktree,
    taken_call_signs,
)
from rts.adapters.knowledge import Knowledge
from rts.adapters.tmux import VERSION_MIN
from rts.errors import OrderRefused, RecordClash, RtsError
from rts.game import Game
from rts.orders.projects import worktree_path
from rts.orders.start import choose_sandbox, launch_of, start_agent
from rts.orders.watching import ensure_watch
from rts.world.brief import render_brief
from rts.world.events import about
from rts.world.evidence import Evidence, Source
from rts.world.names import branch_name, choose_call_sign
from rts.world.nouns import NoteUse, Project, Ticket, TicketStatus, Worker

RESERVE_TRIES_MAX = 50
"""How often a name or a cell that somebody else took meanwhile is chosen anew."""


def spawn(game: Game, project: Project, ticket: Ticket, agent: str = "") -> Worker:
    """Start a worker on `ticket`; on any failure nothing of it is left behind.

    Raises:
        OrderRefused: the ticket is taken or done, supply is used up, HEAD is detached, there is no
            agent program, …
        OutsideFailed: git or tmux failed.
    """
    program = choose_program(game, agent)
    _refuse_old_tmux(game)
    standing = read_standing(Path(project.root))
    _refuse_detached(standing)
    project_file = read_project_file(standing.root, standing.commit)
    ensure_watch(game)
    with ExitStack() as undo:
        worker = _reserve(game, project, ticket, program, standing)
        undo.push(partial(_release, game, ticket, worker))
        path = worktree_path(project, worker)
        add_worktree(standing.root, path, worker.branch, worker.base_commit, worker.name)
        undo.callback(delete_branch, standing.root, worker.branch)
        undo.callback(sandbox.release, common_folder(standing.root), worker.branch)
        undo.callback(remove_worktree, standing.root, path)
        notes = _prepare(game, ticket, worker, str(project_file.get("test", "")))
        undo.callback(game.tmux.end_session, worker.session_name)
        started = start_agent(game, ticket, worker)
        changed = standing.changed_count
        left_out = f", {changed} uncommitted files left out" if changed else ""
        words = f"{worker.name} spawned on {ticket.label} {ticket.title}{left_out}"
        event = about(worker, "worker_spawned", words, game.now())
        game.store.record(event, started, *notes)
        undo.pop_all()
    return started


def choose_program(game: Game, agent: str) -> AgentProgram:
    """Return the agent program called `agent`; the set or first installed one for an empty name.

    Raises:
        OrderRefused: it is unknown or not installed.
    """
    name = agent or game.settings.agent
    if not name:
        name = next((p.name for p in AGENT_PROGRAMS.values() if p.may_be_default and p.find()), "")
    if not name:
        raise OrderRefused(
            "No agent program is installed.",
            "Install Claude Code, or play with the built-in one: rts spawn --agent drill",
        )
    program = AGENT_PROGRAMS.get(name)
    if program is None:
        raise OrderRefused(
            f"Agent program “{name}” is unknown.", f"Known are: {', '.join(AGENT_PROGRAMS)}."
        )
    if program.find() is None:
        raise OrderRefused(f"{name} is not installed.", "See what is, with: rts doctor")
    return program


def read_version(program: AgentProgram) -> str:
    """Return what the program says of its version; empty when it does not answer."""
    try:
        return program.version()
    except RtsError:
        return ""


def _refuse_old_tmux(game: Game) -> None:
    if game.tmux.is_running():
        return  # it was new enough to start
    version = game.tmux.version()
    if version < VERSION_MIN:
        raise OrderRefused(
            f"tmux {version[0]}.{version[1]} is too old; 3.2 is the oldest that works.",
            "Install a newer tmux, then see: rts doctor",
        )


def _refuse_detached(standing: Standing) -> None:
    if not standing.branch:
        raise OrderRefused(
            f"{standing.root.name} stands on a detached HEAD, so there is no branch to land on.",
            "Go onto a branch first, for example: git switch main",
        )


def _reserve(
    game: Game, project: Project, ticket: Ticket, program: AgentProgram, standing: Standing
) -> Worker:
    """Enter the worker in the store: from now on nobody else can take ticket, name or cell."""
    for _ in range(RESERVE_TRIES_MAX):
        ticket = game.store.ticket(ticket.id)
        living = game.store.living_workers(None)
        _refuse_taken(game, project, ticket, living)
        worker = _new_worker(game, project, ticket, program, standing)
        start = Evidence(worker.id, Source.PROCESS, "spawn", game.now(), "its worktree is made")
        try:
            game.store.note_down([worker, replace(ticket, status=TicketStatus.IN_PROGRESS), start])
        except RecordClash:
            continue
        return worker
    raise OrderRefused("Too many workers are being spawned at once.", "Try again in a moment.")


def _refuse_taken(game: Game, project: Project, ticket: Ticket, living: list[Worker]) -> None:
    if ticket.status is TicketStatus.DONE:
        raise OrderRefused(
            f"Ticket {ticket.label} is done.", f'File what is left anew: rts new "{ticket.title}"'
        )
    if taken := next((w for w in living if w.ticket_id == ticket.id), None):
        raise OrderRefused(
            f"Ticket {ticket.label} has a worker already: {taken.name}.",
            f"Go there with: rts attach {taken.name}",
        )
    _refuse_crowd(game, living)


def refuse_without_supply(game: Game) -> None:
    """See that one more worker may live.

    Raises:
        OrderRefused: as many live as may.
    """
    _refuse_crowd(game, game.store.living_workers(None))


def _refuse_crowd(game: Game, living: list[Worker]) -> None:
    if len(living) >= game.settings.supply_limit:
        raise OrderRefused(
            f"Supply is used up: {len(living)} of {game.settings.supply_limit} workers live.",
            "Dismiss one (rts ls shows them), or raise supply_limit in settings.toml.",
        )


def _new_worker(
    game: Game, project: Project, ticket: Ticket, program: AgentProgram, standing: Standing
) -> Worker:
    root = Path(project.root)
    # Another store may have had workers here: what is theirs is never taken for ours.
    taken = {w.name for w in game.store.select(Worker)} | taken_call_signs(root)
    name = choose_call_sign(taken)
    cells = {w.cell_index for w in game.store.living_workers(project)}
    return Worker(
        id=uuid.uuid4().hex,
        project_id=project.id,
        ticket_id=ticket.id,
        slot=0,
        name=name,
        cell_index=next(index for index in range(len(cells) + 1) if index not in cells),
        agent=program.name,
        branch=branch_name(name, ticket.title),
        base_branch=standing.branch,
        base_commit=standing.commit,
        worktree=str((paths.worktrees_folder(root) / name).relative_to(root.parent)),
        session_name=f"w-{name}",
        conversation_id=str(uuid.uuid4()),
        host=game.host,
        spawned_at=game.now(),
        agent_version=read_version(program),
        is_sandboxed=choose_sandbox(game, program),
    )


def _prepare(game: Game, ticket: Ticket, worker: Worker, test_command: str) -> list[NoteUse]:
    """Make the run folder with the brief; return the notes given."""
    launch = launch_of(game, worker)
    knowledge = Knowledge(launch.worktree / game.settings.knowledge_folder)
    found = knowledge.search(f"{ticket.title}\n{ticket.body}", game.settings.note_count_max)
    notes = [note for note, _ in found]
    template = (paths.resource_folder("templates") / "brief.md").read_text()
    brief = render_brief(template, ticket, worker, notes, test_command)
    paths.answers_folder(launch.run_folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    game.inbox.prepare_for(worker.id)
    launch.brief.write_text(brief)
    return [NoteUse(worker.id, note.path, game.now()) for note in notes]


def _release(
    game: Game,
    ticket: Ticket,
    worker: Worker,
    _kind: type[BaseException] | None,
    error: BaseException | None,
    _trace: TracebackType | None,
) -> None:
    """Free the ticket, name and cell of a worker that could not start."""
    why = error.what if isinstance(error, RtsError) else type(error).__name__
    words = f"{worker.name} could not start: {why}"
    event = about(worker, "worker_start_failed", words, game.now())
    ended = replace(worker, dismissed_at=game.now())
    game.store.record(event, ended, replace(ticket, status=TicketStatus.OPEN))
