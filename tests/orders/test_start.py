"""How an agent is started: what stands before it, and what is asked of the machine."""

import os
from dataclasses import replace

import pytest

from rts import paths
from rts.adapters import sandbox
from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.run_files import remove_foreign, write_anew
from rts.orders.projects import open_project
from rts.orders.spawn import spawn
from rts.orders.start import Way, choose_sandbox, start_agent, why_unboxed
from rts.orders.tickets import file_ticket
from tests.waiting import wait_until

OSC_WORKING = r"printf '\033]7501;state=working\033\\'; sleep 60"


@pytest.fixture
def spawn_generic(game, repository):
    """Spawn the setting's own program; return the worker and its start script."""

    def give(**settings):
        argv = replace(game.settings.generic, argv=("/bin/sh", "-c", OSC_WORKING))
        told = replace(game, settings=replace(game.settings, generic=argv, **settings))
        project = open_project(told, repository)
        worker = spawn(told, project, file_ticket(told, project, "Try it"), "generic")
        folder = paths.run_folder(game.home, worker.id)
        return folder, paths.start_path(folder).read_text()

    return give


def test_the_proxy_stands_before_an_agent_that_may_ask_its_terminal(spawn_generic):
    folder, script = spawn_generic()

    assert "/rts/pane/__main__.py" in script
    wait_until(lambda: "working" in _status(folder), 10)


def test_without_the_proxy_the_panes_output_is_listened_to(spawn_generic):
    folder, script = spawn_generic(has_pane_proxy=False)

    assert "exec /bin/sh" in script
    wait_until(lambda: "working" in _status(folder), 10)


def test_the_sandbox_can_be_turned_off_and_says_so(game):
    claude = AGENT_PROGRAMS["claude"]
    assert choose_sandbox(game, claude) is (not sandbox.probe())

    told = replace(game, settings=replace(game.settings, is_sandboxed=False))

    assert not choose_sandbox(told, claude)
    assert "settings.toml" in why_unboxed(told, claude)


def test_an_agent_that_cannot_skip_permissions_always_asks(game):
    generic = AGENT_PROGRAMS["generic"]

    assert not choose_sandbox(game, generic)
    assert why_unboxed(game, generic) == "generic always asks"


def test_nothing_that_an_agent_left_in_the_run_folder_is_waited_for_or_followed(
    game, repository, room
):
    project = open_project(game, repository)
    ticket = file_ticket(game, project, "Try it")
    worker = spawn(game, project, ticket, "drill")
    folder = paths.run_folder(game.home, worker.id)
    game.tmux.end_session(worker.session_name)
    mine = room / "mine"
    mine.write_text("the commander's own")
    agent, start = paths.agent_script_path(folder), paths.start_path(folder)
    for path in (agent, start, folder / "drill.json"):
        path.unlink(missing_ok=True)
    os.mkfifo(paths.words_path(folder))
    agent.symlink_to(mine)
    start.mkdir()
    (folder / ".start.sh").symlink_to(mine)
    os.mkfifo(folder / "drill.json")

    start_agent(game, ticket, worker, Way(is_resumed=True, words="go on"))

    assert paths.words_path(folder).read_text() == "go on"
    assert agent.is_file()
    assert not agent.is_symlink()
    assert start.is_file()
    assert "hooks" in (folder / "drill.json").read_text()
    assert mine.read_text() == "the commander's own"


def test_only_the_pull_request_may_be_a_link_that_stays_inside(tmp_path):
    folder = tmp_path / "run"
    (folder / "hand-in").mkdir(parents=True)
    kept, foreign = folder / "pull-request.md", folder / "other.md"
    kept.symlink_to(folder / "hand-in/pull-request.md")
    foreign.symlink_to(folder / "hand-in")

    remove_foreign(folder, kept)
    assert (kept.is_symlink(), foreign.is_symlink()) == (True, False)

    kept.unlink()
    kept.symlink_to(tmp_path)
    remove_foreign(folder, kept)
    assert not kept.is_symlink()


def test_no_link_on_the_way_to_a_file_is_followed(tmp_path):
    folder, outside = tmp_path / "run", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "plugin").symlink_to(outside)

    write_anew(folder, folder / "plugin/hooks.json", "{}")

    assert list(outside.iterdir()) == []
    assert (folder / "plugin/hooks.json").read_text() == "{}"


def _status(folder):
    path = paths.status_path(folder)
    return path.read_text() if path.exists() else ""
