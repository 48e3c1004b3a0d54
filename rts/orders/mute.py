"""Silence: the commander's last word, which counts more than the setting `is_muted`."""

from rts import paths
from rts.errors import OutsideFailed
from rts.game import Game

_SILENT, _HEARD = "silent\n", "heard\n"


def is_muted(game: Game) -> bool:
    """Tell whether cues are silent now; reads the disk at each call."""
    try:
        return paths.mute_path(game.home).read_text() == _SILENT
    except (OSError, UnicodeError):
        return game.settings.is_muted


def mute(game: Game, *, is_muted: bool) -> None:
    """Silence every cue, or let them be heard again; it holds until said otherwise.

    Raises:
        OutsideFailed: the state folder cannot be written.
    """
    path = paths.mute_path(game.home)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_SILENT if is_muted else _HEARD)
    except OSError as error:
        raise OutsideFailed(f"{path} cannot be written: {error}.", "See: rts doctor") from error
