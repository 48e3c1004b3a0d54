"""Speaking to a worker: a message typed, submitted, and proven to be."""

import json
import re
import time
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from rts import paths
from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.agents.screen_rules import find_keys, find_typed
from rts.adapters.process import wait_for_lock
from rts.errors import NotProven, OrderRefused
from rts.game import Game
from rts.orders.look import judge_one
from rts.orders.watching import ensure_watch
from rts.orders.wording import (
    PROOF_LENGTH,
    SHIELD,
    as_typed,
    clean_text,
    first_line,
    is_in,
)
from rts.world.dialogs import find_dialog, wants_permission
from rts.world.events import about
from rts.world.evidence import Activity, Evidence, Judgement
from rts.world.nouns import Event, PullRequestState, Worker

SUBMIT_TIMEOUT_S = 12.0
"""Longest wait for the agent's own word that it took a message."""

START_TIMEOUT_S = 40.0
"""The same for words given to an agent at its start, which alone takes 5 to 15 s."""

CLEAR_WAIT_S = 0.6
"""How long an agent may take to show that a key changed its prompt."""

CLEAR_PRESSES, CLEAR_ROUNDS_MAX = 8, 40
"""How often the keys are pressed between two looks, and most looks: a line takes two presses."""

ENTER_AGAIN_S = 2.5
"""After this long without a proof, Enter is pressed again: a terminal program may swallow the first
one right after a paste, and Claude Code stops at it to show that it removed invisible signs."""

LOOK_S = 0.05
"""Pause between two looks at the store while waiting."""

CLOCK_SLACK = timedelta(milliseconds=50)
"""File times are coarser than the clock: a hook file may seem this much older than it is."""

LEADING_TAGS = re.compile(r"^(?:<[^<>]*>)+")
"""What Claude Code puts before a long paste: `<pasted_content …>`."""


def tell(game: Game, worker: Worker, text: str) -> Evidence:
    """Type `text` to `worker`, submit it, and return the agent's own proof that it was submitted.

    Raises:
        OrderRefused: nothing to say, or the worker cannot be told anything now; nothing was typed.
        NotProven: it was typed, but no proof came.
    """
    text = clean_text(text)
    ensure_watch(game)
    with pane_lock(game, worker):
        proof = deliver(game, worker, text)
    game.store.record(make_event(game, worker, text, proof))
    return proof


def make_event(game: Game, worker: Worker, text: str, proof: Evidence) -> Event:
    """Return the event of a message: of when it was taken, and whether other words came with it."""
    is_alone = _is_only(text, _prompt_of(proof))
    words = f"{worker.name} told{'' if is_alone else ', among other words'}: {first_line(text)}"
    return about(worker, "worker_told", words, proof.at, text=text)


def deliver(game: Game, worker: Worker, text: str, *, is_typed: bool = False) -> Evidence:
    """Type a clean text and submit it; return the proof. Nothing is recorded.

    With `is_typed` it stands in the prompt already, and only Enter is pressed. The caller holds the
    pane's lock, which keeps two messages apart.

    Raises:
        OrderRefused: the worker cannot be told anything now; nothing was typed.
        NotProven: it was typed, but no proof came.
    """
    judgement = judge_one(game, worker)
    refuse_unless_tellable(worker, judgement)
    refuse_landed(game, worker, judgement)
    sent_at = game.now() - CLOCK_SLACK
    if not is_typed:
        if judgement.activity in (Activity.DONE, Activity.ASKING):
            _clear_prompt(game, worker)
        game.tmux.paste(worker.session_name, as_typed(text))
    return _submit(game, worker, text, sent_at)


