"""The territory: the repository's folders, where units stand in it, what is in whose way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations

COLLISION_COUNT_MAX = 200
"""Most collisions that a survey tells of: nobody reads more, and a formatter run by two units
touches every file."""

Pair = tuple[str, str]
"""Two workers' ids, the smaller first."""


@dataclass(frozen=True)
class FileChange:
    """One file that a worker changed against its base."""

    path: str
    """As git names it: from the top of the worktree, with slashes; may hold any letter at all."""
    added_count: int
    """Lines; 0 where git counts none (a binary file)."""
    removed_count: int
    changed_at: datetime
    """When the file was written last, or when it went."""


@dataclass(frozen=True)
class Footprint:
    """What one worker changed against its base, whether it is committed or not."""

    worker_id: str
    head: str = ""
    """The commit it stands on."""
    files: tuple[FileChange, ...] = ()
    """The latest change first; not all of them where they are thousands."""
    file_count: int = 0
    """All files that it changed."""

    @property
    def latest(self) -> FileChange | None:
        """Where it edited last; None: nowhere yet."""
        return self.files[0] if self.files else None


@dataclass(frozen=True)
class Collision:
    """A file that two or more live workers changed."""

    path: str
    worker_ids: tuple[str, ...]
    """Who changed it; where a conflict is predicted, those between whom it is."""
    is_conflict: bool = False
    """Merging them both would conflict in this file, as they stand now."""


@dataclass(frozen=True)
class Survey:
    """One look at the repository and all live worktrees."""

    surveyed_at: datetime | None = None
    """None: no survey was made yet."""
    size_by_folder: Mapping[str, int] = field(default_factory=dict)
    """How much lies in each folder itself, without the folders in it; the top is an empty name."""
    footprints: tuple[Footprint, ...] = ()
    collisions: tuple[Collision, ...] = ()
    """Predicted conflicts first."""

    def footprint_of(self, worker_id: str) -> Footprint | None:
        """Return what a worker changed, or None where that is not known."""
        return next((f for f in self.footprints if f.worker_id == worker_id), None)


def folder_of(path: str) -> str:
    """Return the folder of a file; empty: the top."""
    return path.rpartition("/")[0]


def list_ancestors(folder: str) -> list[str]:
    """Return a folder and all that it lies in, the nearest first, the top (empty) last."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:count]) for count in range(len(parts), -1, -1)]


def pair_up(footprints: Iterable[Footprint]) -> dict[Pair, set[str]]:
    """Return the pairs of workers that changed a common file, with those files."""
    paths_by_pair: dict[Pair, set[str]] = {}
    for path, worker_ids in _share(footprints).items():
        for pair in combinations(worker_ids, 2):
            paths_by_pair.setdefault(pair, set()).add(path)
    return paths_by_pair


def find_collisions(
    footprints: Iterable[Footprint], conflicts_by_pair: Mapping[Pair, Iterable[str]]
) -> tuple[Collision, ...]:
    """Return the files that more than one worker changed, predicted conflicts first.

    `conflicts_by_pair` holds the files in which each pair would conflict, as far as it is known.
    """
    fighters: dict[str, set[str]] = {}
    for pair, paths in conflicts_by_pair.items():
        for path in paths:
            fighters.setdefault(path, set()).update(pair)
    fights = [Collision(path, tuple(sorted(ids)), True) for path, ids in sorted(fighters.items())]
    meetings = [
        Collision(path, tuple(ids))
        for path, ids in sorted(_share(footprints).items())
        if path not in fighters
    ]
    return tuple([*fights, *meetings][:COLLISION_COUNT_MAX])


def _share(footprints: Iterable[Footprint]) -> dict[str, list[str]]:
    """Return, by path, the sorted ids of those who changed it, where they are two or more."""
    ids_by_path: dict[str, list[str]] = {}
    for footprint in footprints:
        for file in footprint.files:
            ids_by_path.setdefault(file.path, []).append(footprint.worker_id)
    return {path: sorted(ids) for path, ids in ids_by_path.items() if len(ids) > 1}
