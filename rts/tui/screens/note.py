"""A note of the knowledge base, to be read."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from rts.tui.frame import Frame
from rts.tui.screens.once import OnceScreen
from rts.tui.widgets.quiet_markdown import QuietMarkdown

if TYPE_CHECKING:
    from rts.world.knowledge.notes import Note


class ReadingScroll(VerticalScroll):
    """Scrolls with the keys of a reader: arrows, vim's, pages."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "down", show=False),
        Binding("k", "scroll_up", "up", show=False),
        Binding("space,ctrl+d,ctrl+f", "page_down", "page", show=False),
        Binding("b,ctrl+u,ctrl+b", "page_up", "page back", show=False),
        Binding("g", "scroll_home", "top", show=False),
        Binding("G", "scroll_end", "bottom", show=False),
    ]


class NoteScreen(OnceScreen[None]):
    """Shows one note as markdown over the battle."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,slash", "dismiss", "back")]

    def __init__(self, note: "Note", frame: Frame) -> None:
        super().__init__()
        self._note = note
        self._frame = frame

    def compose(self) -> ComposeResult:
        """Put what is known about the note over its text."""
        self.set_class(self._frame.is_ascii, "-ascii")
        note, sign = self._note, self._frame.sign
        with Vertical(classes="sheet note") as sheet:
            sheet.border_title = Content(sign(f"note ─ {note.title}"))
            sheet.border_subtitle = sign("↑ ↓ scrolls   Esc back")
            tags = "  ".join(f"#{tag}" for tag in note.tags)
            about = f"{note.type} · {note.status} · {note.path}   {tags}".rstrip()
            yield Static(sign(about), classes="about", markup=False)
            with ReadingScroll():
                yield QuietMarkdown(note.body)
