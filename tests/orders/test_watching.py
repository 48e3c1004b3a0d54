"""Starting the watch, and looking while things happen."""

import fcntl
import shlex
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import psutil

from rts import paths
from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.agents.program import Launch
from rts.orders.look import look
from rts.orders.watching import WATCH_LOCK, WATCH_SESSION, ensure_watch, is_watched
from rts.watch.run import be_the_only_watch
from rts.world.nouns import TicketStatus
from tests.making import a_project, a_ticket, a_worker, an_event
from tests.waiting import wait_until


def lock(game) -> Path:
    path = paths.lock_path(game.home, WATCH_LOCK)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_somebody_who_asks_is_not_taken_for_the_watch(game):
    lock(game).touch()
    with lock(game).open() as asker:
        fcntl.flock(asker, fcntl.LOCK_SH)

        assert not is_watched(game)


def test_asking_makes_nothing(game):
    assert not is_watched(game)
    assert not game.home.exists()


def test_a_lock_that_cannot_be_looked_at_is_no_watch(game):
    game.home.mkdir()
    (game.home / "locks").write_text("in the way")

    assert not is_watched(game)


def test_a_starting_watch_waits_for_whoever_asks_just_now(game):
    lock(game).touch()
    with lock(game).open() as asker:
        fcntl.flock(asker, fcntl.LOCK_SH)
        ends = threading.Timer(0.3, fcntl.flock, (asker, fcntl.LOCK_UN))
        ends.start()

        with be_the_only_watch(lock(game)):
            assert is_watched(game)
        ends.join()


def test_the_watch_reads_the_commanders_own_settings(game, room, monkeypatch):
    game.tmux.start_session("w-a", room, "exec sleep 60", {}, "#7")  # the server knows RTS_HOME
    monkeypatch.delenv("RTS_HOME")
    settings = room / "home" / ".config" / "rts" / "settings.toml"

    ensure_watch(game)

    wait_until(lambda: is_watched(game))
    watch = psutil.Process(game.tmux.panes()[WATCH_SESSION].pid)
    assert watch.environ()["RTS_SETTINGS"] == str(settings)


def test_settings_named_outright_come_first(monkeypatch, room):
    monkeypatch.setenv("RTS_SETTINGS", str(room / "own.toml"))

    assert paths.settings_path() == room / "own.toml"


def test_a_worktree_with_a_package_of_our_name_is_not_run_in_our_place(tmp_path):
    (tmp_path / "rts").mkdir()
    (tmp_path / "rts" / "__main__.py").write_text("print('hijacked')")
    (tmp_path / "rts" / "__init__.py").touch()
    launch = Launch("w1", tmp_path, tmp_path, tmp_path, "c", tmp_path / "brief.md")
    words = shlex.split(AGENT_PROGRAMS["drill"].command_line(launch))[1:]

    done = subprocess.run(
        [*words, "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert "hijacked" not in done.stdout
    assert "drill" in done.stdout


class Overtaken:
    """A store in which something happens right after the workers were read."""

    def __init__(self, store, happen) -> None:
        self._store, self._happen = store, happen

    def __getattr__(self, name):
        return getattr(self._store, name)

    def living_workers(self, project):
        found = self._store.living_workers(project)
        self._happen()
        return found


def test_a_look_that_is_overtaken_is_whole_and_knows_that_there_is_news(game):
    worker = a_worker()
    game.store.record(an_event(), a_project(), a_ticket(), worker)

    def land_and_dismiss():
        ended = replace(worker, dismissed_at=game.now())
        done = replace(a_ticket(), status=TicketStatus.DONE)
        game.store.record(an_event("worker_dismissed"), ended, done)

    world = look(replace(game, store=Overtaken(game.store, land_and_dismiss)), None)

    assert [world.ticket_of(one).number for one in world.workers] == [7]
    assert world.event_id < game.store.newest_event_id()
