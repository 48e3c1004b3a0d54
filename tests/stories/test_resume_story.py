"""Paused, killed, rebooted: the real Claude Code goes on with its own conversation, or not at all.

On a stand-in model: no key, no account, no network.
"""

import os
import shlex
import signal
import subprocess
import uuid
from pathlib import Path

import psutil
import pytest

from rts import paths
from rts.adapters.agents import AGENT_PROGRAMS, Launch
from rts.adapters.inbox import Inbox
from rts.world.nouns import Event
from tests.standin import standin
from tests.standin.claude_home import seed_claude_home
from tests.stories.commander import Commander
from tests.waiting import wait_until

pytestmark = pytest.mark.story

SLEEP = "python3 -c 'import time; time.sleep(987)'"
"""A tool call that is still running when something happens."""

WILD = "\n".join(
    (
        "!echo this must not run > ran.txt",
        "/clear",
        "# a heading 🎉 👩‍🚀 é 時間",
        "@shop.py $HOME `whoami` \"quoted\" 'too' \\n %s",
        "\x1b[201~ ends no paste \x1b[200~ begins none \x1b[31mred",
        *(f"/line {number} ✓ of a text that is long enough to be cut" for number in range(150)),
        "[[say: I read all of it.]]",
    )
)


@pytest.fixture
def model():
    with standin() as running:
        yield running


@pytest.fixture
def commander(repository, model, room, monkeypatch):
    environment = seed_claude_home(room / "home", repository, model.url)
    for name, value in environment.items():
        if name != "PATH":
            monkeypatch.setenv(name, value)
    (room / "state").mkdir(exist_ok=True)
    (room / "state" / "settings.toml").write_text("is_sandboxed = false\n")
    return Commander(repository)


def spawn(commander, title, *steps):
    ticket = commander.orders("new", title, "--body", "\n".join(steps))
    return commander.orders("spawn", ticket["label"], "--agent", "claude")["name"]


def known(game, name):
    return next(w for w in game.store.living_workers(None) if w.name == name)


def of_worker(worker):
    """Every process that the worker's agent started, wherever it stands."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("RTS_WORKER") == worker.id:
                found.append(process)
        except psutil.Error:
            continue
    return [process for process in found if process.status() != psutil.STATUS_ZOMBIE]


def begin_long_call(commander, name):
    """Let the worker's first tool call run, and wait until it does."""
    commander.sees(name, "blocked")
    commander.orders("answer", name, "yes")
    commander.waits(is_sleeping)
    commander.sees(name, "busy")


def is_sleeping():
    lines = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    return any(line[-1:] == ["import time; time.sleep(987)"] for line in lines)


def conversations(room):
    return {p.stem for p in (room / "home/.claude/projects").glob("*/*.jsonl")}


def test_killed_in_the_middle_of_a_tool_call_it_goes_on_with_the_same_conversation(
    commander, game, model, room
):
    name = spawn(commander, "Round totals", "remember the heron", f"[[bash: {SLEEP}]]")
    begin_long_call(commander, name)
    before = known(game, name)

    # The agent itself: what stands before it in the pane would end it politely.
    agent_pid = int(paths.agent_pid_path(paths.run_folder(game.home, before.id)).read_text())
    os.kill(agent_pid, signal.SIGKILL)
    commander.sees(name, "gone")
    orphans = [p for p in of_worker(before) if p.name().startswith("python")]
    asked = len(model.requests)
    commander.orders("resume", name, "Go on. [[say: I am back.]]")

    commander.sees(name, "done")
    after = known(game, name)
    assert after.conversation_id == before.conversation_id
    assert conversations(room) == {before.conversation_id}
    assert "remember the heron" in str(model.requests[asked:])
    assert orphans
    assert not any(process.is_running() for process in orphans)


def test_a_paused_worker_leaves_no_process_and_goes_on_where_it_was(commander, game, model):
    name = spawn(commander, "Round totals", "remember the heron", f"[[bash: {SLEEP}]]")
    begin_long_call(commander, name)
    worker = known(game, name)

    commander.orders("pause", name)

    commander.sees(name, "paused", reason="paused by you")
    assert of_worker(worker) == []
    assert "rts resume" in commander.is_refused("tell", name, "hello")[1]
    assert "paused already" in commander.is_refused("pause", name)[0]
    asked = len(model.requests)
    commander.orders("resume", name, "[[say: I go on.]]")
    commander.sees(name, "done")
    assert "remember the heron" in str(model.requests[asked:])
    assert "lives" in commander.is_refused("resume", name)[0]


