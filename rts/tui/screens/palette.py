"""The palette: every order by its name, in Textual's own command palette.

Keys stay in our table: the app's own palette is switched off, and this one is pushed by a key.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.command import (
    CommandPalette,
    DiscoveryHit,
    Hit,
    Hits,
    Matcher,
    Provider,
    SearchIcon,
)
from textual.content import Content
from textual.events import Key as KeyPress
from textual.message import Message
from textual.style import Style
from textual.widgets import Input
from textual.worker import Worker, WorkerCancelled

from rts.settings import THEME_NAMES
from rts.tui import messages
from rts.tui.choices import why_not
from rts.tui.drawing.signs import shorten
from rts.tui.keymap import BATTLE_KEYS
from rts.tui.presses.board import Board
from rts.tui.screens.once import OnceScreen

WIDTH_MAX, MARGIN = 92, 8
"""How wide the palette is at most, and how much of that its frame and padding take: rts.tcss."""

NAME_WIDTH = 20
"""Cells for an order's name."""

IN_HELP_SCORE = 0.5
"""What it counts when the words stand in the sentence about an order: less than its name."""

CANNOT_SHARE = 0.6
"""How much less an order counts that cannot be given now."""


class Palette(CommandPalette, OnceScreen[None]):
    """Textual's palette, answered once; what is chosen is what was typed, however fast."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "cursor_down", "next", show=False),
        Binding("ctrl+p", "command_list('cursor_up')", "before", show=False),
    ]

    def __init__(
        self, title: str, example: str, provider: Callable[..., Provider], *, is_ascii: bool
    ) -> None:
        # Textual calls what it is given for a lazy provider, and the result with the screen.
        source = cast("Callable[[], type[Provider]]", lambda: provider)
        super().__init__([source], placeholder=example, classes="-ascii" if is_ascii else None)
        self._title = title

    def on_mount(self) -> None:
        """Put the title into the frame, and no picture before the input."""
        self.query_one(SearchIcon).icon = ""
        box = self.query_one("#--container")
        box.border_title, box.border_subtitle = self._title, "Enter goes   Esc never mind"

    def on_key(self, event: KeyPress) -> None:
        """Keep what is typed before the input has the focus."""
        line = self.query_one(Input)
        if event.is_printable and event.character and not line.has_focus:
            line.insert_text_at_cursor(event.character)

    @on(Input.Submitted)
    async def _find_first(self, event: Input.Submitted) -> None:
        """Wait for what the last letters find: else Enter would take what an earlier one found.

        Textual's own handler runs after this one.
        """
        while searches := [work for work in self.workers if self._is_search(work)]:
            await asyncio.sleep(0)  # One that was only just begun cannot be waited for yet.
            with suppress(WorkerCancelled):  # Another has begun in its place, or none is wanted.
                await self.workers.wait_for_complete(searches)

    def _action_command_list(self, action: str) -> None:
        """Move in the list, unless its lines are still to be laid out: Textual's own would fail."""
        with suppress(KeyError):
            super()._action_command_list(action)

    def _is_search(self, work: Worker[Any]) -> bool:
        return work.group == self._GATHER_COMMANDS_GROUP and not work.is_finished


@dataclass(frozen=True)
class Entry:
    """One line of the palette."""

    words: str
    help: str
    key: str = ""
    """As a commander reads it; empty: it has none."""
    reason: str = ""
    """Why it cannot be used now; empty: it can."""
    message: Message | None = None
    """What is posted when it is chosen; None: it is only said how to do it."""