def _clear_prompt(game: Game, worker: Worker) -> None:
    """Take away what stands in the prompt, and record what it was.

    It would be submitted together with the message. Claude Code puts a prompt back there that was
    interrupted before its first answer; the commander may have left words of his own.
    """
    keys = find_keys(worker.agent, worker.agent_version).clear
    before = now = _read_typed(game, worker) if keys else ""
    for _ in range(CLEAR_ROUNDS_MAX):
        if not now:
            break
        for key in keys * CLEAR_PRESSES:
            game.tmux.press(worker.session_name, key)
        last, now = now, _read_changed(game, worker, now)
        if now == last:
            break  # what cannot be taken away was not typed
    if now != before:
        words = f"{worker.name}: what stood in its prompt was removed: {first_line(before)}"
        game.store.record(about(worker, "prompt_cleared", words, game.now(), text=before))


def _read_typed(game: Game, worker: Worker) -> str:
    pane_text = game.tmux.capture(worker.session_name, has_colour=True)
    return find_typed(worker.agent, worker.agent_version, pane_text)


def _read_changed(game: Game, worker: Worker, last: str) -> str:
    """Return what stands in the prompt as soon as it is no more `last`, or after a while."""
    deadline = time.monotonic() + CLEAR_WAIT_S
    while (now := _read_typed(game, worker)) == last and time.monotonic() < deadline:
        time.sleep(LOOK_S)
    return now


def pane_lock(game: Game, worker: Worker) -> AbstractContextManager[None]:
    """Return the lock that whoever types into the worker's pane holds."""
    return wait_for_lock(paths.lock_path(game.home, f"pane-{worker.id}"))


def refuse_unless_tellable(worker: Worker, judgement: Judgement) -> None:
    """See that a message typed now would reach the agent's prompt.

    Raises:
        OrderRefused: a dialog is open, or the agent is paused, gone or not there yet.
    """
    name, reason = worker.name, judgement.reason
    match judgement.activity:
        case Activity.PAUSED:
            raise OrderRefused(f"{name} is paused.", f'Let it go on: rts resume {name} "TEXT"')
        case Activity.GONE:
            raise OrderRefused(
                f"{name} is gone: {reason}.",
                f"See its last words: rts peek {name}; take it up again: rts resume {name}",
            )
        case Activity.STARTING:
            raise OrderRefused(
                f"{name} is still starting.",
                f'Tell it again in a few seconds, or: rts tell {name} --when idle "TEXT"',
            )
    if find_dialog(judgement) is None:
        return
    if judgement.activity is Activity.ASKING:
        raise OrderRefused(
            f"{name} shows a list to choose from: {reason}.",
            f'Answer it with: rts answer {name} "TEXT", or choose there: rts attach {name}',
        )
    raise OrderRefused(
        f"{name} {reason}; a message would be typed into that dialog.",
        f"Answer it with: rts answer {name} yes (or no)"
        if wants_permission(judgement)
        # Enter in a trust or login dialog may mean "No, exit".
        else f"Answer it there: rts attach {name}",
    )


def refuse_landed(game: Game, worker: Worker, judgement: Judgement) -> None:
    """See that what is asked for can still land: a merged pull request takes nothing more.

    Raises:
        OrderRefused: the worker has landed.
    """
    pull_request = game.store.pull_request_of(worker)
    is_merged = pull_request is not None and pull_request.state is PullRequestState.MERGED
    if is_merged and judgement.activity is Activity.DONE:
        raise OrderRefused(
            f"{worker.name} has landed; what it does now would land nowhere.",
            'File what is left as a ticket of its own: rts new "…"',
        )


def _submit(game: Game, worker: Worker, text: str, sent_at: datetime) -> Evidence:
    """Press Enter until the agent says that it took the text."""
    program = AGENT_PROGRAMS[worker.agent]
    _press_enter(game, worker)
    if not program.proves_submission:
        raise NotProven(
            f"Typed to {worker.name}, but {program.name} gives no proof that it was submitted.",
            f"See for yourself: rts peek {worker.name}",
        )
    begun = time.monotonic()
    pressed = begun
    while time.monotonic() - begun < SUBMIT_TIMEOUT_S:
        if proof := find_proof(game, worker, text, sent_at):
            return proof
        _refuse_joined(game, worker, text, sent_at)
        if time.monotonic() - pressed > ENTER_AGAIN_S:
            _press_enter(game, worker)
            pressed = time.monotonic()
        time.sleep(LOOK_S)
    raise NotProven(
        f"Typed to {worker.name}, but it has not said that it took the message.",
        f"If it still stands in its prompt, press Enter there: rts attach {worker.name}",
    )


