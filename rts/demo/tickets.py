"""The demo's six tickets. Each body carries a drill scenario that really does the work."""

from dataclasses import dataclass
from pathlib import Path

from rts.world.nouns import TicketKind

BACKLOG_FOLDER = Path(__file__).parent / "backlog"


@dataclass(frozen=True)
class DemoTicket:
    """A ticket that is yet to be filed."""

    title: str
    body: str
    kind: TicketKind


KIND_BY_FILE = {
    "coupons.md": TicketKind.FEATURE,
    "rounding.md": TicketKind.BUG,
    "pdf.md": TicketKind.FEATURE,
    "cart.md": TicketKind.BUG,
    "retry.md": TicketKind.CHORE,
    "search.md": TicketKind.RESEARCH,
}
"""The backlog, in the order of filing: `coupons` asks, `pdf` fails, `retry` wants a permission."""


def read_backlog() -> list[DemoTicket]:
    """Return the tickets, in the order of filing."""
    return [_read(BACKLOG_FOLDER / name, kind) for name, kind in KIND_BY_FILE.items()]


def _read(path: Path, kind: TicketKind) -> DemoTicket:
    title, _, body = path.read_text(encoding="utf-8").partition("\n")
    return DemoTicket(title.removeprefix("# "), body.strip(), kind)
