"""The first line of a review: whose it is, and its three tabs."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from rts.tui.drawing.diff_text import FileChange
from rts.tui.drawing.signs import FAILED, READY, shorten
from rts.tui.drawing.untrusted import spell_controls
from rts.tui.frame import Frame
from rts.world.nouns import PullRequestState
from rts.world.review import Review

TABS = ("diff", "pull-request", "tests")
"""What the keys 1 to 3 show."""

NAME_ROOM_MIN = 18
"""Least cells for whose review it is; what the tabs say beside their names goes first."""

Piece = tuple[str, str]
"""Words and their style."""


class TabChosen(Message):
    """A tab was pointed at."""

    def __init__(self, tab: str) -> None:
        super().__init__()
        self.tab = tab


class ReviewHead(Widget):
    """Shows name, ticket and tabs; says `TabChosen` on a click."""

    frame: reactive[Frame] = reactive(Frame(), layout=False)
    tab: reactive[str] = reactive(TABS[0])
    comment_count: reactive[int] = reactive(0)
    """Comments that are not sent."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._facts: dict[str, tuple[Piece, ...]] = {}
        self._short_facts: dict[str, tuple[Piece, ...]] = {}

    def show(self, review: Review, files: Sequence[FileChange]) -> None:
        """Tell other facts beside the tabs' names."""
        added = sum(file.added_count for file in files)
        removed = sum(file.removed_count for file in files)
        size = ((f"+{added}", "$ready"), (f" −{removed}", "$lost"))
        count = (f"{len(files)} file{'' if len(files) == 1 else 's'} ", "$quiet")
        request, check = _describe_pull_request(review), _describe_check(review)
        self._facts = {"diff": (count, *size), "pull-request": request, "tests": check}
        self._short_facts = {"diff": size, "pull-request": (), "tests": check[:1]}
        self.refresh()

    def render(self) -> Content:
        """Draw one line."""
        tabs = self._tabs()
        room = self.size.width - sum(cell_len(text) for tab in tabs for text, _ in tab)
        name = self._draw_name(room - 2)
        gap = " " * max(room - cell_len(name.plain), 0)
        pieces = [(self.frame.sign(text), style) for tab in tabs for text, style in tab]
        return Content.assemble(name, gap, *pieces)

    def _draw_name(self, room: int) -> Content:
        worker = self.frame.selected
        if worker is None or room <= 0:
            return Content("")
        ticket = self.frame.world.ticket_of(worker)
        title = spell_controls(f"  {ticket.label} {ticket.title}")
        note = ""
        if self.comment_count:
            note = f"  {self.comment_count} to send"
        if room <= len(worker.name) + len(note):
            note = ""
        title = shorten(title, room - len(worker.name) - len(note))
        return Content.assemble(
            (self.frame.sign(shorten(worker.name, room)), "bold $bright"),
            (self.frame.sign(title), "$foreground"),
            (note, "bold $busy"),
        )

    def _tabs(self) -> list[list[Piece]]:
        """Return the tabs' words, with as many facts as there is room for."""
        for facts in (self._facts, self._short_facts, {}):
            tabs = [self._draw_tab(i, tab, facts.get(tab, ())) for i, tab in enumerate(TABS)]
            width = sum(cell_len(text) for tab in tabs for text, _ in tab)
            if width + NAME_ROOM_MIN <= self.size.width:
                break
        return tabs

    def _draw_tab(self, index: int, tab: str, told: Sequence[Piece]) -> list[Piece]:
        is_here = tab == self.tab
        name_style = "bold $bright on $idle-fill" if is_here else "$foreground"
        words = tab.replace("-", " ")
        pieces = [(f" {index + 1} ", f"$quiet{' on $idle-fill' if is_here else ''}")]
        pieces.append((f"{words} ", name_style))
        if told:
            fill = " on $idle-fill" if is_here else ""
            pieces += [*((text, f"{style}{fill}") for text, style in told), (" ", f"$quiet{fill}")]
        return [*pieces, ("  ", "")] if index < len(TABS) - 1 else pieces

    def on_click(self, event: Click) -> None:
        """Say which tab is under the pointer."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        tabs = self._tabs()
        x = self.size.width
        for tab, pieces in zip(reversed(TABS), reversed(tabs), strict=True):
            x -= sum(cell_len(text) for text, _ in pieces)
            if offset.x >= x:
                self.post_message(TabChosen(tab))
                return


def _describe_pull_request(review: Review) -> tuple[Piece, ...]:
    pull_request = review.pull_request
    if pull_request is None:
        return (("none yet", "$quiet"),)
    words = f"{pull_request.number}"
    if pull_request.state is not PullRequestState.OPEN:
        words += f" {pull_request.state}"
    return ((words, "$quiet"),)


def _describe_check(review: Review) -> tuple[Piece, ...]:
    check = review.check
    if check is None:
        return (("not run", "$quiet"),)
    mark, style = (READY, "$ready") if check.has_passed else (FAILED, "$lost")
    return ((f"{mark} ", style), (shorten(spell_controls(check.summary), 24), "$quiet"))
