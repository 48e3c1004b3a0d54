"""The desk: where orders are carried out beside the screen, and it is known which are under way."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar, cast

from rts.errors import RtsError
from rts.tui.backend import Backend
from rts.tui.giving.give import Background
from rts.tui.giving.held import Held, Waiting
from rts.tui.giving.line import Line, Order, work_off
from rts.tui.giving.plans import OrderMessage, Plan
from rts.tui.giving.undo import Final, Undo, UndoStack, find_final, find_undo

HOLD_LOOK_S = 0.25
"""Pause between two looks at what is held back: its countdown goes by seconds."""

Outcome = TypeVar("Outcome")


class Clerk(Protocol):
    """What the desk needs of whoever it works for."""

    def run_worker(self, work: Any) -> Any:
        """Run a coroutine beside the screen."""

    def set_timer(self, delay: float, callback: Any) -> Any:
        """Call back once, after `delay` seconds."""

    def show_doing(self, doing: tuple[str, ...], held: str, undo: str) -> None:
        """Show which orders are being carried out, what is held back, and what can be undone."""

    def say(self, words: str) -> None:
        """Say something in passing."""

    def complain(self, error: RtsError) -> None:
        """Say what went wrong."""

    def expect_news(self) -> None:
        """Look at the world at the next chance."""


class Desk:
    """Carries out orders in the background; the same order is not carried out twice at once."""

    def __init__(
        self,
        clerk: Clerk,
        background: Background,
        backend: Backend,
        now: Callable[[], datetime],
    ) -> None:
        self._clerk = clerk
        self._background = background
        self._backend = backend
        self._now = now
        self._waiting = Waiting()
        self._undos = UndoStack()
        self._under_way: tuple[str, ...] = ()
        self._lines: defaultdict[str, Line] = defaultdict(Line)
        self.grace_s = 0.0
        """How long an order that destroys something is held back after its yes."""

    @property
    def doing(self) -> tuple[str, ...]:
        """The orders that are being carried out or were said yes to, in words."""
        return (*self._under_way, *self._in_line, *self._waiting.doing)

    @property
    def _in_line(self) -> tuple[str, ...]:
        return tuple(one.doing for line in self._lines.values() for one in line.waiting)

    def give(self, message: OrderMessage, plan: Plan, then: Callable[[object], object]) -> None:
        """Give an order that can be undone, or held back before; `then` gets its outcome."""
        if plan.is_once and plan.doing in self.doing:
            return

        def work() -> object:
            return plan.work(self._backend)

        def begin() -> None:
            end = self.remember(message, plan)

            def settle(outcome: object) -> None:
                end(outcome)
                then(outcome)

            def fail(error: RtsError) -> None:
                end(error)
                self._clerk.complain(error)

            self.carry_out(
                plan.doing, work, settle, is_once=plan.is_once, otherwise=fail, line=plan.line
            )

        if plan.is_held:
            self.hold(plan.doing, work, begin, plan.line)
        else:
            begin()

    def hold(
        self,
        doing: str,
        work: Callable[[], object],
        begin: Callable[[], object],
        line: str = "",
    ) -> None:
        """Begin an order after the grace; until then it can be taken back.

        `work` is the same order without the screen: it is done when that is left before, in its
        turn where it has a `line`.
        """
        if self.grace_s <= 0:
            begin()
        elif doing not in self._waiting:
            now = self._now()
            kind = doing.split()[0]
            due_at = now + timedelta(seconds=self.grace_s)
            self._waiting.hold(Held(kind, doing, now, due_at, work, begin, line))
            self._look_at_held()

    def remember(self, message: OrderMessage, plan: Plan) -> Callable[[object], None]:
        """Remember that an order is being carried out; call what is returned with its outcome.

        The outcome of an order that failed is an `RtsError`.
        """
        slip = self._undos.begin(type(message).__name__, plan.doing, self._now())
        slip.final = find_final(message)

        def end(outcome: object) -> None:
            if isinstance(outcome, RtsError):
                self._undos.drop(slip)
            else:
                self._undos.settle(slip, find_undo(message, outcome))

        return end

    def carry_out(
        self,
        doing: str,
        work: Callable[[], Outcome],
        then: Callable[[Outcome], object],
        *,
        is_once: bool = True,
        otherwise: Callable[[RtsError], object] | None = None,
        line: str = "",
    ) -> None:
        """Do `work` in the background, saying what is done; `then` gets the outcome.

        With `is_once`, nothing is done while the same is being done: a key was pressed twice.
        `otherwise` gets why it failed or was not done; without it, a failure is complained about.
        Of the orders in one `line`, one is carried out after the other.
        """
        if is_once and doing in (*self._under_way, *self._in_line):
            if otherwise is not None:
                otherwise(RtsError(f"already {doing}", ""))
            return
        fail = otherwise or self._clerk.complain
        order = Order(doing, work, cast("Callable[[object], object]", then), fail, line)
        if line and self._lines[line].current is not None:
            self._lines[line].waiting.append(order)
            self._show()
        else:
            self._start(order)

    def _start(self, order: Order) -> None:
        # Begun here and not in the coroutine: one who leaves at once has given it all the same.
        job = self._background.begin(order.work)
        if order.line:
            self._lines[order.line].current = job

        async def carry_out() -> None:
            try:
                order.then(await asyncio.shield(asyncio.wrap_future(job)))
            except RtsError as error:
                order.otherwise(error)
            except asyncio.CancelledError:
                self._end(order)  # The screen was left: `finish` works the line off.
                raise
            except BaseException:
                self._end(order)
                self._begin_next(order.line)
                raise
            self._end(order)
            self._begin_next(order.line)

        self._set((*self._under_way, order.doing))
        self._clerk.run_worker(carry_out())

    def _end(self, order: Order) -> None:
        left = list(self._under_way)
        left.remove(order.doing)
        self._set(tuple(left))
        self._clerk.expect_news()

    def _begin_next(self, name: str) -> None:
        if not name:
            return
        line = self._lines[name]
        line.current = None
        if line.waiting:
            self._start(line.waiting.popleft())

    def undo(self) -> None:
        """Take back what is held, else undo the newest order, or say why it cannot be."""
        if newest := self._waiting.take_newest():
            self._clerk.say(f"Taken back: {', '.join(one.doing for one in newest)}.")
            self._show()
            return
        taken = self._undos.take(self._now())
        if isinstance(taken, Final):
            self._clerk.say(self._say_final(taken))
        else:
            for undo in taken:
                self._carry_out_undo(undo)
        self._show()

    def release(self) -> None:
        """Carry out at once what is held: nobody sees its countdown any more."""
        for one in self._waiting.take_all():
            one.begin()

    def finish(self) -> list[Future[object]]:
        """Begin what is still held or waits in line, after the screen was left.

        The commander said yes to it, and left without taking it back.
        """
        held = self._waiting.take_all()
        jobs = [self._background.begin(one.work) for one in held if not one.line]
        for name in {*self._lines, *(one.line for one in held if one.line)}:
            line = self._lines[name]
            works = [one.work for one in line.waiting]
            works += [one.work for one in held if one.line == name]
            line.waiting.clear()
            jobs += work_off(self._background, line.current, works)
        return jobs

    def _carry_out_undo(self, undo: Undo) -> None:
        self.carry_out(undo.words, lambda: undo.work(self._backend), lambda outcome: None)

    def _say_final(self, final: Final) -> str:
        words = f"Nothing to undo: {final.why}." if final.why else "Nothing to undo."
        before = self._undos.peek(self._now())
        return f"{words}\nu again undoes: {before}" if before and final.is_over else words

    def _look_at_held(self) -> None:
        for one in self._waiting.take_due(self._now()):
            one.begin()
        self._show()
        if self._waiting:
            self._clerk.set_timer(HOLD_LOOK_S, self._look_at_held)

    def _set(self, doing: tuple[str, ...]) -> None:
        self._under_way = doing
        self._show()

    def _show(self) -> None:
        now = self._now()
        held = self._waiting.say(now)
        self._clerk.show_doing(self.doing, held, held or self._undos.peek(now))
