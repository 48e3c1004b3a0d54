"""Handing the terminal to another program until that ends."""

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from textual.app import SuspendNotSupported

from rts.errors import OrderRefused, RtsError
from rts.tui.giving.desk import Desk


class Holder(Protocol):
    """What has the terminal: the app."""

    @property
    def is_headless(self) -> bool:
        """Whether there is no terminal that could be handed over."""

    def suspend(self) -> AbstractContextManager[None]:
        """Give the terminal away while inside."""


def hand_over(holder: Holder, desk: Desk, name: str, work: Callable[[], object]) -> RtsError | None:
    """Do `work` on the terminal; return why it failed, or None.

    What is held back is carried out: nobody sees its countdown meanwhile. `name` is the worker's,
    for what can be done instead where there is no terminal, as in a browser.
    """
    try:
        with contextlib.nullcontext() if holder.is_headless else holder.suspend():
            desk.release()
            try:
                work()
            except RtsError as error:
                return error  # one that left `suspend` would leave the screen dead
    except SuspendNotSupported:
        return OrderRefused(
            "A browser has no terminal to hand over.",
            f"Use the pane: i types to the agent; or attach in a terminal: rts attach {name}",
        )
    return None
