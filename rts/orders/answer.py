"""Answering a worker: a permission or a question, through its waiting hook or by proven keys."""

import json
import os
import time
from pathlib import Path

from rts import paths
from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.agents.hooks import decision, open_requests
from rts.adapters.agents.screen_rules import Keys, find_keys
from rts.adapters.run_files import open_folder, write_new
from rts.errors import OrderRefused, OutsideFailed
from rts.game import Game
from rts.orders.look import judge_one
from rts.orders.tell import pane_lock, tell
from rts.orders.wording import clean_text, first_line
from rts.world.dialogs import find_dialog, find_request, name_need, wants_permission
from rts.world.events import about
from rts.world.evidence import Activity, Evidence, Judgement, Source
from rts.world.nouns import Worker

ANSWER_TIMEOUT_S = 5.0
"""Longest wait for a permission hook to take its answer: it looks five times a second."""

KEY_TRIES, KEY_WAIT_S = 3, 2.5
"""How often an answer's keys are pressed, and the wait for the dialog to go each time: Claude Code
drops keys within half a second of a dialog's opening."""

YES_OR_NO = ("yes", "no")
"""What allows or denies a permission, in any case; any other text denies with that reason."""

LOOK_S = 0.05
"""Pause between two looks while waiting."""


def answer(game: Game, worker: Worker, text: str, expected: str = "") -> None:
    """Answer the permission (`yes`, `no`, or no with a reason) or the question of `worker`.

    `expected` is the `name_need` of what was read before: nothing else is answered.

    Raises:
        OrderRefused: it asks for nothing, for something else than was expected, or for something
            that only a hand can give.
        OutsideFailed: the answer was not taken.
    """
    text = clean_text(text)
    with pane_lock(game, worker):
        # Inside: whoever had the lock may have answered, and a key would go into the running turn.
        judgement = judge_one(game, worker)
        _refuse_another(worker, judgement, text, expected)
        is_told = _answer_dialog(game, worker, judgement, text)
    if not is_told:
        tell(game, worker, text)  # a plain question; and a denial by keys carries no words


def _refuse_another(worker: Worker, judgement: Judgement, text: str, expected: str) -> None:
    """Refuse an answer to what is asked no more: it would answer another question."""
    if not expected or name_need(judgement) == expected:
        return
    does = "asks something else" if find_dialog(judgement) else "does not ask that any more"
    words = "" if text.casefold() in YES_OR_NO else f" Your words were: {first_line(text)}"
    raise OrderRefused(
        f"{worker.name} {does}: {judgement.reason}.", f"Read it, then answer again.{words}"
    )


def _answer_dialog(game: Game, worker: Worker, judgement: Judgement, text: str) -> bool:
    """Answer what is open; tell whether that said all, or the text is still to be told."""
    dialog = find_dialog(judgement)
    if dialog is None and judgement.activity is Activity.ASKING:
        return False
    if dialog is None:
        raise OrderRefused(
            f"{worker.name} asks for nothing now: {judgement.reason}.",
            f'Say something to it with: rts tell {worker.name} "TEXT"',
        )
    if wants_permission(judgement) and text.casefold() in YES_OR_NO:
        text = text.casefold()
    request = find_request(judgement)
    is_told = _by_hook(game, worker, request, text) or _by_keys(game, worker, judgement, text)
    words = f"{worker.name} answered: {first_line(text)} ({(request or dialog).value})"
    game.store.record(about(worker, "worker_answered", words, game.now(), text=text))
    return is_told


def _by_hook(game: Game, worker: Worker, request: Evidence | None, text: str) -> bool:
    """Give the answer to the waiting hook; tell whether one was there to take it."""
    if request is None or not AGENT_PROGRAMS[worker.agent].answers_by_hook:
        return False
    name = json.loads(request.detail).get("request", "")
    folder = paths.run_folder(game.home, worker.id)
    asked = next((r.payload for r in open_requests(folder) if r.name == name), {})
    tool_input = asked.get("tool_input")
    words = decision(text, tool_input if isinstance(tool_input, dict) else None)
    return bool(name) and _hand_over(paths.answers_folder(folder), name, words)


def _hand_over(folder: Path, name: str, words: str) -> bool:
    """Put the answer where the waiting hook looks; tell whether it was taken."""
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = open_folder(folder)
        try:
            write_new(place, name, words)
        finally:
            os.close(place)
    except OSError:  # the agent put something else there
        return False
    deadline = time.monotonic() + ANSWER_TIMEOUT_S
    while path.exists():
        if time.monotonic() > deadline:
            path.unlink(missing_ok=True)
            return False
        time.sleep(LOOK_S)
    return True


def _by_keys(game: Game, worker: Worker, judgement: Judgement, text: str) -> bool:
    """Press the keys that allow or deny; tell whether that said all that `text` says.

    Raises:
        OrderRefused: no keys are known that would be an answer; none was pressed.
        OutsideFailed: the dialog is still there.
    """
    keys = find_keys(worker.agent, worker.agent_version)
    pressed = _choose(keys, text)
    if not wants_permission(judgement) or not pressed:
        raise OrderRefused(
            f"{worker.name} {judgement.reason}; that cannot be answered from here.",
            f"Answer in its pane: rts attach {worker.name}",
        )
    dialog = find_dialog(judgement)
    for number in range(KEY_TRIES):
        is_pressed = _press_all(game, worker, dialog, pressed) > 0
        if not is_pressed and number == 0:
            raise OrderRefused(
                f"{worker.name} does not ask for that any more; no key was pressed.",
                f"See what it does: rts peek {worker.name}",
            )
        if not is_pressed or _goes(game, worker, dialog):
            return text in YES_OR_NO
    raise OutsideFailed(
        f"{worker.name} still {judgement.reason}: it did not take {' '.join(pressed)}.",
        f"Answer in its pane: rts attach {worker.name}",
    )


def _press_all(game: Game, worker: Worker, dialog: Evidence | None, keys: tuple[str, ...]) -> int:
    """Press the keys as long as the dialog is there; return how many were pressed."""
    for count, key in enumerate(keys):
        if not _is_open(game, worker, dialog):
            return count
        game.tmux.press(worker.session_name, key)
    return len(keys)


def _choose(keys: Keys, text: str) -> tuple[str, ...]:
    return keys.allow if text == "yes" else keys.deny


def _goes(game: Game, worker: Worker, dialog: Evidence | None) -> bool:
    """Wait until the dialog is no more there, or another one is."""
    deadline = time.monotonic() + KEY_WAIT_S
    while time.monotonic() < deadline:
        if not _is_open(game, worker, dialog):
            return True
        time.sleep(LOOK_S)
    return False


def _is_open(game: Game, worker: Worker, dialog: Evidence | None) -> bool:
    now = find_dialog(judge_one(game, worker))
    return now is not None and dialog is not None and _name(now) == _name(dialog)


def _name(dialog: Evidence) -> tuple[object, ...]:
    """Return what tells one dialog from the next: what is read off a screen has no time."""
    is_timed = dialog.source in (Source.HOOK, Source.LEVEL, Source.TRANSCRIPT)
    return dialog.kind, dialog.value, dialog.detail, is_timed and dialog.at
