"""Speaking to a worker: a message typed and proven to be submitted, a permission answered."""

import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from unicodedata import category

from rts import paths
from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.agents.hooks import decision
from rts.adapters.process import wait_for_lock
from rts.errors import OrderRefused, OutsideFailed
from rts.game import Game
from rts.orders.look import judge_one
from rts.orders.watching import ensure_watch
from rts.world.events import about
from rts.world.evidence import Activity, Evidence, Judgement, Source
from rts.world.nouns import PullRequestState, Worker

SUBMIT_TIMEOUT_S = 12.0
"""Longest wait for the agent's own word that it took a message."""

ENTER_AGAIN_S = 2.5
"""After this long without a proof, Enter is pressed again: a terminal program may swallow the first
one right after a paste."""

ANSWER_TIMEOUT_S = 5.0
"""Longest wait for a permission hook to take its answer: it looks five times a second."""

LOOK_S = 0.05
"""Pause between two looks at the store while waiting."""

CLOCK_SLACK = timedelta(milliseconds=50)
"""File times are coarser than the clock: a hook file may seem this much older than it is."""

PROOF_LENGTH = 200
"""How many first characters (white space aside) must come back: agents wrap and trim a prompt, and
Claude Code puts a long paste between tags of its own."""


def tell(game: Game, worker: Worker, text: str) -> Evidence:
    """Type `text` to `worker`, submit it, and return the agent's own proof that it was submitted.

    Raises:
        OrderRefused: nothing to say, or the worker cannot be told anything now; nothing was typed.
        OutsideFailed: it was typed, but no proof came.
    """
    text = _check_text(text)
    judgement = _judge(game, worker)
    refuse_unless_tellable(worker, judgement)
    _refuse_landed(game, worker, judgement)
    ensure_watch(game)
    with wait_for_lock(paths.lock_path(game.home, f"pane-{worker.id}")):
        sent_at = game.now() - CLOCK_SLACK
        game.tmux.paste(worker.session_name, text)
        proof = _submit(game, worker, text, sent_at)
    words = f"{worker.name} told: {_first_line(text)}"
    game.store.record(about(worker, "worker_told", words, game.now(), text=text))
    return proof


def refuse_unless_tellable(worker: Worker, judgement: Judgement) -> None:
    """See that a message typed now would reach the agent's prompt.

    Raises:
        OrderRefused: a permission is asked for, the agent is gone or not there yet.
    """
    match judgement.activity:
        case Activity.GONE:
            raise OrderRefused(
                f"{worker.name} is gone: {judgement.reason}.",
                f"See its last words with: rts peek {worker.name}",
            )
        case Activity.STARTING:
            raise OrderRefused(
                f"{worker.name} is still starting.", "Tell it again in a few seconds."
            )
        case Activity.BLOCKED if _find_request(judgement):
            raise OrderRefused(
                f"{worker.name} {judgement.reason}; a message would be typed into that dialog.",
                f"Answer it with: rts answer {worker.name} yes (or no)",
            )
        # A trust or login dialog has no hook, and Enter there may mean "No, exit".
        case Activity.BLOCKED if _shows_dialog(judgement):
            raise OrderRefused(
                f"{worker.name} {judgement.reason}; a message would be typed into that dialog.",
                f"Answer it there: rts attach {worker.name}",
            )
        case Activity.ASKING if _find_request(judgement):
            raise OrderRefused(
                f"{worker.name} shows a list to choose from: {judgement.reason}.",
                f"Choose there: rts attach {worker.name}",
            )
        case _:
            return


def _refuse_landed(game: Game, worker: Worker, judgement: Judgement) -> None:
    """See that what is asked for can still land: a merged pull request takes nothing more."""
    pull_request = game.store.pull_request_of(worker)
    is_merged = pull_request is not None and pull_request.state is PullRequestState.MERGED
    if is_merged and judgement.activity is Activity.DONE:
        raise OrderRefused(
            f"{worker.name} has landed; what it does now would land nowhere.",
            'File what is left as a ticket of its own: rts new "…"',
        )


