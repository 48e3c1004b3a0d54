"""What makes reading cheap must not make it wrong: counts kept by triggers, records remembered."""

import random
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from rts.adapters.store.migrations import MIGRATIONS, migrate
from rts.adapters.store.store import Store
from rts.world.apm import WINDOWS, count_by_bucket, is_effective
from tests.making import NOON, a_hook, a_project, a_ticket, a_worker, an_action, an_event

NAME = "id-of-falcon-1"


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "store.db")
    opened.record(an_event(project_id="p1"), a_project(), a_ticket(), a_worker())
    yield opened
    opened.close()


def some_actions():
    """A week of actions, often repeated, none of them a minute from the edge of a window."""
    dice = random.Random(3)
    ages_s: list[float] = [50, 70, 290, 310, 3500, 3700, 86_000, 87_000, 600_000, 700_000]
    ages_s += [dice.uniform(400, 3000) for _ in range(300)]
    return [
        an_action(n, dice.choice("abcdef"), at=NOON - timedelta(seconds=age_s))
        for n, age_s in enumerate(sorted(ages_s, reverse=True))
    ]


def expect(actions, span):
    """Return APM and EPM as the world defines them."""
    within = [n for n, action in enumerate(actions) if action.at > NOON - span]
    effective = [n for n in within if is_effective(actions[n], actions[:n])]
    minutes = span.total_seconds() / 60
    return len(within) / minutes, len(effective) / minutes


def test_every_window_counts_what_the_world_says_it_counts(store):
    actions = some_actions()
    store.note_down(actions)

    tempo = store.tempo_by_worker(None, NOON)[NAME]

    for window, span in WINDOWS.items():
        assert (tempo.apm[window], tempo.epm[window]) == expect(actions, span), window


def test_a_store_of_before_is_counted_when_it_is_migrated(store, tmp_path):
    actions = some_actions()
    store.note_down(actions)
    store.close()
    with sqlite3.connect(store.path) as connection:
        for what in ("TRIGGER count_action", "INDEX actions_by_worker", "TABLE minutes"):
            connection.execute(f"DROP {what}")
        for table in ("repeats", "control_groups"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE workers DROP COLUMN rally")
        connection.execute("PRAGMA user_version = 2")
    connection.isolation_level = None
    migrate(connection, store.path)
    connection.close()

    migrated = Store(store.path)
    tempo = migrated.tempo_by_worker(a_project(), NOON)[NAME]
    migrated.close()

    assert len(MIGRATIONS) >= 3
    for window, span in WINDOWS.items():
        assert (tempo.apm[window], tempo.epm[window]) == expect(actions, span), window


def test_an_action_that_comes_twice_is_counted_once(store):
    store.note_down([an_action(1, at=NOON - timedelta(minutes=30))] * 2)

    assert store.tempo_by_worker(None, NOON)[NAME].apm["1h"] == pytest.approx(1 / 60)


def test_buckets_are_those_of_the_world(store):
    actions = some_actions()
    store.note_down(actions)
    bucket = timedelta(seconds=30)

    counts = store.count_by_bucket(a_project(), NOON, bucket, 10)

    assert counts == {NAME: count_by_bucket([a.at for a in actions], NOON, bucket, 10)}


def test_evidence_that_is_read_again_is_what_was_written_meanwhile(store):
    store.note_down([a_hook("Stop", "first")])
    assert [piece.value for piece in store.evidence_by_worker()[NAME]] == ["first"]
    assert store.evidence_by_worker() is store.evidence_by_worker()

    other = Store(store.path)
    other.note_down([replace(a_hook("Stop", "second"), at=NOON + timedelta(seconds=1))])
    other.close()

    assert [piece.value for piece in store.evidence_by_worker()[NAME]] == ["second"]
    assert store.evidence_by_worker([a_worker()]) == store.evidence_by_worker()


def test_a_row_that_stays_as_it_is_gives_the_same_record(store):
    (before,) = store.living_workers(None)
    assert store.living_workers(None)[0] is before

    store.note_down([replace(before, agent_version="2.0")])

    assert store.living_workers(None)[0].agent_version == "2.0"
