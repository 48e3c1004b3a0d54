"""Looking back: what was recorded is read again, as far back as it is kept."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from rts.adapters.store import past
from rts.orders.dismiss import dismiss
from rts.orders.look import look
from rts.orders.merge import merge
from rts.orders.pause import pause
from rts.orders.projects import open_project
from rts.orders.replay import read_history
from rts.orders.spawn import spawn
from rts.orders.tickets import file_ticket
from rts.settings import GenericAgent, Settings
from rts.world.apm import WINDOWS
from rts.world.nouns import Action, TicketStatus
from rts.world.replay import picture
from tests.making import NOON, a_project, a_ticket, a_worker, ago, an_action, an_event
from tests.waiting import wait_until

LANDS = """\
```drill
step = [
  { do = "write", path = "cart.md", text = "It counts.\\n" },
  { do = "commit", message = "Count" },
  { do = "pull_request", title = "Count things", summary = "With a page.", assumptions = "None." },
]
```
"""


@pytest.fixture
def project(game, repository):
    return open_project(game, repository)


def hire(game, project, title, body="", agent="drill"):
    return spawn(game, project, file_ticket(game, project, title, body), agent)


def shared(world):
    """What a replay knows as well as the present does: no reasons of work, no evidence."""
    return {
        "workers": world.workers,
        "tickets": world.tickets,
        "pull requests": set(world.pull_requests),
        "checks": set(world.checks),
        "events": set(world.events),
        "activities": {i: j.activity for i, j in world.judgement_by_worker.items()},
        "states": {w.name: (world.is_ready(w), world.has_landed(w)) for w in world.workers},
        "queued": dict(world.queued_by_worker),
        "tokens": dict(world.tokens_by_worker),
        "actions": {w: round(world.fleet_tempo.apm[w] * s.total_seconds() / 60)
                    for w, s in WINDOWS.items() if s >= timedelta(hours=1)},
        "landed": world.landed_today_count,
        "tokens today": world.tokens_today,
        "supply": world.supply_limit,
    }  # fmt: skip


@pytest.mark.story
def test_the_last_picture_of_a_real_game_is_the_present(game, project):
    waits = replace(game, settings=Settings(generic=GenericAgent(("sleep", "600"))))
    lander, loser = hire(game, project, "Count", LANDS), hire(waits, project, "Wait", "", "generic")
    rester = hire(waits, project, "Rest", "", "generic")
    file_ticket(game, project, "Later")
    wait_until(lambda: game.store.pull_request_of(lander), timeout_s=40)
    wait_until(lambda: look(game, project).is_ready(lander), timeout_s=40)
    merge(game, lander)
    pause(game, rester)
    dismiss(game, loser)

    def differs():
        live, then = look(game, project), read_history(game, project)
        one, other = shared(live), shared(picture(then, then.read_at))
        return {key: (one[key], other[key]) for key in one if one[key] != other[key]}

    try:
        wait_until(lambda: not differs(), timeout_s=20)  # the watch may still be telling
    except AssertionError:
        assert differs() == {}


def test_a_history_is_of_one_project_or_of_all(game):
    here, there = a_project(), a_project(id="p2", root="/somewhere/else")
    game.store.note_down([here, there, a_ticket(), a_ticket(1, id="t-there", project_id="p2")])
    both = [an_event(project_id="p1"), an_event(project_id="p2")]
    game.store.record(both)

    assert [t.id for t in read_history(game, here).tickets] == ["t7"]
    assert [e.project_id for e in read_history(game, there).events] == ["p2"]
    assert len(read_history(game, None).events) == 2


def test_only_the_newest_events_are_replayed_and_that_is_said(game, monkeypatch):
    monkeypatch.setattr(past, "REPLAY_EVENT_MAX", 3)
    worker = a_worker(spawned_at=ago(hours=9))
    game.store.note_down([a_project(), a_ticket(created_at=ago(hours=9)), worker])
    game.store.record(
        [
            an_event(
                "activity_changed",
                worker_id=worker.id,
                project_id="p1",
                at=ago(minutes=m),
                detail=json.dumps({"activity": "asking", "reason": str(m)}),
            )
            for m in (9, 8, 7, 6, 5)
        ]
    )
    noon = replace(game, now=lambda: NOON)

    history = read_history(noon, a_project())

    assert [e.at for e in history.events] == [ago(minutes=m) for m in (7, 6, 5)]
    assert history.is_cut
    assert picture(history, ago(minutes=7.5)).judgement_of(worker).reason == "8"


def test_events_older_than_the_span_are_left_out(game):
    old, new = an_event(at=ago(days=8)), an_event(at=ago(days=6))
    game.store.record([old, new])

    history = read_history(replace(game, now=lambda: NOON), None)

    assert [event.at for event in history.events] == [new.at]
    assert history.is_cut


def test_actions_too_many_to_know_to_the_second_are_known_to_the_minute(game, monkeypatch):
    monkeypatch.setattr(past, "REPLAY_ACTION_MAX", 4)
    worker = a_worker(spawned_at=ago(hours=9))
    game.store.note_down([a_project(), a_ticket(), worker])
    game.store.record(an_event(at=ago(hours=8)))
    acted: list[Action] = [an_action(i, at=ago(seconds=50 * i)) for i in range(1, 31)]
    game.store.note_down(acted)

    history = read_history(replace(game, now=lambda: NOON), None)

    live = game.store.tempo_by_worker(None, NOON)[worker.id].apm
    then = picture(history, NOON).tempo_of(worker).apm
    assert {w: then[w] for w in ("1m", "1h", "1d", "7d")} == {
        w: live[w] for w in ("1m", "1h", "1d", "7d")
    }
    assert history.actions[worker.id].count_until(NOON.timestamp()) == 30


def test_actions_that_only_repeat_do_not_count_as_effective_however_many(game, monkeypatch):
    monkeypatch.setattr(past, "REPLAY_ACTION_MAX", 4)
    worker = a_worker(spawned_at=ago(hours=9))
    game.store.note_down([a_project(), a_ticket(), worker])
    game.store.record(an_event(at=ago(hours=8)))
    same = [replace(an_action(i, at=ago(seconds=50 * i)), digest="one") for i in range(30, 0, -1)]
    game.store.note_down(same)

    history = read_history(replace(game, now=lambda: NOON), None)

    live = game.store.tempo_by_worker(None, NOON)[worker.id].epm
    then = picture(history, NOON).tempo_of(worker).epm
    long = ("1h", "1d", "7d")
    assert {w: then[w] for w in long} == {w: live[w] for w in long}
    assert history.repeats[worker.id].count_until(NOON.timestamp()) == 29


def test_a_ticket_whose_worker_was_dismissed_was_in_progress_before(game):
    worker = a_worker(dismissed_at=ago(minutes=2))
    game.store.note_down([a_project(), a_ticket(created_at=ago(hours=1)), worker])
    game.store.record(an_event(at=ago(hours=1)))
    history = read_history(replace(game, now=lambda: NOON), None)

    def statuses(minutes):
        return [ticket.status for ticket in picture(history, ago(minutes=minutes)).tickets]

    assert statuses(45) == [TicketStatus.OPEN]
    assert statuses(20) == [TicketStatus.IN_PROGRESS]
    assert statuses(1) == [TicketStatus.OPEN]
