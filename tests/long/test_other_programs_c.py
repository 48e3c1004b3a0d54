"""Gemini CLI, Qwen Code and pi, live: the real programs in real sessions, on the stand-in model.

What is not on the PATH is skipped. Each evening is one program through the orders of a commander.
"""

import contextlib
import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.agents.screen_rules import find_keys
from rts.errors import NotProven
from rts.game import Game, open_game
from rts.orders.answer import answer
from rts.orders.look import judge_one, peek
from rts.orders.projects import open_project, worktree_path
from rts.orders.resume import resume
from rts.orders.spawn import spawn
from rts.orders.start import launch_of
from rts.orders.tell import tell
from rts.orders.tickets import file_ticket
from rts.orders.watching import ensure_watch
from rts.world.evidence import Activity, Judgement
from rts.world.nouns import Worker
from tests.standin import standin
from tests.waiting import wait_until

pytestmark = pytest.mark.long

LIMIT_S = 60.0
"""Longest that one step may take: these programs need seconds to start on a busy machine."""

HI = "[[bash: echo hi > hi.txt]] [[say: All done. Which port?]]"
SLOW = "[[bash: python3 -c 'import time; time.sleep(60)']] [[say: Slept.]]"

PI_PROVIDER = {"api": "openai-completions", "apiKey": "dummy", "models": [{"id": "standin-1"}]}


@pytest.fixture(autouse=True)
def _model(room: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Serve the model, and set the three programs up as their commander would have."""
    home = room / "home"
    with standin() as server:
        for name, value in {
            "GEMINI_API_KEY": "dummy",
            "GOOGLE_GEMINI_BASE_URL": server.url,
            "OPENAI_API_KEY": "dummy",
            "OPENAI_BASE_URL": f"{server.url}/v1",
            "OPENAI_MODEL": "standin-1",
            "PI_OFFLINE": "1",
        }.items():
            monkeypatch.setenv(name, value)
        provider = {**PI_PROVIDER, "baseUrl": f"{server.url}/v1"}
        settings = {
            # A folder is trusted or not on the commander's word, which is not what is told here.
            ".gemini/settings.json": {
                "security": {
                    "auth": {"selectedType": "gemini-api-key"},
                    "folderTrust": {"enabled": False},
                },
            },
            ".qwen/settings.json": {"security": {"auth": {"selectedType": "openai"}}},
            ".pi/agent/models.json": {"providers": {"standin": provider}},
            ".pi/agent/settings.json": {
                "defaultProvider": "standin",
                "defaultModel": "standin-1",
            },
        }
        for name, facts in settings.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(json.dumps(facts))
        yield


@pytest.fixture(params=["gemini", "qwen", "pi"])
def agent(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if not shutil.which(name):
        pytest.skip(f"{name} is not on the PATH")
    return name


class Evening:
    """One worker, and a commander who waits until he sees something."""

    def __init__(self, game: Game, repository: Path, agent: str) -> None:
        self.game = game
        self.project = open_project(game, repository)
        ticket = file_ticket(game, self.project, "Say hi", HI)
        self.worker: Worker = spawn(game, self.project, ticket, agent)
        ensure_watch(game)

    @property
    def worktree(self) -> Path:
        return worktree_path(self.project, self.worker)

    def judgement(self) -> Judgement:
        return judge_one(self.game, self.worker)

    def wait_for(self, activity: Activity, words: str = "") -> None:
        def is_so() -> bool:
            seen = self.judgement()
            return seen.activity is activity and words in seen.reason

        try:
            wait_until(is_so, LIMIT_S, f"{activity}: {words}")
        except BaseException:
            print(self.judgement().reason, peek(self.game, self.worker), sep="\n")
            raise

    def interrupt(self) -> None:
        for key in find_keys(self.worker.agent, self.worker.agent_version).interrupt:
            self.game.tmux.press(self.worker.session_name, key)

    def kill(self) -> None:
        pane = self.game.tmux.panes()[self.worker.session_name]
        os.kill(pane.pid, signal.SIGKILL)


def test_a_worker_works_is_told_cut_short_killed_and_goes_on(
    game: Game, repository: Path, agent: str
) -> None:
    evening = Evening(game, repository, agent)
    evening.wait_for(Activity.ASKING, "Which port?")
    assert (evening.worktree / "hi.txt").read_text() == "hi\n"

    tell(game, evening.worker, f"- a line that begins with a dash\n\n{SLOW}")
    evening.wait_for(Activity.BUSY, "runs")
    evening.interrupt()
    evening.wait_for(Activity.DONE, "interrupted")

    evening.kill()
    evening.wait_for(Activity.GONE)
    recorded = game.store.worker(evening.worker.id)
    assert recorded is not None
    with contextlib.suppress(NotProven):  # on a busy machine they start too slowly to prove it
        resume(game, recorded, "[[say: Back again.]]")
    evening.wait_for(Activity.DONE, "finished its turn")

    assert "Back again." in peek(game, evening.worker)
    resumed = game.store.worker(evening.worker.id)
    assert resumed is not None
    assert resumed.conversation_id == recorded.conversation_id
    program = AGENT_PROGRAMS[agent]
    found = program.find_conversation(launch_of(game, resumed))
    assert found is not None
    assert program.read_conversation_id(found) == resumed.conversation_id
    # A message reaches the file a moment after its hook; what a killed program held back is lost.
    wait_until(
        lambda: len(program.read_transcript(resumed.id, found, 0)[0].usage) >= 2,
        LIMIT_S,
        "the tokens of its messages",
    )


def test_a_permission_is_given_and_refused_by_keys(
    room: Path, repository: Path, agent: str
) -> None:
    if agent == "pi":
        pytest.skip("pi has no mode in which it asks")
    (room / "state").mkdir(exist_ok=True)
    (room / "state" / "settings.toml").write_text("is_sandboxed = false\n")
    with open_game() as game:
        evening = Evening(game, repository, agent)
        evening.wait_for(Activity.BLOCKED, "echo hi > hi.txt")
        assert not (evening.worktree / "hi.txt").exists()

        answer(game, evening.worker, "yes")
        evening.wait_for(Activity.ASKING, "Which port?")
        assert (evening.worktree / "hi.txt").read_text() == "hi\n"

        tell(game, evening.worker, "[[bash: rm hi.txt]] [[say: Removed.]]")
        evening.wait_for(Activity.BLOCKED, "rm hi.txt")
        answer(game, evening.worker, "no")
        evening.wait_for(Activity.DONE)
        assert (evening.worktree / "hi.txt").exists()
