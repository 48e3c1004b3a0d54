"""Orders that are carried out one after the other: each waits until the one before has ended."""

import concurrent.futures
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from rts.errors import RtsError
from rts.tui.giving.give import Background


@dataclass(frozen=True)
class Order:
    """An order as the desk carries it out."""

    doing: str
    """What is being done, in words: `merging falcon-3`."""
    work: Callable[[], object]
    """Does it, beside the screen; may raise an `RtsError`."""
    then: Callable[[object], object]
    """Gets the outcome."""
    otherwise: Callable[[RtsError], object]
    """Gets why it failed."""
    line: str = ""
    """Where it waits for its turn: `merge`; empty: it is carried out at once."""


@dataclass
class Line:
    """The orders of one kind, of which one is being carried out."""

    current: Future[object] | None = None
    """What is being carried out now; None: nothing."""
    waiting: deque[Order] = field(default_factory=deque)


def work_off(
    background: Background, current: Future[object] | None, works: Sequence[Callable[[], object]]
) -> list[Future[object]]:
    """Do `works` one after the other, once `current` has ended; return a future for each."""
    outcomes: list[Future[object]] = [Future() for _ in works]

    def do_all() -> None:
        if current is not None:
            concurrent.futures.wait([current])
        for work, outcome in zip(works, outcomes, strict=True):
            try:
                outcome.set_result(work())
            except BaseException as error:  # noqa: BLE001 - whoever asks for the outcome gets it
                outcome.set_exception(error)

    if works:
        background.begin(do_all)
    return outcomes
