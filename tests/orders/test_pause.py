"""Pausing: the agent and all that it started end, the work stays."""

import os
import subprocess
import sys
from dataclasses import replace

import psutil
import pytest

from rts.adapters import family
from rts.errors import OrderRefused, OutsideFailed
from rts.orders import pause as pausing
from rts.orders.dismiss import dismiss
from rts.orders.ending import end_agent
from rts.orders.look import judge_one, peek
from rts.orders.pause import pause
from rts.orders.projects import open_project, worktree_path
from rts.orders.resume import resume
from rts.orders.spawn import spawn
from rts.orders.tickets import file_ticket
from rts.settings import GenericAgent, Settings
from rts.world.evidence import Activity
from tests.waiting import wait_until

DETACHED = "setsid sleep 654 & echo ready; exec sleep 655"
"""A tool call in a session of its own, as Claude Code makes them."""


def all_sleeps(*numbers):
    wanted = [["sleep", str(number)] for number in numbers]
    return [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] in wanted]


@pytest.fixture
def project(game, repository):
    return open_project(game, repository)


@pytest.fixture
def worker(game, project):
    talker = replace(game, settings=Settings(generic=GenericAgent(("sh", "-c", DETACHED))))
    hired = spawn(talker, project, file_ticket(game, project, "Do it"), "generic")
    wait_until(lambda: "ready" in peek(game, hired))
    return hired


def test_a_pause_ends_every_process_and_leaves_the_work(game, project, worker):
    (worktree_path(project, worker) / "half.txt").write_text("a thought\n")
    assert len(all_sleeps(654, 655)) == 2

    pause(game, worker)

    assert all_sleeps(654, 655) == []
    assert not game.tmux.has_session(worker.session_name)
    assert (worktree_path(project, worker) / "half.txt").read_text() == "a thought\n"
    judgement = judge_one(game, worker)
    assert (judgement.activity, judgement.reason) == (Activity.PAUSED, "paused by you")
    assert game.store.count("worker_paused") == 1


def test_a_pause_that_fails_is_taken_back(game, worker, monkeypatch):
    def fail(*_, **__):
        raise OutsideFailed("tmux does not answer.", "")

    with monkeypatch.context() as broken:
        broken.setattr(pausing, "end_agent", fail)
        broken.setattr(pausing, "_interrupt", lambda *_: None)  # it would end this one
        with pytest.raises(OutsideFailed):
            pause(game, worker)

    assert game.tmux.has_session(worker.session_name)
    assert judge_one(game, worker).activity is not Activity.PAUSED
    pause(game, worker)


def test_a_pause_that_fails_after_the_end_stays(game, worker, monkeypatch):
    def end(*order, **how):
        end_agent(*order, **how)
        raise OutsideFailed("Something is left.", "")

    monkeypatch.setattr(pausing, "end_agent", end)
    with pytest.raises(OutsideFailed):
        pause(game, worker)

    assert judge_one(game, worker).activity is Activity.PAUSED


def test_a_pause_that_was_killed_halfway_can_be_given_again(game, worker):
    game.store.note_down([pausing.pause_evidence(game, worker, "paused")])

    pause(game, worker)

    assert all_sleeps(654, 655) == []
    assert judge_one(game, worker).activity is Activity.PAUSED


def test_what_is_paused_or_gone_cannot_be_paused(game, worker):
    pause(game, worker)
    with pytest.raises(OrderRefused, match="paused already"):
        pause(game, worker)

    resume(game, worker, is_fresh=True)
    game.tmux.end_session(worker.session_name)
    with pytest.raises(OrderRefused, match="is gone"):
        pause(game, worker)


def test_nobody_who_stands_by_is_ended():
    mark = {**os.environ, "RTS_WORKER": "w-of-a-test"}
    script = "import time; print('up', flush=True); time.sleep(60)"
    argv = [sys.executable, "-c", script]
    with subprocess.Popen(argv, env=mark, stdout=subprocess.PIPE) as marked:
        assert marked.stdout is not None
        marked.stdout.readline()
        found = family.find_marked("RTS_WORKER", "w-of-a-test")
        assert [process.pid for process in found] == [marked.pid]

        family.end_all(found, family.find_bystanders([marked.pid]))
        assert marked.poll() is None

        family.end_all(found, family.find_bystanders([]))
        assert marked.wait(10) != 0
    assert os.getppid() in family.find_bystanders([])


def test_a_dismissal_leaves_nothing_running_either(game, worker):
    assert len(family.find_marked("RTS_WORKER", worker.id)) >= 2

    dismiss(game, worker)

    assert not any(map(family.is_alive, family.find_marked("RTS_WORKER", worker.id)))
