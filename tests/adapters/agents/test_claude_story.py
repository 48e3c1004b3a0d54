"""The real Claude CLI in a real private tmux on the stand-in model: no key and no network.

What the recorded samples only remember is seen here: that this version still says it.
"""

import json
import shlex
import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rts.adapters.agents import AGENT_PROGRAMS, Launch
from rts.adapters.agents.hooks import decision
from rts.adapters.agents.program import Seat
from rts.adapters.agents.screen_rules import read_screen
from rts.adapters.inbox import Inbox
from rts.world.evidence import Evidence
from rts.world.nouns import Action, Usage
from tests.standin import standin
from tests.standin.claude_home import seed_claude_home
from tests.waiting import wait_until

LIMIT_S = 15.0
"""Longest that one step of the story may take on a busy machine."""

CLAUDE = AGENT_PROGRAMS["claude"]

pytestmark = pytest.mark.story


@dataclass
class Stage:
    """One Claude in its pane, and what was heard from it so far."""

    socket: Path
    launch: Launch
    environment: dict[str, str]
    evidence: list[Evidence] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)

    def tmux(self, *words: str) -> str:
        argv = ["tmux", "-S", str(self.socket), "-f", "/dev/null", *words]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout

    def begin(self, brief: str) -> None:
        """Start the program as the start script does, with nothing of the developer's around it."""
        self.launch.brief.write_text(brief)
        CLAUDE.write_files(self.launch)
        setting = [f"{key}={value}" for key, value in self.environment.items()]
        line = CLAUDE.command_line(self.launch)
        command = f"exec {shlex.join(['env', '-i', *setting, 'sh', '-c', line])}"
        self.tmux("new-session", "-d", "-s", "w", "-c", str(self.launch.worktree), command)

    @property
    def pid(self) -> int:
        return int(self.tmux("list-panes", "-F", "#{pane_pid}"))

    def pane(self) -> str:
        return self.tmux("capture-pane", "-p")

    def level(self) -> str:
        level = CLAUDE.read_level(Seat("w1", self.launch.run_folder, self.pid))
        return level.value if level else ""

    def listen(self) -> list[str]:
        """Take the letters out of the inbox; return the kinds of all that was heard so far."""
        inbox = Inbox(self.launch.inbox.parent)
        letters = inbox.read()
        for letter in letters:
            heard = CLAUDE.hear(letter.worker_id, letter.payload, letter.dropped_at, letter.name)
            self.evidence += heard.evidence
            self.actions += heard.actions
        inbox.remove(letters)
        return [evidence.kind for evidence in self.evidence]

    def wait_for(self, what: str, is_so: Callable[[], bool]) -> None:
        wait_until(is_so, LIMIT_S, what)

    def last(self, kind: str) -> Evidence:
        return next(e for e in reversed(self.evidence) if e.kind == kind)

    def answer(self, text: str) -> None:
        """Answer the open permission request through the answers folder."""
        request = json.loads(self.last("PermissionRequest").detail)["request"]
        half = self.launch.run_folder / "answers" / f".{request}"
        half.write_text(decision(text))
        half.rename(half.with_name(request))


@pytest.fixture(autouse=True)
def _installed(room: Path) -> None:
    assert CLAUDE.find(), "the real Claude CLI is not on the PATH: run ./install.sh --test"


@pytest.fixture
def stage(room: Path) -> Iterator[Stage]:
    worktree, run_folder = room / "shop", room / "run"
    worktree.mkdir()
    (run_folder / "answers").mkdir(parents=True)
    inbox = Inbox(room / "inbox").prepare_for("w1")
    brief, conversation_id = run_folder / "brief.md", str(uuid.uuid4())
    launch = Launch("w1", worktree, run_folder, inbox, conversation_id, brief)
    with standin() as server:
        environment = seed_claude_home(Path.home(), worktree, server.url) | {
            "RTS_WORKER": "w1",
            "RTS_INBOX": str(inbox),
            "RTS_RUN": str(run_folder),
        }
        stage = Stage(room / "socket", launch, environment)
        yield stage
        stage.tmux("kill-server")


def facts(evidence: Evidence) -> dict[str, Any]:
    detail: dict[str, Any] = json.loads(evidence.detail)
    return detail


