"""What the benchmarks play on: a repository of any size, and workers in the store."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

from rts import paths
from rts.game import Game
from rts.orders.projects import open_project
from rts.orders.start import launch_of, start_agent
from rts.world.nouns import Project, Worker
from tests.making import a_hook, a_ticket, a_worker, an_event

FILES_PER_FOLDER = 100


def git(folder: Path, *words: str) -> None:
    """Run git, which must not refuse."""
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


def make_repository(folder: Path, file_count: int) -> Path:
    """Return a new repository with one commit of `file_count` files of a kilobyte."""
    for i in range(file_count):
        path = folder / f"part{i // FILES_PER_FOLDER}" / f"file{i}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{i}: a line of a program\n" * 40)
    git(folder, "init", "-q")
    git(folder, "config", "gc.auto", "0")  # nothing is to be tidied in the middle of a run
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "All of it")
    return folder


def seat_agents(game: Game, workers: list[Worker], brief: str) -> list[Worker]:
    """Start a drill agent for each of `workers`, in an empty folder, with `brief`; return them.

    What ran in their sessions before is ended.
    """
    seated = []
    for worker in workers:
        game.tmux.end_session(worker.session_name)
        launch = launch_of(game, worker)
        launch.worktree.mkdir(parents=True, exist_ok=True)
        launch.run_folder.mkdir(parents=True, exist_ok=True)
        paths.answers_folder(launch.run_folder).mkdir(exist_ok=True)
        launch.brief.write_text(brief)
        seated.append(start_agent(game, game.store.ticket(worker.ticket_id), worker))
        game.store.note_down(seated[-1:])
    return seated


def enter_workers(game: Game, repository: Path, count: int) -> tuple[Project, list[Worker]]:
    """Enter `count` workers of the project around `repository`, each with a ticket and a hook."""
    project = open_project(game, repository)
    workers = []
    for i in range(count):
        ticket = a_ticket(i + 1, project_id=project.id)
        plain = a_worker(f"falcon-{i + 1}", ticket=ticket, project_id=project.id, cell_index=i)
        now = game.now()
        worker = replace(plain, host=game.host, spawned_at=now, started_at=now)
        hook = a_hook("UserPromptSubmit", at=now, detail=json.dumps({}))
        event = an_event("worker_spawned", project_id=project.id, worker_id=worker.id)
        game.store.record(event, ticket, worker)
        game.store.note_down([replace(hook, worker_id=worker.id)])
        workers.append(worker)
    return project, workers
