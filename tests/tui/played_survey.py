"""The territory that scenes are played on: a shop's repository, and who edits where."""

from datetime import timedelta

from rts.world.evidence import Activity
from rts.world.territory import FileChange, Footprint, Survey, find_collisions
from rts.world.world import World
from tests.tui.scene_parts import NOW

SIZE_BY_FOLDER = {
    "": 9_000,
    "accounts": 41_000,
    "accounts/migrations": 18_000,
    "api": 62_000,
    "api/v2": 88_000,
    "catalog": 70_000,
    "catalog/search": 52_000,
    "docs": 64_000,
    "docs/decisions": 21_000,
    "payments": 96_000,
    "payments/providers": 74_000,
    "scripts": 8_000,
    "tests": 12_000,
    "tests/api": 55_000,
    "tests/payments": 61_000,
    "web/src": 31_000,
    "web/src/components": 140_000,
    "web/src/pages": 97_000,
    "web/styles": 38_000,
}

PLACES = (
    "payments/retry.py",
    "api/v2/proxy.py",
    "accounts/migrations/0042_drop.py",
    "catalog/search/debounce.ts",
    "web/src/components/Invoice.tsx",
    "tests/payments/test_retry.py",
    "payments/providers/stripe.py",
    "docs/decisions/0007-pricing.md",
    "",
    "web/src/pages/Checkout.tsx",
    "payments/retry.py",
    "api/limits.py",
)
"""Where the units edit, one after the other; empty: nowhere yet."""


def play_survey(world: World) -> Survey:
    """Return a survey in which all workers of `world` have edited somewhere, two in the same."""
    footprints = tuple(
        _step(worker.id, worker.cell_index)
        for worker in world.workers
        if world.judgement_of(worker).activity is not Activity.STARTING
    )
    conflicts = {}
    ids = [footprint.worker_id for footprint in footprints]
    if "w10" in ids:
        conflicts[("w0", "w10")] = ["payments/retry.py"]
    sizes = SIZE_BY_FOLDER if world.project else {}
    return Survey(NOW, sizes, footprints, find_collisions(footprints, conflicts))


def _step(worker_id: str, i: int) -> Footprint:
    place = PLACES[i % len(PLACES)]
    minutes = (0.5, 6, 40, 3, 1, 200)[i % 6]
    if not place:
        return Footprint(worker_id)
    latest = FileChange(place, 42, 7, NOW - timedelta(minutes=minutes))
    older = FileChange("accounts/models.py", 3, 1, NOW - timedelta(minutes=minutes + 25))
    files = (latest, older) if i in (4, 6) else (latest,)
    return Footprint(worker_id, "1" * 40, files, len(files))
