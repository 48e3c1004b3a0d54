"""Actions per minute."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rts.world.apm import Tempo, count_by_bucket, draw_sparkline, is_effective, rate
from tests.making import NOON, ago, an_action

MINUTE = timedelta(minutes=1)


def test_a_rate_divides_by_the_minutes_of_its_window():
    tempo = rate({"1m": 3, "5m": 10, "1h": 30}, {"1m": 2})

    assert (tempo.apm["1m"], tempo.apm["5m"], tempo.apm["1h"], tempo.apm["7d"]) == (3, 2, 0.5, 0)
    assert tempo.epm["1m"] == 2


def test_tempos_of_units_add_up_to_the_fleets():
    assert (rate({"1m": 3}, {"1m": 1}) + rate({"1m": 4}, {})).apm["1m"] == 7
    assert Tempo() + Tempo() == Tempo()


def test_a_call_that_repeats_one_of_the_last_three_is_not_effective():
    earlier = [an_action(number, digest) for number, digest in enumerate("abcd")]

    assert not is_effective(an_action(9, "b"), earlier)
    assert is_effective(an_action(9, "a"), earlier)


def test_times_fall_into_buckets_and_those_outside_are_left_out():
    times = [ago(seconds=10), ago(seconds=70), ago(seconds=75), ago(hours=1), NOON + MINUTE]

    assert count_by_bucket(times, NOON, MINUTE, 3) == [0, 2, 1]


def test_a_quiet_past_is_a_flat_line():
    assert draw_sparkline([0, 0, 0]) == "▁▁▁"


@given(st.lists(st.integers(0, 10**6), max_size=50))
def test_a_sparkline_has_a_sign_per_count_and_its_peak_at_the_highest(counts):
    line = draw_sparkline(counts)

    assert len(line) == len(counts)
    if max(counts, default=0) > 0:
        assert line[counts.index(max(counts))] == "█"
