"""Keys about the selected unit's pane: reading older lines, and typing through to its agent."""

import time
from dataclasses import replace

from textual.content import Content
from textual.events import Key, Paste
from textual.message import Message
from textual.widget import Widget

from rts.tui import messages
from rts.tui.choices import why_not
from rts.tui.presses.board import Board
from rts.tui.screens.top import is_on_top
from rts.tui.widgets.card import title_of
from rts.world.sight import Sight
from rts.world.strokes import Stroke

WAY_BACK = "ctrl+q"
"""The key that ends typing; the same brings the commander back from a session."""

DEAF_S = 0.7
"""When typing ended by itself, keys are not heard before a pause of this length: whoever was
writing a word must not give orders with its end."""


class TypingPresses(Board):
    """The pane: scrolled, and typed through to."""

    _typed_at_s = float("-inf")
    """When a key last went to an agent, or was not heard, by the monotonic clock."""
    _is_deaf = False

    def press_scroll(self, key: str) -> None:
        """Go a page up or down in the pane, or back to its last line."""
        if self.pane.size.height == 0:
            self.add_class("-card")  # narrow: the card with its pane slides over first
        elif key == "end":
            self.pane.go_live()
        else:
            self.pane.page(-1 if key == "pageup" else 1)

    def press_type(self, key: str) -> None:
        """Let every key go to the agent from now on."""
        self.add_class("-card")
        self.pane.go_live()
        self._is_deaf = False
        self.frame = replace(self.frame, typing_to=self.selected.id)
        self.post_message(messages.PaneWanted())

    def stop_typing(self, reason: str = "") -> None:
        """Hear keys as orders again; with a reason, it is not the commander who ended it."""
        if not self.frame.typing_to:
            return
        self.frame = replace(self.frame, typing_to="")
        self._is_deaf = bool(reason)
        if reason:
            self.warn(f"Typing has ended: {reason}")

    @property
    def hears_keys(self) -> bool:
        """Whether all keys are heard here, and none of them is an order."""
        return is_on_top(self) and self.frame.is_typing

    def confirm(self, question: str, *wishes: Message) -> None:
        """Ask, unless what is being typed would answer."""
        if not self.frame.is_typing:
            super().confirm(question, *wishes)

    def takes_key(self, event: Key) -> bool:
        """Type a key through while that is on; tell whether it is used up."""
        if not is_on_top(self):
            return False
        if self.frame.is_typing:
            if event.key == WAY_BACK:
                self.stop_typing()
            else:
                self._typed_at_s = time.monotonic()
                self._type(Stroke(event.key, event.character or ""))
            return True
        is_same_word = self._is_deaf and time.monotonic() - self._typed_at_s < DEAF_S
        self._typed_at_s = time.monotonic() if is_same_word else self._typed_at_s
        self._is_deaf = is_same_word
        return is_same_word

    def takes_paste(self, event: Paste) -> bool:
        """Type a paste through as one while that is on; tell whether it is used up."""
        is_used = is_on_top(self) and self.frame.is_typing and bool(event.text)
        if is_used:
            self._type(Stroke(text=event.text))
        return is_used

    def show_sight(self, sight: Sight, hint: str = "") -> None:
        """Show the selected unit's pane as it is now."""
        self.pane.sight, self.pane.hint = sight, hint
        self.entitle()

    def on_pane_moved(self) -> None:
        """Say how far back the pane is."""
        self.entitle()

    def entitle(self) -> None:
        """Write over the unit what it is, where in its pane one is, or that keys go to it."""
        title = title_of(self.frame)
        if worker := self.frame.typed_to:
            title = self.frame.sign(f"typing to {worker.name} · C-q comes back")
        elif self.pane.top is not None and self.frame.selected:
            back = f"↑ {self.pane.lines_back} lines back · End goes live"
            title = self.frame.sign(f"{self.frame.selected.name} · {back}")
        unit = self.pane.parent
        content = Content(title)  # A ticket's title may look like markup.
        if isinstance(unit, Widget) and content.markup != unit.border_title:
            unit.border_title = content  # Only when new: it is drawn anew.

    def mind_typing(self) -> None:
        """End typing where the agent cannot hear it any more; show whether it is on."""
        if self.frame.typing_to and not self.frame.is_typing:
            worker = next(
                (w for w in self.frame.world.workers if w.id == self.frame.typing_to), None
            )
            is_elsewhere = worker is None or worker.id != self.frame.selected_id
            self.stop_typing(
                "another unit is selected." if is_elsewhere else why_not("type", self.frame, None)
            )
        self.set_class(self.frame.is_typing, "-typing")
        self.pane.has_cursor = self.frame.is_typing

    def _type(self, stroke: Stroke) -> None:
        self.post_message(messages.StrokeTyped(self.selected, stroke))
