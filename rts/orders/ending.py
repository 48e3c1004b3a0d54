"""Ending a worker's agent so that its conversation is written and nothing of it runs on."""

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rts.adapters.agents.screen_rules import Keys, find_keys
from rts.errors import RtsError
from rts.game import Game
from rts.world.nouns import Worker

if TYPE_CHECKING:
    from psutil import Process

KEY_GAP_S = 0.3
"""Pause between two keys that end a program: it takes two at once for one."""

QUIT_WAIT_S = 2.0
"""How long an agent may take to end by its own keys. Codex tells of its end only then."""

TERM_WAIT_S = 3.0
"""How long it may take after SIGTERM: Claude Code runs its SessionEnd hook meanwhile."""

LOOK_S = 0.05
"""Pause between two looks at the pane."""


def end_agent(game: Game, worker: Worker, *, is_in_dialog: bool = False) -> None:
    """End the agent politely, then its session, then whatever else it left running.

    In a dialog no key is pressed: it would be an answer.

    Raises:
        OutsideFailed: tmux does not answer.
    """
    from rts.adapters import family  # psutil: only who ends an agent pays for it

    members = _find_members(game, worker)
    agent = family.find_agent(members)
    keys = () if is_in_dialog else keys_of(worker).quit
    if agent and not _quits(game, worker, keys, lambda: family.is_alive(agent)):
        family.ask_to_end(agent)
        _wait(lambda: not family.is_alive(agent), TERM_WAIT_S)
    end_at_once(game, worker, members)


def end_at_once(game: Game, worker: Worker, members: Sequence["Process"] = ()) -> None:
    """End the session and whatever was started in it, a server in the background too.

    `members` are processes that are known to belong to it already.

    Raises:
        OutsideFailed: tmux does not answer.
    """
    from rts.adapters import family

    panes = game.tmux.panes()
    known = [*members, *_find_members(game, worker)]
    game.tmux.end_session(worker.session_name)
    others = [p.pid for name, p in panes.items() if name != worker.session_name]
    left = [*known, *family.find_marked("RTS_WORKER", worker.id)]
    family.end_all(left, family.find_bystanders(others))


def _find_members(game: Game, worker: Worker) -> list["Process"]:
    from rts.adapters import family

    pane = game.tmux.panes().get(worker.session_name)
    return family.find_family(pane.pid) if pane and not pane.is_dead else []


def keys_of(worker: Worker) -> Keys:
    """Return what to press for the worker's agent program; nothing where its rules are broken."""
    try:
        return find_keys(worker.agent, worker.agent_version)
    except RtsError:
        return Keys()  # the commander's own file is not valid: rts doctor says so


def _quits(game: Game, worker: Worker, keys: tuple[str, ...], is_alive: Callable[[], bool]) -> bool:
    """Press the keys that end the program, and tell whether they did."""
    for key in keys:
        with contextlib.suppress(RtsError):
            game.tmux.press(worker.session_name, key)
        time.sleep(KEY_GAP_S)
    return bool(keys) and _wait(lambda: not is_alive(), QUIT_WAIT_S)


def _wait(is_so: Callable[[], bool], limit_s: float) -> bool:
    deadline = time.monotonic() + limit_s
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_S)
    return True
