"""Resuming: the agent starts again with its own conversation, by its recorded id, or not at all."""

import json
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rts.adapters.agents import AGENT_PROGRAMS
from rts.errors import OrderRefused, RtsError
from rts.game import Game
from rts.orders.claim import claim
from rts.orders.ending import end_agent
from rts.orders.look import judge_all, judge_one
from rts.orders.pause import pause_evidence
from rts.orders.spawn import read_version
from rts.orders.start import Way, choose_sandbox, launch_of, start_agent
from rts.orders.tell import await_proof, make_event, pane_lock
from rts.orders.watching import ensure_watch
from rts.orders.wording import as_typed, clean_text
from rts.world.events import about
from rts.world.evidence import Activity, Evidence, Judgement, Source
from rts.world.judge import SIGNALLED
from rts.world.nouns import PullRequestState, Worker

SHORT_LIFE = timedelta(seconds=10)
"""An agent that ends within this time of its start has not begun to work."""

SHORT_LIVES_MAX = 2
"""So many short lives in a row are no accident: whatever ends the agent must be looked at."""


@dataclass(frozen=True)
class Recovery:
    """What became of one worker that had lost its agent."""

    worker: Worker
    error: RtsError | None = None
    """Why it could not be resumed; None: it goes on."""


def resume(game: Game, worker: Worker, words: str = "", *, is_fresh: bool = False) -> Worker:
    """Start the agent of a paused or gone worker again; return the worker as started.

    It goes on with its recorded conversation, and `words` are said to it first. With `is_fresh` it
    begins a new conversation with its brief. Whether it runs in the sandbox is decided anew.

    Raises:
        OrderRefused: it lives, cannot be resumed, or its conversation is not there any more;
            nothing was started.
        NotProven: it was started, but has not said that it took `words`.
        OutsideFailed: tmux refused.
    """
    words = clean_text(words) if words else ""
    if words and is_fresh:
        raise OrderRefused(
            "A fresh start begins with the brief, so nothing can be said before it.",
            f'Say it afterwards: rts tell {worker.name} --when idle "TEXT"',
        )
    ensure_watch(game)
    with claim(game, worker), pane_lock(game, worker):
        worker = game.store.worker(worker.id) or worker  # as it is now: another may have resumed it
        judgement = judge_one(game, worker)
        _refuse_living(worker, judgement)
        starts = _count_starts(game, worker, judgement)
        worker = _prepare(game, worker, is_fresh=is_fresh)
        if not is_fresh:
            _refuse_lost(game, worker)
        was_paused = judgement.activity is Activity.PAUSED
        with ExitStack() as undo:
            before = pause_evidence(game, worker, "paused" if was_paused else "resumed")
            undo.callback(lambda: game.store.note_down([replace(before, at=game.now())]))
            # From here on nobody takes the old pane's end, or the new one's beginning, for news.
            game.store.note_down([pause_evidence(game, worker, "resuming")])
            end_agent(game, worker)  # a tool call of the last life may still run
            way = Way(is_resumed=not is_fresh, words=as_typed(words) if words else "")
            started = start_agent(game, game.store.ticket(worker.ticket_id), worker, way)
            undo.pop_all()
        said = "began anew with its brief" if is_fresh else "resumed with its own conversation"
        event = about(
            worker, "worker_resumed", f"{worker.name} {said}", game.now(), is_fresh=is_fresh
        )
        game.store.record(event, started, starts, pause_evidence(game, worker, "resumed"))
    if words and AGENT_PROGRAMS[worker.agent].proves_submission:
        proof = await_proof(game, started, words, started.started_at or game.now())
        game.store.record(make_event(game, started, words, proof))
    return started


def recover(game: Game) -> list[Recovery]:
    """Resume every worker of every project that lost its agent to a reboot, a kill or a crash.

    Paused and landed workers stay as they are, and so do those whose agent ended by itself.
    """
    ensure_watch(game)
    workers = [w for w in game.store.living_workers(None) if w.started_at and w.host == game.host]
    judgements = judge_all(game, workers, game.now())
    lost = [w for w in workers if was_lost(judgements[w.id]) and not _has_landed(game, w)]
    return [_recover(game, worker, judgements[worker.id]) for worker in lost]


