"""Keys that select many, and the control groups that keep what was selected."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from rts.tui import messages
from rts.tui.choices import choose_kind, why_not
from rts.tui.keymap import DIGIT_BY_KEY
from rts.tui.presses.board import WARNING_TOAST_S, Board
from rts.tui.presses.looking import STEP_BY_KEY
from rts.world.nouns import Worker

DOUBLE_TAP_S = 0.4
"""The same digit again this soon goes to the unit."""

JUST_SET_S = 5.0
"""How long a group is remembered that was set here and is not in the picture yet."""


@dataclass(frozen=True)
class Stretch:
    """A selection that is being extended over a block of cells, each (column, row)."""

    anchor: tuple[int, int] = (0, 0)
    corner: tuple[int, int] = (0, 0)
    """The cell across from the anchor: it may be empty, where the last row is short."""
    base_ids: frozenset[str] = frozenset()
    """Chosen before; they stay."""
    selected_id: str = ""
    chosen_ids: frozenset[str] = frozenset()
    """With `selected_id`: what the last key made of it. Another selection begins a new stretch."""


class SelectionPresses(Board):
    """Digits, groups, and everything that selects more than one."""

    def __init__(self) -> None:
        super().__init__()
        self.clock: Callable[[], float] = time.monotonic
        self.awaits_digit = False
        """`g` was the last key: a digit now sets its group."""
        self._tapped = ("", float("-inf"))
        """The digit that recalled something last, and when."""
        self._stretch = Stretch()
        self._just_set: dict[int, tuple[frozenset[str], float]] = {}

    def press_number(self, key: str) -> None:
        """Recall a control group, else select the unit in that cell; twice, go to it."""
        if not key.isdigit():
            self.warn("Press its digit: 1 to 9.")
        elif self.awaits_digit:
            self.awaits_digit = False
            self._set_group(int(key))
        elif self._tapped[0] == key and self.clock() - self._tapped[1] <= DOUBLE_TAP_S:
            self._tapped = ("", float("-inf"))
            self._go_to_selected()
        elif ids := self._find_meant_by(int(key)):
            self._tapped = (key, self.clock())
            self.choose(ids)
        else:
            words = f"No unit stands in cell {key}, and no control group has that number."
            self.notify(words, timeout=WARNING_TOAST_S)

    def press_set_group(self, key: str) -> None:
        """Make those that are selected the control group of a number."""
        if key in DIGIT_BY_KEY:
            self._set_group(DIGIT_BY_KEY[key])
        else:
            self.press_group(key)

    def press_group(self, key: str) -> None:
        """Let the next digit set its control group: for terminals that send no Ctrl+1."""
        self.awaits_digit = True
        words = f"Press 1-9: {name_many(self.frame.meant)} becomes that control group."
        self.notify(words, timeout=3.0, markup=False)

    def press_extend(self, key: str) -> None:
        """Go on to the unit in that direction, and choose the block of cells up to it.

        The territory has no cells: there, each unit that is gone to is added.
        """
        columns, rows = STEP_BY_KEY.get(key.removeprefix("shift+").lower(), (0, 0))
        if not columns and not rows:
            self.warn("Press Shift and an arrow, or H J K L.")
            return
        worker_id = self.shown_map.find_neighbour(columns, rows)
        if worker_id and self.shown_map is self.minimap:
            self._extend_to(worker_id, is_across=columns != 0)
        elif worker_id:
            self.choose(self._ids_meant() | {worker_id}, worker_id)

    def press_same_kind(self, key: str) -> None:
        """Choose all units whose tickets are of the selected one's kind."""
        ids = choose_kind(self.frame)
        if len(ids) == 1:
            self.notify(f"{self.selected.name} is the only one of its kind.")
        self.choose(ids)

    def on_unit_toggled(self, message: messages.UnitToggled) -> None:
        """Take a unit in, and make it the selected one; or take it out."""
        if ids := self._ids_meant() ^ {message.worker_id}:
            is_in = message.worker_id in ids
            self.choose(ids, message.worker_id if is_in else "")

    def on_units_chosen(self, message: messages.UnitsChosen) -> None:
        """Choose what a box was drawn around; an empty box changes nothing."""
        if message.worker_ids:
            self.choose(message.worker_ids | (self._ids_meant() if message.is_added else set()))

    def _extend_to(self, worker_id: str, *, is_across: bool) -> None:
        stretch = self._find_stretch()
        (column, row), (last_column, last_row) = self.minimap.cell_of(worker_id), stretch.corner
        corner = (column, last_row) if is_across else (last_column, row)
        block = self.minimap.find_between(stretch.anchor, corner)
        self.choose(stretch.base_ids | block, worker_id)
        selected_id, chosen_ids = self.frame.selected_id, self.frame.chosen_ids
        self._stretch = Stretch(stretch.anchor, corner, stretch.base_ids, selected_id, chosen_ids)

    def _find_stretch(self) -> Stretch:
        """Return what is being extended; a new one where another selection was made since."""
        stretch, frame = self._stretch, self.frame
        if (frame.selected_id, frame.chosen_ids) == (stretch.selected_id, stretch.chosen_ids):
            return stretch
        here = self.minimap.cell_of(frame.selected_id)
        return Stretch(here, here, frame.chosen_ids)

    def _ids_meant(self) -> frozenset[str]:
        return frozenset(worker.id for worker in self.frame.meant)

    def _find_meant_by(self, number: int) -> Collection[str]:
        """Return the control group of a number; where it was never set, the unit in that cell."""
        frame = self.frame
        group: Collection[str] = frame.world.groups.get(number, ())
        ids, set_at_s = self._just_set.get(number, (frozenset(), float("-inf")))
        if self.clock() - set_at_s < JUST_SET_S:
            group = ids & {worker.id for worker in frame.world.workers}
        return group or [w.id for w in frame.world.workers if w.cell_index == number - 1]

    def _set_group(self, number: int) -> None:
        workers = self.frame.meant
        # The next key may recall it before the store has been read again.
        self._just_set[number] = (self._ids_meant(), self.clock())
        ids = self.frame.world.groups.get(number, ())
        before = tuple(w for w in self.frame.world.workers if w.id in ids)
        self.post_message(messages.GroupOrdered(number, workers, before))
        self.notify(f"control group {number}: {name_many(workers)}", timeout=3.0)

    def _go_to_selected(self) -> None:
        self.minimap.centre()
        if reason := why_not("enter", self.frame, None):
            self.warn(reason)
        else:
            self.post_message(messages.AttachWanted(self.selected))


def name_many(workers: Collection[Worker]) -> str:
    """Return how many they are; the name where it is one."""
    return next(iter(workers)).name if len(workers) == 1 else f"{len(workers)} units"
