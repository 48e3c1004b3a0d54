"""Plays a scenario as a coding agent would: turns, tool calls, questions, and the hooks of each."""

import itertools
import os
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rts.drill import tools
from rts.drill.child import Child
from rts.drill.hooks import Hook
from rts.drill.paint import BAD, BOLD, DIM, GOOD, TOOL, fit, paint, printable
from rts.drill.scenario import Scenario, find_title
from rts.drill.steps import (
    Ask,
    Commit,
    Edit,
    Fail,
    Permission,
    PullRequestStep,
    Read,
    Run,
    Say,
    Step,
    Think,
    Write,
    fill_in,
)
from rts.drill.terminal import SessionEnded, Terminal, TurnCut
from rts.drill.tools import Outcome
from rts.drill.wire import HookWire

RUN_TIMEOUT_S = 600.0
"""Longest that one command may run: Claude Code's own maximum for Bash."""

PAUSE_S = 0.6
"""A breath before each tool call, so that a human can follow; RTS_DRILL_SPEED shortens it."""


class GaveUp(Exception):
    """The scenario says that the agent crashes here."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit_code = exit_code


class DrillAgent:
    """One session of the drill agent, in the current folder."""

    def __init__(
        self, scenario: Scenario, hooks: Sequence[Hook], terminal: Terminal, session_id: str
    ) -> None:
        self._scenario = scenario
        self._terminal = terminal
        self._speed = read_speed()
        self._folder = Path.cwd()
        self._wire = HookWire(hooks, terminal, session_id, self._folder)
        self._last_words = ""
        self._last_run = "No command was run."
        self._answer = ""
        self._heard: deque[str] = deque()
        self._touched: list[Path] = []

    def play(self, brief: str) -> None:
        """Play the scenario with `brief` as the first message, then answer messages for ever.

        Raises:
            SessionEnded: the session was ended; its hook has fired.
            GaveUp: the scenario ends in a crash; no hook tells of it.
        """
        self._wire.fire("SessionStart", source="startup", model="drill")
        try:
            self._terminal.show_message(find_title(brief))
            self._submit(brief)
            self._play_turn(self._play_scenario)
            while True:
                self._hear(self._terminal.await_message())
                self._play_turn(self._play_heard)
        except SessionEnded as end:
            self._wire.fire("SessionEnd", reason=end.reason)
            raise

    def _play_turn(self, play: Callable[[], None]) -> None:
        """Play a turn to its end, or until Esc: no hook tells of that, as with Claude Code."""
        try:
            play()
            self._play_heard()
        except TurnCut:
            self._heard.clear()
            self._terminal.print(paint("  ⎿ Interrupted", BAD))
            self._terminal.show_rest()
        else:
            self._end_turn(self._last_words)

    def _play_scenario(self) -> None:
        self._play_steps(self._scenario.steps)
        if self._scenario.repeat_per_minute:
            self._repeat(60 / self._scenario.repeat_per_minute)

    def _play_heard(self) -> None:
        """Play what a message sets off, once for each that was heard."""
        while self._heard:
            self._answer = self._heard.popleft()
            self._play_steps(self._scenario.on_tell or (_shrug(self._answer),))

    def _play_steps(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if not isinstance(step, Say | Think | Ask):
                self._rest(PAUSE_S)
            self._play_step(fill_in(step, {"answer": self._answer, "tests": self._last_run}))
            while self._terminal.messages:
                self._hear(self._terminal.await_message())

    def _hear(self, message: str) -> None:
        """Take a message at once, also between two steps, so that its teller has a proof.

        It is played when the present steps are done, or serves the next question as its answer.
        """
        self._heard.append(message)
        self._submit(message)

    def _submit(self, prompt: str) -> None:
        self._wire.prompt_id = str(uuid.uuid4())
        self._last_words = "Done."
        self._wire.fire("UserPromptSubmit", prompt=prompt)
        self._terminal.show_work("✻ Thinks")

    def _end_turn(self, last_words: str) -> None:
        self._terminal.show_rest()
        self._wire.fire(
            "Stop",
            stop_hook_active=False,
            last_assistant_message=last_words,
            background_tasks=[],
            session_crons=[],
        )

    def _play_step(self, step: Step) -> None:
        match step:
            case Say():
                self._say(step.text)
            case Think():
                self._rest(step.seconds)
            case Read():
                path = self._folder / step.path
                self._use("Read", {"file_path": str(path)}, lambda: tools.read_file(path))
            case Edit():
                self._edit(step)
            case Write():
                self._write(self._folder / step.path, step.text)
            case Run():
                if ran := self._run(step.command):
                    self._last_run = f"`{step.command}`: {ran.words}"
            case Ask():
                self._ask(step.question)
            case Permission():
                self._run(step.command, needs_permission=True)
            case Commit():
                command = tools.commit_command(step.message, self._touched, self._folder)
                self._run(command, shown=f"git commit -m '{step.message}'")
            case PullRequestStep():
                self._hand_in(step)
            case Fail():
                self._terminal.print()
                self._terminal.print(paint(printable(step.text), BAD))
                raise GaveUp(step.text, step.exit_code)

    def _say(self, text: str) -> None:
        self._last_words = text
        first_line, *more = text.splitlines() or [""]
        self._terminal.print()
        self._terminal.print(f"{paint('●', BOLD)} {printable(first_line)}")
        for line in more:
            self._terminal.print(f"  {printable(line)}")

    def _ask(self, question: str) -> None:
        self._say(question)
        if not self._heard:
            self._end_turn(question)
            self._hear(self._terminal.await_message())
        self._answer = self._heard.popleft()

    def _edit(self, step: Edit) -> None:
        path = self._folder / step.path
        tool_input = {"file_path": str(path), "old_string": step.old, "new_string": step.new}
        self._touch(path)
        self._use("Edit", tool_input, lambda: tools.edit_file(path, step.old, step.new))

    def _write(self, path: Path, text: str) -> None:
        self._touch(path)
        tool_input = {"file_path": str(path), "content": text}
        self._use("Write", tool_input, lambda: tools.write_file(path, text))

    def _touch(self, path: Path) -> None:
        if path not in self._touched and path.is_relative_to(self._folder):
            self._touched.append(path)

    def _hand_in(self, step: PullRequestStep) -> None:
        target = os.environ.get("RTS_PULL_REQUEST", "")
        if not target:
            self._say("There is nowhere to hand in: RTS_PULL_REQUEST is not set.")
            return
        self._write(Path(target), write_hand_in(step))

    def _run(
        self, command: str, *, shown: str = "", needs_permission: bool = False
    ) -> Outcome | None:
        tool_input = {"command": command, "description": "a step of the scenario"}

        def act() -> Outcome:
            child = Child(command, self._folder)
            is_over = self._terminal.await_child(child, RUN_TIMEOUT_S, may_be_cut=True)
            if not is_over:
                return Outcome("timed out", error=f"Command timed out after {RUN_TIMEOUT_S:.0f} s")
            return tools.judge_run(child.output, child.exit_code)

        shown = shown or command
        return self._use("Bash", tool_input, act, shown=shown, needs_permission=needs_permission)

    def _use(
        self,
        tool: str,
        tool_input: dict[str, Any],
        act: Callable[[], Outcome],
        *,
        shown: str = "",
        needs_permission: bool = False,
    ) -> Outcome | None:
        """Make one tool call with its hooks; None when it was not permitted."""
        target = self._shorten(shown or next(iter(tool_input.values())))
        call = {
            "tool_name": tool,
            "tool_input": tool_input,
            "tool_use_id": f"toolu_drill_{uuid.uuid4().hex}",
        }
        self._wire.fire("PreToolUse", **call)
        if needs_permission and not self._wire.ask_permission(tool, tool_input, target):
            self._terminal.print(f"  ⎿ {paint(tool, DIM)} {target}   {paint('denied', BAD)}")
            self._say("That was not permitted; I go on without it.")
            return None
        self._terminal.show_work(f"✻ {tool} {target}")
        started_at = time.monotonic()
        outcome = act()
        duration_ms = round((time.monotonic() - started_at) * 1000)
        if outcome.error:
            error = {"error": outcome.error, "is_interrupt": False}
            self._wire.fire("PostToolUseFailure", **call, **error, duration_ms=duration_ms)
        else:
            response = {"tool_response": outcome.response}
            self._wire.fire("PostToolUse", **call, **response, duration_ms=duration_ms)
        self._show(tool, target, outcome)
        return outcome

    def _show(self, tool: str, target: str, outcome: Outcome) -> None:
        words = printable(outcome.words)
        room = max(self._terminal.width_cells - len(tool) - 10, 20)
        words = fit(words, room // 2)
        line = f"{paint(tool, TOOL)} {fit(target, room - len(words))}"
        self._terminal.print(f"  ⎿ {line}   {paint(words, BAD if outcome.error else GOOD)}")
        for shown in outcome.shown_lines:
            colour = {"+": GOOD, "-": BAD}.get(shown[0], DIM)
            cut = fit(printable(shown), self._terminal.width_cells - 6)
            self._terminal.print(f"     {paint(cut, colour)}")
        self._terminal.show_work("✻ Thinks")

    def _repeat(self, period_s: float) -> None:
        """Make a cheap tool call each `period_s`, until the session is ended or Esc is pressed.

        Each call differs from the one before, so that it counts as effective.
        """
        next_at = time.monotonic()
        for number in itertools.count(1):
            while self._terminal.messages:
                self._hear(self._terminal.await_message())
            self._play_heard()
            search = {"pattern": f"needle {number}", "path": str(self._folder)}
            self._use("Grep", search, lambda: Outcome("no matches", {"numFiles": 0}))
            next_at += period_s
            self._terminal.rest(next_at - time.monotonic())

    def _rest(self, seconds: float) -> None:
        self._terminal.rest(seconds / self._speed if self._speed else 0.0)

    def _shorten(self, target: str) -> str:
        short = target.replace(f"{self._folder}/", "")
        if run_folder := os.environ.get("RTS_RUN"):
            short = short.replace(f"{run_folder}/", "")
        return printable(short.splitlines()[0] if short else "")


def read_speed() -> float:
    """Return `$RTS_DRILL_SPEED`: how much faster than real time to play; 0 is without any wait."""
    try:
        return max(float(os.environ.get("RTS_DRILL_SPEED", "1")), 0.0)
    except ValueError:
        return 1.0


def write_hand_in(step: PullRequestStep) -> str:
    """Return the pull request's file, with the headings that the standing orders name."""
    return (
        f"# {step.title}\n\n## Summary\n\n{step.summary.strip()}\n\n"
        f"## Assumptions\n\n{step.assumptions.strip()}\n\n## Tests\n\n{step.tests.strip()}\n\n"
        f"## What the next worker should know\n\n{step.lessons.strip()}\n"
    )


def _shrug(message: str) -> Say:
    first_line = next(iter(message.strip().splitlines()), "")
    return Say(f"I have heard “{first_line}”, and my scenario has nothing left to do.")
