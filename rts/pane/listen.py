"""Only listens: a copy of what a program writes comes on stdin, from `tmux pipe-pane`."""

import os
import select

from rts.pane.keeper import Keeper, Places
from rts.pane.proxy import READ_SIZE_BYTES
from rts.pane.scanner import Scanner
from rts.pane.terminal import STDIN


def listen(places: Places) -> int:
    """Keep the status until stdin ends; return the exit code 0."""
    keeper, scanner = Keeper(places), Scanner()
    keeper.begin(0)
    waiting = select.poll()
    waiting.register(STDIN, select.POLLIN)
    try:
        while True:
            due_in_s = keeper.due_in_s()
            if waiting.poll(None if due_in_s is None else due_in_s * 1000 + 1):
                piece = os.read(STDIN, READ_SIZE_BYTES)
                if not piece:
                    return 0
                keeper.take(scanner.feed(piece)[1])
            keeper.publish()
    finally:
        keeper.end()
