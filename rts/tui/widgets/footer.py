"""The line of keys: what can be done now, made from the key table."""

from textual.content import Content
from textual.events import Click
from textual.reactive import reactive

from rts.tui.choices import is_resumable, why_not
from rts.tui.drawing.signs import shorten
from rts.tui.keymap import Key
from rts.tui.messages import KeyPressed
from rts.tui.widgets.drawn import DrawnWidget
from rts.world.backlog import find_worker_on
from rts.world.dialogs import wants_permission
from rts.world.evidence import Activity
from rts.world.nouns import Ticket

_ALWAYS_SHOWN = frozenset({"help", "quit", "close"})
_SHOWN_WHEN_USABLE = frozenset({"allow", "deny", "merge", "undo"})


_OF_ONE = frozenset({"new_ticket", "alert", "enter", "card", "diff", "type", "spawn"})
"""Not offered while many are selected: what is meant then is an order to all of them."""


class KeyLine(DrawnWidget):
    """Shows the keys of a table, dim where they cannot be used; a click presses one."""

    ticket: reactive[Ticket | None] = reactive(None, repaint=False)
    """The ticket under the cursor while the tickets have the focus."""
    is_narrow: reactive[bool] = reactive(False, repaint=False)
    unusable: reactive[frozenset[str]] = reactive(frozenset(), repaint=False)
    """What the screen itself knows not to be of use now."""

    def __init__(self, keys: tuple[Key, ...], *, id: str) -> None:
        super().__init__(id=id)
        self._keys = keys

    def watch_ticket(self) -> None:
        """Draw what Enter does there."""
        self.redraw()

    def watch_is_narrow(self) -> None:
        """Draw what there is room for."""
        self.redraw()

    def watch_unusable(self) -> None:
        """Draw what is of use."""
        self.redraw()

    def draw(self) -> list[Content]:
        """Draw the keys that fit; while keys go to an agent, that, and how to come back."""
        if worker := self.frame.typed_to:
            words = f" typing to {worker.name}: every key goes to it · C-q comes back"
            return [Content.styled(self.frame.sign(words), "bold $bright")]
        parts: list[tuple[str, str]] = []
        for row, words in self._fitting():
            is_usable = self._is_usable(row)
            parts.append((self.frame.sign(row.name), "bold $bright" if is_usable else "$faint"))
            parts.append((f" {words}  ", "$foreground" if is_usable else "$faint"))
        doing = self._doing()
        gap = self.size.width - sum(len(text) for text, _ in parts) - len(doing)
        return [Content.assemble(*parts, " " * max(gap, 0), (doing, "bold $busy"))]

    def on_click(self, event: Click) -> None:
        """Press the key under the pointer."""
        offset = event.get_content_offset(self)
        if self.frame.is_typing:
            return
        x = 0
        for row, words in self._fitting():
            x += len(f"{row.name} {words}  ")
            if offset and offset.x < x:
                self.post_message(KeyPressed(row.press))
                return

    def _doing(self) -> str:
        if self.frame.trouble:
            return self.frame.sign(shorten(self.frame.trouble, self.size.width // 2))
        if self.frame.held:
            return self.frame.sign(self.frame.held)
        many = f"{len(self.frame.chosen_ids)} units chosen" if self.frame.chosen_ids else ""
        doing = f"{self.frame.doing[-1]} …" if self.frame.doing else ""
        return self.frame.sign("   ".join(filter(None, (doing, many))))

    def _is_usable(self, row: Key) -> bool:
        return row.press not in self.unusable and not why_not(row.press, self.frame, self.ticket)

    def _fitting(self) -> list[tuple[Key, str]]:
        """Return the rows that fit, in the table's order, so that none changes its place.

        Left out are first the last of those that cannot be used now, then the last of the others;
        how to leave and where all keys are told always stay.
        """
        keys = map(self.frame.key, self._keys)
        rows = [(row, self._words(row)) for row in keys if row.is_in_footer]
        rows = [(row, words) for row, words in rows if words]
        always = _ALWAYS_SHOWN | ({"territory"} if self.frame.has_territory else set())
        leaving = [r for r in reversed(rows) if r[0].press not in always]
        leaving.sort(key=lambda r: self._is_usable(r[0]))
        room = self.size.width - len(self._doing()) - 2
        while leaving and self._width(rows) > room:
            rows.remove(leaving.pop(0))
        return rows

    def _words(self, row: Key) -> str:
        if row.press == "undo" and not self.frame.undo:
            return ""  # Pressed all the same, it says why what came last is final.
        if row.press in _SHOWN_WHEN_USABLE and not self._is_usable(row):
            return ""
        if self.frame.chosen_ids and row.press in _OF_ONE:
            return ""
        if row.press == "tell" and (need := self._say_need()):
            return need
        if row.press == "territory" and self.frame.has_territory:
            return "minimap"
        if row.press == "enter" and self.ticket:
            return "go to" if find_worker_on(self.frame.world, self.ticket) else "spawn"
        if row.press == "pause" and self._is_resumed():
            return "resume"
        if row.press == "focus" and self.ticket:
            return "minimap"
        if row.press == "card" and not self.is_narrow:
            return ""
        return row.words

    def _say_need(self) -> str:
        """Return what words to the selected unit are, where it waits for some."""
        worker = self.frame.selected
        if worker is None or self.frame.chosen_ids:
            return ""
        judgement = self.frame.world.judgement_of(worker)
        if wants_permission(judgement):
            return "deny with words"
        return "answer" if judgement.activity is Activity.ASKING else ""

    def _is_resumed(self) -> bool:
        worker = self.frame.selected
        return worker is not None and is_resumable(self.frame.world.judgement_of(worker))

    def _width(self, rows: list[tuple[Key, str]]) -> int:
        return sum(len(f"{row.name} {words}  ") for row, words in rows) - 2
