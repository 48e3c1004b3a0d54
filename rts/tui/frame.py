"""What every widget is handed: one world, at one time, with one unit selected."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from rts.tui.signs import to_ascii
from rts.world.nouns import Worker
from rts.world.world import World


@dataclass(frozen=True)
class Frame:
    """Everything that one picture of the screen is made from."""

    world: World = field(default_factory=World)
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    selected_id: str = ""
    """The selected worker's id; empty: none."""
    is_open: bool = False
    """The store was read at least once; before, an empty world means nothing."""
    is_ascii: bool = False
    doing: tuple[str, ...] = ()
    """Orders that are being carried out, in words: `merging falcon-3`."""

    @property
    def selected(self) -> Worker | None:
        """The selected worker, or None."""
        return next((w for w in self.world.workers if w.id == self.selected_id), None)

    def sign(self, text: str) -> str:
        """Return `text` as this terminal may show it."""
        return to_ascii(text) if self.is_ascii else text
