"""Estimates by list prices, and quotas as vendors say them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rts.adapters.agents.codex.counts import read_token_count
from rts.world.evidence import CONTEXT, QUOTA, Activity, Evidence, Judgement, Source
from rts.world.judge import judge
from rts.world.prices import MODEL_BY_NAME, Model, ModelUse, estimate_cost_usd, find_model
from rts.world.quota import Quota, find_quotas, write_quotas
from tests.making import NOON, ago

MILLION = 1_000_000


@pytest.mark.parametrize(
    "name",
    [
        "claude-opus-4-5",
        "claude-opus-4-5-20251101",
        "anthropic/claude-opus-4-5",
        "claude-opus-4-5[1m]",
        "claude-opus-4-5-latest",
    ],
)
def test_a_model_is_known_with_its_provider_date_and_window(name):
    assert find_model(name) is MODEL_BY_NAME["claude-opus-4-5"]


@pytest.mark.parametrize("name", ["", "standin-1", "claude-opus-4-5-turbo", "gpt-5-2"])
def test_a_variant_that_is_not_listed_is_no_other_model(name):
    assert find_model(name) is None


def test_fresh_cached_and_output_tokens_have_their_own_prices():
    use = ModelUse("gpt-5.2-codex", MILLION, 2 * MILLION, MILLION)

    assert estimate_cost_usd([use]) == pytest.approx(1.75 + 0.35 + 14)


def test_one_unknown_model_makes_the_whole_cost_unknown():
    uses = [ModelUse("gpt-5.2", 10, 0, 0), ModelUse("mystery-9", 10, 0, 0)]

    assert estimate_cost_usd(uses) is None


def test_a_message_without_tokens_needs_no_price():
    assert estimate_cost_usd([ModelUse("<synthetic>", 0, 0, 0)]) == 0


def test_the_commanders_own_list_is_taken_instead():
    own = {"mystery-9": Model(1, 1, 1)}

    assert estimate_cost_usd([ModelUse("mystery-9", MILLION, 0, 0)], own) == 1


def test_reading_from_the_cache_is_never_dearer_than_fresh_input():
    assert all(m.cached_usd <= m.input_usd <= m.output_usd for m in MODEL_BY_NAME.values())


# --- quotas --------------------------------------------------------------------------------------


def a_quota(**changes):
    return replace(Quota("codex", 300, 63.0, NOON + timedelta(hours=2)), **changes)


def judged(*quotas, at=NOON):
    piece = Evidence("w", Source.TRANSCRIPT, QUOTA, at, "codex", write_quotas(quotas))
    return Judgement(Activity.DONE, "", at, (piece,))


def test_the_newest_word_about_an_account_counts():
    old, new = a_quota(used_percent=10.0), a_quota(used_percent=20.0)

    assert find_quotas([judged(old, at=ago(minutes=5)), judged(new)], NOON) == (new,)


def test_windows_come_shortest_first_and_one_that_began_anew_says_nothing():
    week = a_quota(window_minutes=10_080)

    assert find_quotas([judged(week, a_quota())], NOON) == (a_quota(), week)
    assert find_quotas([judged(a_quota(resets_at=NOON))], NOON) == ()


@pytest.mark.parametrize(
    ("minutes", "window"), [(300, "5h"), (10_080, "7d"), (15, "15m"), (1_440, "24h")]
)
def test_a_window_is_named_in_one_unit(minutes, window):
    assert a_quota(window_minutes=minutes).window == window


def test_quota_and_context_say_nothing_about_what_a_worker_does():
    stop = Evidence("w", Source.HOOK, "Stop", ago(minutes=20), "Done.")
    begun = Evidence("w", Source.HOOK, "UserPromptSubmit", ago(minutes=30))
    aside = [Evidence("w", Source.TRANSCRIPT, kind, NOON, "1") for kind in (QUOTA, CONTEXT)]

    assert judge([stop, *aside], NOON).reason == "finished its turn"
    assert judge([begun, *aside], NOON).activity is Activity.STALLED
    assert judge(aside, NOON).reason == "nothing is known"


# --- what Codex writes ---------------------------------------------------------------------------

SECONDS = (NOON + timedelta(hours=3)).timestamp()


def told(limits, **info):
    payload = {"type": "token_count", "info": info or None, "rate_limits": limits}
    return list(read_token_count("w", payload, NOON))


def window(minutes=300, percent=63.4, at_s=SECONDS):
    return {"used_percent": percent, "window_minutes": minutes, "resets_at": at_s}


def test_codex_tells_both_windows_of_its_account():
    limits = {"limit_id": "codex", "primary": window(), "secondary": window(10_080, 41, SECONDS)}

    (piece,) = told(limits)

    found = find_quotas([Judgement(Activity.DONE, "", NOON, (piece,))], NOON)
    assert [(q.account, q.window, q.used_percent) for q in found] == [
        ("codex", "5h", 63.4),
        ("codex", "7d", 41.0),
    ]


@pytest.mark.parametrize(
    "limits",
    [
        None,
        [],
        {"primary": None, "secondary": None},
        {"limit_id": "other", "primary": window()},
        {"primary": window(percent="much")},
        {"primary": window(percent=float("nan"))},
        {"primary": window(minutes=0)},
        {"primary": window(at_s=1e30)},
        {"primary": {"used_percent": 3}},
    ],
)
def test_what_is_no_quota_of_the_account_says_nothing(limits):
    assert told(limits) == []


def test_a_window_ends_within_its_own_length_whatever_was_written():
    (piece,) = told({"primary": window(at_s=SECONDS * 2)})

    (found,) = find_quotas([Judgement(Activity.DONE, "", NOON, (piece,))], NOON)
    assert found.resets_at == NOON + timedelta(hours=5)


def test_codex_tells_how_full_its_context_is_and_its_limit():
    last = {"input_tokens": 13_476, "cached_input_tokens": 6_738}

    (piece,) = told(None, last_token_usage=last, model_context_window=258_400)

    assert (piece.kind, piece.value, piece.detail) == (CONTEXT, "13476", '{"limit_tokens": 258400}')
