"""The watch: started by whoever needs it, ended only when asked."""

import sys
from pathlib import Path

from rts import paths
from rts.adapters.process import is_lock_held, wait_for_lock
from rts.adapters.tmux import shell_line
from rts.game import Game

WATCH_SESSION = "rts-watch"
WATCH_LOCK = "watch"


def is_watched(game: Game) -> bool:
    """Tell whether a watch runs, whoever started it; where nobody may look, none does."""
    try:
        return is_lock_held(paths.lock_path(game.home, WATCH_LOCK))
    except OSError:
        return False


def ensure_watch(game: Game) -> None:
    """Start the watch in its own session when none runs.

    Raises:
        OutsideFailed: tmux refused.
    """
    with wait_for_lock(paths.lock_path(game.home, f"{WATCH_LOCK}-start")):
        if not is_watched(game):
            _start(game)


def _start(game: Game) -> None:
    pane = game.tmux.panes().get(WATCH_SESSION)
    if pane is not None and not pane.is_dead:
        return  # it has been started and takes the lock in a moment
    game.tmux.end_session(WATCH_SESSION)
    game.inbox.prepare()
    game.tmux.start_session(
        WATCH_SESSION,
        Path.home(),
        # -P: a folder `rts` where it starts would be run in our place.
        shell_line([sys.executable, "-P", "-m", "rts", "watch"]),
        {
            "RTS_HOME": str(game.home),
            "RTS_SETTINGS": str(paths.settings_path()),
            **paths.agent_environment(),
        },
        "the watch",
    )


def kill_server(game: Game) -> int:
    """End the private tmux server: the watch and every session; return how many sessions ended.

    Worktrees, branches and the store stay.
    """
    session_count = len(game.tmux.panes())
    game.tmux.kill_server()
    return session_count
