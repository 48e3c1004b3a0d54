"""The score is counted from what happened, and from nothing else."""

from datetime import timedelta

import pytest

from rts.tui.drawing.scoreboard import say_span, write_score
from rts.world.history import History, Tally
from rts.world.nouns import PullRequestState
from rts.world.prices import ModelUse
from rts.world.score import DAY, WEEK, make_score
from tests.making import NOON, a_project, a_pull_request, a_ticket, a_worker, ago, an_event
from tests.tui.scene_score import a_score

MIDNIGHT = NOON - timedelta(hours=12)
FALCON, OTTER = a_worker("falcon-1"), a_worker("otter-1", spawned_at=ago(days=2))


def told(worker, activity, at):
    detail = f'{{"activity": "{activity}", "reason": ""}}'
    return an_event("activity_changed", worker_id=worker.id, at=at, detail=detail)


def counted(*times):
    return Tally((at.timestamp(), 1) for at in times)


HISTORY = History(
    project=a_project(),
    workers=(FALCON, OTTER),
    tickets=(a_ticket(),),
    pull_requests=(
        a_pull_request(FALCON, opened_at=ago(hours=1), merged_at=ago(minutes=40),
                       state=PullRequestState.MERGED),
        a_pull_request(OTTER, opened_at=ago(days=1, hours=3), merged_at=ago(days=1),
                       state=PullRequestState.MERGED),
    ),
    events=(
        told(OTTER, "asking", ago(hours=13)),
        told(OTTER, "busy", ago(hours=11)),
        told(FALCON, "busy", ago(minutes=30)),
        told(FALCON, "blocked", ago(minutes=20)),
        told(FALCON, "stalled", ago(minutes=12)),
        told(FALCON, "busy", ago(minutes=5)),
        an_event("note_written", text="noted: a trap", at=ago(minutes=39)),
    ),
    actions={
        FALCON.id: counted(*(ago(minutes=m) for m in range(1, 25)), ago(days=1)),
        OTTER.id: counted(ago(days=1)),
    },
    repeats={FALCON.id: counted(ago(minutes=3), ago(minutes=4))},
    read_at=NOON,
)  # fmt: skip
USES = {FALCON.id: [ModelUse("claude-haiku-4-5", 1_000_000, 0, 100_000)]}


def test_a_day_is_counted_from_midnight_and_no_further():
    score = make_score(HISTORY, USES, MIDNIGHT, DAY)

    assert score.action_count == 24
    assert score.landed_count == 1
    assert score.opened_count == 1
    assert score.merge_time_s == 20 * 60
    assert score.trained_count == 1
    assert score.apm == pytest.approx(24 / 720)
    assert score.effect == pytest.approx(22 / 24)
    assert score.notes == ("noted: a trap",)
    assert sum(bar.landed_count for bar in score.bars) == 1
    assert len(score.bars) == 48


def test_waiting_counts_within_the_span_only():
    falcon, otter = sorted(make_score(HISTORY, USES, MIDNIGHT, DAY).units, key=lambda u: u.name)

    assert falcon.waited_s == 8 * 60
    assert falcon.longest_stall_s == 7 * 60
    assert otter.waited_s == 60 * 60


def test_a_week_has_what_the_day_has_and_more():
    score = make_score(HISTORY, USES, MIDNIGHT - 6 * DAY, WEEK)

    assert score.landed_count == 2
    assert score.action_count == 26
    assert [unit.name for unit in score.units] == ["falcon-1", "otter-1"]


def test_a_cost_is_an_estimate_and_unknown_where_a_model_has_no_price():
    known = make_score(HISTORY, USES, MIDNIGHT, DAY)
    unknown = make_score(HISTORY, {FALCON.id: [ModelUse("secret", 5, 0, 0)]}, MIDNIGHT, DAY)

    assert known.cost_usd == pytest.approx(1.5)
    assert known.token_count == 1_100_000
    assert unknown.cost_usd is None
    assert unknown.token_count == 5


def test_medals_go_to_whoever_earned_them():
    medals = {m.words: m.unit.name for m in make_score(HISTORY, USES, MIDNIGHT, DAY).list_medals()}

    assert medals == {
        "most effective": "falcon-1", "cheapest landing": "falcon-1", "longest stall": "falcon-1",
    }  # fmt: skip


def test_nothing_done_is_no_error():
    score = make_score(History(read_at=NOON), {}, MIDNIGHT, DAY)

    assert score.apm == score.effect == score.waited_s == 0
    assert score.list_medals() == ()
    assert "Nobody has worked yet" in str(write_score(score, 80))


@pytest.mark.parametrize("width", [60, 80, 120, 300])
@pytest.mark.parametrize("is_week", [False, True])
def test_no_line_is_wider_than_there_is_room(width, is_week):
    lines = write_score(a_score(is_week=is_week), width)

    learnt = next(i for i, line in enumerate(lines) if line[:1] == [("medals", "bold bright")])
    assert max(len("".join(word for word, _ in line)) for line in lines[:learnt]) <= width


def test_spans_are_short():
    assert [say_span(s) for s in (5, 61, 3600, 7320)] == ["5s", "1m", "1h 00m", "2h 02m"]
