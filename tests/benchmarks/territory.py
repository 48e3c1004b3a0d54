"""Surveying fifty live worktrees, beside asking git bare what each of them changed."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rts.adapters.git.worktrees import add_worktree, commit_of
from rts.game import Game, open_game
from rts.orders.projects import open_project
from rts.orders.survey import Surveyor
from rts.world.nouns import Project
from rts.world.territory import Survey
from tests.benchmarks.measuring import Measurement, Row, take_time
from tests.benchmarks.scenery import git, make_repository
from tests.making import a_hook, a_ticket, a_worker, an_event

WORKER_COUNT = 50
FILE_COUNT = 2000
RUN_COUNT = 5
RIVAL_COUNT = 10
"""So many of them changed the same file: 45 merges are tried at the first survey."""


def measure(room: Path) -> list[Row]:
    """Return the rows of this benchmark."""
    repository = make_repository(room / "shop", FILE_COUNT)
    with open_game() as game:
        project = open_project(game, repository)
        worktrees = [_hire(game, project, repository, i) for i in range(WORKER_COUNT)]
        _settle(worktrees)
        return _survey(game, project, worktrees)


def _hire(game: Game, project: Project, repository: Path, i: int) -> Path:
    """Enter a worker that has changed three files; no agent runs in its worktree."""
    ticket = a_ticket(i + 1, project_id=project.id)
    plain = a_worker(f"falcon-{i + 1}", ticket=ticket, project_id=project.id, cell_index=i)
    worker = replace(plain, host=game.host, base_commit=commit_of(repository))
    path = repository.parent / worker.worktree
    add_worktree(repository, path, worker.branch, "HEAD", worker.name)
    happened = an_event("worker_spawned", project_id=project.id, worker_id=worker.id)
    game.store.record(happened, ticket, worker)
    shared = "shared.txt" if i < RIVAL_COUNT else f"own{i}.txt"
    for name in (shared, f"part{i % 20}/new{i}.txt", f"part{i % 20}/file{(i % 20) * 100}.txt"):
        (path / name).write_text(f"{i}\n")
    return path


def _settle(worktrees: list[Path]) -> None:
    """Let git look at the worktrees once, as agents do all the time.

    It reads again each file that was written in the same second as the index, as all have been.
    """
    time.sleep(1.1)
    for path in worktrees:
        git(path, "status")


def _survey(game: Game, project: Project, worktrees: list[Path]) -> list[Row]:
    surveyor = Surveyor()
    bare_times, first_times, again_times, still_times = [], [], [], []
    bare = _ask_git(worktrees)
    bare()  # The first run fills the caches.
    for _ in range(RUN_COUNT):
        bare_times.append(take_time(bare))
        first_times.append(take_time(lambda: Surveyor().survey(game, project)))
        _let_all_act(game)
        again_times.append(take_time(lambda: _check(surveyor.survey(game, project))))
        still_times.append(take_time(lambda: surveyor.survey(game, project)))
    name = f"survey of {WORKER_COUNT} worktrees"
    plain = f"{WORKER_COUNT} × `git diff --numstat`"
    return [
        Measurement(f"{name}, the first, 45 merges tried", first_times, plain, bare_times),
        Measurement(f"{name}, all heard of, none tried", again_times, plain, bare_times),
        Measurement(f"{name}, all silent", still_times, plain, bare_times),
    ]


def _ask_git(worktrees: list[Path]) -> Callable[[], object]:
    def ask() -> None:
        for path in worktrees:
            words = ("git", "-C", str(path), "diff", "--numstat", "HEAD")
            subprocess.run(words, check=True, capture_output=True)

    return ask


def _let_all_act(game: Game) -> None:
    """Let the store hear of every worker, as hooks would."""
    hook = a_hook("PostToolUse", at=game.now())
    game.store.note_down(replace(hook, worker_id=w.id) for w in game.store.living_workers(None))


def _check(survey: Survey) -> None:
    assert len(survey.footprints) == WORKER_COUNT
    assert survey.collisions[0].is_conflict
