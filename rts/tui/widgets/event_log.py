"""The event log: one sentence per event, newest on top."""

import json

from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.reactive import reactive
from textual.widget import Widget

from rts.tui.choices import list_alerts
from rts.tui.frame import Frame
from rts.tui.messages import UnitChosen
from rts.tui.signs import FAILED, READY, shorten
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
_UNSHOWN_KINDS = frozenset({"cue_sounded"})
"""What was heard need not be read as well; `rts events` tells it."""

SCROLL_LINES = 2
"""Events by which one turn of the wheel scrolls."""


class EventLog(Widget):
    """Shows the newest events; a click on one says `UnitChosen` for its worker."""

    BORDER_TITLE = "log"

    frame: reactive[Frame] = reactive(Frame(), layout=False)

    _skipped_count = 0
    """Newest events above the first line: how far the log was scrolled."""

    def render(self) -> Content:
        """Draw as many events as fit."""
        shown = self._shown()
        if not shown:
            hint = "What happens is told here." if self.frame.is_open else ""
            return Content.styled(hint, "$quiet")
        live = _find_live_alerts(self.frame)
        return Content("\n").join(self._line(event, is_live=event.id in live) for event in shown)

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

    def watch_frame(self, before: Frame, after: Frame) -> None:
        """Let the sentences that are being read stay where they are when news comes."""
        if self._skipped_count:
            newest_id = before.world.event_id
            self._skip(self._skipped_count + sum(e.id > newest_id for e in self._told()))

    def _skip(self, count: int) -> None:
        """Show the events that come after the newest `count`, as far as there are enough."""
        self._skipped_count = max(min(count, len(self._told()) - self.size.height), 0)
        newer = f"↑ {self._skipped_count} newer" if self._skipped_count else ""
        self.border_subtitle = self.frame.sign(newer)
        self.refresh()

    def _told(self) -> list[Event]:
        events = reversed(self.frame.world.events)
        return [event for event in events if event.kind not in _UNSHOWN_KINDS]

    def _shown(self) -> list[Event]:
        first = self._skipped_count
        return self._told()[first : first + max(self.size.height, 1)]

    def _line(self, event: Event, *, is_live: bool) -> Content:
        at = event.at.astimezone(self.frame.now.tzinfo).strftime("%H:%M")
        mark, text = mark_of(event), shorten(event.text, self.size.width - 10)
        style = "$need" if is_live else "$ready" if mark == READY else ""
        return Content.assemble(
            (f"{at}  ", "$quiet"),
            (self.frame.sign(f"{mark or ' '}  "), style),
            (self.frame.sign(text), "$bright" if is_live else "$foreground"),
        )


def mark_of(event: Event) -> str:
    """Return the sign before an event: the activity's, or one for good and bad."""
    if event.kind != "activity_changed":
        return _MARK_BY_KIND.get(event.kind, "")
    return MARK_BY_ACTIVITY[Activity(json.loads(event.detail)["activity"])]


def _find_live_alerts(frame: Frame) -> set[int]:
    """Return the ids of the events that tell of a need which still stands."""
    newest = {e.worker_id: e.id for e in frame.world.events if e.kind == "activity_changed"}
    waiting = {w.id for w in list_alerts(frame.world) if not frame.world.is_ready(w)}
    return {event_id for worker_id, event_id in newest.items() if worker_id in waiting}
