"""The real backend: `rts.orders` with an open game."""

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rts.errors import RtsError
from rts.game import Game, open_game
from rts.orders import (
    answer,
    attach,
    dismiss,
    look,
    merge,
    pause,
    projects,
    queue,
    resume,
    review,
    spawn,
    tickets,
    watching,
)
from rts.settings import Settings
from rts.world.nouns import Project, PullRequest, QueuedTell, Ticket, TicketKind, Worker
from rts.world.world import World

CLEAR_LINE_ABOVE = "\x1b[1A\r\x1b[2K"
"""Takes away the line that tmux leaves behind: `[detached (from session …)]`."""

STILL_S = 5.0
"""Longest that a picture is shown again while nothing was written: the watch writes down whatever
happens; only where none runs does a pane end unheard."""

Outcome = TypeVar("Outcome")


class GameBackend:
    """The game around `folder`.

    Reading keeps one game open; each order opens its own, since orders run on other threads.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._closing = contextlib.ExitStack()
        self._game: Game | None = None
        self._project: Project | None = None
        self._world: World | None = None
        self._looked_at = 0.0
        self._data_version = -1
        self._refusal = RtsError("The store is not open yet.", "Try again in a moment.")

    def open(self) -> Settings:
        """Open the game; the folder's project, where it is one; and see that the watch runs."""
        game = self._game = self._closing.enter_context(open_game())
        try:
            self._project = projects.open_project(game, self._folder)
        except RtsError as refusal:
            self._refusal = refusal
        watching.ensure_watch(game)
        return game.settings

    def close(self) -> None:
        """Close the game."""
        self._closing.close()

    def newest_event_id(self) -> int:
        """Return the newest event's id."""
        return look.newest_event_id(self._reading())

    def look(self) -> World:
        """Return the picture of now: the project's, or everything outside of one.

        It is the same object again for as long as nothing was written, up to `STILL_S`.
        """
        game, at = self._reading(), time.monotonic()
        version = game.store.data_version()  # first: what is written meanwhile is news
        is_still = version == self._data_version and at - self._looked_at < STILL_S
        if self._world is None or not is_still:
            self._world = look.look(game, self._project)
            self._looked_at, self._data_version = at, version
        return self._world

    def peek(self, worker: Worker) -> str:
        """Return what a worker's pane shows, with colours."""
        return look.peek(self._reading(), worker, has_colour=True)

    def read_diff(self, worker: Worker) -> str:
        """Return the worker's diff."""
        return self._order(lambda game: look.read_diff(game, worker))

    def file_ticket(self, title: str, kind: TicketKind, body: str) -> Ticket:
        """File a ticket in the project."""
        project = self._project_or_refuse()
        return self._order(lambda game: tickets.file_ticket(game, project, title, body, kind))

    def spawn(self, ticket: Ticket) -> Worker:
        """Spawn a worker."""
        project = self._project_or_refuse()
        return self._order(lambda game: spawn.spawn(game, project, ticket))

    def refuse_attach(self, worker: Worker) -> None:
        """See that the worker's session is there."""
        self._order(lambda game: attach.find_way(game, worker))

    def attach(self, worker: Worker) -> None:
        """Attach; blocks until the commander comes back."""
        self._order(lambda game: attach.attach(game, worker))
        if sys.__stdout__ is not None and sys.__stdout__.isatty():
            sys.__stdout__.write(CLEAR_LINE_ABOVE)
            sys.__stdout__.flush()

    def tell(self, worker: Worker, text: str) -> QueuedTell | None:
        """Tell; returns when the text was seen to arrive, or was queued."""
        return self._order(lambda game: queue.tell_or_queue(game, worker, text))

    def answer(self, worker: Worker, text: str) -> None:
        """Answer a permission request."""
        self._order(lambda game: answer.answer(game, worker, text))

    def pause(self, worker: Worker) -> None:
        """Pause."""
        self._order(lambda game: pause.pause(game, worker))

    def resume(self, worker: Worker) -> None:
        """Resume."""
        self._order(lambda game: resume.resume(game, worker))

    def open_pull_request(self, worker: Worker) -> PullRequest:
        """Open a pull request."""
        return self._order(lambda game: review.open_pull_request(game, worker))

    def merge(self, worker: Worker) -> PullRequest:
        """Merge."""
        return self._order(lambda game: merge.merge(game, worker))

    def what_is_kept(self, worker: Worker) -> str:
        """Return what a dismissal would keep."""
        return self._order(lambda game: dismiss.what_is_kept(game, worker))

    def dismiss(self, worker: Worker) -> str:
        """Dismiss; return the preserved ref, or an empty string."""
        return self._order(lambda game: dismiss.dismiss(game, worker))

    def _reading(self) -> Game:
        if self._game is None:
            raise self._refusal
        return self._game

    def _project_or_refuse(self) -> Project:
        if self._project is None:
            raise self._refusal
        return self._project

    def _order(self, work: Callable[[Game], Outcome]) -> Outcome:
        with open_game() as game:
            return work(game)