class OrderProvider(Provider):
    """Finds the rows of the battle's key table, the themes, and silence."""

    async def discover(self) -> Hits:
        """Yield everything: first what can be done now."""
        entries = list_entries(self._board)
        for entry in sorted(entries, key=lambda entry: bool(entry.reason)):
            yield DiscoveryHit(self._draw(entry, ()), self._do(entry), text=entry.words)

    async def search(self, query: str) -> Hits:
        """Yield what fits by its name, then what fits by the sentence about it."""
        matcher = self.matcher(query)
        for entry in list_entries(self._board):
            score, positions = matcher.fuzzy_search.match(query, entry.words)
            if not score and begins_words(query, f"{entry.words} {entry.help} {entry.key}"):
                score = IN_HELP_SCORE
            if score:
                share = CANNOT_SHARE if entry.reason else 1.0
                display = self._draw(entry, positions, matcher)
                yield Hit(score * share, display, self._do(entry), text=entry.words)

    @property
    def _board(self) -> Board:
        assert isinstance(self.screen, Board)
        return self.screen

    def _draw(self, entry: Entry, positions: Any, matcher: Matcher | None = None) -> Content:
        style = matcher.match_style if matcher else Style()
        sign = self._board.frame.sign
        words = sign(shorten(entry.words, NAME_WIDTH - 1))
        name = mark(Content.styled(words, _name_style(entry)), positions, style)
        width = line_width(self.app.size.width)
        help_width = width - NAME_WIDTH - len(entry.key) - 2
        told = f"{shorten(entry.reason or entry.help, help_width):<{help_width}}"
        return Content.assemble(
            name,
            " " * (NAME_WIDTH - len(words)),
            (sign(told), "not bold $quiet" if entry.reason else "not bold $foreground"),
            "  ",
            (entry.key, _name_style(entry)),
        )

    def _do(self, entry: Entry) -> Callable[[], None]:
        return partial(choose, self._board, entry)


def choose(board: Board, entry: Entry) -> None:
    """Do what a line says: the same as its key."""
    board.sent_at_s = time.monotonic()  # An Enter of the same finger must not attach.
    if entry.message is None:
        board.warn(f"{entry.key}: {entry.help}")
    else:
        board.post_message(entry.message)


def list_entries(board: Board) -> list[Entry]:
    """Return what the palette offers, in the order of the key table."""
    return [*_list_rows(board), *_list_themes(), _MUTE]


_MUTE = Entry(
    "mute", "Silence cues and bell; once more: hear them.", message=messages.MuteToggled()
)


def _list_rows(board: Board) -> Iterator[Entry]:
    for row in map(board.frame.key, BATTLE_KEYS):
        if row.press == "palette":
            continue
        message = None if row.is_each_its_own else messages.KeyPressed(row.press)
        reason = why_not(row.press, board.frame, board.ticket)
        yield Entry(row.words, row.help, board.frame.sign(row.name), reason, message)


def _list_themes() -> Iterator[Entry]:
    for name in THEME_NAMES:
        message = messages.ThemeWanted(name)
        yield Entry(f"theme {name}", _THEME_WORDS[name], message=message)


_THEME_WORDS = {
    "night": "Dark and calm.",
    "day": "Light, for a bright room.",
    "contrast": "White on black, every word at 7:1.",
    "colour-blind": "Colours that differ for every eye.",
}


def begins_words(query: str, text: str) -> bool:
    """Tell whether each word of `query` is the beginning of some word of `text`."""
    words = text.lower().split()
    return all(any(word.startswith(begun) for word in words) for begun in query.lower().split())


def mark(content: Content, positions: Any, style: Style) -> Content:
    """Return `content` with the letters that were found in another style."""
    for position in positions:
        if position < len(content):
            content = content.stylize(style, position, position + 1)
    return content


def line_width(screen_width: int) -> int:
    """Return how many cells a line of the palette has on a screen of that width."""
    return min(WIDTH_MAX, screen_width) - MARGIN


def _name_style(entry: Entry) -> str:
    return "not bold $quiet" if entry.reason else "bold $bright"


def make_palette(*, is_ascii: bool) -> Palette:
    """Return the palette of all orders."""
    return Palette("orders", "what should be done", OrderProvider, is_ascii=is_ascii)
