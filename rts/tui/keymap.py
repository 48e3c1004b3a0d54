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
    is_each_its_own: bool = False
    """Each of the keys means something of its own: a digit, an arrow."""

    @property
    def name(self) -> str:
        """The keys as a commander reads them."""
        return self.label or self.keys[0]


_WORK, _UNIT, _MAP, _GAME = "Work", "Selected unit", "Looking around", "Game"
_MANY = "Many at once"
_DIGITS = tuple("123456789")
DIGIT_BY_KEY = {
    **{f"{modifier}+{digit}": digit for modifier in ("ctrl", "alt") for digit in range(1, 10)},
    # What Textual makes of Esc and a digit, which is how terminals send Alt: the signs of Option
    # and a digit on a Mac (`_ansi_sequences.py`).
    "inverted_exclamation_mark": 1,
    "trade_mark_sign": 2,
    "pound_sign": 3,
    "cent_sign": 4,
    "infinity": 5,
    "section_sign": 6,
    "pilcrow_sign": 7,
    "bullet": 8,
    "ª": 9,
}
"""The control group that each of these keys sets. tmux and many terminals send no Ctrl+digit."""
_STRETCHES = (*(f"shift+{way}" for way in ("left", "down", "up", "right")), "H", "J", "K", "L")
_ARROWS = ("left", "down", "up", "right", "h", "j", "k", "l")

BATTLE_KEYS = (
    Key(("n",), "new_ticket", "new", "File a ticket and spawn a worker on it.", _WORK),
    Key(("space",), "alert", "alert", "To the last alert, then the one before.", _MAP, "Space"),
    Key(("enter",), "enter", "attach", "Attach to the unit; on a ticket: spawn.", _UNIT, "Enter"),
    Key(("c",), "card", "card", "Show the card on a narrow terminal.", _MAP),
    Key(("y",), "allow", "allow", "Allow what it wants permission for.", _UNIT),
    Key(("N",), "deny", "deny", "Deny it.", _UNIT),
    Key(("m",), "merge", "merge", "Merge its pull request; asks first.", _UNIT),
    Key(("d",), "diff", "review", "Review it: diff, pull request, tests.", _UNIT),
    Key(("t",), "tell", "tell", "Type a line; denies with a reason, too.", _UNIT),
    Key(("u",), "undo", "undo", "Take back the last order, if it can be.", _WORK),
    Key(("s",), "spawn", "spawn", "Spawn on the next open ticket.", _WORK),
    Key(("P",), "pause", "pause", "Pause it without loss, or resume it.", _UNIT),
    Key(("i",), "type", "type", "Type to its agent itself, until C-q.", _UNIT),
    Key(("Q",), "queue", "queue", "Queue a line: told when it is idle.", _UNIT),
    Key(("r",), "rally", "rally", "Rally: stop, hand in, or next ticket.", _UNIT),
    Key(("p",), "pull_request", "pull request", "Run the tests, open a pull request.", _UNIT),
    Key(("x",), "dismiss", "dismiss", "Dismiss it, keep its work; asks first.", _UNIT),
    Key(("f",), "focus", "tickets", "Go to the tickets and back.", _WORK),
    Key(("full_stop", "tab"), "idle", "idle", "Select the next idle unit.", _MAP, ". Tab"),
    Key(("v",), "territory", "territory", "The repository's folders, and who stands where.", _MAP),
    Key(("e",), "edit", "edit", "Open its worktree in $EDITOR.", _UNIT, "", False),
    Key(("w",), "browse", "browser", "Open what it serves in the browser.", _UNIT, "", False),
    Key(
        _DIGITS, "number", "group", "That group, or cell; twice: attach.", _MANY, "1-9", False, True
    ),
    Key(
        tuple(DIGIT_BY_KEY),
        "set_group",
        "set group",
        "Make the selection that control group.",
        _MANY,
        "Ctrl Alt 1-9",
        False,
        True,
    ),
    Key(("g",), "group", "set group", "The same with two keys, everywhere.", _MANY, "g 1-9", False),
    Key(
        _STRETCHES,
        "extend",
        "extend",
        "Select many; or draw a box, Ctrl+click.",
        _MANY,
        "Shift+← HJKL",
        False,
        True,
    ),
    Key(("asterisk",), "same_kind", "same kind", "Select all of the same kind.", _MANY, "*", False),
    Key(_ARROWS, "move", "move", "Move over units or tickets.", _MAP, "← ↓ ↑ → hjkl", False, True),
    Key(
        ("pageup", "pagedown", "end"),
        "scroll",
        "scroll",
        "Read older lines of the pane; End: the last ones.",
        _MAP,
        "PgUp PgDn End",
        False,
        True,
    ),
    Key(("escape",), "back", "back", "Give up many, card, tickets, in turn.", _MAP, "Esc", False),
    Key(("slash",), "search", "search", "Find workers, tickets and notes.", _GAME, "/"),
    Key(("ctrl+p", "colon"), "palette", "orders", "Find any order by its name.", _GAME, "Ctrl+p :"),
    Key(("S",), "score", "score", "How the day went, and the week.", _GAME, "", False),
    Key(("R",), "replay", "replay", "Watch again what happened.", _GAME, "", False),
    Key(("question_mark",), "help", "keys", "Show every key.", _GAME, "?"),
    Key(("q",), "quit", "quit", "Leave; the workers go on.", _GAME),
)
"""The battle screen's keys, the most important first: a narrow footer leaves out the last."""

