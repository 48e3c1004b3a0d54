"""Two lines below a replay: where it stands, and the day as a line with what stood out on it."""

from bisect import bisect_left
from datetime import datetime, timedelta, tzinfo
from itertools import groupby

from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget

from rts.tui.drawing.signs import (
    ALERT,
    PLAYED,
    PLAYHEAD,
    PLAYING,
    READY,
    STOPPED,
    UNPLAYED,
    to_ascii,
)
from rts.tui.messages import MomentChosen
from rts.tui.replay import Playhead, choose_span
from rts.world.history import History, list_marks
from rts.world.units import short_time

BADGE = " REPLAY "
_STYLE_BY_SIGN = {
    READY: "$ready",
    ALERT: "$quiet",
    PLAYED: "$line-focus",
    UNPLAYED: "$line",
    PLAYHEAD: "bold $bright",
}


class ReplayBar(Widget):
    """Shows the playhead; says `MomentChosen` for a click on the timeline."""

    playhead: reactive[Playhead | None] = reactive(None, layout=False)

    def __init__(self, history: History, zone: tzinfo | None, *, is_ascii: bool, id: str) -> None:
        super().__init__(id=id)
        self._read_at = history.read_at
        self._begins_at, self._ends_at = history.begins_at, history.ends_at
        self._marks = list_marks(history.events)
        self._zone = zone
        self._is_ascii = is_ascii

    def render(self) -> Content:
        """Draw both lines."""
        if self.playhead is None:
            return Content()
        head = self._head(self.playhead)
        return Content("\n").join([head, self._timeline(self.playhead)])

    def on_click(self, event: Click) -> None:
        """Say which time was pointed at."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y != 1 or self.playhead is None:
            return
        begin, end = self.span(self.playhead.at)
        left, width = self._track_room(begin, end)
        share = min(max((offset.x - left + 0.5) / width, 0.0), 1.0)
        self.post_message(MomentChosen(begin + (end - begin) * share))

    def span(self, at: datetime) -> tuple[datetime, datetime]:
        """Return from when until when the timeline goes that shows a time."""
        local = at.astimezone(self._zone)
        begin, end = choose_span(self._begins_at, self._ends_at, local)
        return begin.astimezone(self._zone), end.astimezone(self._zone)

    def _head(self, head: Playhead) -> Content:
        at = head.at.astimezone(self._zone)
        state = f"{PLAYING} playing" if head.is_playing else f"{STOPPED} stopped"
        ago = f"{short_time(self._read_at - head.at)} ago"
        parts = [
            (BADGE, "bold $background on $foreground"),
            (f"  {at:%a %d %b}  ", "$quiet"),
            (f"{at:%H:%M:%S}", "bold $bright"),
            (f"   {self._sign(state)}", "$foreground"),
            (f"   {head.speed:g}{self._sign('×')}", "$foreground"),
        ]
        gap = self.size.width - sum(len(text) for text, _ in parts) - len(ago)
        return Content.assemble(*parts, " " * max(gap, 3), (ago, "$quiet"))

    def _timeline(self, head: Playhead) -> Content:
        begin, end = self.span(head.at)
        left, width = self._track_room(begin, end)
        signs = self._draw_track(begin, end, head.at, width)
        parts = [("".join(run), _STYLE_BY_SIGN[sign]) for sign, run in groupby(signs)]
        return Content.assemble(
            (f"{begin:{_clock(begin, end)}}".ljust(left), "$quiet"),
            *((self._sign(text), style) for text, style in parts),
            (f" {end:{_clock(begin, end)}}", "$quiet"),
        )

    def _draw_track(self, begin: datetime, end: datetime, at: datetime, width: int) -> list[str]:
        """Return one sign for each cell: a landing before an alert, the playhead before all."""
        here = _cell(begin, end, at, width)
        signs = [PLAYED if i < here else UNPLAYED for i in range(width)]
        first = bisect_left(self._marks, begin, key=lambda mark: mark.at)
        for mark in self._marks[first:]:
            if mark.at > end:
                break
            cell = _cell(begin, end, mark.at, width)
            if mark.is_landing or signs[cell] != READY:
                signs[cell] = READY if mark.is_landing else ALERT
        signs[here] = PLAYHEAD
        return signs

    def _track_room(self, begin: datetime, end: datetime) -> tuple[int, int]:
        """Return where the line begins and how wide it is, in cells."""
        label = len(f"{begin:{_clock(begin, end)}} ")
        return label, max(self.size.width - 2 * label, 1)

    def _sign(self, text: str) -> str:
        return to_ascii(text) if self._is_ascii else text


def _cell(begin: datetime, end: datetime, at: datetime, width: int) -> int:
    share = (at - begin) / (end - begin) if end > begin else 1.0
    return min(max(int(share * width), 0), width - 1)


def _clock(begin: datetime, end: datetime) -> str:
    """Return how the ends are written: to the second where minutes would say nothing."""
    return "%H:%M:%S" if end - begin < timedelta(minutes=10) else "%H:%M"
