"""The event log: one sentence per event, newest on top."""

import json
from collections.abc import Callable, Collection
from functools import lru_cache

from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp

from rts.tui.drawing.signs import FAILED, READY, shorten, to_ascii
from rts.tui.frame import Frame
from rts.tui.messages import UnitChosen
from rts.tui.widgets.drawn import DrawnWidget
from rts.world.events import activity_told
from rts.world.evidence import Activity
from rts.world.nouns import Event
from rts.world.units import MARK_BY_ACTIVITY

_MARK_BY_KIND = {
    "pull_request_opened": READY,
    "pull_request_updated": READY,
    "pull_request_merged": READY,
    "merge_refused": FAILED,
    "worker_start_failed": FAILED,
}
_UNSHOWN_KINDS = frozenset({"cue_sounded", "control_group_set"})
"""What was heard, or set just now, need not be read as well; `rts events` tells it."""

LINE_COUNT_MAX = 400
"""Sentences that are kept as they were drawn: nearly all of them stand where they stood."""

SCROLL_LINES = 2
"""Events by which one turn of the wheel scrolls."""


class EventLog(DrawnWidget):
    """Shows the newest events; a click on one says `UnitChosen` for its worker."""

    BORDER_TITLE = "log"

    _skipped_count = 0
    """Newest events above the first line: how far the log was scrolled."""
    _newest_id = 0
    """The newest event of the frame before."""

    def draw(self) -> list[Content]:
        """Draw as many events as fit."""
        shown = self._shown()
        if not shown:
            hint = "What happens is told here." if self.frame.is_open else ""
            return [Content.styled(hint, "$quiet")]
        live = _find_live_alerts(self.frame)
        return [self._line(event, is_live=event.id in live) for event in shown]

    def on_click(self, event: Click) -> None:
        """Select the unit that the sentence is about."""
        offset = event.get_content_offset(self)
        shown = self._shown()
        if offset and offset.y < len(shown) and (worker_id := shown[offset.y].worker_id):
            self.post_message(UnitChosen(worker_id))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Show older events."""
        self._skip(self._skipped_count + SCROLL_LINES)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Show newer events."""
        self._skip(self._skipped_count - SCROLL_LINES)

    def watch_frame(self) -> None:
        """Let the sentences that are being read stay where they are when news comes."""
        newest_id, self._newest_id = self._newest_id, self.frame.world.event_id
        if self._skipped_count:
            self._skip(self._skipped_count + sum(e.id > newest_id for e in self._told()))
        else:
            self.redraw()

    def _skip(self, count: int) -> None:
        """Show the events that come after the newest `count`, as far as there are enough."""
        self._skipped_count = max(min(count, len(self._told()) - self.size.height), 0)
        newer = f"↑ {self._skipped_count} newer" if self._skipped_count else ""
        self.border_subtitle = self.frame.sign(newer)
        self.redraw()

    def _told(self) -> list[Event]:
        """Return what is told, the newest first, in the order in which it happened.

        That a ticket was filed is left out where a worker was spawned on it; that a worker works
        says less than its tile.
        """
        events = self.frame.world.events
        spawned = {e.ticket_id for e in events if e.kind == "worker_spawned"}
        told = [e for e in events if e.kind not in _UNSHOWN_KINDS and not _is_noise(e, spawned)]
        return sorted(told, key=lambda event: (event.at, event.id), reverse=True)

    def _shown(self) -> list[Event]:
        first = self._skipped_count
        return self._told()[first : first + max(self.size.height, 1)]

    def _line(self, event: Event, *, is_live: bool) -> Content:
        at = event.at.astimezone(self.frame.now.tzinfo).strftime("%H:%M")
        sign = to_ascii if self.frame.is_ascii else str
        return _draw_line(event, at, self.size.width, sign, is_live)


@lru_cache(maxsize=LINE_COUNT_MAX)
def _draw_line(
    event: Event, at: str, width: int, sign: Callable[[str], str], is_live: bool
) -> Content:
    mark, text = mark_of(event), shorten(event.text, width - 10)
    style = "$need" if is_live else "$ready" if mark == READY else ""
    return Content.assemble(
        (f"{at}  ", "$quiet"),
        (sign(f"{mark or ' '}  "), style),
        (sign(text), "$bright" if is_live else "$foreground"),
    )


def _is_noise(event: Event, spawned_ticket_ids: Collection[str]) -> bool:
    if event.kind == "ticket_filed":
        return event.ticket_id in spawned_ticket_ids
    return event.kind == "activity_changed" and activity_told(event) is Activity.BUSY


def mark_of(event: Event) -> str:
    """Return the sign before an event: the activity's, or one for good and bad."""
    if event.kind != "activity_changed":
        return _MARK_BY_KIND.get(event.kind, "")
    return MARK_BY_ACTIVITY[Activity(json.loads(event.detail)["activity"])]


def _find_live_alerts(frame: Frame) -> set[int]:
    """Return the ids of the events that tell of a need which still stands."""
    newest = {e.worker_id: e.id for e in frame.world.events if e.kind == "activity_changed"}
    waiting = {w.id for w in frame.world.alerts if not frame.world.is_ready(w)}
    return {event_id for worker_id, event_id in newest.items() if worker_id in waiting}