def answer(game: Game, worker: Worker, text: str) -> None:
    """Answer the permission (`yes`, `no`, or no with a reason) or the question of `worker`.

    Raises:
        OrderRefused: it asks for nothing.
        OutsideFailed: the answer was not taken.
    """
    judgement = _judge(game, worker)
    request = _find_request(judgement)
    if judgement.activity is Activity.ASKING and request is None:
        tell(game, worker, text)
        return
    if judgement.activity is not Activity.BLOCKED or request is None:
        raise OrderRefused(
            f"{worker.name} asks for nothing now: {judgement.reason}.",
            f'Say something to it with: rts tell {worker.name} "TEXT"',
        )
    name = json.loads(request.detail)["request"]
    folder = paths.answers_folder(paths.run_folder(game.home, worker.id))
    with wait_for_lock(paths.lock_path(game.home, f"pane-{worker.id}")):
        _hand_over(folder, name, decision(text))
    words = f"{worker.name} answered: {_first_line(text)} ({request.value})"
    game.store.record(about(worker, "worker_answered", words, game.now(), text=text))


def _hand_over(folder: Path, name: str, words: str) -> None:
    """Put the answer where the waiting hook looks, and see that it is taken."""
    folder.mkdir(parents=True, exist_ok=True)
    draft, path = folder / f".{name}", folder / name
    draft.write_text(words)
    draft.rename(path)
    deadline = time.monotonic() + ANSWER_TIMEOUT_S
    while path.exists():
        if time.monotonic() > deadline:
            path.unlink(missing_ok=True)
            raise OutsideFailed(
                "Nobody waits for this answer any more.", "Answer in its pane: rts attach WORKER"
            )
        time.sleep(LOOK_S)


def _submit(game: Game, worker: Worker, text: str, sent_at: datetime) -> Evidence:
    program = AGENT_PROGRAMS[worker.agent]
    game.tmux.press(worker.session_name, "Enter")
    if not program.proves_submission:
        raise OutsideFailed(
            f"Typed to {worker.name}, but {program.name} gives no proof that it was submitted.",
            f"See for yourself: rts peek {worker.name}",
        )
    begun = time.monotonic()
    pressed = begun
    while time.monotonic() - begun < SUBMIT_TIMEOUT_S:
        if proof := _find_proof(game, worker, text, sent_at):
            return proof
        if time.monotonic() - pressed > ENTER_AGAIN_S:
            refuse_unless_tellable(worker, _judge(game, worker))
            game.tmux.press(worker.session_name, "Enter")
            pressed = time.monotonic()
        time.sleep(LOOK_S)
    raise OutsideFailed(
        f"Typed to {worker.name}, but it has not said that it took the message.",
        f"See what it does: rts peek {worker.name}",
    )


def _find_proof(game: Game, worker: Worker, text: str, sent_at: datetime) -> Evidence | None:
    for piece in game.store.evidence(worker):
        if piece.kind == "UserPromptSubmit" and piece.at >= sent_at:
            taken = _squeeze(json.loads(piece.detail).get("prompt", ""))
            if _squeeze(text)[:PROOF_LENGTH] in taken:
                return piece
    return None


def _squeeze(text: str) -> str:
    return "".join(text.split())


def _find_request(judgement: Judgement) -> Evidence | None:
    return next((e for e in judgement.counted if e.kind == "PermissionRequest"), None)


def _shows_dialog(judgement: Judgement) -> bool:
    return any(e.source is Source.LEVEL and e.value == "permission" for e in judgement.counted)


def _judge(game: Game, worker: Worker) -> Judgement:
    return judge_one(game, worker, game.tmux.panes(), game.now())


def _check_text(text: str) -> str:
    # Control characters would be keys to the agent's terminal, and ESC could end the paste early.
    clean = "".join(s for s in text if s in "\n\t" or category(s) not in ("Cc", "Cs")).strip()
    if not clean:
        raise OrderRefused("There is nothing to tell.", 'For example: rts tell falcon-1 "go on"')
    return clean


def _first_line(text: str) -> str:
    line = text.strip().splitlines()[0]
    return line if len(line) <= 80 else f"{line[:79]}…"
