"""An evening with the real Codex on a stand-in model: no key, no account, no network."""

import json
import os
import signal
import uuid

import pytest

from rts import paths
from rts.adapters import sandbox
from rts.adapters.git.command import git
from tests.standin import standin
from tests.standin.codex_home import seed_codex_home
from tests.stories.commander import Commander
from tests.stories.test_claude_story import HAND_IN

pytestmark = pytest.mark.story

ROUND = "sed -i 's/return sum(prices)/return round(sum(prices), 2)/' shop.py"
WISH = {
    "cmd": "touch wished.txt",
    "sandbox_permissions": "require_escalated",
    "justification": "it needs a file",
}
"""Codex asks only when its model asks to leave the sandbox."""
WISHES = f"[[tool: exec_command {json.dumps(WISH)}]] [[say: Went on.]]"


@pytest.fixture
def model():
    with standin() as running:
        yield running


@pytest.fixture
def commander(repository, model, room, monkeypatch):
    """A commander whose HOME knows Codex, with trust for the repository and nothing else."""
    environment = seed_codex_home(room / "home", repository, model.url)
    for name, value in environment.items():
        if name != "PATH":
            monkeypatch.setenv(name, value)
    return Commander(repository)


@pytest.fixture
def asks(room):
    """The sandbox is off, so that Codex asks for permission."""
    (room / "state").mkdir(exist_ok=True)
    (room / "state" / "settings.toml").write_text("is_sandboxed = false\n")


def spawn(commander, *steps):
    commander.orders("new", "Round totals", "--body", "\n".join(steps))
    return commander.orders("spawn", "1", "--agent", "codex")["name"]


def shows(commander, worker):
    return next(row for row in commander.orders("ls") if row["name"] == worker)


def is_named_by_codex(conversation_id):
    return uuid.UUID(conversation_id).version == 7


def lands(commander, repository):
    worker = spawn(commander, "[[say: Round to how many places?]]")
    commander.sees(worker, "asking", reason="asks: Round to how many places?")

    commander.orders(
        "tell",
        worker,
        f"Two.\n[[bash: {ROUND}]]\n[[bash: git commit -qam 'Round totals']]\n"
        f"[[bash: {HAND_IN}]]\n[[say: #1 is ready.]]",
    )
    row = commander.sees(worker, "done", pull_request=1)
    assert row["title"] == "Round totals"
    assert "OK" in row["tests"]
    actions = commander.orders("apm")["workers"][row["id"]]
    assert actions["apm"]["5m"] == pytest.approx(3 / 5)

    commander.orders("merge", worker)
    assert "round(sum(prices), 2)" in (repository / "shop.py").read_text()
    assert git(repository, "status", "--porcelain") == ""
    commander.orders("dismiss", worker)


def test_a_ticket_becomes_a_merged_pull_request_in_our_sandbox(commander, repository, game):
    if why := sandbox.probe():
        pytest.skip(why)

    lands(commander, repository)

    (run_folder,) = paths.run_folder(game.home, "any").parent.iterdir()
    assert list((run_folder / "codex-home" / "sessions").rglob("rollout-*.jsonl"))


def test_in_our_sandbox_it_cannot_change_what_the_commander_has(commander, room):
    if why := sandbox.probe():
        pytest.skip(why)
    folder = room / "home" / ".codex"
    (folder / "AGENTS.md").write_text("Be brief.\n")
    (folder / "installation_id").write_text(str(uuid.uuid4()))
    for name in (".system", "mine"):
        (folder / "skills" / name).mkdir(parents=True)
    before = {path: path.read_text() for path in folder.glob("*.*")}
    line = 'for f in ~/.codex/config.toml ~/.codex/hooks.json "$CODEX_HOME/AGENTS.md"'

    worker = spawn(commander, f"[[bash: {line}; do echo bad >> $f; done]] [[say: Tried.]]")

    commander.sees(worker, "done")
    commander.sees_pane(worker, "Read-only file system")
    assert {path: path.read_text() for path in folder.glob("*.*")} == before


