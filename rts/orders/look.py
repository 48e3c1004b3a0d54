"""Looking: the world as it is now, a pane, a diff. Changes nothing."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from rts.errors import OrderRefused, OutsideFailed, RtsError
from rts.game import Game
from rts.orders.projects import project_of, worktree_path
from rts.orders.see import join, see_all
from rts.world.apm import Tempo
from rts.world.evidence import Evidence, Judgement
from rts.world.judge import give_up, judge
from rts.world.names import find_worker
from rts.world.nouns import Project, Ticket, Worker
from rts.world.quota import find_quotas
from rts.world.sight import Sight, Window
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
    sparks = game.store.count_by_bucket(project, now, UNIT_SPARK_BUCKET, UNIT_SPARK_COUNT)
    fleet = game.store.count_by_bucket(project, now, FLEET_SPARK_BUCKET, FLEET_SPARK_COUNT)
    tempo_by_worker = game.store.tempo_by_worker(project, now)
    judgement_by_worker = judge_all(game, workers, now)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return World(
        event_id=event_id,
        project=project,
        tickets=tuple(_tickets(game, project, workers)),
        workers=tuple(workers),
        pull_requests=tuple(game.store.latest_pull_requests(project)),
        checks=tuple(game.store.latest_checks()),
        events=tuple(game.store.events(project, EVENT_COUNT_MAX)),
        judgement_by_worker=judgement_by_worker,
        tempo_by_worker=tempo_by_worker,
        spark_by_worker={worker_id: tuple(counts) for worker_id, counts in sparks.items()},
        fleet_tempo=sum(tempo_by_worker.values(), Tempo()),
        fleet_spark=tuple(map(sum, zip(*fleet.values(), strict=True))) or (0,) * FLEET_SPARK_COUNT,
        refusal_by_worker=game.store.refusal_by_worker(),
        tokens_by_worker=game.store.tokens_by_worker(),
        queued_by_worker=_count_queued(game),
        groups=_living_groups(game, project, workers),
        landed_today_count=game.store.landed_count(project, midnight),
        supply_limit=game.settings.supply_limit,
        tokens_today=game.store.ledger.tokens_since(project.id if project else "", midnight, now),
        quotas=find_quotas(judgement_by_worker.values(), now),
    )


def _count_queued(game: Game) -> dict[str, int]:
    """Return how many messages wait for each worker, by worker id."""
    return dict(Counter(tell.worker_id for tell in game.store.queued_tells()))


def _living_groups(
    game: Game, project: Project | None, workers: Iterable[Worker]
) -> dict[int, tuple[str, ...]]:
    """Return the living workers of each control group that has any left, by its number."""
    living = {worker.id for worker in workers}
    groups = {
        group.number: tuple(worker_id for worker_id in group.worker_ids if worker_id in living)
        for group in game.store.control_groups(project)
    }
    return {number: worker_ids for number, worker_ids in groups.items() if worker_ids}


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
    """Return what each worker is doing, by worker id: stored and seen evidence, judged."""
    workers = list(workers)
    if not workers:
        return {}
    stored = game.store.evidence_by_worker(workers)
    seen = see_all(game, workers, stored, game.tmux.panes(), now)
    return {
        worker.id: _judge_safely(stored.get(worker.id, []), seen[worker.id], now)
        for worker in workers
    }


def _judge_safely(stored: list[Evidence], seen: list[Evidence], now: datetime) -> Judgement:
    """Judge one worker; whatever is strange about it does not hide the others."""
    try:
        return judge(join(stored, seen).values(), now)
    except Exception as error:  # noqa: BLE001  agents told what is judged, and it may be anything
        return give_up(stored, now, error)


def judge_one(game: Game, worker: Worker) -> Judgement:
    """Return what one worker is doing right now."""
    return judge_all(game, [worker], game.now())[worker.id]


def peek(game: Game, worker: Worker, *, line_count: int = 0, has_colour: bool = False) -> str:
    """Return what the worker's pane shows, with `line_count` lines of history above it.

    Raises:
        OrderRefused: its session is gone.
    """
    name = worker.session_name
    try:
        return game.tmux.capture(name, line_count=line_count, has_colour=has_colour)
    except OutsideFailed as error:
        raise explain_missing(game, worker, error) from error


def see_pane(game: Game, worker: Worker, window: Window) -> Sight:
    """Return some lines of the worker's pane, with colours and with where its cursor is.

    Raises:
        OrderRefused: its session is gone.
    """
    try:
        return game.tmux.see(worker.session_name, window)
    except OutsideFailed as error:
        raise explain_missing(game, worker, error) from error


def explain_missing(game: Game, worker: Worker, error: OutsideFailed) -> RtsError:
    """Return what to say when tmux would not show a pane: that it is gone, where that is why."""
    if game.tmux.has_session(worker.session_name):
        return error
    return OrderRefused(
        f"{worker.name} has no session any more.",
        f"See its work with: rts diff {worker.name}",
    )


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
