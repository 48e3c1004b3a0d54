"""OpenCode, Copilot CLI and aider, alive, under a commander's verbs and on a stand-in model.

Each is left out where it is not on the PATH. No key, no account, no network.
"""

import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from rts import paths
from tests.standin import standin
from tests.stories.commander import Commander

pytestmark = pytest.mark.long

OPENCODE_CONFIG = {
    "model": "standin/standin-1",
    "enabled_providers": ["standin"],
    "autoupdate": False,
}
LONG_CALL = "[[bash: python3 -c 'import time; time.sleep(97)']]"


def seed_home(home: Path, trusted: Path, url: str) -> dict[str, str]:
    """Write what a commander would have set; return the variables that he would have."""
    provider = {
        "npm": "@ai-sdk/openai-compatible",
        "options": {"baseURL": f"{url}/v1", "apiKey": "dummy"},
        "models": {"standin-1": {"limit": {"context": 100000, "output": 8000}}},
    }
    config = home / ".config" / "opencode" / "opencode.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({**OPENCODE_CONFIG, "provider": {"standin": provider}}))
    (home / ".copilot").mkdir()
    (home / ".copilot" / "config.json").write_text(json.dumps({"trustedFolders": [str(trusted)]}))
    return {
        "OPENCODE_DISABLE_AUTOUPDATE": "1",
        "OPENCODE_DISABLE_MODELS_FETCH": "1",
        "COPILOT_OFFLINE": "true",
        "COPILOT_PROVIDER_BASE_URL": f"{url}/v1",
        "COPILOT_PROVIDER_API_KEY": "dummy",
        "COPILOT_MODEL": "standin-1",
        "COPILOT_PROVIDER_MAX_PROMPT_TOKENS": "100000",
        "COPILOT_PROVIDER_MAX_OUTPUT_TOKENS": "8000",
        "OPENAI_API_BASE": f"{url}/v1",
        "OPENAI_API_KEY": "dummy",
        "AIDER_MODEL": "openai/standin-1",
        "AIDER_SHOW_MODEL_WARNINGS": "false",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }


@pytest.fixture
def commander(repository: Path, room: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    with standin() as model:
        worktrees = paths.worktrees_folder(repository)
        for name, value in seed_home(room / "home", worktrees, model.url).items():
            monkeypatch.setenv(name, value)
        (room / "state").mkdir(exist_ok=True)
        (room / "state" / "settings.toml").write_text("is_sandboxed = false\n")
        yield Commander(repository)


def spawn(commander: Commander, agent: str, body: str) -> str:
    """File a ticket, start `agent` on it, and return the worker's name."""
    if not shutil.which(agent):
        pytest.skip(f"{agent} is not on the PATH")
    ticket = commander.orders("new", "Count the cart", "--body", body)
    name: str = commander.orders("spawn", ticket["label"], "--agent", agent)["name"]
    return name


@pytest.mark.parametrize("agent", ["opencode", "copilot"])
def test_a_ticket_is_worked_on_asked_about_and_taken_up_again(
    agent: str, commander: Commander, game: Any, room: Path
) -> None:
    settings = sorted((room / "home").rglob("*.json"))
    before = [path.read_bytes() for path in settings]
    name = spawn(commander, agent, "[[bash: touch one.txt]] [[say: Which port?]]")

    commander.sees(name, "blocked", reason="wants permission: Bash: touch one.txt")
    commander.orders("answer", name, "yes")
    commander.sees(name, "asking", reason="asks: Which port?")
    worker = next(w for w in game.store.living_workers(None) if w.name == name)
    worktree = paths.worktrees_folder(commander.folder) / name
    assert (worktree / "one.txt").exists()

    commander.orders("tell", name, "--", f"- Port 80. {LONG_CALL} [[say: Done.]]")
    commander.sees(name, "blocked")
    commander.orders("answer", name, "yes")
    commander.sees(name, "busy")
    pane_pid = game.tmux.panes()[worker.session_name].pid
    os.kill(pane_pid, signal.SIGKILL)
    commander.sees(name, "gone")

    commander.orders("resume", name, "[[say: I am back.]]")
    commander.sees(name, "done", reason="finished its turn")
    after = next(w for w in game.store.living_workers(None) if w.name == name)
    assert after.conversation_id == worker.conversation_id
    if agent == "opencode":
        assert [path.read_bytes() for path in settings] == before


def test_aider_asks_before_a_new_file_and_waits_for_the_next_word(commander: Commander) -> None:
    name = spawn(commander, "aider", "[[say: So:\n\nnew.txt\n```\nhello\n```\n]]")

    commander.sees(name, "blocked", reason="wants permission: Create new file?")
    commander.orders("answer", name, "yes")
    commander.sees(name, "done")
    commander.orders("tell", name, "--", "- go on [[say: Fine.]]")
    commander.sees_pane(name, "Fine.")

    worktree = paths.worktrees_folder(commander.folder) / name
    assert (worktree / "new.txt").read_text() == "hello\n"
