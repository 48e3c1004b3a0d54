"""Surveying the territory: what each live worktree changed, and what is in whose way."""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rts.adapters.git.conflicts import predict_conflicts, scratch_objects, take_snapshot
from rts.adapters.git.footprints import find_base, list_heads, read_footprint, size_folders
from rts.errors import RtsError
from rts.game import Game
from rts.orders.projects import worktree_path
from rts.world.nouns import Project, Worker
from rts.world.territory import FileChange, Footprint, Pair, Survey, find_collisions, pair_up

LOOK_COUNT = 4
"""Worktrees that are looked at side by side: git waits for the disk half of the time."""

KEPT_FOR = timedelta(seconds=30)
"""How long the footprint of a silent worker is believed. An agent that edits is heard of; only what
a long command or the commander writes in its worktree is seen this late."""

TRIAL_COUNT_MAX, TRIALS_S = 60, 3.0
"""Merges that one survey tries, and seconds after which it begins no more: the rest has its turn
in the next one. A lock file that fifty units changed makes 1225 pairs."""

Standing = tuple[str, str, tuple[FileChange, ...], tuple[FileChange, ...]]
"""What a trial of two depends on: both HEADs, and what each made of their common files."""


@dataclass(frozen=True)
class _Look:
    footprint: Footprint
    heard_at: datetime | None
    looked_at: datetime


class Surveyor:
    """Surveys again and again, and does again only what may have changed. For one thread."""

    def __init__(self) -> None:
        self._looks: dict[str, _Look] = {}
        self._sizes: tuple[tuple[Path, str], dict[str, int]] = ((Path(), ""), {})
        self._trials: dict[Pair, tuple[Standing, frozenset[str]]] = {}

    def survey(self, game: Game, project: Project | None) -> Survey:
        """Return one look at the repository and all live worktrees of `project`.

        Takes some milliseconds for each worktree that is not silent. A worktree that cannot be
        read is left out.

        Raises:
            OutsideFailed: git cannot read the repository.
        """
        if project is None:
            return Survey(game.now())
        root = Path(project.root)
        heads = list_heads(root)
        worktrees = {w: worktree_path(project, w) for w in game.store.living_workers(project)}
        there = {worker: path for worker, path in worktrees.items() if path.is_dir()}
        footprints = self._look_at_all(game, there, heads)
        paths = {worker.id: path for worker, path in there.items()}
        conflicts = self._foresee(root, footprints, paths)
        sizes = self._size(root, heads.get(project.root) or "HEAD")
        return Survey(game.now(), sizes, footprints, find_collisions(footprints, conflicts))

    def _size(self, root: Path, commit: str) -> dict[str, int]:
        key = (root, commit)
        if self._sizes[0] != key or commit == "HEAD":
            self._sizes = (key, size_folders(root, commit))
        return self._sizes[1]

    def _look_at_all(
        self, game: Game, worktrees: Mapping[Worker, Path], heads: Mapping[str, str]
    ) -> tuple[Footprint, ...]:
        """Return the footprints, those of silent workers as they were seen last."""
        evidence = game.store.evidence_by_worker(list(worktrees))
        known, self._looks = self._looks, {}
        now = game.now()

        def look(worker: Worker, path: Path) -> _Look | None:
            heard_at = max((piece.at for piece in evidence.get(worker.id, ())), default=None)
            head = heads.get(str(path), "")
            last = known.get(worker.id)
            is_silent = last and (last.heard_at, last.footprint.head) == (heard_at, head)
            if last and is_silent and abs(now - last.looked_at) < KEPT_FOR:
                return last
            try:
                return _Look(_look_at(worker, path, head), heard_at, now)
            except RtsError:
                return None  # It is being made or removed in this moment.

        with ThreadPoolExecutor(LOOK_COUNT, "rts-footprint") as pool:
            looks = list(pool.map(look, worktrees.keys(), worktrees.values()))
        found = [each for each in looks if each is not None]
        self._looks = {each.footprint.worker_id: each for each in found}
        return tuple(each.footprint for each in found)

    def _foresee(
        self, root: Path, footprints: Iterable[Footprint], worktrees: Mapping[str, Path]
    ) -> dict[Pair, frozenset[str]]:
        """Return the files in which each pair would conflict; trials that are due are made."""
        by_worker = {footprint.worker_id: footprint for footprint in footprints}
        standings = {
            pair: _compare(by_worker[pair[0]], by_worker[pair[1]], shared)
            for pair, shared in pair_up(footprints).items()
        }
        self._trials = {pair: trial for pair, trial in self._trials.items() if pair in standings}
        due = {
            pair: standing
            for pair, standing in standings.items()
            if pair not in self._trials or self._trials[pair][0] != standing
        }
        if due:
            self._try(root, due, worktrees)
        return {pair: conflicts for pair, (_, conflicts) in self._trials.items()}

    def _try(self, root: Path, due: Mapping[Pair, Standing], worktrees: Mapping[str, Path]) -> None:
        """Try to merge each pair, for as long as there is time; one that fails is tried again."""
        latest_first = sorted(due, key=lambda pair: _latest(due[pair]), reverse=True)
        deadline_s = time.monotonic() + TRIALS_S
        with scratch_objects(root) as objects:
            snapshot_of = _once_each(lambda id: take_snapshot(worktrees[id], objects))
            for one, other in latest_first[:TRIAL_COUNT_MAX]:
                if time.monotonic() > deadline_s:
                    return
                try:
                    found = predict_conflicts(root, snapshot_of(one), snapshot_of(other), objects)
                except RtsError:
                    continue
                self._trials[one, other] = (due[one, other], found)


def survey(game: Game, project: Project | None) -> Survey:
    """Return one look at the repository and all live worktrees of `project`; see `Surveyor`.

    Raises:
        OutsideFailed: git cannot read the repository.
    """
    return Surveyor().survey(game, project)


def _look_at(worker: Worker, path: Path, head: str) -> Footprint:
    base = worker.base_commit
    if head != base:  # It committed, or took in its base.
        base = find_base(path, worker.base_branch, base)
    return read_footprint(path, worker.id, head, base)


def _compare(one: Footprint, other: Footprint, shared: set[str]) -> Standing:
    return (one.head, other.head, _only(one, shared), _only(other, shared))


def _only(footprint: Footprint, paths: set[str]) -> tuple[FileChange, ...]:
    return tuple(sorted((f for f in footprint.files if f.path in paths), key=lambda f: f.path))


def _latest(standing: Standing) -> datetime:
    return max(file.changed_at for file in (*standing[2], *standing[3]))


def _once_each(work: Callable[[str], str]) -> Callable[[str], str]:
    """Return `work`, done once for each word; where it failed, it fails again at once."""
    answers: dict[str, str | RtsError] = {}

    def ask(word: str) -> str:
        if word not in answers:
            try:
                answers[word] = work(word)
            except RtsError as error:
                answers[word] = error
        answer = answers[word]
        if isinstance(answer, RtsError):
            raise answer
        return answer

    return ask
