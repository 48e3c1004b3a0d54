"""The store: real SQLite."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import inspect

from rts.adapters.store.migrations import MIGRATIONS, m001_first_tables
from rts.adapters.store.store import _TABLE_NAME, Store
from rts.adapters.store.tables import SHELF_BY_NOUN, TABLE_BY_NOUN
from rts.errors import RecordClash, StoreBroken
from rts.world.apm import is_effective
from rts.world.evidence import Evidence, Source
from rts.world.nouns import (
    ControlGroup,
    NoteUse,
    PullRequestState,
    Rally,
    TicketStatus,
    Usage,
)
from tests.making import (
    NOON,
    a_hook,
    a_project,
    a_pull_request,
    a_ticket,
    a_worker,
    ago,
    an_action,
    an_event,
)

AT = "2026-11-21T12:00:00.000000Z"


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "state" / "store.db")
    yield opened
    opened.close()


@pytest.fixture
def peopled(store):
    """A store with a project, a ticket and a living worker."""
    store.record(an_event(project_id="p1"), a_project(), a_ticket(), a_worker())
    return store


def test_what_is_recorded_is_read_again_as_it_was(peopled):
    worker = a_worker()
    records = (a_pull_request(worker), NoteUse(worker.id, "a.md", NOON), a_hook("Stop", "Ready."))
    peopled.record(an_event(), *records)

    assert peopled.living_workers(a_project()) == [worker]
    assert peopled.tickets(None) == [a_ticket()]
    assert peopled.evidence(worker) == [records[2]]
    assert peopled.pull_request_of(worker) == records[0]
    assert peopled.select(NoteUse) == [records[1]]


def test_a_control_group_is_read_again_in_its_order_and_replaced_by_the_next(peopled):
    first, then = ControlGroup("p1", 3, ("w2", "w1")), ControlGroup("p1", 3, ("w9",))
    peopled.note_down([first, ControlGroup("", 3, ("w1",))])
    assert peopled.control_groups(a_project()) == [first]

    peopled.note_down([then])

    assert peopled.control_groups(a_project()) == [then]


def test_every_event_has_a_new_and_higher_id(store):
    first, second = store.record(an_event()), store.record([an_event(), an_event()])

    assert second == first + 2 == store.newest_event_id()
    assert [event.id for event in store.events(None, 2)] == [second - 1, second]


def test_a_ticket_has_at_most_one_living_worker(peopled):
    with pytest.raises(RecordClash):
        peopled.note_down([a_worker("otter-1", cell_index=1)])

    peopled.note_down([replace(a_worker(), dismissed_at=NOON)])
    peopled.note_down([a_worker("otter-1", cell_index=1)])
    assert [w.name for w in peopled.living_workers(None)] == ["otter-1"]


def test_a_clash_writes_nothing_of_the_whole_record(peopled):
    before = peopled.newest_event_id()

    with pytest.raises(RecordClash):
        peopled.record(an_event(), a_ticket(8), a_worker("otter-1", cell_index=1))

    assert peopled.newest_event_id() == before
    assert [t.number for t in peopled.tickets(None)] == [7]


def test_only_one_of_many_racing_writers_gets_the_ticket(peopled):
    peopled.note_down([replace(a_worker(), dismissed_at=NOON)])

    def try_to_take(number):
        try:
            peopled.note_down([a_worker(f"lynx-{number}", cell_index=number)])
        except RecordClash:
            return 0
        return 1

    with ThreadPoolExecutor(16) as racers:
        assert sum(racers.map(try_to_take, range(50))) == 1


def test_an_action_is_counted_once_however_often_it_is_told(peopled):
    peopled.note_down([an_action(1), an_action(2)])
    peopled.note_down([an_action(1, "another-digest", at=ago(minutes=9))])

    tempo = peopled.tempo_by_worker(None, NOON + timedelta(seconds=1))["id-of-falcon-1"]

    assert tempo.apm["1m"] == 2


def test_effective_actions_are_counted_as_the_world_defines_them(peopled):
    digests = "abcabdaae"
    actions = [an_action(n, d, at=ago(seconds=30 - n)) for n, d in enumerate(digests)]
    peopled.note_down(actions)
    expected = sum(is_effective(a, actions[:n]) for n, a in enumerate(actions))

    assert peopled.tempo_by_worker(None, NOON)["id-of-falcon-1"].epm["1m"] == expected


def test_usage_is_counted_once_per_message(peopled):
    usage = Usage("id-of-falcon-1", "m1", NOON, "model", 10, 5, 1)
    peopled.note_down([usage])
    peopled.note_down([usage])

    assert peopled.tokens_by_worker() == {"id-of-falcon-1": 16}


def test_older_evidence_never_replaces_newer(peopled):
    peopled.note_down([a_hook("Stop", "new", NOON)])
    peopled.note_down([a_hook("Stop", "late and old", ago(seconds=5))])

    assert [piece.value for piece in peopled.evidence(a_worker())] == ["new"]


def test_done_tickets_are_listed_only_while_their_worker_lives(peopled):
    peopled.note_down([a_ticket(status=TicketStatus.DONE), a_ticket(8, status=TicketStatus.DONE)])

    assert [t.number for t in peopled.open_tickets(a_project())] == [7]


def test_landed_pull_requests_are_counted_since_a_time(peopled):
    merged = a_pull_request(a_worker(), state=PullRequestState.MERGED, merged_at=ago(minutes=1))
    peopled.note_down([merged])

    assert peopled.landed_count(a_project(), ago(minutes=2)) == 1
    assert peopled.landed_count(a_project(), NOON) == 0


def test_what_the_commander_typed_is_kept_in_order(peopled):
    for text in ("use the key", "and test it"):
        peopled.record(
            an_event("worker_told", worker_id="id-of-falcon-1", detail=f'{{"text": "{text}"}}')
        )

    assert peopled.told_texts(a_worker()) == ["use the key", "and test it"]


def test_another_projects_workers_are_not_seen(peopled):
    other = a_project(id="p2", root="/elsewhere")
    peopled.record(an_event(), other)

    assert peopled.living_workers(other) == []
    assert peopled.events(other, 10) == []


def test_the_migrated_schema_is_what_the_nouns_say(peopled):
    with sqlite3.connect(peopled.path) as connection:
        for noun, table in TABLE_BY_NOUN.items():
            rows = connection.execute(f"PRAGMA table_info({SHELF_BY_NOUN[noun].table_name})")
            assert {row[1] for row in rows} == {column.name for column in inspect(table).columns}
    connection.close()
    assert {noun: shelf.table_name for noun, shelf in SHELF_BY_NOUN.items()} == _TABLE_NAME


def test_a_store_is_copied_aside_before_it_is_migrated(peopled, monkeypatch):
    peopled.close()
    added = (*MIGRATIONS, lambda connection: connection.execute("CREATE TABLE news (id INTEGER)"))
    monkeypatch.setattr("rts.adapters.store.migrations.MIGRATIONS", added)

    assert peopled.newest_event_id() == 1  # opens, and migrates

    assert peopled.path.with_suffix(f".before-m{len(added):03}.db").exists()


def test_a_store_of_the_first_release_is_brought_up_to_date(tmp_path):
    path = tmp_path / "store.db"
    with sqlite3.connect(path) as connection:
        m001_first_tables(connection)
        connection.execute("PRAGMA user_version = 1")
        connection.execute("INSERT INTO projects VALUES ('p1', 'shop', '/shop', 'here', ?)", (AT,))
        ticket = "('t7', 'p1', 7, 'Retry', '', 'feature', 'in_progress', ?)"
        connection.execute(f"INSERT INTO tickets VALUES {ticket}", (AT,))
        words = "'rts/falcon-1/x', 'main', 'c0', 'shop.rts/falcon-1', 'w-falcon-1', 'talk', 'here'"
        row = f"('w1', 'p1', 't7', 0, 'falcon-1', 0, 'claude', {words}, ?, ?, NULL)"
        connection.execute(f"INSERT INTO workers VALUES {row}", (AT, AT))
    connection.close()
    store = Store(path)

    (worker,) = store.living_workers(None)

    assert (worker.name, worker.agent_version, worker.is_sandboxed) == ("falcon-1", "", False)
    assert worker.rally is Rally.STOP
    assert store.control_groups(None) == []
    assert store.queued_tells() == []
    store.close()


def test_evidence_from_before_the_clock_was_stepped_back_keeps_its_order(peopled):
    worker, hour = a_worker(), timedelta(hours=1)
    peopled.note_down(
        [
            a_hook("UserPromptSubmit", "go", NOON + hour),
            a_hook("Stop", "Done.", NOON + hour + timedelta(seconds=9)),
        ]
    )

    peopled.shift_future_evidence(NOON)
    peopled.note_down([a_hook("UserPromptSubmit", "and on", NOON + timedelta(seconds=1))])

    at_by_kind = {piece.kind: piece.at for piece in peopled.evidence(worker)}
    assert at_by_kind == {"Stop": NOON, "UserPromptSubmit": NOON + timedelta(seconds=1)}


def test_evidence_of_the_year_9999_is_brought_back_with_the_rest(peopled):
    far = datetime(9999, 12, 31, 23, tzinfo=UTC)
    soon = NOON + timedelta(hours=1)
    peopled.note_down([a_hook("Stop", "Done.", far), a_hook("UserPromptSubmit", "go", soon)])

    peopled.shift_future_evidence(NOON)

    at_by_kind = {piece.kind: piece.at for piece in peopled.evidence(a_worker())}
    assert at_by_kind["UserPromptSubmit"] < at_by_kind["Stop"] == NOON


def test_a_broken_file_is_refused_in_words(tmp_path):
    path = tmp_path / "store.db"
    path.write_text("this is no database, although it is long enough to be looked at as one" * 20)
    store = Store(path)

    with pytest.raises(StoreBroken) as refused:
        store.newest_event_id()

    assert "not a database" in refused.value.what
    assert "mv " in refused.value.hint


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path):
    (tmp_path / "state").write_text("a file where the folder should be")

    with pytest.raises(StoreBroken, match="cannot be used"):
        Store(tmp_path / "state" / "store.db").newest_event_id()


def test_evidence_of_nobody_is_refused(store):
    with pytest.raises(RecordClash):
        store.note_down([Evidence("nobody", Source.HOOK, "Stop", NOON)])


@pytest.mark.parametrize("name", ["with space", "q?mode=ro", "50%20", "hash#tag", "it's"])
def test_a_folder_may_have_any_name(tmp_path, name):
    store = Store(tmp_path / name / "store.db")

    store.record(an_event())

    assert store.newest_event_id() == 1
    store.close()


def test_a_store_of_a_newer_rts_is_refused_and_left_alone(peopled):
    peopled.close()
    with sqlite3.connect(peopled.path) as newer:
        newer.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    newer.close()

    opened = Store(peopled.path)
    for order in (opened.newest_event_id, lambda: opened.record(an_event())):
        with pytest.raises(StoreBroken, match="made by a newer rts"):
            order()
