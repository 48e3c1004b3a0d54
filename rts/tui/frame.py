"""What every widget is handed: one world, at one time, with one unit selected."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rts.tui.drawing.signs import to_ascii
from rts.tui.keymap import Key
from rts.world.detail import UnitDetail
from rts.world.evidence import Activity
from rts.world.nouns import Worker
from rts.world.territory import Survey
from rts.world.world import World


@dataclass(frozen=True)
class Frame:
    """Everything that one picture of the screen is made from."""

    world: World = field(default_factory=World)
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    selected_id: str = ""
    """The selected worker's id; empty: none."""
    chosen_ids: frozenset[str] = frozenset()
    """The workers of a selection of many; empty: only the selected one is meant."""
    detail: UnitDetail | None = None
    """More of the selected unit; None, or of another unit, until it was looked up."""
    survey: Survey = field(default_factory=Survey)
    has_territory: bool = False
    """The territory is shown in the minimap's place."""
    is_open: bool = False
    """The store was read at least once; before, an empty world means nothing."""
    is_ascii: bool = False
    is_past: bool = False
    """It is a replay: what needed the commander then needs nobody now, and nothing is lit."""
    keys: Mapping[Key, Key] = field(default_factory=dict)
    """The rows of the key tables that the settings change, each with what it is now."""
    typing_to: str = ""
    """The worker that the commander's keys go to; empty: keys are orders."""
    trouble: str = ""
    """Why what is shown may be old: the store cannot be read now; empty: it can."""
    doing: tuple[str, ...] = ()
    """Orders that are being carried out, in words: `merging falcon-3`."""
    held: str = ""
    """What is held back until when, and can still be undone; empty: nothing."""
    undo: str = ""
    """What the next undo takes back, in words; empty: nothing."""

    @property
    def selected(self) -> Worker | None:
        """The selected worker, or None."""
        return self.world.worker_by_id.get(self.selected_id)

    @property
    def typed_to(self) -> Worker | None:
        """The worker that every key goes to now: selected still, and with an agent that hears."""
        worker = self.selected
        if worker is None or worker.id != self.typing_to:
            return None
        is_deaf = self.world.judgement_of(worker).activity in (Activity.GONE, Activity.PAUSED)
        return None if is_deaf else worker

    @property
    def is_typing(self) -> bool:
        """Every key goes to the selected unit's agent."""
        return self.typed_to is not None

    @property
    def selected_detail(self) -> UnitDetail | None:
        """More of the selected unit, or None while that is not known."""
        is_of_selected = self.detail is not None and self.detail.worker_id == self.selected_id
        return self.detail if is_of_selected else None

    @property
    def meant(self) -> tuple[Worker, ...]:
        """The workers that an order now goes to: those chosen, else the selected one."""
        ids = self.chosen_ids or {self.selected_id}
        return tuple(worker for worker in self.world.workers if worker.id in ids)

    def key(self, row: Key) -> Key:
        """Return a row of a key table as the settings have it."""
        return self.keys.get(row, row)

    def sign(self, text: str) -> str:
        """Return `text` as this terminal may show it."""
        return to_ascii(text) if self.is_ascii else text
