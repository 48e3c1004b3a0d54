"""Which project an order is about: the repository that the commander stands in."""

import uuid
from pathlib import Path

from rts.adapters.git.repository import find_root, read_standing
from rts.errors import RecordClash
from rts.game import Game
from rts.world.nouns import Event, Project, Worker


def open_project(game: Game, folder: Path) -> Project:
    """Return the project around `folder`, entered in the store when it is new.

    Raises:
        OrderRefused: `folder` is in no repository, in a bare one, or in one without a commit.
    """
    root = find_root(folder)
    if known := game.store.project_at(root, game.host):
        return known
    read_standing(root)
    project = Project(uuid.uuid4().hex, root.name, str(root), game.host, game.now())
    event = Event("project_opened", f"{project.name} opened", game.now(), project_id=project.id)
    try:
        game.store.record(event, project)
    except RecordClash:  # another window opened it in this moment
        return open_project(game, folder)
    return project


def project_of(game: Game, worker: Worker) -> Project:
    """Return the worker's project."""
    return game.store.select(Project, "id = ?", worker.project_id)[0]


def worktree_path(project: Project, worker: Worker) -> Path:
    """Return where the worker's worktree lies on this machine."""
    return Path(project.root).parent / worker.worktree
