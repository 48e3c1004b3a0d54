"""The demo from beginning to end: real git, tmux, watch and drill agents."""

import json
import os
import random
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from rts.adapters.knowledge import Knowledge
from rts.demo.commander import Commander
from rts.errors import OutsideFailed
from rts.game import Game, open_game
from rts.orders.projects import open_project
from rts.orders.spawn import spawn
from rts.orders.tickets import file_ticket
from rts.world.nouns import PullRequest, PullRequestState, Ticket, TicketStatus
from tests.waiting import wait_until

DEMO = [sys.executable, "-m", "rts", "demo", "--headless", "--json"]


def environment(room: Path) -> dict[str, str]:
    """Let the demo make its folder in the test's room."""
    return {**os.environ, "TMPDIR": str(room)}


@pytest.mark.story
def test_a_headless_demo_is_played_to_the_end_and_its_numbers_are_the_stores(
    room: Path, monkeypatch: pytest.MonkeyPatch
):
    done = subprocess.run(
        [*DEMO, "--keep", "--seed", "1"],
        env=environment(room),
        text=True,
        capture_output=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    folder = next(room.glob("rts-demo-*"))

    assert f"Everything lies in {folder}" in done.stderr
    assert len(re.findall("is sent back", done.stderr)) == 1
    monkeypatch.setenv("RTS_HOME", str(folder / "state"))
    with open_game() as game:
        _check_counts(counts, game)
    shop = folder / "shop"
    assert Knowledge(shop / "knowledge_base").lint() == []
    log = subprocess.run(
        ["git", "log", "--merges", "--format=%s"], cwd=shop, text=True, capture_output=True
    )
    assert len(log.stdout.splitlines()) == counts["merged"]
    assert not _processes_in(folder)


def _check_counts(counts: dict[str, float], game: Game) -> None:
    tickets = game.store.select(Ticket)
    still_open = [ticket for ticket in tickets if ticket.status is TicketStatus.OPEN]
    pull_requests = game.store.select(PullRequest)
    assert [ticket.title for ticket in still_open] == ["Invoices as PDF"]
    assert counts["tickets"] == len(tickets) == counts["workers"]
    assert counts["merged"] == sum(p.state is PullRequestState.MERGED for p in pull_requests)
    assert counts["merged"] <= counts["pull_requests"] == len(pull_requests)
    assert counts["merged"] == counts["tickets"] - len(still_open)
    assert 1 <= counts["notes"] <= counts["merged"]
    assert counts["actions"] > 10 * counts["merged"]
    assert counts["cues"] >= counts["merged"]
    assert counts["seconds"] > 0
    assert game.store.count("merge_refused") == 0


@pytest.mark.story
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_that_is_broken_off_leaves_nothing_behind(room: Path, number: signal.Signals):
    with subprocess.Popen(
        DEMO,
        env=environment(room),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as demo:
        assert demo.stderr is not None
        assert "works on #1" in demo.stderr.readline()
        assert _processes_in(room)
        for _ in range(3):  # an impatient commander, or timeout(1)
            demo.send_signal(number)
        demo.stderr.read()

    assert demo.returncode == 128 + number

    wait_until(lambda: not _processes_in(room), message="an end of every process")
    assert not list(room.glob("rts-demo-*"))


def test_a_worker_that_never_ends_is_named_when_the_time_is_up(game: Game, repository: Path):
    project = open_project(game, repository)
    body = '```drill\n[[step]]\ndo = "think"\nseconds = 1000\n```'
    worker = spawn(game, project, file_ticket(game, project, "Brood", body), "drill")

    with pytest.raises(OutsideFailed, match=f"within 0.5 s: {worker.name}"):
        Commander(game, project, random.Random(1), lambda line: None).play(limit_s=0.5)


def test_without_a_terminal_the_demo_says_how_to_play_it(room: Path):
    done = subprocess.run(
        [sys.executable, "-m", "rts", "demo"],
        env=environment(room),
        stdin=subprocess.DEVNULL,
        text=True,
        capture_output=True,
        timeout=30,
    )

    assert done.returncode == 1
    assert "rts demo --headless" in done.stderr
    assert not list(room.glob("rts-demo-*"))


def _processes_in(folder: Path) -> list[psutil.Process]:
    """Return the processes of a demo in `folder`: each worker's names it, the watch's knows it."""
    found = []
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), process.environ().get("RTS_HOME", "")]
            if process.status() != psutil.STATUS_ZOMBIE and process.pid != os.getpid():
                found += [process] if any(_demo_in(folder, word) for word in words) else []
        except psutil.Error:
            continue
    return found


def _demo_in(folder: Path, word: str) -> bool:
    return word.startswith(str(folder)) and "rts-demo-" in word
