"""Where everything lies. The one file in which paths are written.

Nothing is created here: whoever writes makes the folder.
"""

import hashlib
import os
from pathlib import Path

GIT_PLACES = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_WORK_TREE",
    }
)
"""With these git tells its hooks and aliases where they are; whoever inherits them works there."""

PACKAGE_FOLDER = Path(__file__).parent


def rts_home() -> Path:
    """Return the state folder: `$RTS_HOME`, `$XDG_STATE_HOME/rts`, or `~/.local/state/rts`."""
    if home := os.environ.get("RTS_HOME"):
        return Path(home).absolute()
    if state := os.environ.get("XDG_STATE_HOME"):
        return Path(state) / "rts"
    return Path.home() / ".local" / "state" / "rts"


def settings_path() -> Path:
    """Return the commander's settings: `$RTS_SETTINGS`, in `$RTS_HOME`, or in the config folder.

    What `rts` starts is told `$RTS_SETTINGS`: it has a `$RTS_HOME` although the commander may not.
    """
    if settings := os.environ.get("RTS_SETTINGS"):
        return Path(settings).absolute()
    if home := os.environ.get("RTS_HOME"):
        return Path(home).absolute() / "settings.toml"
    config = os.environ.get("XDG_CONFIG_HOME")
    return (Path(config) if config else Path.home() / ".config") / "rts" / "settings.toml"


def store_path(home: Path) -> Path:
    """Return the SQLite file."""
    return home / "store.db"


def inbox_folder(home: Path) -> Path:
    """Return where each worker has a maildir, `<worker id>/{tmp,new}`; beside them: `rejected`."""
    return home / "inbox"


def log_path(home: Path) -> Path:
    """Return the log of the watch and of bugs."""
    return home / "rts.log"


def mute_path(home: Path) -> Path:
    """Return the file that says whether cues are silent, whatever the settings say."""
    return home / "silence"


def opening_seen_path(home: Path) -> Path:
    """Return the file whose being there says that the opening was seen."""
    return home / "opening-seen"


def tmux_config_path(home: Path) -> Path:
    """Return the private tmux server's configuration."""
    return home / "tmux.conf"


def lock_path(home: Path, name: str) -> Path:
    """Return the lock file called `name`."""
    return home / "locks" / f"{name}.lock"


def repository_lock_path(home: Path, root: Path) -> Path:
    """Return the lock file that guards the list of worktrees of the repository at `root`."""
    return lock_path(home, f"git-{hashlib.sha256(str(root).encode()).hexdigest()[:10]}")


def run_folder(home: Path, worker_id: str) -> Path:
    """Return the folder of one worker outside its worktree: brief, start script, pull request."""
    return home / "workers" / worker_id


def brief_path(folder: Path) -> Path:
    """Return the brief in a worker's run folder."""
    return folder / "brief.md"


def start_path(folder: Path) -> Path:
    """Return the script in a worker's run folder that becomes its agent."""
    return folder / "start.sh"


def agent_script_path(folder: Path) -> Path:
    """Return the script in a worker's run folder that becomes its agent, inside the sandbox."""
    return folder / "agent.sh"


def words_path(folder: Path) -> Path:
    """Return the file with what is said first to a resumed agent."""
    return folder / "words.md"


def tests_output_path(folder: Path) -> Path:
    """Return where the output of the tests is kept, in a worker's run folder."""
    return folder / "tests.txt"


def agent_environment() -> dict[str, str]:
    """Return what a new session takes over from this process: no secret, since argv shows it."""
    return {"PATH": os.environ.get("PATH", os.defpath)}


def own_environment() -> dict[str, str]:
    """Return this process's environment without what would lead git to another repository."""
    return {name: value for name, value in os.environ.items() if name not in GIT_PLACES}


def pull_request_path(folder: Path) -> Path:
    """Return the file in which a worker hands in its pull request."""
    return folder / "pull-request.md"


def answers_folder(folder: Path) -> Path:
    """Return the folder where a waiting permission hook looks for the commander's answer."""
    return folder / "answers"


def status_path(folder: Path) -> Path:
    """Return where `rts pane` keeps the program status that the agent sent last (OSC 7501)."""
    return folder / "status.json"


def agent_pid_path(folder: Path) -> Path:
    """Return where `rts pane` writes the number of the process behind it."""
    return folder / "agent.pid"


def agent_sessions_folder(folder: Path) -> Path:
    """Return a worker's own folder for its agent's session registry, used inside the sandbox."""
    return folder / "sessions"


def agent_rules_folder() -> Path:
    """Return where the commander's own screen rules lie, one `<agent program>.toml` each."""
    return settings_path().parent / "agents"


def tmux_socket_path(home: Path) -> Path:
    """Return the private tmux socket of this state folder.

    Short, because a socket's path may have about 100 characters (unix(7), sun_path), and keyed by
    the state folder, because two private HOMEs of one uid must not share a server.
    """
    key = hashlib.sha256(str(home).encode()).hexdigest()[:10]
    return Path("/tmp") / f"rts-{os.getuid()}" / key


def worktrees_folder(project_root: Path) -> Path:
    """Return the folder beside a repository that holds its workers' worktrees."""
    return project_root.parent / f"{project_root.name}.rts"


def root_of_worktrees(folder: Path) -> Path | None:
    """Return the repository whose `worktrees_folder` this is by its name; None: of none."""
    name = folder.name.removesuffix(".rts")
    return folder.parent / name if name and name != folder.name else None


def resource_folder(name: str) -> Path:
    """Return `sounds` or `templates`: inside the installed package, or at the top of a checkout."""
    packaged = PACKAGE_FOLDER / name
    return packaged if packaged.is_dir() else PACKAGE_FOLDER.parent / name
