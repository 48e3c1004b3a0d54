"""`rts rally`, as it is typed."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from rts.cli.main import app
from rts.world.nouns import Rally
from tests.making import a_project, a_ticket, a_worker, an_event


@pytest.fixture
def worker(game, room):
    entered = replace(a_worker(), started_at=game.now())
    game.store.record(an_event(project_id="p1"), a_project(root=str(room)), a_ticket(), entered)
    return entered


@pytest.mark.parametrize(
    ("word", "rally"),
    [("pr", Rally.PULL_REQUEST), ("next", Rally.NEXT_TICKET), ("stop", Rally.STOP)],
)
def test_a_rally_point_is_set_by_a_word(game, worker, word, rally):
    done = CliRunner().invoke(app, ["rally", "falcon-1", word, "--json"])

    assert json.loads(done.stdout)["rally"] == rally.value
    known = game.store.worker(worker.id)
    assert known is not None
    assert known.rally is rally


def test_what_will_be_done_is_told_in_words(worker):
    done = CliRunner().invoke(app, ["rally", "falcon-1", "pr"])

    assert done.stdout == "falcon-1 will open a pull request when it is done.\n"


def test_another_word_is_refused(worker):
    assert CliRunner().invoke(app, ["rally", "falcon-1", "dance"]).exit_code == 2
