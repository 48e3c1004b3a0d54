"""Messages that wait until their worker is idle; the watch delivers them, one at a time."""

import uuid
from dataclasses import replace
from enum import Enum, auto

from rts.adapters.agents import AGENT_PROGRAMS
from rts.errors import NotProven, OrderRefused, RtsError
from rts.game import Game
from rts.orders.look import judge_one
from rts.orders.tell import deliver, find_proof, make_event, pane_lock, refuse_landed, tell
from rts.orders.watching import ensure_watch
from rts.orders.wording import clean_text, first_line
from rts.world.dialogs import find_dialog
from rts.world.events import about
from rts.world.evidence import Activity, Evidence, Judgement
from rts.world.nouns import QueuedTell, Worker

BEING_TYPED = "being typed"
"""Outcome of a message that may stand in the prompt: it is never typed a second time."""

IDLE = frozenset({Activity.DONE, Activity.ASKING})


def queue_tell(game: Game, worker: Worker, text: str) -> QueuedTell:
    """Keep `text` for the worker until it is done or asks a plain question.

    Raises:
        OrderRefused: nothing to say, or nobody there who will ever be idle.
    """
    text = clean_text(text)
    judgement = judge_one(game, worker)
    if not AGENT_PROGRAMS[worker.agent].proves_submission:
        raise OrderRefused(
            f"{worker.agent} tells neither when it is idle nor what it took.",
            f'Type to it now: rts tell {worker.name} "TEXT"',
        )
    if judgement.activity is Activity.GONE:
        raise OrderRefused(
            f"{worker.name} is gone: {judgement.reason}.",
            f'Take it up again, saying it: rts resume {worker.name} "TEXT"',
        )
    refuse_landed(game, worker, judgement)
    ensure_watch(game)
    queued = QueuedTell(uuid.uuid4().hex, worker.id, text, game.now())
    words = f"{worker.name} will be told when idle: {first_line(text)}"
    game.store.record(about(worker, "tell_queued", words, game.now(), text=text), queued)
    return queued


def tell_or_queue(game: Game, worker: Worker, text: str) -> QueuedTell | None:
    """Tell an idle worker at once, return None; queue for a busy one, or behind what waits.

    Raises:
        OrderRefused: it can be told nothing now.
        NotProven: it was typed, but no proof came.
    """
    is_busy = judge_one(game, worker).activity in (Activity.BUSY, Activity.STARTING)
    if is_busy or queued_of(game, worker):
        return queue_tell(game, worker, text)
    tell(game, worker, text)
    return None


def queued_of(game: Game, worker: Worker) -> list[QueuedTell]:
    """Return the messages that wait for the worker, oldest first."""
    return [queued for queued in game.store.queued_tells() if queued.worker_id == worker.id]


def withdraw(game: Game, worker: Worker) -> int:
    """Withdraw what waits for the worker; return how many messages those were.

    One that is being typed is waited for: it is told, or waits again and is withdrawn.

    Raises:
        OrderRefused: none waits.
    """
    with pane_lock(game, worker):
        ended = end_queued(game, worker)
        if not ended:
            raise OrderRefused(f"Nothing waits for {worker.name}.", "See what waits: rts queue")
        words = f"{worker.name}: {len(ended)} queued withdrawn"
        game.store.record(about(worker, "tell_withdrawn", words, game.now()), *ended)
    return len(ended)


def withdraw_one(game: Game, worker: Worker, queued: QueuedTell) -> None:
    """Withdraw one message that waits for the worker.

    Raises:
        OrderRefused: it waits no more: it was told, or given up.
    """
    with pane_lock(game, worker):
        found = _as_stored(game, queued)
        if found is None:
            raise OrderRefused(
                f"“{first_line(queued.text)}” waits no more for {worker.name}.",
                "See what became of it: rts events",
            )
        words = f"{worker.name}: withdrawn: {first_line(queued.text)}"
        event = about(worker, "tell_withdrawn", words, game.now(), text=queued.text)
        game.store.record(event, replace(found, ended_at=game.now(), outcome="withdrawn"))


def end_queued(game: Game, worker: Worker) -> list[QueuedTell]:
    """Return what waits for the worker, as withdrawn; it is still to be recorded."""
    now = game.now()
    return [replace(q, ended_at=now, outcome="withdrawn") for q in queued_of(game, worker)]


def is_idle(judgement: Judgement) -> bool:
    """Tell whether the worker's prompt is open and it works at nothing."""
    return judgement.activity in IDLE and find_dialog(judgement) is None


class Delivery(Enum):
    """How a try to deliver a queued message ended."""

    WAITS = auto()
    """Nothing was tried: the worker is not idle."""
    FAILED = auto()
    OVER = auto()
    """It was told, or given up with an event that says why."""


def deliver_queued(
    game: Game, worker: Worker, queued: QueuedTell, *, is_last_try: bool
) -> Delivery:
    """Try to deliver a message.

    It is marked before it is typed: a watch that was killed meanwhile looks for the proof, then
    only presses Enter, and never types it again.
    """
    with pane_lock(game, worker):
        found = _as_stored(game, queued)
        if found is None:
            return Delivery.OVER  # withdrawn while we waited
        if not is_idle(judge_one(game, worker)):
            return Delivery.WAITS
        return _deliver_held(game, worker, found, is_last_try=is_last_try)


def _deliver_held(game: Game, worker: Worker, queued: QueuedTell, *, is_last_try: bool) -> Delivery:
    is_typed = queued.outcome == BEING_TYPED
    if is_typed and (proof := find_proof(game, worker, queued.text, queued.queued_at)):
        _end(game, worker, queued, proof)
        return Delivery.OVER
    game.store.note_down([replace(queued, outcome=BEING_TYPED)])
    try:
        proof = deliver(game, worker, queued.text, is_typed=is_typed)
    except OrderRefused as error:
        # Nothing was typed: it has become busy, or it has landed.
        _put_back(game, queued)
        if is_idle(judge_one(game, worker)):
            give_up(game, worker, queued, error)
            return Delivery.OVER
        return Delivery.WAITS
    except RtsError as error:
        if not isinstance(error, NotProven) and not is_typed:
            _put_back(game, queued)
        if is_last_try:
            give_up(game, worker, queued, error)
        return Delivery.OVER if is_last_try else Delivery.FAILED
    _end(game, worker, queued, proof)
    return Delivery.OVER


def _as_stored(game: Game, queued: QueuedTell) -> QueuedTell | None:
    """Return the message as it is now; None when it waits no more."""
    waiting = (one for one in game.store.queued_tells() if one.id == queued.id)
    return next(waiting, None)


def _put_back(game: Game, queued: QueuedTell) -> None:
    if _as_stored(game, queued):  # a dismissal withdraws without the pane's lock
        game.store.note_down([queued])


def _end(game: Game, worker: Worker, queued: QueuedTell, proof: Evidence) -> None:
    ended = replace(queued, ended_at=game.now(), outcome="told")
    game.store.record(make_event(game, worker, queued.text, proof), ended)


def give_up(game: Game, worker: Worker, queued: QueuedTell, error: Exception) -> None:
    """Deliver a message no more, and say why; nothing when it was withdrawn meanwhile."""
    if _as_stored(game, queued) is None:
        return
    why, hint = (error.what, error.hint) if isinstance(error, RtsError) else (repr(error), "")
    words = f"{worker.name} was not told: {why} {hint}".rstrip()
    event = about(worker, "tell_failed", words, game.now(), text=queued.text, reason=why)
    game.store.record(event, replace(queued, ended_at=game.now(), outcome=why))
