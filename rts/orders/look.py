"""Looking: the world as it is now, a pane, a diff. Changes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.tmux import Pane
from rts.errors import OrderRefused
from rts.game import Game
from rts.orders.projects import project_of, worktree_path
from rts.world.apm import Tempo, count_by_bucket
from rts.world.evidence import Evidence, Judgement, Source
from rts.world.judge import judge
from rts.world.names import find_worker
from rts.world.nouns import Project, Ticket, Worker
from rts.world.world import EVENT_COUNT_MAX, World

UNIT_SPARK_BUCKET, UNIT_SPARK_COUNT = timedelta(seconds=30), 10
"""A unit's mini-bar: the last five minutes."""

FLEET_SPARK_BUCKET, FLEET_SPARK_COUNT = timedelta(minutes=1), 20
"""The fleet's curve: the last twenty minutes."""


def look(game: Game, project: Project | None) -> World:
    """Return the world of `project`, of all projects for None: one look at store and sessions."""
    now = game.now()
    event_id = game.store.newest_event_id()  # first: what happens meanwhile is news for the next
    workers = game.store.living_workers(project)
    times = game.store.action_times(project, now - FLEET_SPARK_BUCKET * FLEET_SPARK_COUNT)
    times_by_worker: dict[str, list[datetime]] = defaultdict(list)
    for worker_id, at in times:
        times_by_worker[worker_id].append(at)
    tempo_by_worker = game.store.tempo_by_worker(project, now)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return World(
        event_id=event_id,
        project=project,
        tickets=tuple(_tickets(game, project, workers)),
        workers=tuple(workers),
        pull_requests=tuple(game.store.latest_pull_requests(project)),
        checks=tuple(game.store.latest_checks()),
        events=tuple(game.store.events(project, EVENT_COUNT_MAX)),
        judgement_by_worker=judge_all(game, workers, now),
        tempo_by_worker=tempo_by_worker,
        spark_by_worker={
            worker_id: tuple(count_by_bucket(ats, now, UNIT_SPARK_BUCKET, UNIT_SPARK_COUNT))
            for worker_id, ats in times_by_worker.items()
        },
        fleet_tempo=sum(tempo_by_worker.values(), Tempo()),
        fleet_spark=tuple(
            count_by_bucket((at for _, at in times), now, FLEET_SPARK_BUCKET, FLEET_SPARK_COUNT)
        ),
        refusal_by_worker=game.store.refusal_by_worker(),
        tokens_by_worker=game.store.tokens_by_worker(),
        landed_today_count=game.store.landed_count(project, midnight),
        supply_limit=game.settings.supply_limit,
    )


def _tickets(game: Game, project: Project | None, workers: Iterable[Worker]) -> list[Ticket]:
    """Return the open tickets and those of `workers`, although one may be dismissed meanwhile."""
    tickets = game.store.open_tickets(project)
    known = {ticket.id for ticket in tickets}
    missing = {worker.ticket_id for worker in workers} - known
    tickets += [game.store.ticket(ticket_id) for ticket_id in missing]
    return sorted(tickets, key=lambda ticket: ticket.number) if missing else tickets


def newest_event_id(game: Game) -> int:
    """Return the newest event's id: a higher one than a world's means that there is news."""
    return game.store.newest_event_id()


def find(game: Game, project: Project | None, handle: str) -> Worker:
    """Return the living worker that `handle` names.

    Raises:
        OrderRefused: nobody, or more than one, answers to it.
    """
    return find_worker(game.store.living_workers(project), game.store.tickets(project), handle)


def judge_all(game: Game, workers: Iterable[Worker], now: datetime) -> dict[str, Judgement]:
    """Return what each worker is doing, by worker id."""
    workers = list(workers)
    panes = game.tmux.panes() if workers else {}
    return {worker.id: judge_one(game, worker, panes, now) for worker in workers}


def judge_one(game: Game, worker: Worker, panes: Mapping[str, Pane], now: datetime) -> Judgement:
    """Return what one worker is doing, from the store's evidence and what is seen right now."""
    piece_by_kind = {(e.source, e.kind): e for e in game.store.evidence(worker)}
    for seen in see(worker, panes.get(worker.session_name), now):
        if is_news(seen, piece_by_kind.get((seen.source, seen.kind))):
            piece_by_kind[seen.source, seen.kind] = seen
    return judge(piece_by_kind.values(), now)


def is_news(seen: Evidence, stored: Evidence | None) -> bool:
    """Tell whether what is seen says more than what is stored: its first sight keeps its time."""
    return stored is None or stored.value != seen.value or seen.source is not Source.PROCESS


def see(worker: Worker, pane: Pane | None, now: datetime) -> list[Evidence]:
    """Return what is to be seen of a started worker right now: its pane, its published status."""
    if worker.started_at is None:
        return []
    program = AGENT_PROGRAMS[worker.agent]
    if pane is None:
        return [Evidence(worker.id, Source.PROCESS, "pane", now, "missing")]
    if pane.is_dead:
        code = "null" if pane.exit_code is None else pane.exit_code
        detail = f'{{"exit_code": {code}}}'
        return [Evidence(worker.id, Source.PROCESS, "pane", now, "dead", detail)]
    seen = [Evidence(worker.id, Source.PROCESS, "pane", worker.started_at, "alive")]
    if level := program.read_level(pane.pid, worker.id):
        seen.append(level)
    if not program.proves_submission:
        seen.append(Evidence(worker.id, Source.PROCESS, "output", pane.output_at, "output"))
    return seen


def peek(game: Game, worker: Worker, *, line_count: int = 0, has_colour: bool = False) -> str:
    """Return what the worker's pane shows, with `line_count` lines of history above it.

    Raises:
        OrderRefused: its session is gone.
    """
    if not game.tmux.has_session(worker.session_name):
        raise OrderRefused(
            f"{worker.name} has no session any more.",
            f"See its work with: rts diff {worker.name}",
        )
    return game.tmux.capture(worker.session_name, line_count=line_count, has_colour=has_colour)


def read_diff(game: Game, worker: Worker) -> str:
    """Return the unified diff of the worker's worktree against its base, untracked files included.

    Raises:
        OrderRefused: the worktree is gone.
    """
    from rts.adapters.git import changes

    return changes.read_diff(find_worktree(game, worker), worker.base_commit)


def find_worktree(game: Game, worker: Worker) -> Path:
    """Return the worker's worktree.

    Raises:
        OrderRefused: it is not there.
    """
    path = worktree_path(project_of(game, worker), worker)
    if not path.is_dir():
        raise OrderRefused(
            f"The worktree of {worker.name} is gone: {path}.",
            f"Its commits are on {worker.branch}; put it away with: rts dismiss {worker.name}",
        )
    return path
