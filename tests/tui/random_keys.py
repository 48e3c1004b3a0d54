"""Somebody who presses anything, and what must hold whatever he presses."""

import contextlib
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from textual import events
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

import rts.tui
from rts.errors import OrderRefused
from rts.settings import Settings
from rts.tui.app import RtsApp
from rts.tui.screens.ask import AskYesNo
from rts.tui.screens.battle import BattleScreen
from rts.tui.screens.replay import ReplayScreen
from rts.world.evidence import Activity, Judgement
from rts.world.opening import Opening, Tool
from rts.world.world import World
from tests.tui.dice import GRACE_S, Step
from tests.tui.played_backend import PlayedBackend
from tests.tui.scene_parts import NOW

REST_COUNT_MAX = 20
WORDS_EVERY = 5
"""Steps between two looks at what the screen says."""
STACK_MAX = 6
"""Most screens over each other: Textual's own, battle, review, a question, too small, and one."""


DESTRUCTIVE = frozenset({"merge", "dismiss", "pause"})
READS = frozenset({"read_review", "plan_editing", "edit", "browse"})
RAW_WORDS = ("Traceback (most recent", "[bold", "[/bold", "$need", "$bright", "$quiet", "$busy")

OPENING = Opening(
    (Tool("git", "2.45", is_there=True),),
    (Tool("drill", "a played one", is_there=True), Tool("codex", "0.1", is_there=True)),
    "drill",
    "settings.toml",
    has_project=True,
)


class WatchedBackend(PlayedBackend):
    """Writes down when each order came."""

    def watch(self, clock: "Clock") -> None:
        self.clock = clock
        self.times: list[datetime] = []
        self.writing = threading.Lock()

    def _order(self, *words: str) -> None:
        with self.writing:
            self.times.append(self.clock())
            super()._order(*words)

    def play(self, number: int, what: Activity | str) -> None:
        """Let a unit leave, or be something else; or refuse all orders, or none any more."""
        if what == "refuse":
            self.refusal = None if self.refusal else OrderRefused("No [/red] today.", "Hope [/].")
            return
        if not self.world.workers:
            return
        worker = self.world.workers[number % len(self.world.workers)]
        if isinstance(what, Activity):
            self._set(worker, Judgement(what, f"is {what}", self.clock()))
            return
        left = tuple(w for w in self.world.workers if w is not worker)
        self._change(f"{worker.name} went", workers=left)


