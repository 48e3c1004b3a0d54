"""Settings and adapters, opened and closed together. No behaviour."""

import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rts import paths
from rts.adapters.inbox import Inbox
from rts.adapters.settings_file import read_settings
from rts.adapters.store.store import Store
from rts.adapters.tmux import Tmux
from rts.settings import Settings


@dataclass(frozen=True)
class Game:
    """Everything that an order needs."""

    settings: Settings
    home: Path
    """The state folder."""
    host: str
    """The name of this machine."""
    store: Store
    tmux: Tmux
    inbox: Inbox
    now: Callable[[], datetime]
    """The clock: aware UTC."""


@contextmanager
def open_game(now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Iterator[Game]:
    """Open the game whose state lies where `paths.rts_home` says; close it on leaving.

    Raises:
        RtsError: the settings cannot be read.
    """
    home = paths.rts_home()
    store = Store(paths.store_path(home))
    try:
        yield Game(
            settings=read_settings(paths.settings_path()),
            home=home,
            host=platform.node(),
            store=store,
            tmux=Tmux(paths.tmux_socket_path(home), paths.tmux_config_path(home)),
            inbox=Inbox(paths.inbox_folder(home)),
            now=now,
        )
    finally:
        store.close()
