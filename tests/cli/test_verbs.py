"""The verbs that look and go there, on a worker that really runs."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest

from rts import paths
from rts.orders.projects import open_project
from rts.orders.watching import WATCH_SESSION
from tests.stories.commander import Commander
from tests.waiting import wait_until

CTRL_Q = b"\x11"


def write_settings(room, text):
    (room / "state").mkdir(exist_ok=True)
    (room / "state/settings.toml").write_text(text)


@pytest.fixture
def commander(repository):
    return Commander(repository)


@pytest.fixture
def worker(game, repository, room):
    """A worker whose agent is a shell that says hello."""
    write_settings(
        room, '[agents.generic]\nargv = ["sh", "-c", "echo hello commander; exec sleep 600"]\n'
    )
    project = open_project(game, repository)
    Commander(repository).orders("spawn", "Say hello", "--agent", "generic")
    return game.store.living_workers(project)[0]


def test_peek_shows_the_pane(commander, worker):
    wait_until(lambda: "hello commander" in commander.orders("peek", worker.name)["pane"])


def test_attach_hands_over_the_terminal_until_c_q(repository, worker):
    ours, theirs = pty.openpty()
    attached = subprocess.Popen(
        [sys.executable, "-m", "rts", "attach", worker.name],
        cwd=repository,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""
    while b"hello commander" not in seen:
        seen += os.read(ours, 4096)

    os.write(ours, CTRL_Q)
    try:
        while os.read(ours, 4096):  # tmux waits until its last words were read
            pass
    except OSError:
        pass  # Linux says so when the other side of a terminal has closed
    os.close(ours)

    assert attached.wait(timeout=10) == 0


def test_explain_tells_each_piece_of_evidence_with_its_age(commander, worker):
    told = commander.orders("explain", worker.name)

    assert told["activity"]
    assert all(piece["age_s"] >= 0 for piece in told["evidence"])


def test_events_tell_what_happened_in_order(commander, worker):
    kinds = [event["kind"] for event in commander.orders("events")]

    order = ["project_opened", "ticket_filed", "worker_spawned"]
    assert [kind for kind in kinds if kind in order] == order


def test_pr_says_why_there_is_none_yet(commander, worker):
    what, hint = commander.is_refused("pr", worker.name)

    assert "commit" in what
    assert hint


def test_the_watch_runs_in_its_own_session_and_kill_server_ends_both(commander, worker, game):
    wait_until(lambda: WATCH_SESSION in game.tmux.panes())

    assert commander.orders("kill-server", "--yes") == {"sessions_ended": 2}

    assert game.tmux.panes() == {}
    assert commander.orders("ls")[0]["activity"] == "gone"


def test_kill_server_asks_first(commander, worker, game):
    what, _ = Commander(commander.folder).types("kill-server", stdin="n\n").stderr.splitlines()

    assert what == "Nothing was ended."
    assert game.tmux.has_session(worker.session_name)


def test_a_second_watch_is_refused(commander, worker):
    wait_until(lambda: finding(commander, "watch")["is_fine"], message="the watch to run")

    assert "runs already" in commander.is_refused("watch")[0]


def test_doctor_names_what_is_there_and_where(commander, game):
    assert finding(commander, "tmux")["is_fine"]
    assert str(paths.store_path(game.home)) in finding(commander, "store")["words"]


def test_doctor_fails_when_something_needed_is_missing(commander, room, monkeypatch):
    (room / "empty").mkdir()
    monkeypatch.setenv("PATH", str(room / "empty"))

    done = commander.types("doctor")

    assert done.returncode == 1
    assert re.search(r"✕ tmux .*\n +→ Install tmux", done.stdout)


def finding(commander, name):
    found = json.loads(commander.types("doctor", "--json").stdout)
    return next(row for row in found if row["name"] == name)


def test_the_agent_of_the_settings_is_spawned(game, repository, room):
    write_settings(room, 'agent = "generic"\n[agents.generic]\nargv = ["sleep", "600"]\n')

    assert Commander(repository).orders("spawn", "Rest")["agent"] == "generic"


def test_tests_that_take_longer_than_the_setting_have_failed(game, repository, room):
    (repository / ".rts.toml").write_text('test = "sleep 600"\n')
    subprocess.run(["git", "commit", "-qam", "Slow tests"], cwd=repository, check=True)
    write_settings(
        room,
        "test_timeout_s = 0.2\n"
        '[agents.generic]\nargv = ["sh", "-c", "git commit -q --allow-empty -m w; sleep 600"]\n',
    )
    commander = Commander(repository)
    worker = commander.orders("spawn", "Work", "--agent", "generic")["name"]
    wait_until(lambda: commander.types("pr", worker).returncode == 0)

    assert "ended after 0.2 s" in commander.orders("ls")[0]["tests"]


def test_no_more_notes_than_the_setting_says_are_in_a_brief(repository, room, game):
    folder = repository / "knowledge_base"
    folder.mkdir()
    for word in ("first", "second"):
        head = f"---\ntype: lesson\ntitle: The {word} rule of payments\n---\n"
        (folder / f"{word}.md").write_text(f"{head}\nRetry payments {word}.\n")
    subprocess.run(["git", "add", "."], cwd=repository, check=True)
    subprocess.run(["git", "commit", "-qm", "Notes"], cwd=repository, check=True)
    write_settings(room, 'note_count_max = 1\n[agents.generic]\nargv = ["sleep", "600"]\n')

    started = Commander(repository).orders("spawn", "Retry payments", "--agent", "generic")

    brief = paths.brief_path(paths.run_folder(game.home, started["id"])).read_text()
    assert brief.count("rule of payments") == 1
