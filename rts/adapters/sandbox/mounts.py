"""What of the machine is mounted in a sandbox, and how: one function for each part of it.

Each returns a dictionary of the words that bubblewrap wants before a place, by that place. Places
have no links in them: bubblewrap mounts on none.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from rts.adapters.sandbox.cell import Cell
from rts.adapters.sandbox.hidden import RUN_KEPT, find_secrets, is_there

WRITTEN_INSIDE = frozenset({"pull-request.md"})
"""The files directly in the run folder that the agent may change and replace."""

Words = tuple[str, ...]
"""What bubblewrap wants before a place: `--ro-bind /usr`."""

EMPTY: Words = ("--tmpfs",)
"""A new folder in memory."""

READ_ONLY_MACHINE: dict[Path, Words] = {
    Path("/"): ("--ro-bind", "/"),
    Path("/dev"): ("--dev",),
    Path("/proc"): ("--proc",),
}
"""What everything else is mounted upon."""


def mount_machine(cell: Cell) -> dict[Path, Words]:
    """Cover the folders with everybody's sockets, and show what must be seen all the same."""
    run = Path("/run").resolve()
    configured = Path(os.environ.get("GIT_CONFIG_GLOBAL", ""))
    read = (cell.home, *cell.readable, *([configured] if configured.is_file() else []))
    return {
        **dict.fromkeys(find_fresh_folders(), EMPTY),
        **dict(_show(run / name for name in RUN_KEPT)),
        **dict(_show_programs()),
        **{path: ("--ro-bind", str(path)) for path in follow(read)},
    }


def find_fresh_folders() -> list[Path]:
    """Return the folders of the machine that are new and empty in a sandbox: those for temporary
    files, the commander's own too."""
    own = os.environ.get("TMPDIR", "")
    names = ("/tmp", "/var/tmp", "/run", *([own] if Path(own).is_absolute() else []))
    return follow(tuple(map(Path, names)))


def _show_programs() -> Iterator[tuple[Path, Words]]:
    """Give how to show the folders of the PATH that a fresh folder would cover.

    With what lies beside them: a program is often a link to there (`node_modules/.bin`).
    """
    fresh = find_fresh_folders()
    for place in map(Path, os.get_exec_path()):
        if is_there(place) and any(top in place.parents for top in fresh):
            has_more = place.name.endswith("bin") and place.parent not in fresh
            shown = place.parent if has_more else place
            yield shown, ("--ro-bind", str(shown.resolve()))


def mount_home(cell: Cell) -> dict[Path, Words]:
    """Hide the secrets, and let the agent program write what it must."""
    places, nothing = cell.places, str(cell.nothing)
    fresh = follow(places.fresh)
    mounts: dict[Path, Words] = {}
    for folder in fresh:
        mounts |= {folder: EMPTY, **dict(_show(folder.iterdir()))}
    for secret in find_secrets(cell.home):
        if secret.parent in fresh:
            mounts.pop(secret, None)  # the agent may make its own there
        else:
            mounts[secret] = EMPTY if secret.is_dir() else ("--ro-bind", nothing)
    mounts |= {path: ("--bind", str(path)) for path in follow(places.writable)}
    for own, place in places.bound:
        if _is_led_astray(own, cell.run_folder):
            continue
        mounts[place.parent.resolve() / place.name] = ("--bind", str(own))
    return mounts


def _is_led_astray(own: Path, run_folder: Path) -> bool:
    """Tell whether an earlier agent put a link in the run folder, to have more mounted."""
    inside = run_folder.resolve()
    return own.is_relative_to(run_folder) and not own.resolve().is_relative_to(inside)


def _show(entries: Iterable[Path]) -> Iterator[tuple[Path, Words]]:
    """Give how to show in an empty folder what is in it outside, but no sockets and the like."""
    for entry in entries:
        if is_there(entry) and (entry.is_file() or entry.is_dir()):
            yield entry, ("--ro-bind", str(entry.resolve()))


def mount_state(cell: Cell) -> dict[Path, Words]:
    """Hide the state folder, but not the run folder (files read-only) and its inbox."""
    run_folder, inbox = cell.run_folder.resolve(), cell.inbox.resolve()
    # The start scripts may not be written yet: -try passes over what is not there.
    named = {run_folder / name for name in ("start.sh", "agent.sh")}
    there = [file for file in run_folder.iterdir() if file.name not in WRITTEN_INSIDE]
    kept = {file for file in there if file.is_file() and not file.is_symlink()}
    return {
        cell.state_folder.resolve(): EMPTY,
        run_folder: ("--bind", str(run_folder)),
        **{file: ("--ro-bind-try", str(file)) for file in named | kept},
        # As a whole: a hook's file is renamed from `tmp` to `new`, which two mounts would forbid.
        inbox: ("--bind", str(inbox)),
    }


def mount_git(cell: Cell) -> dict[Path, Words]:
    """Let git commit on the worker's own branch, and nothing else.

    A `.git` file, or a file beside it, that the agent could write would lead the commander's own
    git to a configuration with commands in it.
    """
    folder, own = cell.git_folder, cell.own_git_folder
    written = (
        *(cell.worktree, own, folder / "objects"),
        *(folder / cell.refs_folder, folder / "logs" / cell.refs_folder),
    )
    read = (
        *(folder, cell.worktree / ".git"),
        *(own / name for name in ("commondir", "gitdir", "config.worktree", "locked")),
        # A commit writes loose objects only: what is packed, most of the history, stays.
        *(folder / "objects" / name for name in ("pack", "info")),
    )
    return {
        **{path: ("--ro-bind", str(path)) for path in follow(read)},
        **{path: ("--bind", str(path)) for path in follow(written)},
    }


def follow(found: tuple[Path, ...]) -> list[Path]:
    """Return those that are there, links followed: bubblewrap mounts on no link."""
    return [path.resolve() for path in found if is_there(path)]


def write_mounts(mounts: dict[Path, Words]) -> list[str]:
    """Return the mounts as words, what lies above first, so that nothing covers what is in it."""
    argv: list[str] = []
    for place, words in sorted(mounts.items()):
        if is_there(place) or words[0].endswith("-try") or _can_be_made(place, mounts):
            argv += [*words, str(place)]
    return argv


def _can_be_made(place: Path, mounts: dict[Path, Words]) -> bool:
    """Tell whether a place that is not there can be made: not on what is mounted read-only."""
    above = next(parent for parent in place.parents if parent in mounts)
    return mounts[above][0] in ("--tmpfs", "--bind")
