"""Control groups: real SQLite, real workers."""

from dataclasses import replace

import pytest

from rts.errors import OrderRefused
from rts.orders.dismiss import dismiss
from rts.orders.groups import set_group
from rts.orders.look import look
from rts.orders.projects import open_project
from rts.orders.spawn import spawn
from rts.orders.tickets import file_ticket
from rts.settings import GenericAgent, Settings


@pytest.fixture
def project(game, repository):
    return open_project(game, repository)


@pytest.fixture
def workers(game, project):
    sleeper = replace(game, settings=Settings(generic=GenericAgent(("sleep", "60"))))
    tickets = [file_ticket(game, project, title) for title in ("Do it", "Do that")]
    return [spawn(sleeper, project, ticket, "generic") for ticket in tickets]


def test_a_control_group_is_in_the_picture_until_its_last_worker_is_dismissed(
    game, project, workers
):
    falcon, otter = workers
    set_group(game, project, 3, workers)
    assert look(game, project).groups == {3: (falcon.id, otter.id)}

    dismiss(game, falcon)
    assert look(game, project).groups == {3: (otter.id,)}

    dismiss(game, otter)
    assert look(game, project).groups == {}


def test_a_group_that_is_set_again_has_only_the_new_ones_and_says_so(game, project, workers):
    falcon, otter = workers
    set_group(game, project, 3, [falcon])
    set_group(game, project, 3, [otter])

    assert look(game, project).groups == {3: (otter.id,)}
    newest = game.store.events(project, 1)[0]
    assert (newest.kind, newest.text) == ("control_group_set", f"control group 3: {otter.name}")


def test_a_group_set_to_nobody_is_no_group(game, project, workers):
    set_group(game, project, 3, workers)
    set_group(game, project, 3, [])

    assert look(game, project).groups == {}


def test_the_picture_of_all_projects_has_its_own_groups(game, project, workers):
    set_group(game, project, 1, workers[:1])
    set_group(game, None, 1, workers)

    assert len(look(game, project).groups[1]) == 1
    assert len(look(game, None).groups[1]) == 2


@pytest.mark.parametrize("number", [0, 10, -1])
def test_groups_are_numbered_from_1_to_9(game, project, number):
    with pytest.raises(OrderRefused, match=f"no control group {number}"):
        set_group(game, project, number, [])

    assert game.store.control_groups(project) == []