def test_without_its_conversation_nothing_is_started(commander, game, room):
    name = spawn(commander, "Round totals", "[[say: Done.]]")
    commander.sees(name, "done")
    worker = known(game, name)
    commander.orders("pause", name)
    for file in (room / "home/.claude/projects").glob(f"*/{worker.conversation_id}.jsonl"):
        file.unlink()

    what, hint = commander.is_refused("resume", name)

    assert worker.conversation_id in what
    assert f"rts resume {name} --fresh" in hint
    commander.sees(name, "paused")
    assert of_worker(worker) == []
    commander.orders("resume", name, "--fresh")
    commander.sees(name, "done")
    assert known(game, name).conversation_id != worker.conversation_id


def test_after_the_server_was_killed_each_recovers_its_own_conversation(commander, game, model):
    names = [spawn(commander, f"Ticket {n}", f"[[say: I am {n}.]]") for n in ("one", "two")]
    paused = spawn(commander, "Ticket three", "[[say: I am three.]]")
    for name in (*names, paused):
        commander.sees(name, "done")
    commander.orders("pause", paused)
    before = {name: known(game, name).conversation_id for name in names}
    subprocess.run(["tmux", "-S", str(game.tmux.socket_path), "kill-server"], check=True)

    rows = commander.orders("recover")

    assert {row["name"]: row["resumed"] for row in rows} == dict.fromkeys(names, True)
    for name in names:
        commander.sees(name, "done")
    commander.sees(paused, "paused")
    assert {name: known(game, name).conversation_id for name in names} == before
    for name, word in zip(names, ("one", "two"), strict=True):
        asked = len(model.requests)
        commander.orders("tell", name, "[[say: Still me.]]")
        commander.sees(name, "done")
        assert f"I am {word}." in str(model.requests[asked:])


def test_a_wild_text_of_many_kilobytes_arrives_as_text(commander, repository, model):
    name = spawn(commander, "Round totals", "[[say: Done.]]")
    row = commander.sees(name, "done")

    commander.orders("tell", name, "-", stdin=WILD)

    commander.waits(lambda: model.requests_with("I read all of it."))
    assert len(WILD.encode()) > 8000
    said = str(model.requests_with("I read all of it.")[0]["messages"])
    for line in WILD.replace("\x1b", "").splitlines():
        assert repr(line)[1:-1].replace("\\'", "'") in said.replace("\\'", "'"), line
    commander.sees(name, "done")
    assert not (Path(row["worktree"]) / "ran.txt").exists()


@pytest.mark.parametrize("text", ["/clear [[say: no]]", "!touch ran.txt [[say: no]]", "exit"])
def test_what_would_be_a_command_is_told_as_text(commander, game, text):
    name = spawn(commander, "Round totals", "[[say: Done.]]")
    row = commander.sees(name, "done")

    commander.orders("tell", name, text)

    told = game.store.select(Event, "kind = 'worker_told'")
    assert text in told[-1].detail
    commander.sees(name, "done")
    assert not (Path(row["worktree"]) / "ran.txt").exists()


def test_two_conversations_in_one_directory_are_never_swapped(room, model):
    worktree = room / "shop"
    worktree.mkdir()
    environment = seed_claude_home(room / "home", worktree, model.url)
    socket = room / "socket"

    def tmux(*words):
        argv = ["tmux", "-S", str(socket), "-f", "/dev/null", *words]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout

    def begin(launch):
        program = AGENT_PROGRAMS["claude"]
        program.write_files(launch)
        line = program.command_line(launch)
        setting = [f"{key}={value}" for key, value in environment.items()]
        command = f"exec {shlex.join(['env', '-i', *setting, 'sh', '-c', line])}"
        tmux("new-session", "-d", "-s", launch.worker_id, "-c", str(worktree), command)

    def launch(name, **changes):
        folder = room / name
        folder.mkdir(exist_ok=True)
        (folder / "brief.md").write_text(f"I am {name}. [[say: {name} began]]")
        (folder / "words.md").write_text(f"[[say: {name} is back]]")
        inbox = Inbox(room / "inbox").prepare_for(name)
        ident = str(uuid.uuid5(uuid.NAMESPACE_OID, name))
        return Launch(name, worktree, folder, inbox, ident, folder / "brief.md", **changes)

    def shows(name, words):
        wait_until(lambda: words in tmux("capture-pane", "-p", "-t", name), 20, words)

    names = ("ada", "bob")
    for name in names:
        begin(launch(name))
    for name in names:
        shows(name, f"● {name} began")
    tmux("kill-server")
    for name in reversed(names):
        again = launch(name, is_resumed=True, words=room / name / "words.md")
        assert AGENT_PROGRAMS["claude"].find_conversation(again) is not None
        begin(again)
    for name in names:
        shows(name, f"● {name} is back")
        shows(name, f"I am {name}.")
        other = next(n for n in names if n != name)
        assert f"I am {other}." not in tmux("capture-pane", "-p", "-S", "-100", "-t", name)
    tmux("kill-server")
