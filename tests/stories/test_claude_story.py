"""An evening with the real Claude Code on a stand-in model: no key, no account, no network."""

import os
import signal

import pytest

from rts.adapters.git.command import git
from tests.standin import standin
from tests.standin.claude_home import seed_claude_home
from tests.stories.commander import Commander

pytestmark = pytest.mark.story

HAND_IN = """\
cat > "$RTS_PULL_REQUEST" <<'END'
# Round totals

## Summary

Totals have two places.

## Assumptions

Half goes to even.

## Tests

unittest passes.

## What the next worker should know

The rounding of totals in shop.py goes half to even, as Python does it.
END
"""


@pytest.fixture
def model():
    with standin() as running:
        yield running


@pytest.fixture
def commander(repository, model, room, monkeypatch):
    """A commander whose HOME knows Claude, with trust for the repository and nothing else."""
    environment = seed_claude_home(room / "home", repository, model.url)
    for name, value in environment.items():
        if name != "PATH":
            monkeypatch.setenv(name, value)
    (room / "state").mkdir(exist_ok=True)
    (room / "state" / "settings.toml").write_text("is_sandboxed = false\n")  # so that it asks
    return Commander(repository)


def spawn(commander, *steps):
    commander.orders("new", "Round totals", "--body", "\n".join(steps))
    return commander.orders("spawn", "1", "--agent", "claude")["name"]


def test_a_ticket_becomes_a_merged_pull_request_and_a_note(commander, repository):
    worker = spawn(commander, "[[say: Round to how many places?]]")
    commander.sees(worker, "asking", reason="asks: Round to how many places?")

    edit = "sed -i 's/return sum(prices)/return round(sum(prices), 2)/' shop.py"
    commander.orders(
        "tell",
        worker,
        f"Two.\n[[bash: {edit}]]\n[[bash: git commit -qam 'Round totals']]\n"
        f"[[bash: {HAND_IN}]]\n[[say: #1 is ready.]]",
    )
    for wish in ("sed -i", "git commit", "RTS_PULL_REQUEST"):
        commander.sees(worker, "blocked", words=wish)
        commander.orders("answer", worker, "yes")
        commander.leaves(worker, "blocked", wish)

    row = commander.sees(worker, "done", pull_request=1)
    assert row["title"] == "Round totals"
    assert "OK" in row["tests"]
    actions = commander.orders("apm")["workers"][row["id"]]
    assert actions["apm"]["5m"] == pytest.approx(3 / 5)

    commander.orders("merge", worker)
    assert "round(sum(prices), 2)" in (repository / "shop.py").read_text()
    assert git(repository, "status", "--porcelain") == ""
    assert "half to even" in str(commander.orders("kb", "search", "rounding totals"))
    commander.orders("dismiss", worker)


def test_its_tokens_become_usage(commander, game):
    worker = spawn(commander, "[[say: Done.]]")
    row = commander.sees(worker, "done")

    commander.waits(lambda: row["id"] in game.store.tokens_by_worker())
    assert game.store.tokens_by_worker()[row["id"]] > 0


def test_a_denied_tool_call_is_told_to_it_with_the_reason(commander, model):
    worker = spawn(commander, "[[bash: touch denied.txt]]", "[[say: Then not.]]")
    commander.sees(worker, "blocked")

    commander.orders("answer", worker, "no files today")

    commander.sees(worker, "done")
    assert "denied.txt" not in commander.orders("diff", worker)["diff"]
    assert any("no files today" in str(request) for request in model.requests)


def test_esc_in_the_middle_of_a_turn_is_seen_although_no_hook_fires(commander, game):
    worker = spawn(commander, "[[hang]]")
    commander.sees(worker, "busy")

    game.tmux.press(f"w-{worker}", "Escape")

    commander.sees(worker, "done", reason="was interrupted")


def test_a_killed_agent_is_gone(commander, game):
    worker = spawn(commander, "[[say: Done.]]")
    commander.sees(worker, "done")

    os.kill(game.tmux.panes()[f"w-{worker}"].pid, signal.SIGKILL)

    commander.sees(worker, "gone", words="ended by signal 9")


def test_a_folder_that_is_not_trusted_blocks_with_what_to_do(commander, room, game):
    (room / "home" / ".claude.json").write_text('{"hasCompletedOnboarding": true}')

    worker = spawn(commander, "[[say: Done.]]")

    commander.sees(worker, "blocked")
    assert "attach" in "".join(commander.is_refused("tell", worker, "hello"))
