"""Pausing: the agent ends, its conversation, worktree and ticket stay as they are."""

import json
import time

from rts.errors import OrderRefused, OutsideFailed
from rts.game import Game
from rts.orders.claim import claim
from rts.orders.ending import end_agent, keys_of
from rts.orders.look import judge_one
from rts.orders.tell import pane_lock
from rts.world.dialogs import find_dialog
from rts.world.events import about
from rts.world.evidence import Activity, Evidence, Judgement, Source
from rts.world.nouns import Worker

INTERRUPT_WAIT_S = 3.0
"""How long a running turn may take to stop before its agent is ended all the same."""

LOOK_S = 0.05
"""Pause between two looks while waiting."""

WHY = "paused by you"


def pause(game: Game, worker: Worker) -> None:
    """End the worker's agent; nothing in its worktree changes, and `resume` takes it up again.

    Raises:
        OrderRefused: it is paused or gone already, or not there yet.
        OutsideFailed: tmux does not answer.
    """
    with claim(game, worker), pane_lock(game, worker):
        judgement = judge_one(game, worker)
        # A pause that was killed halfway is carried on: its agent may still work.
        if judgement.activity is not Activity.PAUSED or not _lives(game, worker):
            refuse_unless_running(worker, judgement)
        if judgement.activity in (Activity.BUSY, Activity.STALLED):
            _interrupt(game, worker)
        # Before its end, so that nobody is told that it is gone, whatever breaks in between.
        game.store.note_down([pause_evidence(game, worker, "paused")])
        try:
            end_agent(game, worker, is_in_dialog=find_dialog(judgement) is not None)
        except BaseException:
            _take_back(game, worker)
            raise
        event = about(worker, "worker_paused", f"{worker.name} paused", game.now())
        game.store.record(event, pause_evidence(game, worker, "paused"))


def _take_back(game: Game, worker: Worker) -> None:
    """Let a pause that failed count no more, unless the agent has ended all the same."""
    try:
        is_alive = _lives(game, worker)
    except OutsideFailed:
        is_alive = True  # tmux does not answer: nothing has ended that we know of
    if is_alive:
        game.store.note_down([pause_evidence(game, worker, "resumed")])


def _lives(game: Game, worker: Worker) -> bool:
    pane = game.tmux.panes().get(worker.session_name)
    return pane is not None and not pane.is_dead


def refuse_unless_running(worker: Worker, judgement: Judgement) -> None:
    """See that there is an agent to end.

    Raises:
        OrderRefused: there is none.
    """
    name = worker.name
    if worker.started_at is None:
        raise OrderRefused(f"{name} is still being spawned.", "Pause it again in a moment.")
    if judgement.activity is Activity.PAUSED:
        raise OrderRefused(f"{name} is paused already.", f"Let it go on: rts resume {name}")
    if judgement.activity is Activity.GONE:
        raise OrderRefused(
            f"{name} is gone: {judgement.reason}. There is nothing to pause.",
            f"Take it up again: rts resume {name}",
        )


def pause_evidence(game: Game, worker: Worker, value: str) -> Evidence:
    """Return what is known of a pause from now on: `paused` or `resumed`."""
    detail = json.dumps({"why": WHY} if value == "paused" else {})
    return Evidence(worker.id, Source.PROCESS, "pause", game.now(), value, detail)


def _interrupt(game: Game, worker: Worker) -> None:
    """Stop the running turn, so that the conversation says how far it came."""
    keys = keys_of(worker).interrupt
    for key in keys:
        game.tmux.press(worker.session_name, key)
    deadline = time.monotonic() + (INTERRUPT_WAIT_S if keys else 0)
    while time.monotonic() < deadline:
        if judge_one(game, worker).activity not in (Activity.BUSY, Activity.STALLED):
            return
        time.sleep(LOOK_S)
