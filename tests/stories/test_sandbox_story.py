"""The real Claude Code in the sandbox, in tmux, on a stand-in model: allowed everything inside."""

import json
import shlex
import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from rts import paths
from rts.adapters import sandbox
from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.agents.claude.places import find_places
from rts.adapters.agents.hooks import hook_settings
from rts.adapters.agents.program import Launch, Seat
from rts.adapters.git.command import git
from rts.adapters.git.worktrees import add_worktree
from rts.adapters.sandbox import Cell
from rts.adapters.tmux import shell_line
from rts.game import Game
from tests.standin import standin
from tests.standin.claude_home import seed_claude_home
from tests.stories.commander import Commander
from tests.waiting import wait_until

pytestmark = pytest.mark.story

LIMIT_S = 40.0
"""Longest wait for anything in the story, on a machine with two busy cores."""

CLAUDE = AGENT_PROGRAMS["claude"]
SESSION = "w-falcon-1"


PULL_REQUEST = """\
# Round totals

## Summary

Totals have two places.

## Assumptions

None.

## Tests

unittest passes.

## What the next worker should know

The rounding of totals in shop.py goes half to even, as Python does it.
"""


@dataclass
class Stage:
    """One sandboxed Claude in its pane."""

    game: Game
    launch: Launch
    environment: dict[str, str]
    heard: list[str] = field(default_factory=list)

    def begin(self, *steps: str) -> None:
        """Start Claude with a script for its model."""
        self.game.inbox.prepare_for("w1")
        self.launch.run_folder.mkdir(parents=True)
        # Otherwise it asks whether it may skip permissions.
        settings = hook_settings() | {"skipDangerousModePermissionPrompt": True}
        (self.launch.run_folder / "claude.json").write_text(json.dumps(settings))
        self._start(self.launch, "--session-id", *steps)

    def resume(self, *steps: str) -> None:
        """Start Claude with its conversation and a new script."""
        self._start(replace(self.launch, is_resumed=True), "--resume", *steps)

    def _start(self, launch: Launch, how: str, *steps: str) -> None:
        launch.brief.write_text("# A ticket\n\n" + "\n".join(steps))
        git_folder = git(launch.worktree, "rev-parse", "--git-common-dir")
        cell = Cell(
            worktree=launch.worktree,
            git_folder=Path(git_folder),
            branch="rts/falcon-1/work",
            run_folder=launch.run_folder,
            inbox=launch.inbox,
            state_folder=self.game.home,
            home=Path.home(),
            places=find_places(launch),
        )
        options = f"--settings {launch.run_folder}/claude.json {how} {launch.conversation_id}"
        script = launch.run_folder / "agent.sh"
        script.write_text(
            f'exec claude --dangerously-skip-permissions {options} -- "$(cat {launch.brief})"'
        )
        line = shell_line([*sandbox.build_argv(cell), "sh", str(script)])
        setting = shlex.join(f"{name}={value}" for name, value in self.environment.items())
        command = f"exec env -i {setting} /bin/sh -c {shlex.quote(line)}"
        self.game.tmux.start_session(SESSION, launch.worktree, command, {}, "sandboxed")

    def hears(self, kind: str) -> None:
        """Wait until a hook of that kind came into the inbox."""
        wait_until(lambda: kind in self._listen(), LIMIT_S, f"{kind}\n{self._reads()}")

    def _listen(self) -> list[str]:
        letters = self.game.inbox.read()
        for letter in letters:
            heard = CLAUDE.hear(letter.worker_id, letter.payload, letter.dropped_at, letter.name)
            self.heard += [evidence.kind for evidence in heard.evidence]
        self.game.inbox.remove(letters)
        return self.heard

    def _reads(self) -> str:
        return self.game.tmux.capture(SESSION)

    def level(self) -> str:
        seat = Seat("w1", self.launch.run_folder, self.game.tmux.panes()[SESSION].pid)
        level = CLAUDE.read_level(seat)
        return level.value if level else ""


@pytest.fixture(autouse=True)
def _works_here(room):
    assert CLAUDE.find(), "the real Claude CLI is not on the PATH: run ./install.sh --test"
    if why := sandbox.probe():
        pytest.skip(why)


@pytest.fixture
def stage(room, repository, game):
    worktree = paths.worktrees_folder(repository) / "falcon-1"
    add_worktree(repository, worktree, "rts/falcon-1/work", "HEAD", "falcon-1")
    run_folder = paths.run_folder(game.home, "w1")
    conversation_id = str(uuid.uuid4())
    inbox, brief = game.inbox.folder_of("w1"), paths.brief_path(run_folder)
    launch = Launch("w1", worktree, run_folder, inbox, conversation_id, brief)
    with standin() as server:
        environment = seed_claude_home(Path.home(), repository, server.url) | {
            "GIT_CONFIG_GLOBAL": str(room / "gitconfig"),
            "RTS_WORKER": "w1",
            "RTS_INBOX": str(inbox),
            "RTS_RUN": str(run_folder),
        }
        yield Stage(game, launch, environment)


