"""The scripted commander: gives the orders that a human would, until nothing is left to do."""

import random
import time
from collections.abc import Callable
from pathlib import Path

from rts.adapters.git.worktrees import commit_of
from rts.errors import OutsideFailed, RtsError
from rts.game import Game
from rts.orders.answer import answer
from rts.orders.dismiss import dismiss
from rts.orders.look import look
from rts.orders.merge import merge
from rts.orders.projects import worktree_path
from rts.orders.tell import tell
from rts.world.evidence import Activity
from rts.world.nouns import Project, Worker
from rts.world.world import World

TIME_LIMIT_S = 150.0
"""Longest whole game: five times what a slow machine with two cores needs."""

LOOK_S = 0.2
"""Pause between two looks."""

ANSWERS = (
    "Thank you, enjoy your tea!",
    "Your coupon was taken. Come again!",
)
CORRECTIONS = (
    "Always test the empty case, too.",
    "What happens with nothing at all? Test that, too.",
)


class Commander:
    """Plays one game: answers, sends one worker back once, merges, dismisses who failed."""

    def __init__(
        self, game: Game, project: Project, dice: random.Random, say: Callable[[str], None]
    ) -> None:
        self._game = game
        self._project = project
        self._dice = dice
        self._say = say
        self._sent_back_number = dice.randint(1, len(game.store.tickets(project)))
        self._has_sent_back = False
        self._refusal_by_worker: dict[str, str] = {}

    def play(self, limit_s: float = TIME_LIMIT_S) -> None:
        """Command until every living worker has landed.

        Raises:
            OutsideFailed: that took longer than the limit; the error says what hangs.
        """
        ends_at = time.monotonic() + limit_s
        while True:
            world = look(self._game, self._project)
            waiting = [w for w in world.workers if not world.has_landed(w)]
            if not waiting:
                return
            if time.monotonic() > ends_at:
                raise OutsideFailed(
                    f"The demo did not end within {limit_s:g} s: {self._hanging(world)}.",
                    "Look at it yourself: rts demo --keep",
                )
            for worker in waiting:
                self._command(world, worker)
            time.sleep(LOOK_S)

    def _command(self, world: World, worker: Worker) -> None:
        """Give `worker` the order it needs; a refused one is given again at the next look."""
        try:
            match world.judgement_of(worker).activity:
                case Activity.ASKING:
                    words = self._dice.choice(ANSWERS)
                    answer(self._game, worker, words)
                    self._say(f"{worker.name} is answered: {words}")
                case Activity.BLOCKED:
                    answer(self._game, worker, "yes")
                    self._say(f"{worker.name} gets its permission")
                case Activity.GONE:
                    ref = dismiss(self._game, worker)
                    kept = f"; its work is in {ref}" if ref else ""
                    self._say(f"{worker.name} failed and is dismissed{kept}")
                case Activity.DONE if self._is_reviewable(world, worker):
                    self._review(world, worker)
                case _:
                    pass
        except RtsError as error:
            self._refusal_by_worker[worker.id] = error.what

    def _is_reviewable(self, world: World, worker: Worker) -> bool:
        """Tell whether the pull request shows the branch as it is."""
        pull_request = world.pull_request_of(worker)
        if pull_request is None or not world.is_ready(worker):
            return False
        return pull_request.head_commit == commit_of(self._worktree(worker))

    def _review(self, world: World, worker: Worker) -> None:
        if self._sends_back(world, worker):
            words = self._dice.choice(CORRECTIONS)
            tell(self._game, worker, words)
            self._has_sent_back = True
            self._say(f"{worker.name} is sent back: {words}")
        else:
            merged = merge(self._game, worker)
            self._say(f"{worker.name} landed: {merged.title}")

    def _sends_back(self, world: World, worker: Worker) -> bool:
        """Choose one worker: the one on the ticket that the dice said, else the last that lands."""
        if self._has_sent_back:
            return False
        is_last = sum(not world.has_landed(w) for w in world.workers) == 1
        return is_last or world.ticket_of(worker).number == self._sent_back_number

    def _worktree(self, worker: Worker) -> Path:
        return worktree_path(self._project, worker)

    def _hanging(self, world: World) -> str:
        return "; ".join(
            f"{w.name} {judgement.activity} ({judgement.reason})"
            + (f", last refusal: {why}" if (why := self._refusal_by_worker.get(w.id)) else "")
            for w in world.workers
            if not world.has_landed(w)
            for judgement in [world.judgement_of(w)]
        )
