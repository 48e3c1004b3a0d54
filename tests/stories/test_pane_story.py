"""An evening of real agent programs behind `rts pane`, on a stand-in model: what they report."""

import json
import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from rts import paths
from rts.adapters.agents.program import Seat
from rts.adapters.inbox import Inbox
from rts.adapters.program_status import read_program_status
from rts.pane.run import own_argv
from tests.cleaning import end_server
from tests.pane.on_tmux import TmuxPane
from tests.standin import standin
from tests.standin.claude_home import seed_claude_home
from tests.standin.codex_home import seed_codex_home
from tests.waiting import wait_until

pytestmark = pytest.mark.story

LIMIT_S = 20.0
"""Longest that one step may take on a busy machine."""

PRESS_S = 3.0
"""How long a key may take to count before it is pressed again."""

QUESTION = {
    "question": "Which color?",
    "header": "Color",
    "multiSelect": False,
    "options": [
        {"label": "Red", "description": "as roses"},
        {"label": "Blue", "description": "as the sea"},
    ],
}
ASK = f"[[tool: AskUserQuestion {json.dumps({'questions': [QUESTION]})}]] [[say: Thanks.]]"

ESCALATION = {
    "cmd": "touch made.txt",
    "sandbox_permissions": "require_escalated",
    "justification": "the story wants it",
}


@dataclass
class Stage:
    """The folders of one worker, and its pane when it was started."""

    room: Path

    @property
    def seat(self) -> Seat:
        return Seat("w1", self.room / "run", 0)

    @property
    def shop(self) -> Path:
        return self.room / "shop"

    def own_words(self) -> list[str]:
        """Return how the proxy is started for this worker."""
        folders = ["--run", str(self.seat.run_folder), "--inbox", str(self.room / "inbox" / "w1")]
        return [*own_argv(), *folders, "--worker", "w1"]

    def start(self, environment: dict[str, str], *argv: str, after: str = "") -> TmuxPane:
        whole = ["env", "-i", *(f"{key}={value}" for key, value in environment.items()), *argv]
        return TmuxPane(self.room / "socket", whole, cwd=self.shop, after=after)

    def level(self) -> tuple[str, str]:
        """Return the value and the reason of the status now."""
        level = read_program_status(self.seat)
        return (level.value, json.loads(level.detail).get("reason", "")) if level else ("", "")

    def await_level(self, value: str, reason: str = "") -> None:
        def is_so() -> bool:
            return self.level()[0] == value and reason in self.level()[1]

        wait_until(is_so, LIMIT_S, f"{value}: {reason}; it is {self.level()}")

    def rung(self) -> list[str]:
        """Return the states in the letters, in their order."""
        letters = Inbox(self.room / "inbox").read()
        assert {letter.payload["hook_event_name"] for letter in letters} <= {"ProgramStatus"}
        return [letter.payload["state"] for letter in letters if not letter.payload["id"]]


@pytest.fixture
def stage(room):
    (room / "shop").mkdir()
    (room / "run").mkdir()
    Inbox(room / "inbox").prepare_for("w1")
    yield Stage(room)
    end_server(room / "socket")


@pytest.fixture
def model():
    with standin() as running:
        yield running


def say(stage: Stage, pane: TmuxPane, text: str) -> None:
    """Type a message and submit it: an Enter that comes at once with a text may be swallowed."""
    before = stage.level()
    pane.tmux("send-keys", "-t", "w", "-l", text)

    def has_begun() -> bool:
        now = stage.level()  # Codex becomes idle while one types
        return now != before and now[0] not in ("idle", "done")

    press_until(pane, "Enter", has_begun)


def press_until(pane: TmuxPane, key: str, is_done) -> None:
    """Press a key until it counts: Claude drops those just after a dialog's opening."""

    def pressed() -> bool:
        if is_done():
            return True
        pane.tmux("send-keys", "-t", "w", key)
        try:
            wait_until(is_done, PRESS_S)
        except AssertionError:
            return False
        return True

    wait_until(pressed, LIMIT_S, f"{key} to count")


def test_claude_reports_its_whole_evening_to_the_terminal_that_answers_it(stage, model):
    environment = seed_claude_home(Path.home(), stage.shop, model.url)
    claude = ["claude", "--permission-mode", "default"]
    pane = stage.start(environment, *stage.own_words(), "--", *claude)
    stage.await_level("idle")
    agent_pid = int(paths.agent_pid_path(stage.seat.run_folder).read_text())
    assert "claude" in Path(f"/proc/{agent_pid}/cmdline").read_text()

    say(stage, pane, "[[bash: touch made.txt]] [[say: Made.]]")
    stage.await_level("permission", "approve Bash: touch made.txt")
    # Claude reports at once, and shows the dialog only when nothing was typed for a moment.
    pane.await_words("Do you want to proceed?")
    press_until(pane, "1", lambda: stage.level()[0] != "permission")
    stage.await_level("done")
    assert (stage.shop / "made.txt").exists()

    say(stage, pane, ASK)
    stage.await_level("question", "Which color?")
    pane.await_words("1. Red")
    press_until(pane, "Escape", lambda: stage.level()[0] == "idle")

    say(stage, pane, "[[status: 400]]")
    stage.await_level("error", "400")

    say(stage, pane, "/exit")
    stage.await_level("")
    assert pane.await_end() == "0 "
    rung = stage.rung()
    assert rung[0] == "idle"
    assert rung[-1] == "clear"
    assert [state for state in rung if state not in ("working", "idle")] == [
        "blocked", "done", "blocked", "error", "clear",
    ]  # fmt: skip


def test_a_killed_claude_leaves_no_status_and_its_signal(stage, model):
    environment = seed_claude_home(Path.home(), stage.shop, model.url)
    pane = stage.start(environment, *stage.own_words(), "--", "claude", "[[hang]]")
    stage.await_level("busy")

    os.kill(int(paths.agent_pid_path(stage.seat.run_folder).read_text()), 9)

    assert pane.await_end() == " 9"
    assert stage.level() == ("", "")


def test_claude_is_still_to_be_read_in_20_columns(stage, model):
    environment = seed_claude_home(Path.home(), stage.shop, model.url)
    claude = ["claude", "--permission-mode", "default", "[[bash: touch made.txt]]"]
    pane = stage.start(environment, *stage.own_words(), "--", *claude)
    stage.await_level("permission")

    pane.tmux("resize-window", "-t", "w", "-x", "20", "-y", "40")

    pane.await_words("Do you want to\n proceed?")


@pytest.mark.skipif(not shutil.which("codex"), reason="Codex is not installed")
def test_codex_is_listened_to_through_a_copy_of_its_output(stage, model, room):
    environment = seed_codex_home(room / "home", stage.shop, model.url)
    codex = ["codex", "--no-daemon", "-a", "on-request", "-s", "workspace-write"]
    listen = shlex.join([*stage.own_words(), "--listen"])
    pane = stage.start(environment, *codex, after=f"exec {listen}")
    stage.await_level("idle")
    pane.await_words("Ask Codex")

    say(stage, pane, f"[[tool: exec_command {json.dumps(ESCALATION)}]] [[say: Made.]]")
    stage.await_level("permission")
    press_until(pane, "y", lambda: stage.level()[0] != "permission")
    stage.await_level("done")

    say(stage, pane, "[[hang]]")
    stage.await_level("busy")
    press_until(pane, "Escape", lambda: stage.level()[0] == "idle")

    press_until(pane, "C-c", lambda: stage.level()[0] == "")
    assert pane.await_end() == "0 "
