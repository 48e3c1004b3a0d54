"""The real backend: `rts.orders` with an open game."""

import contextlib
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rts import paths
from rts.errors import RtsError, StoreBroken
from rts.game import Game, open_game
from rts.orders import (
    answer,
    attach,
    browsing,
    detail,
    dismiss,
    editing,
    first_run,
    groups,
    keys,
    look,
    merge,
    mute,
    pause,
    projects,
    queue,
    rally,
    replay,
    resume,
    review,
    review_material,
    score,
    spawn,
    survey,
    tickets,
    unspawn,
    watching,
)
from rts.settings import Settings
from rts.world.detail import UnitDetail
from rts.world.editing import Editing
from rts.world.evidence import Activity
from rts.world.history import History
from rts.world.nouns import Project, PullRequest, QueuedTell, Rally, Ticket, TicketKind, Worker
from rts.world.opening import Opening
from rts.world.review import Review
from rts.world.score import Score
from rts.world.sight import Sight, Window
from rts.world.strokes import Stroke
from rts.world.territory import Survey
from rts.world.world import World

if TYPE_CHECKING:
    from rts.world.knowledge.notes import Note

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
        self._store_file: tuple[int, int] | None = None
        """Device and number of the store's file; another one means that it was replaced."""
        self._refusal = RtsError("The store is not open yet.", "Try again in a moment.")
        self._surveyor = survey.Surveyor()

    def open(self) -> Settings:
        """Open the game; the folder's project, where it is one; and see that the watch runs."""
        game = self._game = self._game or self._closing.enter_context(open_game())
        try:
            self._project = projects.open_project(game, self._folder)
        except StoreBroken:
            raise
        except RtsError as refusal:
            self._refusal = refusal
        self._store_file = _identify(paths.store_path(game.home))
        watching.ensure_watch(game)
        return replace(game.settings, is_muted=mute.is_muted(game))

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

    def peek(self, worker: Worker, window: Window) -> Sight:
        """Return some lines of a worker's pane."""
        return look.see_pane(self._at_hand(), worker, window)

    def type_keys(self, worker: Worker, strokes: Sequence[Stroke]) -> None:
        """Type through."""
        keys.type_keys(self._at_hand(), worker, strokes)

    def read_detail(self, worker: Worker) -> UnitDetail:
        """Return what only the card shows."""
        return self._order(lambda game: detail.read_detail(game, worker))

    def read_score(self, is_week: bool) -> Score:
        """Return how it went."""
        return self._order(lambda game: score.read_score(game, self._project, is_week=is_week))

    def survey(self) -> Survey:
        """Return where the units stand in the repository."""
        return self._order(lambda game: self._surveyor.survey(game, self._project))

    def read_history(self) -> History:
        """Return what happened in the project."""
        return self._order(lambda game: replay.read_history(game, self._project))

    def read_review(self, worker: Worker) -> Review:
        """Return the worker's diff, pull request and tests' output."""
        return self._order(lambda game: review_material.read_review(game, worker))

    def plan_editing(self, worker: Worker, path: str, line_number: int) -> Editing:
        """Return how a file of the worker's is opened."""
        return self._order(lambda game: editing.plan_editing(game, worker, path, line_number))

    def edit(self, plan: Editing) -> None:
        """Run the editor."""
        editing.edit(plan)

    def browse(self, worker: Worker) -> str:
        """Open what the worker serves."""
        return self._order(lambda game: browsing.browse(game, worker))

    def find_notes(self, words: str) -> "list[Note]":
        """Return the notes that fit; none outside of a project."""
        from rts.orders import notes

        if (project := self._project) is None:
            return []
        return self._order(lambda game: notes.find_notes(game, project, words))

    def read_note(self, path: str) -> "Note":
        """Return a note."""
        from rts.orders import notes

        project = self._project_or_refuse()
        return self._order(lambda game: notes.read_note(game, project, path))

    def mute(self, *, is_muted: bool) -> None:
        """Silence every cue, or let them be heard again."""
        self._order(lambda game: mute.mute(game, is_muted=is_muted))

    def read_opening(self) -> Opening | None:
        """Return what the first start tells, or None."""

        def read(game: Game) -> Opening | None:
            is_first = first_run.is_first_run(game)
            return first_run.look_around(game, self._project) if is_first else None

        return self._order(read)

    def end_opening(self) -> None:
        """Never tell it again."""
        self._order(first_run.note_seen)

    def choose_agent(self, name: str) -> str:
        """Write the agent program into the settings."""
        return first_run.choose_agent(name)

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

    def set_group(self, number: int, workers: Sequence[Worker]) -> None:
        """Set a control group of this picture."""
        self._order(lambda game: groups.set_group(game, self._project, number, workers))

    def tell(self, worker: Worker, text: str) -> QueuedTell | None:
        """Tell; returns when the text was seen to arrive, or was queued."""
        return self._order(lambda game: queue.tell_or_queue(game, worker, text))

    def queue(self, worker: Worker, text: str) -> QueuedTell:
        """Queue; the watch tells it."""
        return self._order(lambda game: queue.queue_tell(game, worker, text))

    def withdraw(self, worker: Worker, queued: QueuedTell) -> None:
        """Withdraw one line."""
        self._order(lambda game: queue.withdraw_one(game, worker, queued))

    def set_rally(self, worker: Worker, point: Rally) -> Worker:
        """Set the rally point."""
        return self._order(lambda game: rally.set_rally(game, worker, point))

    def unspawn(self, worker: Worker) -> None:
        """Take a spawn back."""
        self._order(lambda game: unspawn.unspawn(game, worker))

    def answer(self, worker: Worker, text: str, expected: str) -> None:
        """Answer a permission request."""
        self._order(lambda game: answer.answer(game, worker, text, expected))

    def pause(self, worker: Worker) -> None:
        """Pause."""
        self._order(lambda game: pause.pause(game, worker))

    def resume(self, worker: Worker) -> None:
        """Resume."""
        self._order(lambda game: resume.resume(game, worker))

    def open_pull_request(self, worker: Worker) -> PullRequest:
        """Open a pull request."""
        return self._order(lambda game: review.open_pull_request(game, worker))

    def merge(self, worker: Worker, seen: PullRequest | None) -> PullRequest:
        """Merge."""
        return self._order(lambda game: merge.merge(game, worker, seen))

    def what_is_kept(self, worker: Worker) -> str:
        """Return what a dismissal would keep."""
        return self._order(lambda game: dismiss.what_is_kept(game, worker))

    def dismiss(self, worker: Worker, seen_in: Activity | None) -> str:
        """Dismiss; return the preserved ref, or an empty string."""
        return self._order(lambda game: dismiss.dismiss(game, worker, seen_in))

    def _reading(self) -> Game:
        if self._game is None:
            raise self._refusal
        path = paths.store_path(self._game.home)
        if self._store_file and (found := _identify(path)) != self._store_file:
            if found is None:
                raise StoreBroken(
                    f"The store is gone: {path}.", "Put it back; without it, an empty one is begun."
                )
            self._reopen()
        return self._game

    def _reopen(self) -> None:
        """Read from the file that lies in the store's place now."""
        self._closing.close()
        self._game = self._world = self._project = None
        self.open()

    def _at_hand(self) -> Game:
        """Return the open game for what needs no store."""
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


def _identify(path: Path) -> tuple[int, int] | None:
    """Return which file lies at `path`; None: none does."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