def test_it_works_without_a_question_and_goes_on_after_a_refused_write(stage, repository):
    home = Path.home()
    (home / ".claude").mkdir()
    (home / ".claude" / "settings.json").write_text('{"theme": "dark"}')
    config = (home / ".claude.json").read_text()
    hand_in = {"file_path": str(stage.launch.run_folder / "pull-request.md"), "content": "# Done"}
    hook = {"file_path": str(home / ".claude" / "hooks" / "evil"), "content": "evil"}
    stage.begin(
        "[[bash: sed -i 's/sum(prices)/round(sum(prices), 2)/' shop.py]]",
        "[[bash: git commit -qam 'Round totals']]",
        f"[[bash: echo evil >{repository}/shop.py]]",
        "[[bash: echo evil >>~/.claude/settings.json]]",
        f"[[tool: Write {json.dumps(hook)}]]",
        f"[[tool: Write {json.dumps(hand_in)}]]",
        "[[say: All done.]]",
    )

    stage.hears("Stop")

    assert "PermissionRequest" not in stage.heard
    assert "PostToolUseFailure" in stage.heard
    assert "round(sum(prices), 2)" in git(repository, "show", "rts/falcon-1/work:shop.py")
    assert "evil" not in (repository / "shop.py").read_text()
    assert (stage.launch.run_folder / "pull-request.md").read_text() == "# Done"
    # Of the commander's own things only the conversation was added to.
    assert (home / ".claude.json").read_text() == config
    assert (home / ".claude" / "settings.json").read_text() == '{"theme": "dark"}'
    assert sorted(path.name for path in (home / ".claude").iterdir()) == [
        "projects",
        "settings.json",
    ]
    (transcript,) = (home / ".claude" / "projects").rglob(f"{stage.launch.conversation_id}.jsonl")
    assert "All done." in transcript.read_text()
    wait_until(lambda: stage.level() == "idle", LIMIT_S, "the level idle, read from outside")


def test_its_registry_is_read_outside_and_its_conversation_goes_on_when_it_is_resumed(stage):
    stage.begin("[[bash: echo 1 >one]] [[hang]]")
    wait_until((stage.launch.worktree / "one").exists, LIMIT_S, "its first tool call")
    assert stage.level() == "busy"
    stage.game.tmux.press(SESSION, "Escape")
    wait_until(lambda: stage.level() == "idle", LIMIT_S, "the level idle after Esc")
    stage.game.tmux.end_session(SESSION)
    stage.heard.clear()

    stage.resume("[[bash: echo 2 >two]] [[say: Both are there.]]")

    stage.hears("Stop")
    assert (stage.launch.worktree / "two").exists()
    (transcript,) = (Path.home() / ".claude" / "projects").rglob("*.jsonl")
    assert "echo 1 >one" in transcript.read_text()
    own = stage.launch.run_folder / "claude-home" / ".claude.json"
    wait_until(lambda: "numStartups" in own.read_text(), LIMIT_S, "what it keeps of its starts")
    assert "numStartups" not in (Path.home() / ".claude.json").read_text()


def test_a_spawned_worker_hands_in_without_a_question(repository, room, monkeypatch):
    secret = Path.home() / ".ssh" / "id_ed25519"
    secret.parent.mkdir(parents=True)
    secret.write_text("a secret of the commander")
    monkeypatch.setenv("GITHUB_TOKEN", "a secret of the commander")
    with standin() as model:
        environment = seed_claude_home(Path.home(), repository, model.url)
        for name, value in environment.items():
            if name != "PATH":
                monkeypatch.setenv(name, value)
        commander = Commander(repository)
        steps = (
            "[[bash: sed -i 's/sum(prices)/round(sum(prices), 2)/' shop.py]]",
            "[[bash: git commit -qam 'Round totals']]",
            f"[[bash: cat {secret}; env; tmux -S {paths.tmux_socket_path(room / 'state')} ls]]",
            f"[[bash: echo evil >{repository}/.git/hooks/post-merge]]",
            f"[[bash: cat > \"$RTS_PULL_REQUEST\" <<'END'\n{PULL_REQUEST}END\n]]",
            "[[say: #1 is ready.]]",
        )
        commander.orders("new", "Round totals", "--body", "\n".join(steps))
        worker = commander.orders("spawn", "1", "--agent", "claude")["name"]

        commander.sees(worker, "done", pull_request=1)

        assert "PermissionRequest" not in str(commander.orders("explain", worker))
        assert "RTS_WORKER=" in str(model.requests)
        assert "a secret of the commander" not in str(model.requests)
        assert not (repository / ".git" / "hooks" / "post-merge").exists()
        commander.orders("merge", worker)
        assert "round(sum(prices), 2)" in (repository / "shop.py").read_text()
        commander.orders("dismiss", worker)
