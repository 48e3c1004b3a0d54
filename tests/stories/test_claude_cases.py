"""The cases that must be right, each run by the real Claude Code CLI on the stand-in model.

It runs without the sandbox here, so that it asks for permissions.
"""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from rts import paths
from rts.orders.watching import ensure_watch
from tests.standin import standin
from tests.standin.claude_home import seed_claude_home
from tests.stories.commander import Commander

pytestmark = pytest.mark.story

LONG_CALL = "[[bash: python3 -c 'import time;time.sleep(60)']]"

QUESTIONS = [
    {
        "question": "Which port?",
        "header": "Port",
        "multiSelect": False,
        "options": [
            {"label": "80", "description": "plain"},
            {"label": "8080", "description": "tests"},
        ],
    },
    {
        "question": "Which hosts?",
        "header": "Hosts",
        "multiSelect": True,
        "options": [
            {"label": "alpha", "description": "a"},
            {"label": "beta", "description": "b"},
        ],
    },
]


@pytest.fixture
def model():
    with standin() as running:
        yield running


@pytest.fixture
def commander(repository, model, room, monkeypatch):
    """A commander whose HOME knows Claude, and who has switched the sandbox off."""
    environment = seed_claude_home(room / "home", repository, model.url)
    for name, value in environment.items():
        if name != "PATH":
            monkeypatch.setenv(name, value)
    state = room / "state"
    state.mkdir(exist_ok=True)
    (state / "settings.toml").write_text("is_sandboxed = false\n")
    return Commander(repository)


def spawn(commander, *steps):
    commander.orders("new", "Round totals", "--body", "\n".join(steps))
    return commander.orders("spawn", "1", "--agent", "claude")["name"]


def worker_of(game, name):
    return next(w for w in game.store.living_workers(None) if w.name == name)


def agent_steps(name, *steps):
    """Return the step that starts a subagent in the background."""
    call = {"description": name, "prompt": " ".join(steps), "subagent_type": "general-purpose"}
    return f"[[tool: Agent {json.dumps(call)}]]"


def stop_watch(game):
    game.tmux.end_session("rts-watch")


def lose_hooks(game):
    """Lose every hook file that waits in the inbox."""
    for path in paths.inbox_folder(game.home).glob("*/new/*"):
        path.unlink(missing_ok=True)


def resize(game, name, width):
    socket = str(paths.tmux_socket_path(game.home))
    words = ["resize-window", "-t", f"=w-{name}:", "-x", str(width), "-y", "30"]
    subprocess.run(["tmux", "-S", socket, *words], check=True)


def test_esc_while_a_tool_runs(commander, game):
    worker = spawn(commander, LONG_CALL)
    commander.sees(worker, "blocked")
    commander.orders("answer", worker, "yes")
    commander.leaves(worker, "blocked", "python3")
    commander.sees(worker, "busy", words="python3")

    game.tmux.press(f"w-{worker}", "Escape")

    commander.sees(worker, "done", reason="was interrupted")


def test_a_prompt_that_esc_gave_back_is_not_submitted_with_the_next_message(commander, game, model):
    """Esc before the first answer puts the prompt back into the input line."""
    worker = spawn(commander, "the old prompt", "of two lines", "[[sleep: 5]] [[say: x]]")
    commander.sees(worker, "busy")
    commander.waits(lambda: any("the old prompt" in str(r) for r in model.requests))
    game.tmux.press(f"w-{worker}", "Escape")
    commander.sees_pane(worker, " more ─")
    commander.sees(worker, "done")

    commander.orders("tell", worker, "[[say: second]]")

    commander.waits(lambda: model.requests_with("[[say: second]]"))
    commander.sees(worker, "done")
    request = model.requests_with("[[say: second]]")[0]
    said = [m["content"] for m in request["messages"] if m["role"] == "user"]
    texts = [[text] if isinstance(text, str) else [part["text"] for part in text] for text in said]
    (told,) = [parts for parts in texts if "[[say: second]]" in parts]
    assert told[-1] == "[[say: second]]"
    assert not any("the old prompt" in text for text in told)
    assert "prompt_cleared" in {event["kind"] for event in commander.orders("events")}


def test_esc_on_a_permission(commander, game):
    worker = spawn(commander, "[[bash: touch a.txt]]")
    commander.sees(worker, "blocked")

    def has_gone():
        game.tmux.press(f"w-{worker}", "Escape")
        row = next(row for row in commander.orders("ls") if row["name"] == worker)
        return row["activity"] == "done"

    commander.waits(has_gone)
    commander.sees(worker, "done", reason="was interrupted")