def test_a_ticket_becomes_a_merged_pull_request_in_its_own_sandbox(commander, repository, asks):
    lands(commander, repository)


def test_its_tokens_become_usage_without_the_cached_ones(commander, game):
    worker = spawn(commander, "[[bash: true]] [[say: Done.]]")
    row = commander.sees(worker, "done")

    commander.waits(lambda: row["id"] in game.store.tokens_by_worker())
    assert game.store.tokens_by_worker()[row["id"]] > 0


def test_a_permission_is_asked_for_and_granted(commander, asks):
    worker = spawn(commander, WISHES)
    commander.sees(worker, "blocked", reason="wants permission: Bash: touch wished.txt")

    commander.orders("answer", worker, "yes")

    commander.sees(worker, "done")
    assert "wished.txt" in commander.orders("diff", worker)["diff"]


def test_a_denied_permission_interrupts_its_turn(commander, asks):
    worker = spawn(commander, WISHES)
    commander.sees(worker, "blocked")

    commander.orders("answer", worker, "no")

    commander.sees(worker, "done", reason="was interrupted")
    assert "wished.txt" not in commander.orders("diff", worker)["diff"]


def test_a_reason_for_a_denial_is_told_after_it(commander, asks, model):
    worker = spawn(commander, WISHES)
    commander.sees(worker, "blocked")

    commander.orders("answer", worker, "No files today. [[say: Then not.]]")

    commander.sees_pane(worker, "Then not.")
    assert any("No files today." in str(request) for request in model.requests)
    assert "wished.txt" not in commander.orders("diff", worker)["diff"]


def test_a_message_is_never_typed_into_a_permission(commander, asks):
    worker = spawn(commander, WISHES)
    commander.sees(worker, "blocked")

    assert "answer" in "".join(commander.is_refused("tell", worker, "hello"))


def test_esc_in_the_middle_of_a_turn_is_seen(commander, game):
    worker = spawn(commander, "[[bash: true]] [[hang]]")
    commander.waits(lambda: shows(commander, worker)["reason"] == "thinks")

    game.tmux.press(f"w-{worker}", "Escape")

    commander.sees(worker, "done", reason="was interrupted")


def test_a_killed_agent_is_gone(commander, game):
    worker = spawn(commander, "[[say: Done.]]")
    commander.sees(worker, "done")

    os.kill(game.tmux.panes()[f"w-{worker}"].pid, signal.SIGKILL)

    commander.sees(worker, "gone", words="ended by signal 9")


def test_a_killed_agent_goes_on_with_its_own_conversation(commander, game, model):
    worker = spawn(commander, "[[say: The word is plum.]]")
    row = commander.sees(worker, "done")
    commander.waits(lambda: is_named_by_codex(game.store.worker(row["id"]).conversation_id))
    begun = game.store.worker(row["id"]).conversation_id
    os.kill(game.tmux.panes()[f"w-{worker}"].pid, signal.SIGKILL)
    commander.sees(worker, "gone")

    asked = len(model.requests)
    commander.orders("resume", worker, "Go on. [[say: Still here.]]")

    commander.waits(lambda: "Still here." in commander.types("peek", worker).stdout)
    commander.sees(worker, "done", reason="finished its turn")
    assert game.store.worker(row["id"]).conversation_id == begun
    assert "The word is plum." in str(model.requests[asked:])


def test_a_usage_limit_blocks_until_it_ends(commander):
    worker = spawn(commander, "[[limit: 7200]]")

    commander.sees(worker, "blocked")
    commander.waits(lambda: shows(commander, worker)["reason"].startswith("usage limit until "))


def test_a_folder_that_is_not_trusted_blocks_with_what_to_do(commander, room, model):
    seed_codex_home(room / "home", None, model.url)

    worker = spawn(commander, "[[say: Done.]]")

    reason = "asks whether you trust this folder: attach and answer"
    commander.sees(worker, "blocked", reason=reason)
    assert "attach" in "".join(commander.is_refused("tell", worker, "hello"))
