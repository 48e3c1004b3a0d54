"""The first start, and what it may write."""

import tomllib

import pytest

from rts import paths
from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.settings_file import read_settings
from rts.errors import OrderRefused, OutsideFailed
from rts.orders import first_run
from rts.orders.projects import open_project
from rts.orders.tickets import file_ticket
from rts.world.nouns import TicketKind


def test_the_first_start_is_the_first_until_it_was_seen(game):
    assert first_run.is_first_run(game)

    first_run.note_seen(game)

    assert not first_run.is_first_run(game)


def test_whoever_has_a_ticket_is_no_newcomer(game, repository):
    project = open_project(game, repository)
    file_ticket(game, project, "Round totals", "", TicketKind.BUG)

    assert not first_run.is_first_run(game)


def test_a_state_folder_that_cannot_be_written_stops_nobody(game):
    game.home.parent.mkdir(parents=True, exist_ok=True)
    game.home.write_text("a file in its place")

    first_run.note_seen(game)


def test_it_tells_what_is_installed_and_what_would_be_used(game, repository):
    told = first_run.look_around(game, open_project(game, repository))

    assert [(tool.name, tool.is_there) for tool in told.tools] == [("git", True), ("tmux", True)]
    assert {agent.name for agent in told.agents} == set(AGENT_PROGRAMS) - {"generic"}
    assert "drill" in {agent.name for agent in told.choices}
    assert told.has_project


def test_a_choice_is_written_into_new_settings():
    said = first_run.choose_agent("drill")

    assert read_settings(paths.settings_path()).agent == "drill"
    assert said == f'{paths.settings_path()} says now: agent = "drill"'


def test_a_choice_leaves_every_other_line_as_it_is():
    path = paths.settings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    text = '# mine\nvolume = 0.1\n\n[keys]\n"battle.merge" = "M"\n'
    path.write_text(text)
    path.chmod(0o600)

    first_run.choose_agent("drill")

    assert path.read_text() == f'agent = "drill"\n{text}'
    assert tomllib.loads(path.read_text())["volume"] == 0.1
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("text", "kind"),
    [('agent = "claude"\n', OrderRefused), ("volume = = 1\n", OutsideFailed)],
    ids=["another agent is named there", "settings that are no TOML"],
)
def test_settings_that_say_something_else_are_not_touched(text, kind):
    path = paths.settings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

    with pytest.raises(kind) as refused:
        first_run.choose_agent("drill")

    assert path.read_text() == text
    assert 'agent = "drill"' in refused.value.hint
