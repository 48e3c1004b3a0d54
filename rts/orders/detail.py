"""Looking closer at one worker: what its card shows beside the world's facts."""

import json

from rts.errors import RtsError
from rts.game import Game
from rts.orders.look import find_worktree
from rts.world.detail import PORT_COUNT_MAX, UnitDetail
from rts.world.evidence import CONTEXT, Source
from rts.world.nouns import Event, Worker
from rts.world.prices import estimate_cost_usd, find_model
from rts.world.territory import Footprint


def read_detail(game: Game, worker: Worker) -> UnitDetail:
    """Return what the card shows. Starts programs: not for every worker, not at every beat.

    What cannot be read is left out: a worktree may be gone, a session ended.
    """
    uses = game.store.ledger.uses_by_model(worker)
    model, context_tokens, limit_tokens = _read_context(game, worker)
    told = _find_told(game, worker)
    footprint = _read_footprint(game, worker)
    return UnitDetail(
        worker.id,
        added_count=sum(file.added_count for file in footprint.files),
        removed_count=sum(file.removed_count for file in footprint.files),
        file_count=footprint.file_count,
        model=model,
        context_tokens=context_tokens,
        context_limit_tokens=limit_tokens,
        token_count=sum(u.input_tokens + u.cached_tokens + u.output_tokens for u in uses),
        cost_usd=estimate_cost_usd(uses) if uses else None,
        ports=_find_ports(game, worker),
        told_text=json.loads(told.detail).get("text", "") if told else "",
        told_at=told.at if told else None,
        queued_texts=tuple(
            tell.text for tell in game.store.queued_tells() if tell.worker_id == worker.id
        ),
    )


def _read_footprint(game: Game, worker: Worker) -> Footprint:
    """Return what the worker changed; nothing where its worktree cannot be read."""
    from rts.adapters.git.footprints import find_base, read_footprint

    try:
        worktree = find_worktree(game, worker)
        base = find_base(worktree, worker.base_branch, worker.base_commit)
        return read_footprint(worktree, worker.id, "", base)
    except RtsError:
        return Footprint(worker.id)


def _read_context(game: Game, worker: Worker) -> tuple[str, int, int]:
    """Return model, tokens and limit, as the agent program tells them, else by the newest use."""
    newest = game.store.ledger.newest_use(worker)
    if newest is None:
        return "", 0, 0
    model, used, limit = newest.model, newest.input_tokens + newest.cached_tokens, 0
    for piece in game.store.evidence(worker):
        if (piece.source, piece.kind) == (Source.TRANSCRIPT, CONTEXT):
            # The worker's own: what was used last may be a subagent's, with another model.
            said = json.loads(piece.detail)
            model, used = said.get("model", model), int(piece.value)
            limit = said.get("limit_tokens", 0)
    known = find_model(model)
    return model, used, limit or (known.context_limit_tokens if known else 0)


def _find_told(game: Game, worker: Worker) -> Event | None:
    told = "kind = 'worker_told' AND worker_id = ? ORDER BY at DESC LIMIT 1"
    return next(iter(game.store.select(Event, told, worker.id)), None)


def _find_ports(game: Game, worker: Worker) -> tuple[int, ...]:
    from rts.adapters import ports  # psutil: only who looks closer pays for it

    try:
        pane = game.tmux.panes().get(worker.session_name)
    except RtsError:
        return ()
    pid = pane.pid if pane and not pane.is_dead else None
    found = ports.find_ports(pid, ("RTS_WORKER", worker.id), worker.agent)
    return tuple(found[:PORT_COUNT_MAX])