_TABS = ("1", "2", "3", "tab")
_PAGES = ("space", "pagedown", "b", "pageup")

REVIEW_KEYS = (
    Key(("c",), "comment", "comment", "Comment on this line.", "Review"),
    Key(("s",), "send", "send", "Send all comments to the unit.", "Review"),
    Key(("m",), "merge", "merge", "Merge it; asks first.", "Review"),
    Key(("t",), "tell", "tell", "Tell the unit a line.", "Review"),
    Key(("right_square_bracket", "J"), "hunk_next", "change", "To the next change.", "Review", "]"),
    Key(
        ("left_square_bracket", "K"),
        "hunk_last",
        "change before",
        "To the change before.",
        "Review",
        "[",
        False,
    ),
    Key(("n",), "file_next", "file", "To the next file.", "Review"),
    Key(("N",), "file_last", "file before", "To the file before.", "Review", "", False),
    Key(_TABS, "tab", "tabs", "Diff, pull request, tests.", "Review", "1-3 Tab", True, True),
    Key(("e",), "edit", "edit", "Open this line in $EDITOR.", "Review"),
    Key(("w",), "browse", "browser", "Open what it serves.", "Review"),
    Key(("p",), "pull_request", "pull request", "Test it, open a pull request.", "Review"),
    Key(("x",), "drop", "drop", "Take this line's comment back.", "Review", "", False),
    Key(("u",), "undo", "undo", "Take back the last order.", "Review", "", False),
    Key(("r",), "refresh", "reread", "Read it anew, at the same place.", "Review"),
    Key(("f",), "files", "files", "Show or hide the files.", "Review"),
    Key(("down", "j", "up", "k"), "move", "move", "One line.", "Review", "↓ ↑ jk", False, True),
    Key(
        ("left", "h", "right", "l"),
        "shift",
        "sideways",
        "Move long lines sideways.",
        "Review",
        "← → hl",
        False,
        True,
    ),
    Key(_PAGES, "page", "page", "One page; b goes back.", "Review", "Space b", False, True),
    Key(
        ("g", "home", "G", "end"),
        "ends",
        "ends",
        "To the first or last line.",
        "Review",
        "g G",
        False,
        True,
    ),
    Key(("question_mark",), "help", "keys", "Show every key.", "Review", "?"),
    Key(("escape", "q", "d"), "close", "back", "Back to the battle.", "Review", "Esc"),
)
"""The review's keys."""

_BY_MINUTE, _BY_TEN = ("shift+left", "shift+right"), ("down", "up")
_VIM = ("h", "j", "k", "l")

SCORE_KEYS = (
    Key(("tab", "w"), "span", "day or week", "The week for the day, or back.", "Score", "Tab"),
    Key(("R",), "replay", "replay", "Watch it again.", "Score"),
    Key(("escape", "q", "S"), "close", "back", "Back to the battle.", "Score", "Esc"),
)
"""The score's keys; it scrolls like a text."""

REPLAY_KEYS = (
    Key(("left", "right"), "step", "event", "One event back or on.", "Replay", "← →", True, True),
    Key(("space",), "play", "play", "Play or stop.", "Replay", "Space"),
    Key(("R", "L", "escape", "q"), "live", "live", "Back to the present.", "Replay", "R L Esc"),
    Key(("minus", "plus"), "speed", "speed", "Slower or faster.", "Replay", "- +", True, True),
    Key(_BY_MINUTE, "minute", "minute", "One minute.", "Replay", "Shift+← →", True, True),
    Key(_BY_TEN, "ten_minutes", "10 min", "Ten minutes back or on.", "Replay", "↓ ↑", True, True),
    Key(("home", "end"), "ends", "ends", "First event, or end.", "Replay", "Home End", True, True),
    Key(_VIM, "move", "move", "Move over units.", "Replay", "hjkl", False, True),
    Key(("c",), "card", "card", "Show the card on a narrow terminal.", "Replay"),
    Key(("question_mark",), "help", "keys", "Show every key.", "Replay", "?"),
)
"""The replay's keys; whatever else the battle has is refused there."""


def bind(screen: str, keys: tuple[Key, ...]) -> list[BindingType]:
    """Return the bindings of a screen: each calls `press` with the row's name and the key."""
    return [
        Binding(
            key,
            f"press('{row.press}', '{key}')",
            row.words,
            show=False,
            id=binding_id(screen, row, key),
        )
        for row in keys
        for key in row.keys
    ]


def binding_id(screen: str, row: Key, key: str) -> str:
    """Return what Textual's keymap calls a key: `battle.merge`, `battle.move.left`."""
    name = f"{screen}.{row.press}"
    return f"{name}.{key}" if row.is_each_its_own else name


def key_tables() -> dict[str, tuple[Key, ...]]:
    """Return every key table by its screen, as the settings call it: `battle`, `review`."""
    return {
        name.removesuffix("_KEYS").lower(): rows
        for name, rows in globals().items()
        if name.endswith("_KEYS")
    }