def test_a_ticket_is_worked_on_asked_about_answered_and_finished(stage: Stage) -> None:
    stage.begin("# Ticket #1\n\n[[bash: echo hi > hi.txt]] [[bash: rm hi.txt]] [[say: All done.]]")
    stage.wait_for("a permission prompt", lambda: "PermissionRequest" in stage.listen())
    stage.wait_for("the level permission", lambda: stage.level() == "permission")
    assert stage.last("PermissionRequest").value == "Bash: echo hi > hi.txt"
    assert stage.last("UserPromptSubmit").value.startswith("# Ticket #1")
    assert not (stage.launch.worktree / "hi.txt").exists()

    stage.answer("yes")
    stage.wait_for("the second prompt", lambda: stage.listen().count("PermissionRequest") == 2)
    assert (stage.launch.worktree / "hi.txt").read_text() == "hi\n"
    assert [(a.tool, a.has_failed) for a in stage.actions] == [("Bash", False)]

    stage.answer("keep that file")
    stage.wait_for("the end of the turn", lambda: "Stop" in stage.listen())
    stage.wait_for("the level idle", lambda: stage.level() == "idle")
    assert stage.last("Stop").value == "All done."
    assert (stage.launch.worktree / "hi.txt").exists()
    assert "keep that file" in stage.pane()
    assert not list((stage.launch.run_folder / "answers").iterdir())

    transcript = Path(facts(stage.last("Stop"))["transcript"])
    assert transcript.stem == stage.launch.conversation_id

    def read_usage() -> tuple[Usage, ...]:
        return CLAUDE.read_transcript("w1", transcript, 0)[0].usage

    # The last message reaches the transcript a moment after the hook that ends its turn.
    stage.wait_for("its tokens", lambda: len(read_usage()) == 3)


def test_a_question_waits_and_esc_is_seen_by_the_level_alone(stage: Stage) -> None:
    questions = [
        {
            "question": "Which port?",
            "header": "Port",
            "multiSelect": False,
            "options": [
                {"label": "80", "description": "plain"},
                {"label": "8080", "description": "for tests"},
            ],
        }
    ]
    script = json.dumps({"questions": questions})
    stage.begin(f"[[tool: AskUserQuestion {script}]] [[say: Thanks.]]")
    stage.wait_for("the question", lambda: "PermissionRequest" in stage.listen())
    stage.wait_for("the level question", lambda: stage.level() == "question")
    assert stage.last("PermissionRequest").value == "Which port?"
    assert facts(stage.last("PermissionRequest"))["is_question"] is True
    heard = stage.listen()

    # Keys within half a second of a dialog's opening are dropped, so it is pressed until it counts.
    def press_escape() -> bool:
        stage.tmux("send-keys", "Escape")
        return stage.level() == "idle"

    stage.wait_for("the level idle after Esc", press_escape)
    assert stage.listen() == heard


def test_a_folder_that_is_not_trusted_shows_a_dialog_that_can_be_read(stage: Stage) -> None:
    url = stage.environment["ANTHROPIC_BASE_URL"]
    seed_claude_home(Path.home(), trusted=stage.launch.run_folder, base_url=url)
    stage.begin("[[say: hello]]")

    def dialog() -> Evidence | None:
        return read_screen("claude", "", "w1", stage.pane(), datetime.now(UTC))

    stage.wait_for("the trust dialog", lambda: dialog() is not None)
    stage.wait_for(
        "its reason",
        lambda: "trust this folder" in facts(d)["reason"] if (d := dialog()) else False,
    )
    assert stage.listen() == []
    assert stage.level() == ""


def test_the_pull_request_is_handed_in_without_asking(stage: Stage) -> None:
    path = stage.launch.run_folder / "pull-request.md"
    script = json.dumps({"file_path": str(path), "content": "# Count the cart"})
    stage.begin(f"[[tool: Write {script}]] [[say: Handed in.]]")

    stage.wait_for("the end of the turn", lambda: "Stop" in stage.listen())

    assert path.read_text() == "# Count the cart"
    assert "PermissionRequest" not in stage.listen()


def test_the_installed_version_says_which_it_is() -> None:
    assert CLAUDE.version().startswith("2.")
