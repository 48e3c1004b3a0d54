"""`rts replay` on the shell: what programs read, and what is refused."""

import pytest

from tests.stories.commander import Commander
from tests.waiting import wait_until


@pytest.fixture
def commander(repository):
    return Commander(repository)


def test_the_picture_of_a_time_is_told_as_rts_ls_tells_the_present(commander, game):
    name = commander.orders("spawn", "Wait", "--agent", "generic")["name"]
    wait_until(lambda: game.store.count("activity_changed"), timeout_s=20)
    commander.orders("dismiss", name)
    events = commander.orders("events")
    spawned = next(event["at"] for event in events if event["kind"] == "worker_spawned")

    then = commander.orders("replay", "--at", spawned)
    now = commander.orders("replay")

    assert [row["name"] for row in then["workers"]] == [name]
    assert then["workers"][0]["activity"] == "starting"
    assert [e["kind"] for e in then["events"]][-1] == "worker_spawned"
    assert now["workers"] == commander.orders("ls") == []
    # In the order in which things happened, which is not always that of writing them down.
    assert sorted(now["events"], key=lambda e: e["id"]) == commander.orders("events")
    assert set(then["workers"][0]) == set(commander.orders("spawn", "Go", "--agent", "generic"))


def test_a_time_that_is_none_is_refused_in_two_lines(commander):
    assert commander.is_refused("replay", "--json", "--at", "soon") == (
        "“soon” is no time.",
        "For example: --at 14:05, --at 2h, or --at 2026-11-21T14:05",
    )
    assert "has not come yet" in commander.is_refused("replay", "--json", "--at", "2999-01-01")[0]


def test_without_a_terminal_it_is_refused_with_the_way_that_needs_none(commander):
    what, hint = commander.is_refused("replay")

    assert "no terminal" in what
    assert "--json" in hint


def test_where_nothing_ever_happened_the_picture_is_empty(commander):
    told = commander.orders("replay")

    assert (told["workers"], told["events"], told["landed_today"]) == ([], [], 0)
