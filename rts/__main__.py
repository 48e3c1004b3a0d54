"""The way in: `rts` and `python -m rts`. Errors end here, as two lines for a person."""

import os
import signal
import sys
from types import FrameType

from rts import paths
from rts.errors import RtsError

ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    """Run the verb that was typed; without any, open the screen."""
    for name in paths.GIT_PLACES:  # what we run must find the repository that it stands in
        os.environ.pop(name, None)
    for number in ENDING_SIGNALS:
        signal.signal(number, _leave)
    try:
        _run()
    except RtsError as error:
        if "--debug" in sys.argv:
            raise
        sys.stderr.write(f"{error.what}\n{error.hint}\n")
        sys.exit(1)
    except BrokenPipeError:  # `rts … | head`: nobody reads on, and that is no error of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _run() -> None:
    """Go the short way to the screen: reading the verbs takes longer than Python's own start."""
    if len(sys.argv) == 1:
        from rts.cli.screen import open_screen

        open_screen()
    else:
        from rts.cli.main import app

        app()


def _leave(number: int, _frame: FrameType | None) -> None:
    """End as an error would, so that what is half made is taken back."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
