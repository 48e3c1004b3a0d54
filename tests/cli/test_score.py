"""`rts score` on the shell: text, JSON, and files to share."""

import xml.etree.ElementTree as ElementTree

import pytest

from tests.stories.commander import Commander
from tests.waiting import wait_until


@pytest.fixture
def commander(repository):
    return Commander(repository)


def test_a_landed_ticket_is_in_the_score_of_the_day_and_of_the_week(commander, game):
    commander.orders(
        "new", "Do it", "--body", '```drill\n[[step]]\ndo = "run"\ncommand = "true"\n```'
    )
    name = commander.orders("spawn", "1", "--agent", "drill")["name"]
    wait_until(lambda: commander.orders("score")["action_count"], timeout_s=30)

    day, week = commander.orders("score"), commander.orders("score", "--week")

    assert [unit["name"] for unit in day["units"]] == [name]
    assert day["action_count"] == week["action_count"] == 1
    assert day["trained_count"] == 1
    assert day["apm"] >= day["epm"] > 0
    assert name in commander.types("score").stdout


def test_pictures_are_whole_files(commander, room):
    svg, page = room / "score.svg", room / "score.html"

    commander.types("score", "--svg", str(svg), "--html", str(page))

    assert ElementTree.parse(svg).getroot().tag.endswith("svg")
    assert "<html>" in page.read_text()


def test_what_cannot_be_counted_or_written_is_refused(commander, room):
    assert "There is no score of 2001-01-01." in commander.is_refused(
        "score", "--day", "2001-01-01"
    )
    assert "cannot be written" in commander.is_refused("score", "--svg", str(room))[0]
