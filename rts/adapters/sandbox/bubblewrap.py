"""One worker's sandbox: what of the machine its agent sees, and what it may write.

The whole file system is there to be read, but nothing may be written except the worktree, what git
needs for a commit on the worker's own branch, its run folder and its own inbox, and what the agent
program needs of the HOME. Secrets, sockets, other workers and the store are out of sight. The
network is open.

The agent stays in the pane's own terminal session (no `--new-session`): a new one would have no
controlling terminal, so no window size, no Ctrl-C and no /dev/tty. What that flag protects from,
typing into the terminal (TIOCSTI), reaches nobody here: in the pane's terminal runs nothing but
this agent, and when it ends the pane is dead.
"""

import shutil
from functools import cache
from pathlib import Path

from rts import paths
from rts.adapters import process
from rts.adapters.sandbox.cell import Cell
from rts.adapters.sandbox.hidden import forget_line
from rts.adapters.sandbox.mounts import (
    EMPTY,
    READ_ONLY_MACHINE,
    Words,
    find_fresh_folders,
    follow,
    mount_git,
    mount_home,
    mount_machine,
    mount_state,
    write_mounts,
)
from rts.errors import OutsideFailed

CAGE = (
    *("--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-uts"),
    # Root keeps its capabilities otherwise, and could take every mount away again.
    *("--cap-drop", "ALL"),
)

ENVIRONMENT = {
    # Git may not tidy up the whole repository after a commit: it could not write there.
    "GIT_CONFIG_COUNT": "2",
    **{"GIT_CONFIG_KEY_0": "gc.auto", "GIT_CONFIG_VALUE_0": "0"},
    **{"GIT_CONFIG_KEY_1": "maintenance.auto", "GIT_CONFIG_VALUE_1": "false"},
    # Tools keep here what they fetch, since the HOME's own caches are read-only.
    "XDG_CACHE_HOME": "/tmp/cache",
    "npm_config_cache": "/tmp/npm",
}

KEEPER = "rts-sandbox.lock"
"""A file in the worker's refs folder that git takes for a lock and passes over. Without it, packing
the refs outside removes the empty folder, and what is mounted on it inside is gone."""


@cache
def probe() -> str:
    """Return why the sandbox does not work on this machine, in one phrase; empty when it does."""
    if not shutil.which("bwrap"):
        return "bubblewrap is not installed"
    mounts = write_mounts({**READ_ONLY_MACHINE, Path("/tmp"): EMPTY})
    try:
        done = process.run(["bwrap", *CAGE, *mounts, "true"])
    except OutsideFailed as error:
        return error.what.rstrip(".")
    if done.exit_code == 0:
        return ""
    if "namespace" in done.stderr or "uid map" in done.stderr:
        return "user namespaces are off here"
    return f"bubblewrap does not start here: {done.words}"


def build_argv(cell: Cell) -> list[str]:
    """Return the words that come before the agent's command; the few missing folders are made.

    They hold for now: they name what is there, and must be built anew at each start.
    """
    _make_missing(cell)
    mounts: dict[Path, Words] = {
        **READ_ONLY_MACHINE,
        **mount_machine(cell),
        **mount_home(cell),
        **mount_state(cell),
        **mount_git(cell),
    }
    hidden = {
        place
        for place, words in mounts.items()
        if words == EMPTY and place not in (*find_fresh_folders(), *follow(cell.places.fresh))
    }
    settings = {**ENVIRONMENT, **cell.places.environment}
    # Ctrl-C reaches all in the terminal, and must not end bubblewrap itself: with it, all ends.
    restore = _restoring_signals()
    lines = [forget_line(cell.places.keeps), *(["trap '' INT QUIT"] if restore else [])]
    return [
        *("/bin/sh", "-c", "; ".join([*lines, 'exec bwrap "$@"']), "bwrap"),
        *CAGE,
        *write_mounts(mounts),
        *(word for place in sorted(hidden) for word in ("--remount-ro", str(place))),
        *(word for name, value in settings.items() for word in ("--setenv", name, value)),
        *("--chdir", str(cell.worktree)),
        *restore,
    ]


@cache
def _restoring_signals() -> Words:
    """Return what makes Ctrl-C count again inside; nothing where `env` cannot (BusyBox)."""
    words = ("env", "--default-signal=INT,QUIT")
    return words if process.run([*words, "true"]).exit_code == 0 else ()


def release(git_folder: Path, branch: str) -> None:
    """Take out of the repository what `build_argv` put there, when the agent has ended for good.

    Before the branch is deleted: git then removes the folder, too.
    """
    top, call_sign, _slug = branch.split("/", 2)
    (git_folder / "refs" / "heads" / top / call_sign / KEEPER).unlink(missing_ok=True)


def _make_missing(cell: Cell) -> None:
    refs = cell.git_folder / cell.refs_folder
    for folder in (refs, cell.git_folder / "logs" / cell.refs_folder):
        folder.mkdir(parents=True, exist_ok=True)
    paths.answers_folder(cell.run_folder).mkdir(parents=True, exist_ok=True)
    # What rts writes while the agent runs is there before it: none becomes a link to elsewhere.
    for file in (
        refs / KEEPER,
        cell.nothing,
        paths.tests_output_path(cell.run_folder),
        cell.own_git_folder / "config.worktree",
    ):
        file.touch()
