"""The line of keys: what can be done now, made from the key table."""

from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget

from rts.tui.choices import is_resumable, why_not
from rts.tui.frame import Frame
from rts.tui.keymap import Key
from rts.tui.messages import KeyPressed
from rts.world.nouns import Ticket

_ALWAYS_SHOWN = frozenset({"help", "quit"})
_SHOWN_WHEN_USABLE = frozenset({"allow", "deny"})


class KeyLine(Widget):
    """Shows the keys of a table, dim where they cannot be used; a click presses one."""

    frame: reactive[Frame] = reactive(Frame(), layout=False)
    ticket: reactive[Ticket | None] = reactive(None)
    """The ticket under the cursor while the tickets have the focus."""
    is_narrow: reactive[bool] = reactive(False)

    def __init__(self, keys: tuple[Key, ...], *, id: str) -> None:
        super().__init__(id=id)
        self._keys = keys

    def render(self) -> Content:
        """Draw the keys that fit."""
        doing = self._doing()
        parts: list[tuple[str, str]] = [(doing, "bold $busy")] if doing else []
        for row, words in self._fitting():
            is_usable = self._is_usable(row)
            parts.append((row.name, "bold $bright" if is_usable else "$faint"))
            parts.append((f" {words}  ", "$foreground" if is_usable else "$faint"))
        return Content.assemble(*parts)

    def on_click(self, event: Click) -> None:
        """Press the key under the pointer."""
        offset = event.get_content_offset(self)
        x = len(self._doing())
        if offset and offset.x < x:
            return
        for row, words in self._fitting():
            x += len(f"{row.name} {words}  ")
            if offset and offset.x < x:
                self.post_message(KeyPressed(row.press))
                return

    def _doing(self) -> str:
        return self.frame.sign(f"{self.frame.doing[-1]} …   ") if self.frame.doing else ""

    def _is_usable(self, row: Key) -> bool:
        return not why_not(row.press, self.frame, self.ticket)

    def _fitting(self) -> list[tuple[Key, str]]:
        """Return the rows that fit, in the table's order, so that none changes its place.

        Left out are first the last of those that cannot be used now, then the last of the others;
        how to leave and where all keys are told always stay.
        """
        rows = [(row, self._words(row)) for row in self._keys if row.is_in_footer]
        rows = [(row, words) for row, words in rows if words]
        leaving = [r for r in reversed(rows) if r[0].press not in _ALWAYS_SHOWN]
        leaving.sort(key=lambda r: self._is_usable(r[0]))
        room = self.size.width - len(self._doing())
        while leaving and self._width(rows) > room:
            rows.remove(leaving.pop(0))
        return rows

    def _words(self, row: Key) -> str:
        if row.press in _SHOWN_WHEN_USABLE and not self._is_usable(row):
            return ""
        if row.press == "enter" and self.ticket:
            return "spawn"
        if row.press == "pause" and self._is_resumed():
            return "resume"
        if row.press == "focus" and self.ticket:
            return "minimap"
        if row.press == "card" and not self.is_narrow:
            return ""
        return row.words

    def _is_resumed(self) -> bool:
        worker = self.frame.selected
        return worker is not None and is_resumable(self.frame.world.judgement_of(worker))

    def _width(self, rows: list[tuple[Key, str]]) -> int:
        return sum(len(f"{row.name} {words}  ") for row, words in rows) - 2