def test_two_subagents_ask_while_the_worker_turns_its_spinner(commander, repository):
    """Claude shows no dialog for them and stays busy: only their waiting hooks tell."""
    one = agent_steps("one", "[[bash: touch one.txt]]", "[[say: one ended]]")
    two = agent_steps("two", "[[sleep: 1]]", "[[bash: touch two.txt]]", "[[say: two ended]]")
    worker = spawn(commander, one, two, "[[hang]]")

    commander.sees(worker, "blocked", words="touch one.txt")
    commander.orders("answer", worker, "yes")
    commander.leaves(worker, "blocked", "one.txt")
    commander.sees(worker, "blocked", words="touch two.txt")
    commander.orders("answer", worker, "no")
    commander.leaves(worker, "blocked", "two.txt")
    commander.sees(worker, "busy")

    diff = commander.orders("diff", worker)["diff"]
    assert ("one.txt" in diff, "two.txt" in diff) == (True, False)


def test_a_subagent_that_ends_is_not_the_worker_that_ends(commander, game):
    worker = spawn(commander, agent_steps("one", "[[say: one ended]]"), "[[hang]]")
    worker_id = commander.sees(worker, "busy")["id"]

    def has_ended():
        pieces = game.store.evidence_by_worker().get(worker_id, [])
        return any(piece.kind == "SubagentStop" for piece in pieces)

    commander.waits(has_ended)

    commander.sees(worker, "busy")


def test_a_list_of_choices_is_answered_from_here(commander, model):
    worker = spawn(
        commander,
        f"[[tool: AskUserQuestion {json.dumps({'questions': QUESTIONS})}]]",
        "[[say: Thanks.]]",
    )
    commander.sees(worker, "asking", reason="asks: Which port? (+1)")

    commander.orders("answer", worker, "2\nalpha, 2")

    commander.sees(worker, "done")
    assert model.requests_with('"Which port?"="8080"', '"Which hosts?"="alpha, beta"')


def test_a_killed_agent_is_resumed_in_the_middle_of_its_tool_call(commander, game, model):
    worker = spawn(commander, LONG_CALL)
    commander.sees(worker, "blocked")
    commander.orders("answer", worker, "yes")
    commander.leaves(worker, "blocked", "python3")
    commander.sees(worker, "busy")
    os.kill(int(json.loads(agent_entry(game, worker))["pid"]), signal.SIGKILL)
    commander.sees(worker, "gone")

    commander.orders("resume", worker, "Go on: [[say: Back again.]]")

    commander.sees(worker, "done")
    assert model.requests_with("Back again.", "time.sleep(60)")


def agent_entry(game, name) -> str:
    """Return the only file of Claude's session registry."""
    (path,) = (Path.home() / ".claude" / "sessions").glob("*.json")
    return path.read_text()


def test_a_shell_that_is_left_behind_is_no_agent(commander, game, room, monkeypatch):
    """A wrapper on the PATH does not become Claude, but goes on as a shell after it."""
    real = shutil.which("claude")
    wrapper = room / "wrapper" / "claude"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\n"{real}" "$@"\nexec sh -i\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    worker = spawn(commander, "[[say: Done.]]")
    commander.sees(worker, "done")

    game.tmux.paste(f"w-{worker}", "/exit")
    game.tmux.press(f"w-{worker}", "Enter")

    commander.sees(worker, "gone", words="quit")
    commander.is_refused("tell", worker, "hello")


def test_after_clear_the_new_conversation_is_resumed(commander, game, model):
    worker = spawn(commander, "[[say: Which old thing?]]")
    before = worker_of(game, worker).conversation_id
    commander.sees(worker, "asking")

    game.tmux.paste(f"w-{worker}", "/clear")
    game.tmux.press(f"w-{worker}", "Enter")

    commander.waits(lambda: worker_of(game, worker).conversation_id != before)
    commander.sees(worker, "done")
    commander.orders("tell", worker, "[[say: New words.]]")
    commander.sees(worker, "done")
    assert "gone" not in changes(commander)
    commander.orders("pause", worker)
    commander.sees(worker, "paused")
    commander.orders("resume", worker, "[[say: Once more.]]")
    commander.sees(worker, "done")
    assert model.requests_with("Once more.", "New words.")
    assert not model.requests_with("Once more.", "old thing")


def changes(commander):
    events = commander.orders("events")
    return {e["detail"]["activity"] for e in events if e["kind"] == "activity_changed"}


def test_a_missing_conversation_is_said_and_nothing_blank_is_started(commander, game):
    worker = spawn(commander, "[[say: Done.]]")
    commander.sees(worker, "done")
    commander.orders("pause", worker)
    for path in (Path.home() / ".claude" / "projects").glob("*/*.jsonl"):
        path.unlink()

    first, second = commander.is_refused("resume", worker)

    assert "not there any more" in first
    assert "--fresh" in second


def test_compaction_changes_nothing(commander, game):
    worker = spawn(commander, "[[say: Done.]]")
    row = commander.sees(worker, "done")

    game.tmux.paste(f"w-{worker}", "/compact")
    game.tmux.press(f"w-{worker}", "Enter")

    def has_compacted():
        pieces = game.store.evidence_by_worker()[row["id"]]
        return any(json.loads(p.detail).get("source") == "compact" for p in pieces)

    commander.waits(has_compacted)
    commander.sees(worker, "done")
    assert changes(commander) <= {"busy", "done"}