class Clock:
    """Goes on only with the steps."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at

    def go_on(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Question:
    """A question that was asked, who it may be about, and how it was answered."""

    screen: AskYesNo
    words: str
    meant: tuple[frozenset[str], ...]
    """Names of those that were selected, at each of the last steps before it."""
    answer: str | None = None
    """The first key after it."""
    answered_at: datetime = NOW

    def allows(self, verb: str, names: Sequence[str]) -> bool:
        """Tell whether it was a question whether to do that to these units."""
        if self.answer != "y" or not self.words.startswith(f"{verb} "):
            return False
        if count := re.match(rf"{verb} (\d+) (units|pull requests)", self.words):
            are_selected = any(set(names) <= meant for meant in self.meant)
            return are_selected and len(names) <= int(count[1])
        return all(re.search(rf"(?<![\w-]){re.escape(n)}(?![\w-])", self.words) for n in names)


class WatchedApp(RtsApp):
    """The real app; writes down on which screen each key was pressed, and goes on after `q`."""

    CSS_PATH = str(Path(rts.tui.__file__).with_name("rts.tcss"))

    def __init__(self, backend: WatchedBackend, clock: Clock) -> None:
        super().__init__(backend, clock)
        self.clock = clock
        self.questions: list[Question] = []
        self.meant: list[frozenset[str]] = []
        self.exit_count = 0

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._note_answer(event)
            self.note_meant()
        await super().on_event(event)

    def push_screen(self, screen: Any, *rest: Any, **named: Any) -> Any:
        if isinstance(screen, AskYesNo):
            self.note_meant()
            meant = tuple(self.meant[-12:])
            self.questions.append(Question(screen, screen._question, meant))
        return super().push_screen(screen, *rest, **named)

    def exit(self, *rest: Any, **named: Any) -> None:
        self.exit_count += 1

    def note_meant(self) -> None:
        frame = self._battle.frame
        self.meant.append(frozenset(worker.name for worker in frame.meant))

    def _note_answer(self, event: events.Key) -> None:
        for question in self.questions:
            if question.screen is self.screen and question.answer is None:
                question.answer, question.answered_at = event.key, self.clock()


class Presser:
    """Carries out steps before an app, and checks after each what must hold."""

    def __init__(self, app: WatchedApp, backend: WatchedBackend, pilot: Pilot[None]) -> None:
        self.app, self.backend, self.pilot = app, backend, pilot
        self._checked_count = 0
        self._used: dict[tuple[int, str], int] = {}
        self._idle_names: list[frozenset[str]] = []
        self._released_at = NOW - timedelta(days=1)

    @property
    def battle(self) -> BattleScreen:
        return self.app._battle

    async def take(self, step: Step) -> None:
        """Take one step and check everything."""
        was_typing = self.battle.hears_keys
        was_past = self._is_past
        self._note_idle()
        self.app.clock.go_on(0.1)
        await self._do(step)
        await self.rest()
        new = self.backend.orders[self._checked_count :]
        self._check_orders()
        if step[0] == "key":
            self._check_mode(new, was_typing and self.battle.hears_keys, was_past and self._is_past)
        self._check_screen()

    @property
    def _is_past(self) -> bool:
        return any(isinstance(screen, ReplayScreen) for screen in self.app.screen_stack)

    async def rest(self) -> None:
        """Let all messages be handled; the pilot's own pause waits for an idle machine, too."""
        await self.pilot._wait_for_screen()
        for _ in range(REST_COUNT_MAX):
            if all(work.is_finished for work in self.app.workers):
                break
            with contextlib.suppress(WorkerCancelled):  # Textual's palette drops old searches.
                await self.app.workers.wait_for_complete()
            await self.pilot._wait_for_screen()
        await self.pilot._wait_for_screen()

    async def _do(self, step: Step) -> None:
        match step:
            case ("key" | "burst", *keys):
                for key in keys:
                    self._send(make_key(key))
            case ("click", x, y, button, is_ctrl):
                self._mouse(events.MouseDown, x, y, button, is_ctrl)
                self._mouse(events.MouseUp, x, y, button, is_ctrl)
            case ("drag", x, y, other_x, other_y):
                self._mouse(events.MouseDown, x, y)
                self._mouse(events.MouseMove, other_x, other_y)
                self._mouse(events.MouseUp, other_x, other_y)
            case ("wheel", x, y, is_up):
                wheel = events.MouseScrollUp if is_up else events.MouseScrollDown
                self._mouse(wheel, x, y, 0)
            case ("resize", width, height):
                await self.pilot.resize_terminal(width, height)
            case ("paste", text):
                self._send(events.Paste(text))
            case ("world", number, what):
                self.backend.play(number, what)
            case ("wait", seconds):
                self.app.clock.go_on(seconds)

    def _send(self, event: events.Event) -> None:
        driver = self.app._driver
        assert driver is not None
        driver.process_message(event)

    def _mouse(
        self,
        kind: type[events.MouseEvent],
        x: float,
        y: float,
        button: int = 1,
        is_ctrl: bool = False,
    ) -> None:
        size = self.app.size
        at = (int(x * size.width), int(y * size.height))
        self._send(kind(None, *at, 0, 0, button, False, False, is_ctrl))

    def _note_idle(self) -> None:
        world = self.battle.frame.world
        idle = (w.name for w in world.workers if is_done(world, w.id))
        self._idle_names = [*self._idle_names[-5:], frozenset(idle)]

    def _check_orders(self) -> None:
        with self.backend.writing:
            orders, times = list(self.backend.orders), list(self.backend.times)
        new = list(zip(orders, times, strict=True))[self._checked_count :]
        # What is held is carried out before the terminal is given away.
        given = [at for order, at in new if order[0] in ("attach", "plan_editing")]
        self._released_at = max([*given, self._released_at])
        for order, at in new:
            if order[0] in DESTRUCTIVE and not self._needs_no_yes(*order[:2]):
                self._check_destructive(order[0], order[1], at)
        self._checked_count = len(orders)

    def _needs_no_yes(self, verb: str, name: str) -> bool:
        """Tell whether it is a pause that cuts nothing off, or one that `u` gave."""
        if verb != "pause":
            return False
        resumed = ("resume", name) in self.backend.orders
        return resumed or any(name in names for names in self._idle_names)

    def _check_destructive(self, verb: str, name: str, at: datetime) -> None:
        for index, question in enumerate(self.app.questions):
            if (index, name) not in self._used and question.allows(verb, [name]):
                names = [n for i, n in self._used if i == index]
                assert question.allows(verb, [*names, name]), question
                held_s = (at - question.answered_at).total_seconds()
                is_released = self._released_at >= question.answered_at
                is_due = verb == "pause" or held_s >= GRACE_S or is_released
                assert is_due, f"{verb} {name} came {held_s} s after its yes"
                self._used[index, name] = 1
                return
        raise AssertionError(f"{verb} {name} without its yes: {self.app.questions[-3:]}")

    def _check_mode(self, new: Sequence[tuple[str, ...]], is_typing: bool, is_past: bool) -> None:
        given = {order[0] for order in new} - {"merge", "dismiss"}
        if is_typing:
            assert given <= {"type_keys"}, f"an order while typing: {new}"
        if is_past:
            assert not given, f"an order to the past: {new}"

    def _check_screen(self) -> None:
        app, frame = self.app, self.battle.frame
        assert app._exception is None, repr(app._exception)
        assert app.is_running
        assert len(app.screen_stack) <= STACK_MAX, app.screen_stack
        assert BattleScreen in map(type, app.screen_stack)
        ids = {worker.id for worker in frame.world.workers}
        assert frame.selected_id in ids or not ids
        assert frame.chosen_ids <= ids
        assert not frame.chosen_ids or frame.selected_id in frame.chosen_ids

    def check_words(self) -> None:
        """See that what is seen is meant for eyes."""
        strips = self.app.screen._compositor.render_strips()
        text = "\n".join("".join(segment.text for segment in strip) for strip in strips)
        for words in RAW_WORDS:
            assert words not in text, f"the screen says {words}:\n{text}"


