"""What tests and benchmarks do around a run: a private room before it, no process left after it."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from rts import paths
from tests.waiting import LOOK_S

TESTS_FOLDER = Path(__file__).parent
PROGRAM_FOLDERS = (TESTS_FOLDER / "tools/node_modules/.bin", Path(sys.executable).parent)
"""Where the pinned agent programs and this Python lie: first on the PATH of every test."""

FOREIGN_PREFIXES = (
    "ANTHROPIC_", "CLAUDE", "CODEX_", "GIT_", "OPENAI_", "RTS_", "TMUX", "XDG_",
)  # fmt: skip
"""Variables of the developer that would change what a test sees: it may itself run in a worker."""

FOREIGN_NAMES = (
    "CI", "CLICOLOR", "COLUMNS", "EDITOR", "FORCE_COLOR", "GITHUB_ACTIONS", "LC_ALL", "LINES",
    "NO_COLOR", "PYTHONDONTWRITEBYTECODE", "PY_COLORS", "TEXTUAL_ANIMATIONS",
    "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_DRIVER", "TEXTUAL_FPS", "TEXTUAL_THEME", "VISUAL",
)  # fmt: skip

GIT_CONFIG = """\
[user]
\tname = A Commander
\temail = commander@example.org
[init]
\tdefaultBranch = main
"""

ENDING_S = 5.0
"""Longest that anything may take to end by itself."""

GRACE_S = 0.2
"""How long what ran on a server may go on when a test has ended: nobody needs its last words."""


def make_root() -> Path:
    """Return a new folder for the rooms of one run. Short: a socket's path has about 100 bytes."""
    return Path(tempfile.mkdtemp(prefix="rts-t", dir="/tmp")).resolve()


def tools_environment() -> dict[str, str]:
    """Return this environment without what is the developer's, and with the pinned programs."""
    own = {name: value for name, value in os.environ.items() if not _is_foreign(name)}
    path = os.environ.get("PATH", os.defpath)
    return {**own, "PATH": os.pathsep.join([*map(str, PROGRAM_FOLDERS), path])}


def room_environment(room: Path) -> dict[str, str]:
    """Make `room` and return the whole environment in which a program sees nothing else."""
    home = room / "home"
    home.mkdir(parents=True)
    git_config = room / "gitconfig"
    git_config.write_text(GIT_CONFIG)
    (room / "silence.conf").touch()
    return {
        **tools_environment(),
        "HOME": str(home),
        "RTS_HOME": str(room / "state"),
        "GIT_CONFIG_GLOBAL": str(git_config),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LANG": "C.UTF-8",
        "SHELL": "/bin/sh",
        "TERM": "xterm-256color",
        # The developer's loudspeaker keeps quiet: no card and no sound server is to be found.
        "ALSA_CONFIG_PATH": str(room / "silence.conf"),
        "PULSE_SERVER": f"unix:{room}/silence",
        "PIPEWIRE_REMOTE": f"{room}/silence",
    }


def _is_foreign(name: str) -> bool:
    return name.startswith(FOREIGN_PREFIXES) or name in FOREIGN_NAMES or name.endswith("_API_KEY")


def end_room(room: Path) -> None:
    """End the private tmux server of `room` with everything on it, and remove the folder."""
    end_server(paths.tmux_socket_path(room / "state"))
    shutil.rmtree(room, ignore_errors=True)


def end_server(socket_path: Path) -> None:
    """End the tmux server behind `socket_path`, if there is one, and wait for its processes."""
    if not socket_path.exists():
        return
    listed = _tmux(socket_path, "list-panes", "-a", "-F", "#{pid} #{pane_pid}")
    processes = _family({int(word) for word in listed.split()})
    _tmux(socket_path, "kill-server")
    end_processes(processes)
    socket_path.unlink(missing_ok=True)


def end_processes(processes: list[psutil.Process]) -> None:
    """Wait a moment until `processes` have ended; kill what stays, by its own id."""
    for process in _still_alive(processes, GRACE_S):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()  # psutil compares the start time: a reused id is left alone
    _still_alive(processes, ENDING_S)


def find_leaks(root: Path, wait_s: float = ENDING_S) -> list[psutil.Process]:
    """Return the processes that still run in a room under `root`, after a moment to end."""
    return _still_alive([p for p in psutil.process_iter() if _is_inside(p, root)], wait_s)


def _still_alive(processes: list[psutil.Process], wait_s: float) -> list[psutil.Process]:
    """Return which of `processes` have not ended after `wait_s`."""
    deadline = time.monotonic() + wait_s
    while alive := [process for process in processes if _is_alive(process)]:
        if time.monotonic() >= deadline:
            break
        time.sleep(LOOK_S)
    return alive


def _is_alive(process: psutil.Process) -> bool:
    try:
        # One that nobody has buried yet has ended, too: a container's first process may be slow.
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _is_inside(process: psutil.Process, root: Path) -> bool:
    try:
        home = process.environ().get("HOME", "")
        words = [home, process.environ().get("RTS_HOME", ""), *process.cmdline()]
    except psutil.Error:
        return False  # ended meanwhile, or another person's
    return process.pid != os.getpid() and any(str(root) in word for word in words)


def _family(pids: set[int]) -> list[psutil.Process]:
    family: dict[int, psutil.Process] = {}
    for pid in pids:
        try:
            process = psutil.Process(pid)
            family |= {p.pid: p for p in (process, *process.children(recursive=True))}
        except psutil.NoSuchProcess:
            continue
    return list(family.values())


def _tmux(socket_path: Path, *words: str) -> str:
    argv = ["tmux", "-S", str(socket_path), *words]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=ENDING_S, check=False)
    return done.stdout
