"""The real backend, brought in when it is opened.

What it needs takes as long to import as Textual itself: the first picture does not wait for it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rts.settings import Settings

if TYPE_CHECKING:
    from rts.tui.backend import Backend


class LateBackend:
    """Stands for the game around `folder`; nothing but `open` may be called before that."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._real: Backend | None = None

    def open(self) -> Settings:
        """Import and open; may be called again where it failed."""
        if self._real is None:
            from rts.tui.game_backend import GameBackend

            self._real = GameBackend(self._folder)
        return self._real.open()

    def close(self) -> None:
        """Close what was opened."""
        if self._real is not None:
            self._real.close()

    def __getattr__(self, name: str) -> Any:
        """Let the real backend do all else."""
        return getattr(self._real, name)


def make_backend(folder: Path) -> "Backend":
    """Return a backend of which hardly anything is imported yet."""
    return cast("Backend", LateBackend(folder))
