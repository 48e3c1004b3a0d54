"""The records that a program's reports leave: one of its own (id ""), one per child."""

from rts.pane.report import Report

COUNT_MAX = 256
"""Most records that are kept: a program with more children than that is not to be believed."""


class Records:
    """The last report of each id, and when its state began."""

    def __init__(self) -> None:
        self._records: dict[str, tuple[Report, float]] = {}

    def __bool__(self) -> bool:
        return bool(self._records)

    def take(self, report: Report, now: float) -> bool:
        """Put `report` in the place of the one before it; return whether that changed anything.

        `clear` takes away its record and those of its children; without an id, all.
        """
        if report.state == "clear":
            return self._clear(report.id)
        before = self._records.get(report.id)
        if before is not None and before[0].facts() == report.facts():
            return False
        if before is None and len(self._records) >= COUNT_MAX:
            self._forget_oldest_child()
        is_same = before is not None and _is_same_state(before[0], report)
        self._records[report.id] = report, before[1] if before and is_same else now
        return True

    def facts(self) -> dict[str, dict[str, object]]:
        """Return the records by id, as they are kept in JSON; `at` is in seconds since 1970."""
        return {id: {**report.facts(), "at": at} for id, (report, at) in self._records.items()}

    def began_at(self, id: str) -> float | None:
        """Return when the state of the record `id` began."""
        found = self._records.get(id)
        return found[1] if found else None

    def _clear(self, id: str) -> bool:
        gone = [key for key in self._records if not id or key == id or key.startswith(f"{id}/")]
        for key in gone:
            del self._records[key]
        return bool(gone)

    def _forget_oldest_child(self) -> None:
        children = (id for id in self._records if id)
        del self._records[min(children, key=lambda id: self._records[id][1])]


def _is_same_state(one: Report, other: Report) -> bool:
    """Tell whether two reports are of one state. Another request is another wait."""
    if one.state == "blocked" and one.msg != other.msg:
        return False
    return (one.state, one.kind) == (other.state, other.kind)
