"""The opening: a few steps at the very first start, each of which may be skipped."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from rts.tui import messages
from rts.tui.drawing.signs import BANNER, CURSOR, FAILED, READY, shorten
from rts.tui.frame import Frame
from rts.tui.screens.once import OnceScreen
from rts.world.opening import Opening, Tool

STEPS = ("this machine", "your agents", "a demo", "your first ticket")
NAME_WIDTH = 12
WORDS_WIDTH = 56
"""Cells for what is said beside a name: the sheet is 78 wide."""

Line = Content


class OpeningScreen(OnceScreen[bool]):
    """Answers whether the commander wants to file the first ticket now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "go", "next"),
        Binding("right,l,tab,s", "skip", "skip"),
        Binding("left,h,shift+tab", "back", "back"),
        Binding("down,j", "move(1)", "down"),
        Binding("up,k", "move(-1)", "up"),
        Binding("n", "write_ticket", "the first ticket"),
        Binding("escape,q", "dismiss(False)", "skip all"),
    ]

    step: reactive[int] = reactive(0)
    """Which step is shown, 0-based."""
    chosen_index: reactive[int] = reactive(0)
    """Which of the installed agent programs is marked."""

    def __init__(self, opening: Opening, frame: Frame) -> None:
        super().__init__()
        self._opening = opening
        self._frame = frame
        names = [agent.name for agent in opening.choices]
        self._first_index = names.index(opening.agent) if opening.agent in names else 0
        self.set_reactive(OpeningScreen.chosen_index, self._first_index)

    def compose(self) -> ComposeResult:
        """Put the step over what its keys do."""
        with Vertical(classes="sheet opening") as sheet:
            self._sheet = sheet
            yield Static(id="step")

    def on_mount(self) -> None:
        """Show the first step."""
        self.set_class(self._frame.is_ascii, "-ascii")
        self._show()

    def watch_step(self) -> None:
        """Show another step."""
        if self.is_mounted:
            self._show()

    def watch_chosen_index(self) -> None:
        """Mark another agent program."""
        if self.is_mounted:
            self._show()

    def action_go(self) -> None:
        """Do what the step offers, and go on."""
        choices = self._opening.choices
        if self.step == 1 and choices:
            chosen = choices[self.chosen_index].name
            if chosen != self._opening.agent:
                self.app.post_message(messages.AgentChosen(chosen))
        if self.step == len(STEPS) - 1:
            self.dismiss(self._opening.has_project)
        else:
            self.step += 1

    def action_skip(self) -> None:
        """Go on without doing anything."""
        if self.step == len(STEPS) - 1:
            self.dismiss(False)
        else:
            self.step += 1

    def action_write_ticket(self) -> None:
        """Skip all, and write the first ticket: whoever knows the key need not read on."""
        self.dismiss(self._opening.has_project)

    def action_back(self) -> None:
        """Show the step before."""
        self.step = max(self.step - 1, 0)

    def action_move(self, rows: int) -> None:
        """Mark the next agent program, or the one before."""
        if self.step == 1:
            last = len(self._opening.choices) - 1
            self.chosen_index = max(min(self.chosen_index + rows, last), 0)

    def _show(self) -> None:
        sign = self._frame.sign
        self._sheet.border_title = sign(f"{BANNER} welcome, commander")
        self._sheet.border_subtitle = sign(f"{_go_words(self)}   → skip   Esc skip all")
        self.query_one("#step", Static).update(Content("\n").join(self._lines()))

    def _lines(self) -> list[Line]:
        drawn = (self._draw_tools, self._draw_agents, self._draw_demo, self._draw_ticket)
        return [self._draw_road(), Content(""), *drawn[self.step]()]

    def _draw_road(self) -> Line:
        """Return the four steps in a line, the one shown in bright letters."""
        parts: list[tuple[str, str]] = []
        for index, words in enumerate(STEPS):
            style = "bold $bright" if index == self.step else "$quiet"
            parts += [(f"{index + 1} {words}", style), ("   ", "$quiet")]
        return Content.assemble(*parts[:-1])

    def _draw_tools(self) -> list[Line]:
        told = [
            self._words("One worker per ticket: each has an agent program, a branch and a"),
            self._words("worktree of its own. You say what, watch, answer and merge."),
            Content(""),
        ]
        return told + [self._tool(tool) for tool in self._opening.tools] + self._blank_if_fine()

    def _blank_if_fine(self) -> list[Line]:
        if all(tool.is_there for tool in self._opening.tools):
            return [Content(""), self._words("Everything that is needed is here.")]
        return [Content(""), self._words("Install what is missing; rts doctor looks again.")]

    def _draw_agents(self) -> list[Line]:
        lines = [self._words("Which agent program shall your workers run?"), Content("")]
        index = 0
        for agent in self._opening.agents:
            is_marked = agent.is_there and index == self.chosen_index
            index += agent.is_there
            lines.append(self._tool(agent, is_marked=is_marked))
        file = shorten(self._opening.settings_file, WORDS_WIDTH)
        note = f"Another choice than {self._opening.agent} is written into"
        if not self._opening.agent:
            note = "Your choice is written into"
        return [*lines, Content(""), self._words(note), self._words(file)]

    def _draw_demo(self) -> list[Line]:
        return [
            self._words("See a whole game first? No account, no network, nothing of yours is"),
            self._words("touched: six workers in a throw-away repository, in any terminal:"),
            Content(""),
            Content.styled("  rts demo", "bold $bright"),
            Content(""),
            self._words("It ends, and clears everything away, with q."),
        ]

    def _draw_ticket(self) -> list[Line]:
        if not self._opening.has_project:
            return [
                self._words("You stand in no repository now. Go into one and start there:"),
                Content(""),
                Content.styled("  rts", "bold $bright"),
            ]
        return [
            self._words("Say in one line what should be done, as to a colleague:"),
            Content(""),
            Content.styled("  bug: login fails on Mondays", "bold $bright"),
            Content(""),
            self._words("A worker begins at once. n does this at any time, ? shows every key."),
        ]

    def _tool(self, tool: Tool, *, is_marked: bool = False) -> Line:
        sign = self._frame.sign
        mark, style = (READY, "$ready") if tool.is_there else (FAILED, "$quiet")
        words = tool.words if tool.is_there else f"{tool.words}: {tool.hint}".removesuffix(": ")
        name_style = "bold $bright" if is_marked else "$foreground" if tool.is_there else "$quiet"
        return Content.assemble(
            (sign(CURSOR if is_marked else " "), "bold $bright"),
            (sign(f" {mark} "), style),
            (f"{tool.name:<{NAME_WIDTH}}", name_style),
            (sign(shorten(words, WORDS_WIDTH)), "$foreground" if tool.is_there else "$quiet"),
        )

    def _words(self, words: str) -> Line:
        return Content.styled(self._frame.sign(words), "$foreground")


def _go_words(screen: OpeningScreen) -> str:
    if screen.step == 1:
        return "↑ ↓ choose   Enter takes it"
    if screen.step == len(STEPS) - 1:
        return "Enter writes the first ticket"
    return "Enter goes on"