def was_lost(judgement: Judgement) -> bool:
    """Tell whether the agent did not end by itself: its session is missing, or a signal came."""
    if judgement.activity is not Activity.GONE:
        return False
    pane = next((e for e in judgement.counted if e.kind == "pane"), None)
    if pane is None or pane.value not in ("missing", "dead"):
        return False
    code = json.loads(pane.detail).get("exit_code")
    return pane.value == "missing" or code is None or code >= SIGNALLED


def _recover(game: Game, worker: Worker, judgement: Judgement) -> Recovery:
    try:
        _refuse_short_lived(game, worker, judgement)
        return Recovery(resume(game, worker))
    except RtsError as error:
        words = f"{worker.name} could not be recovered: {error.what}"
        game.store.record(about(worker, "recovery_failed", words, game.now(), reason=error.what))
        return Recovery(worker, error)


def _refuse_living(worker: Worker, judgement: Judgement) -> None:
    if worker.started_at is None:
        raise OrderRefused(f"{worker.name} is still being spawned.", "See it with: rts ls")
    if judgement.activity not in (Activity.PAUSED, Activity.GONE):
        raise OrderRefused(
            f"{worker.name} lives: {judgement.reason}.",
            f'Say something to it with: rts tell {worker.name} "TEXT"',
        )


def _prepare(game: Game, worker: Worker, *, is_fresh: bool) -> Worker:
    """Return the worker as it is to be started.

    Raises:
        OrderRefused: its agent program is not installed any more.
    """
    program = AGENT_PROGRAMS[worker.agent]
    if program.find() is None:
        raise OrderRefused(f"{program.name} is not installed.", "See what is, with: rts doctor")
    return replace(
        worker,
        conversation_id=str(uuid.uuid4()) if is_fresh else worker.conversation_id,
        is_sandboxed=choose_sandbox(game, program),
        agent_version=read_version(program),
    )


def _refuse_lost(game: Game, worker: Worker) -> None:
    """See that the recorded conversation can be taken up: never start a blank one instead."""
    program = AGENT_PROGRAMS[worker.agent]
    anew = f"Start anew with the brief: rts resume {worker.name} --fresh"
    if not program.can_resume:
        raise OrderRefused(f"{program.name} cannot take up a conversation again.", anew)
    launch = launch_of(game, worker, Way(is_resumed=True))
    if program.find_conversation(launch) is None:
        raise OrderRefused(
            f"The conversation of {worker.name} is not there any more: {worker.conversation_id},"
            f" of {program.name} in {launch.worktree}.",
            anew,
        )


def _has_landed(game: Game, worker: Worker) -> bool:
    pull_request = game.store.pull_request_of(worker)
    return pull_request is not None and pull_request.state is PullRequestState.MERGED


def _count_starts(game: Game, worker: Worker, judgement: Judgement) -> Evidence:
    """Return evidence of how many short lives in a row the worker has behind it."""
    count = str(count_short_lives(worker.started_at, judgement))
    return Evidence(worker.id, Source.PROCESS, "starts", game.now(), count)


def count_short_lives(started_at: datetime | None, judgement: Judgement) -> int:
    """Return how many of the worker's last lives, this one included, ended at once."""
    pane = next((e for e in judgement.evidence if e.kind == "pane"), None)
    if judgement.activity is not Activity.GONE or pane is None or started_at is None:
        return 0
    if pane.at - started_at > SHORT_LIFE:
        return 0
    before = next((e for e in judgement.evidence if e.kind == "starts"), None)
    return 1 + (int(before.value) if before else 0)


def _refuse_short_lived(game: Game, worker: Worker, judgement: Judgement) -> None:
    count = count_short_lives(worker.started_at, judgement)
    if count >= SHORT_LIVES_MAX:
        raise OrderRefused(
            f"{worker.name} ended at once {count} times in a row: {judgement.reason}.",
            f"See why: rts peek {worker.name}; then by hand: rts resume {worker.name}",
        )