def is_done(world: World, worker_id: str) -> bool:
    """Tell whether a pause of the worker cuts nothing off."""
    activity = world.judgement_by_worker[worker_id].activity
    return activity in (Activity.DONE, Activity.PAUSED, Activity.GONE)


def make_key(key: str) -> events.Key:
    """Return the event of a key, as the pilot makes it."""
    import unicodedata

    if len(key) == 1 and not key.isalnum():
        key = _character_to_key(key)
    character: str | None
    try:
        character = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
    except KeyError:
        character = key if len(key) == 1 else None
    return events.Key(key, character)


async def press_anything(world: World, steps: Sequence[Step], *, has_opening: bool = False) -> None:
    """Open a screen on `world` and take all steps; an `AssertionError` tells the last ones."""
    clock = Clock()
    settings = Settings(has_reduced_motion=True, undo_grace_s=GRACE_S)
    opening = OPENING if has_opening else None
    backend = WatchedBackend(replace(world), settings, opening=opening)
    backend.watch(clock)
    app = WatchedApp(backend, clock)
    taken = 0
    try:
        async with app.run_test(size=(100, 30)) as pilot:
            presser = Presser(app, backend, pilot)
            await presser.rest()
            for step in steps:
                taken += 1
                await presser.take(step)
                if taken % WORDS_EVERY == 0:
                    presser.check_words()
            await pilot.pause()
        app.close_backend()
    except BaseException as error:
        error.add_note(f"after {taken} steps, the last: {steps[max(taken - 25, 0) : taken]}")
        raise
