"""Every key, from the key table."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Label

from rts.tui.frame import Frame
from rts.tui.keymap import BATTLE_KEYS, DIFF_KEYS, Key
from rts.tui.screens.once import OnceScreen

_LEGEND = (
    "◆ feature  ▲ bug  ■ chore  ● research\n"
    "! asks or is blocked  ~ stalled  ✕ gone  ? no signal  … starting  ✓ ready or landed\n"
    "A new ticket's kind stands before it: “bug: login fails on Mondays”."
)


_COLUMNS = (("Work", "Selected unit", "Game"), ("Looking around", "Diff"))
"""Which groups stand under each other on a terminal that is wide enough for two columns."""

_BREAKPOINTS = [(0, "-narrow"), (118, "-normal")]


class HelpScreen(OnceScreen[None]):
    """Shows all rows of the key table; any of Esc, `?`, `q` closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "back"),
    ]

    HORIZONTAL_BREAKPOINTS = _BREAKPOINTS

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._frame = frame

    def compose(self) -> ComposeResult:
        """Put one block per group under each other."""
        rows_by_group = group_rows((*BATTLE_KEYS, *DIFF_KEYS))
        with Vertical(classes="sheet") as sheet:
            sheet.border_title = "all keys"
            sheet.border_subtitle = "Esc back"
            with VerticalScroll():
                with Container(classes="columns"):
                    for groups in _COLUMNS:
                        with Vertical(classes="column"):
                            for group in groups:
                                yield Label(draw_group(group, rows_by_group[group]))
                yield Label(Content.styled(self._frame.sign(_LEGEND), "$quiet"))


def group_rows(rows: tuple[Key, ...]) -> dict[str, list[Key]]:
    """Return the rows of a table by group, each group in the table's order."""
    groups: dict[str, list[Key]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    return groups


def draw_group(group: str, rows: list[Key]) -> Content:
    """Return a heading and one line per row."""
    lines = [Content.styled(group, "bold $primary")]
    for row in rows:
        lines.append(
            Content.assemble((f"  {row.name:<13}", "bold $bright"), (row.help, "$foreground"))
        )
    return Content("\n").join([*lines, Content("")])
