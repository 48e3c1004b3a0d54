"""Which screen the commander looks at."""

from typing import Any

from textual.app import ScreenStackError
from textual.screen import Screen


def is_on_top(screen: Screen[Any]) -> bool:
    """Tell whether keys go to `screen`, and no other lies over it.

    Not Textual's `is_current`: that is also true for a screen that shows behind a modal one.
    """
    try:
        return screen.app.screen is screen
    except ScreenStackError:
        return False