def test_an_error_of_the_service_blocks(commander):
    worker = spawn(commander, "[[status: 400]]")

    commander.sees(worker, "blocked", words="scripted status 400")


def test_a_service_that_fails_again_and_again_blocks_while_it_is_tried_again(commander):
    """2.1.329 tells of it neither by a hook nor in its transcript: its screen is read."""
    worker = spawn(commander, "[[status: 500]]")

    def is_told_why() -> bool:
        reason = commander.sees(worker, "blocked")["reason"]
        return "retrying in" in reason or "service failed" in reason

    commander.waits(is_told_why)


def test_a_usage_limit_says_when_it_resets(commander, game, monkeypatch):
    """With a subscription's token, which is a dummy, Claude reads the limit off the headers."""
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.setenv("CLAUDE_CODE_OAUTH_TOKEN", "sk-ant-oat01-dummy-dummy-dummy")
    worker = spawn(commander, "[[limit: 5400]]")

    row = commander.sees(worker, "blocked")

    assert row["reason"].startswith("usage limit, resets at ")
    pieces = game.store.evidence_by_worker()[row["id"]]
    failure = next(p for p in pieces if p.kind == "StopFailure")
    assert json.loads(failure.detail)["resets_at"].endswith("+00:00")


def test_lost_hook_files_lose_neither_the_request_nor_the_end_of_the_turn(commander, game):
    worker = spawn(commander, "[[bash: touch a.txt]]", "[[say: Which port?]]")
    commander.waits(lambda: game.tmux.has_session("rts-watch"))
    stop_watch(game)
    commander.sees_pane(worker, "Do you want to proceed?")
    lose_hooks(game)
    commander.sees(worker, "blocked", reason="wants permission: Bash: touch a.txt")

    answer_in_pane(game, worker, commander)
    commander.sees_pane(worker, "Which port?")
    commander.sees_pane(worker, "? for shortcuts")
    lose_hooks(game)
    ensure_watch(game)

    row = commander.sees(worker, "asking")
    assert row["reason"] == "asks: Which port?"
    actions = commander.orders("apm")["workers"][row["id"]]
    assert actions["apm"]["5m"] == pytest.approx(1 / 5)


def answer_in_pane(game, name, commander):
    """Press the first choice until it counts: early keys are dropped."""

    def has_gone():
        game.tmux.press(f"w-{name}", "Enter")
        return "Do you want to proceed?" not in commander.types("peek", name).stdout

    commander.waits(has_gone)


def test_hook_files_that_come_twice_or_late_change_nothing(commander, game, room):
    worker = spawn(commander, "[[bash: ls]]", "[[say: Done.]]")
    row = commander.sees(worker, "done")
    new = game.inbox.new_folder_of(row["id"])
    call = {"tool_name": "Bash", "tool_input": {"command": "late"}, "tool_use_id": "toolu_late"}
    for name, kind in (("1", "PreToolUse"), ("2", "PostToolUse"), ("3", "PostToolUse")):
        late = new.parent / "tmp" / f"{row['id']}.{name}"
        late.write_text(json.dumps({"hook_event_name": kind, **call}))
        os.utime(late, (late.stat().st_mtime - 60,) * 2)
        late.rename(new / late.name)
    commander.waits(lambda: not list(new.iterdir()))

    commander.sees(worker, "done")
    apm = commander.orders("apm")["workers"][row["id"]]["apm"]["5m"]
    assert apm == pytest.approx(2 / 5)


def test_a_screen_of_20_columns(commander, game):
    worker = spawn(commander, "[[bash: touch a.txt]]", "[[hang]]")
    commander.sees(worker, "blocked")
    resize(game, worker, 20)
    commander.sees(worker, "blocked", words="touch a.txt")

    commander.orders("answer", worker, "yes")
    commander.leaves(worker, "blocked", "a.txt")

    commander.sees(worker, "busy")
    resize(game, worker, 100)
    commander.sees(worker, "busy")


PROMPT_OF_ANOTHER = """\
Do you want to proceed?
❯ 1. Yes
  2. No
[ ! ] Action Required
Esc to cancel · Tab to amend
Enter to confirm · Esc to cancel"""


def test_output_that_holds_another_agents_prompt_is_only_output(commander, room):
    said = room / "said.txt"
    said.write_text(PROMPT_OF_ANOTHER)
    worker = spawn(commander, f"[[bash: cat {said}]]", f"[[say: {PROMPT_OF_ANOTHER}]]")

    def has_said():
        for row in commander.orders("ls"):
            if row["activity"] == "blocked":
                commander.orders("answer", worker, "yes")
        return "Action Required" in commander.types("peek", worker).stdout

    commander.waits(has_said)

    commander.sees(worker, "done", reason="finished its turn")


def test_a_call_of_five_seconds_is_busy_until_its_end(commander):
    worker = spawn(commander, "[[bash: python3 -c 'import time;time.sleep(5)']]", "[[say: Slept.]]")
    commander.sees(worker, "blocked")
    commander.orders("answer", worker, "yes")

    commander.sees(worker, "busy", words="time.sleep(5)")
    commander.sees(worker, "done")
