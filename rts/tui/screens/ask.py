"""A question at the foot of the screen: a line of text, or yes or no."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Key, Paste
from textual.widgets import Input, Label

from rts.tui.screens.once import OnceScreen

LINE_LENGTH_MAX = 20_000
"""Longest text that can be typed or pasted, in characters; whoever has more to say attaches."""

LINE_BREAK = "⏎"
"""Stands for the end of a pasted line; the answer has real line breaks."""


class LineInput(Input):
    """One line that keeps all of a paste."""

    def _on_paste(self, event: Paste) -> None:
        event.prevent_default()  # Textual's own would keep the first line only.
        event.stop()
        self.replace(LINE_BREAK.join(event.text.strip().splitlines()), *self.selection)


class AskLine(OnceScreen[str]):
    """Asks for one line; answers it, or an empty string after Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss('')", "never mind")]

    def __init__(self, question: str, example: str) -> None:
        super().__init__()
        self._question = question
        self._example = example

    def compose(self) -> ComposeResult:
        """Put question and input side by side."""
        with Horizontal(classes="ask") as line:
            line.border_subtitle = "Enter sends   Esc never mind"
            yield Label(self._question, classes="question", markup=False)
            yield LineInput(placeholder=self._example, max_length=LINE_LENGTH_MAX, compact=True)

    def on_mount(self) -> None:
        """Let the commander type at once."""
        self.query_one(LineInput).focus()

    def on_key(self, event: Key) -> None:
        """Keep what is typed before the input has the focus."""
        line = self.query_one(LineInput)
        if event.is_printable and event.character and not line.has_focus:
            line.insert_text_at_cursor(event.character)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer what was typed."""
        self.dismiss(event.value.replace(LINE_BREAK, "\n").strip())


class AskYesNo(OnceScreen[bool]):
    """Asks something that only `y` says yes to; any other key is a no."""

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Show the question."""
        with Horizontal(classes="ask") as line:
            line.border_subtitle = "y yes   any other key no"
            yield Label(self._question, classes="question", markup=False)

    def on_key(self, event: Key) -> None:
        """Take any key for an answer."""
        event.stop()
        event.prevent_default()
        self.dismiss(event.key == "y")
