"""One order to many: carried out for each, and how it went is said once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rts.errors import RtsError
from rts.tui.backend import Backend
from rts.tui.choices import join_reasons
from rts.tui.giving.desk import Desk
from rts.tui.giving.plans import Plan, plan_order
from rts.tui.messages import ManyOrdered, PullRequestWanted, WorkerWish
from rts.world.nouns import QueuedTell, Worker

Say = Callable[[str, bool], None]
"""Says words; the flag tells whether any of it failed."""


@dataclass
class Tally:
    """How an order to many goes."""

    done: str
    names: list[str] = field(default_factory=list)
    """Of the units to whom it was done."""
    queued_count: int = 0
    """Units that are told as soon as they are idle."""
    reasons: list[str] = field(default_factory=list)
    """Why it was not done to the others."""

    def note(self, wish: WorkerWish, outcome: object) -> None:
        """Count an outcome: an `RtsError` where it failed."""
        if isinstance(outcome, RtsError):
            self.reasons.append(outcome.what)
        elif isinstance(outcome, QueuedTell):
            self.queued_count += 1
        else:
            self.names.append(wish.worker.name)

    def say(self) -> str:
        """Return it in one line: `told 3; queued for 2; heron-2 is gone`."""
        count = len(self.names)
        parts = [f"{self.done} {self.names[0] if count == 1 else count}"] if count else []
        if self.queued_count:
            parts.append(f"queued for {self.queued_count} till idle")
        return "; ".join([*parts, *([join_reasons(self.reasons)] if self.reasons else [])])


class Many:
    """An order to many that is being carried out at a desk."""

    def __init__(self, order: ManyOrdered, desk: Desk, backend: Backend, say: Say) -> None:
        self._wishes = order.wishes
        self._open_count = len(order.wishes)
        self._skipped = list(order.skipped)
        self._tally = Tally(order.done)
        self._desk, self._backend, self._say = desk, backend, say

    def carry_out(self) -> None:
        """Begin with all; what destroys something is held back together, and taken back so."""
        for wish in self._wishes:
            plan = plan_order(wish)
            if plan.is_once and plan.doing in self._desk.doing:
                self._note(wish, RtsError(f"already {plan.doing}", ""))
            elif plan.is_held:
                work, begin = self._promise(wish, plan)
                self._desk.hold(plan.doing, work, begin, plan.line)
            else:
                self._begin(wish, plan)

    def _promise(
        self, wish: WorkerWish, plan: Plan
    ) -> tuple[Callable[[], object], Callable[[], None]]:
        """Return what carries a wish out without the screen, and what does so beside it."""

        return lambda: plan.work(self._backend), lambda: self._begin(wish, plan)

    def _begin(self, wish: WorkerWish, plan: Plan) -> None:
        end = self._desk.remember(wish, plan)

        def settle(outcome: object) -> None:
            end(outcome)
            self._note(wish, outcome)

        # Each runs tests: many at once would be slower than one after the other.
        line = plan.line or ("test" if isinstance(wish, PullRequestWanted) else "")
        self._desk.carry_out(
            plan.doing,
            lambda: plan.work(self._backend),
            settle,
            is_once=plan.is_once,
            otherwise=settle,
            line=line,
        )

    def _note(self, wish: WorkerWish, outcome: object) -> None:
        self._tally.note(wish, outcome)
        self._open_count -= 1
        if self._open_count == 0:
            has_failed = bool(self._tally.reasons)
            self._tally.reasons += self._skipped
            self._say(self._tally.say(), has_failed)


def look_up_kept(
    workers: Sequence[Worker],
    desk: Desk,
    backend: Backend,
    ask: Callable[[list[tuple[Worker, str]]], object],
) -> None:
    """Let it be looked up what a dismissal of each would keep; `ask` gets it in words."""

    def look() -> list[tuple[Worker, str]]:
        return [(worker, backend.what_is_kept(worker)) for worker in workers]

    desk.carry_out(f"looking at the work of {len(workers)}", look, ask)