def _press_enter(game: Game, worker: Worker) -> None:
    """Submit what stands in the prompt, unless a dialog has opened above it meanwhile."""
    judgement = judge_one(game, worker)
    try:
        refuse_unless_tellable(worker, judgement)
    except OrderRefused as error:
        raise NotProven(
            f"Typed to {worker.name}, but not submitted. {error.what}",
            f"The text stands in its prompt. {error.hint}; then press Enter in its pane.",
        ) from error
    game.tmux.press(worker.session_name, "Enter")


def await_proof(game: Game, worker: Worker, text: str, since: datetime) -> Evidence:
    """Wait until the agent says that it took a text which was given to it at its start.

    Raises:
        NotProven: it has not said so in time.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if proof := find_proof(game, worker, text, since - CLOCK_SLACK):
            return proof
        time.sleep(LOOK_S)
    raise NotProven(
        f"{worker.name} was started, but has not said that it took the message.",
        f"See what it does: rts peek {worker.name}",
    )


def find_proof(game: Game, worker: Worker, text: str, since: datetime) -> Evidence | None:
    """Return the agent's own word, by hook or transcript, that it took `text` since a time.

    A prompt that holds more is a proof only when the text stands in it on lines of its own: a busy
    Claude Code takes all that was typed meanwhile as one prompt, with a line break after each
    message. Other words on the same line would change what it says.
    """
    for piece, prompt in _prompts(game, worker, since):
        if _is_only(text, prompt) or _is_block(text, prompt):
            return piece
    return None


def _refuse_joined(game: Game, worker: Worker, text: str, since: datetime) -> None:
    """See that the text was not submitted behind, or before, something else.

    Raises:
        NotProven: it was.
    """
    if any(is_in(text, prompt) for _, prompt in _prompts(game, worker, since)):
        raise NotProven(
            f"{worker.name} took the message joined with other words that stood in its prompt.",
            f"See what it makes of them: rts peek {worker.name}",
        )


def _prompts(game: Game, worker: Worker, since: datetime) -> list[tuple[Evidence, str]]:
    return [
        (piece, _prompt_of(piece))
        for piece in game.store.evidence(worker)
        if piece.kind == "UserPromptSubmit" and piece.at >= since
    ]


def _prompt_of(piece: Evidence) -> str:
    return str(json.loads(piece.detail).get("prompt", ""))


def _is_block(text: str, prompt: str) -> bool:
    """Tell whether a prompt holds the text as whole lines, other lines before or after it.

    A prompt that is cut within the text is taken when its known beginning is long enough.
    """
    typed = _squeeze(as_typed(text))
    lines = [_squeeze(line) for line in prompt.splitlines()]
    for start in range(len(lines)):
        block = ""
        for line in lines[start:]:
            block += line
            if block == typed:
                return True
        if len(block) >= PROOF_LENGTH and typed.startswith(block):
            return True
    return False


def _is_only(text: str, prompt: str) -> bool:
    """Tell whether a prompt is `text` and nothing else but our shield and the agent's tags.

    Of a long prompt only the beginning is known.
    """
    typed, taken = _squeeze(text), _squeeze(prompt)
    bodies = (taken, LEADING_TAGS.sub("", taken))
    return any(
        _begins_alike(typed, body.removeprefix(shield))
        for body in bodies
        for shield in ("", _squeeze(SHIELD))
    )


def _begins_alike(typed: str, body: str) -> bool:
    if body.startswith(typed):
        rest = body[len(typed) :]
        return not rest or rest.startswith("<")
    return len(body) >= PROOF_LENGTH and typed.startswith(body)  # the rest was cut


def _squeeze(text: str) -> str:
    """Return what can be seen of a text: agents trim, indent and drop invisible characters."""
    return "".join(sign for sign in text if sign.isprintable() and not sign.isspace())
