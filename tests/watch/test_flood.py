"""More mail than a beat can take: nothing is lost, nothing starves, and the rest is read on."""

import json
from contextlib import closing
from dataclasses import replace

import pytest

from rts.adapters.inbox import BATCH_COUNT_MAX
from rts.watch.clerk import Clerk
from rts.watch.run import Beat
from rts.world.evidence import Activity
from rts.world.nouns import Action
from tests.making import a_project, a_ticket, a_worker, an_event

FLOOD_COUNT = 10_000


class Silence:
    """A loudspeaker that plays nothing."""

    def play(self, category: str, volume: float) -> str:
        return "nobody"


@pytest.fixture
def worker(game, room):
    entered = replace(a_worker(), spawned_at=game.now(), started_at=game.now())
    game.inbox.prepare_for(entered.id)
    game.store.record(an_event(project_id="p1"), a_project(root=str(room)), a_ticket(), entered)
    game.tmux.start_session(entered.session_name, room, "exec sleep 300", {}, "#7")
    return entered


def drop_calls(game, worker, count):
    for number in range(count):
        call = {"hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_use_id": f"u{number}"}
        (game.inbox.new_folder_of(worker.id) / f"{worker.id}.{number}").write_text(json.dumps(call))


@pytest.mark.story
def test_a_flood_is_heard_whole_and_the_beat_goes_on_meanwhile(game, worker):
    drop_calls(game, worker, FLOOD_COUNT)
    (game.inbox.new_folder_of(worker.id) / f"{worker.id}.garbage").write_bytes(b"\x00" * 1000)
    hasty = replace(game, settings=replace(game.settings, beat_s=0.001))
    waiting_when_gone = None
    with closing(Clerk(hasty)) as clerk:
        beat = Beat(hasty, Silence(), clerk)
        beat.round(has_mail=True)
        game.tmux.end_session(worker.session_name)
        while beat.has_more_mail:
            for change in beat.round(has_mail=True):
                assert json.loads(change.detail)["activity"] == Activity.GONE
                waiting_when_gone = game.inbox.waiting_count()

    assert waiting_when_gone is not None
    assert waiting_when_gone > FLOOD_COUNT / 2
    assert game.store.count_rows(Action) == FLOOD_COUNT
    assert (game.inbox.waiting_count(), game.inbox.rejected_count()) == (0, 1)


def test_what_a_round_leaves_in_the_inbox_is_said(game, worker):
    drop_calls(game, worker, BATCH_COUNT_MAX + 1)
    with closing(Clerk(game)) as clerk:
        beat = Beat(game, Silence(), clerk)
        beat.safely(has_mail=True)
        left = beat.has_more_mail
        beat.safely(has_mail=True)

    assert (left, beat.has_more_mail) == (True, False)
    assert game.inbox.waiting_count() == 0
