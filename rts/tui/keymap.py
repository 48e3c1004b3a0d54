"""All keys, in one table. Bindings, footer and help are made from it, and nothing else binds."""

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True)
class Key:
    """One row: keys that do one thing."""

    keys: tuple[str, ...]
    """As Textual names them."""
    press: str
    """What is done: the screen's method `press_<this>`."""
    words: str
    """For the footer: one or two words."""
    help: str
    """For the help screen: one sentence."""
    group: str
    label: str = ""
    """The keys as a commander reads them; empty: the first one."""
    is_in_footer: bool = True

    @property
    def name(self) -> str:
        """The keys as a commander reads them."""
        return self.label or self.keys[0]


_WORK, _UNIT, _MAP, _GAME = "Work", "Selected unit", "Looking around", "Game"
_DIGITS = tuple("123456789")
_ARROWS = ("left", "down", "up", "right", "h", "j", "k", "l")

BATTLE_KEYS = (
    Key(("n",), "new_ticket", "new", "File a ticket and spawn a worker on it.", _WORK),
    Key(("space",), "alert", "alert", "Jump to who waits longest, ready last.", _MAP, "Space"),
    Key(("enter",), "enter", "attach", "Attach to the unit; on a ticket: spawn.", _UNIT, "Enter"),
    Key(("c",), "card", "card", "Show the card on a narrow terminal.", _MAP),
    Key(("y",), "allow", "allow", "Allow what it wants permission for.", _UNIT),
    Key(("N",), "deny", "deny", "Deny it.", _UNIT),
    Key(("t",), "tell", "tell", "Type a line; denies with a reason, too.", _UNIT),
    Key(("P",), "pause", "pause", "Pause it without loss, or resume it.", _UNIT),
    Key(("d",), "diff", "diff", "Read what the unit changed.", _UNIT),
    Key(("m",), "merge", "merge", "Merge its pull request; asks first.", _UNIT),
    Key(("p",), "pull_request", "pull request", "Run the tests, open a pull request.", _UNIT),
    Key(("x",), "dismiss", "dismiss", "Dismiss it, keep its work; asks first.", _UNIT),
    Key(("f",), "focus", "tickets", "Go to the tickets and back.", _WORK),
    Key(("full_stop", "tab"), "idle", "idle", "Select the next idle unit.", _MAP, ". Tab"),
    Key(_DIGITS, "number", "select", "Select the unit in that cell.", _MAP, "1-9", False),
    Key(_ARROWS, "move", "move", "Move over units or tickets.", _MAP, "← ↓ ↑ → hjkl", False),
    Key(("escape",), "back", "back", "Close the card, leave the tickets.", _MAP, "Esc", False),
    Key(("question_mark",), "help", "keys", "Show every key.", _GAME, "?"),
    Key(("q",), "quit", "quit", "Leave; the workers go on.", _GAME),
)
"""The battle screen's keys, the most important first: a narrow footer leaves out the last."""

DIFF_KEYS = (
    Key(("down", "j"), "line_down", "down", "One line down.", "Diff", "↓  j", False),
    Key(("up", "k"), "line_up", "up", "One line up.", "Diff", "↑  k", False),
    Key(("space", "pagedown"), "page_down", "page", "One page down.", "Diff", "Space"),
    Key(("b", "pageup"), "page_up", "page back", "One page up.", "Diff"),
    Key(("n",), "file_next", "next file", "To the next file.", "Diff"),
    Key(("N",), "file_last", "file before", "To the file before.", "Diff"),
    Key(("g", "home"), "top", "top", "To the first line.", "Diff", "g", False),
    Key(("G", "end"), "bottom", "bottom", "To the last line.", "Diff", "G", False),
    Key(("escape", "q", "d"), "close", "back", "Back to the battle.", "Diff", "Esc"),
)
"""The diff screen's keys."""


def bind(keys: tuple[Key, ...]) -> list[BindingType]:
    """Return the bindings of a screen: each calls `press` with the row's name and the key."""
    return [
        Binding(key, f"press('{row.press}', '{key}')", row.words, show=False)
        for row in keys
        for key in row.keys
    ]
