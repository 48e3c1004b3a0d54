"""What `rts pane` keeps, as evidence: a level of the worker, its children folded in."""

import json
from datetime import UTC, datetime

import pytest

from rts import paths
from rts.adapters.agents.program import Seat
from rts.adapters.program_status import SIZE_MAX_BYTES, read_program_status
from rts.pane.keeper import Keeper, Places
from rts.world.evidence import Activity, Evidence, Source
from rts.world.judge import judge


@pytest.fixture
def seat(tmp_path):
    return Seat("w1", tmp_path, 1)


def record(state, at=100.0, **said):
    return {"state": state, "app": "claude-code", "msg": "", "kind": "", "at": at, **said}


def publish(seat, root=None, **children):
    records = ({} if root is None else {"": root}) | children
    paths.status_path(seat.run_folder).write_text(json.dumps({"pid": 1, "records": records}))


def read_level(seat: Seat) -> Evidence:
    level = read_program_status(seat)
    assert level
    return level


def detail(evidence):
    return json.loads(evidence.detail)


def test_a_state_is_a_level_since_it_began(seat):
    publish(seat, record("working", at=1795223578.5))

    level = read_level(seat)

    assert (level.worker_id, level.source, level.kind) == ("w1", Source.LEVEL, "program-status")
    assert level.value == "busy"
    assert level.at == datetime.fromtimestamp(1795223578.5, UTC)
    assert detail(level) == {"app": "claude-code", "children": 0}


@pytest.mark.parametrize(
    ("root", "value", "reason"),
    [
        (record("idle"), "idle", None),
        (record("done"), "done", None),
        (record("error", msg="API Error: 400"), "error", "API Error: 400"),
        (record("blocked", kind="permission", msg="rm x"), "permission", "rm x"),
        (record("blocked", kind="question", msg="Which?"), "question", "Which?"),
        (record("blocked", kind="auth", msg="x.org"), "permission", "wants you to log in: x.org"),
        (record("blocked"), "permission", None),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_each_state_has_its_value_and_words(seat, root, value, reason):
    publish(seat, root)

    level = read_level(seat)

    assert (level.value, detail(level).get("reason")) == (value, reason)


def test_a_login_is_done_by_hand(seat):
    publish(seat, record("blocked", kind="auth"))

    verdict = judge([read_level(seat)], datetime.now(UTC))

    assert (verdict.activity, verdict.reason) == (Activity.BLOCKED, "wants you to log in")


@pytest.mark.parametrize("root", [record("idle", at=50.0), record("done", at=50.0), None])
def test_a_worker_whose_children_work_is_busy(seat, root):
    publish(seat, root, a=record("working"), b=record("idle"))

    level = read_level(seat)

    assert (level.value, detail(level)["reason"]) == ("busy", "its subagents work")
    assert level.at.timestamp() == 100.0
    assert detail(level)["children"] == 2


def test_a_turn_that_ended_while_children_work_is_busy_since_its_end(seat):
    publish(seat, record("done", at=200.0), a=record("working", at=100.0))

    assert read_level(seat).at.timestamp() == 200.0


@pytest.mark.parametrize("state", ["idle", "working", "done"])
def test_a_child_that_waits_counts(seat, state):
    publish(seat, record(state), a=record("blocked", at=101.0, kind="question", msg="Which port?"))

    level = read_level(seat)

    assert (level.value, detail(level)["reason"]) == ("question", "Which port?")


def test_the_worker_waits_before_its_children_do(seat):
    asks = record("blocked", kind="permission", msg="mine")
    publish(seat, asks, a=record("blocked", at=1.0, kind="permission", msg="the child's"))

    assert detail(read_level(seat))["reason"] == "mine"


def test_a_child_that_failed_is_no_failure_of_the_worker(seat):
    publish(seat, record("done"), a=record("error"))

    assert read_level(seat).value == "done"


def test_what_was_cleared_says_nothing(seat):
    publish(seat)

    assert read_program_status(seat) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"pid": 1, "rec',
        "[]",
        "null",
        "{}",
        '{"records": []}',
        '{"records": {"": 7}}',
        '{"records": {"": {"state": "idle"}}}',
        '{"records": {"": {"state": "idle", "at": "x"}}}',
        '{"records": {"": {"state": "idle", "at": 1e99}}}',
        '{"records": {"": {"state": ["working"], "at": 1}}}',
        '{"records": {"": {"state": "asleep", "at": 1}}}',
        "[" * 100_000,
        "\udcff",
    ],
    ids=range(14),
)
def test_a_file_that_is_not_as_expected_says_nothing(seat, text):
    paths.status_path(seat.run_folder).write_bytes(text.encode(errors="surrogateescape"))

    assert read_program_status(seat) is None


def test_a_file_that_is_not_there_says_nothing(seat):
    assert read_program_status(seat) is None


def test_a_file_without_end_is_not_read_to_its_end(seat):
    paths.status_path(seat.run_folder).write_bytes(b" " * (SIZE_MAX_BYTES + 1) + b'{"records": {}}')

    assert read_program_status(seat) is None


def test_words_are_one_printable_line(seat):
    publish(seat, record("blocked", kind="permission", msg="rm\n\x1b[31m x\ud800" + "y" * 5000))

    reason = detail(read_level(seat))["reason"]

    assert reason.startswith("rm [31m x y")
    assert len(reason) == 200


def test_what_the_pane_keeps_is_what_is_read(seat):
    keeper = Keeper(Places(str(seat.run_folder), "", ""))
    keeper.take([b"state=blocked:kind=permission:app=claude-code:msg=cm0geA=="])

    level = read_level(seat)

    assert (level.value, detail(level)["reason"]) == ("permission", "rm x")
    keeper.end()
    assert read_program_status(seat) is None


@pytest.mark.parametrize("at", [10**400, 1e300, -1e300, True, None, "now"])
def test_a_time_that_cannot_be_disturbs_nobody(seat, at):
    publish(seat, record("idle"), child=record("blocked", at))

    read_program_status(seat)

    publish(seat, record("working"), one=record("working", at), other=record("done", at))
    assert read_level(seat).value == "busy"
