"""The commander's settings, read from their file. Imports nothing that takes time."""

import tomllib
from pathlib import Path

from rts.errors import RtsError
from rts.settings import Settings, parse_settings


def read_settings(path: Path) -> Settings:
    """Return the commander's settings; the defaults when there is no file.

    Raises:
        RtsError: the file is no TOML, or a key or value is wrong.
    """
    try:
        return parse_settings(tomllib.loads(path.read_text()))
    except FileNotFoundError:
        return Settings()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RtsError(f"{path} is no TOML: {error}.", "Mend it, or move it aside.") from error
