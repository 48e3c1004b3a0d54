"""The line on top: five windows, EPM, quota, tokens; what is left out where it is narrow."""

from dataclasses import replace

import pytest

from rts.tui.frame import Frame
from rts.tui.widgets.resource_bar import ResourceBar
from rts.world.apm import WINDOWS, Tempo
from tests.scenes import crowd, trouble
from tests.tui.commander import Play
from tests.tui.scene_parts import NOW, QUOTAS

SIZES = [(80, 24), (100, 30), (120, 36), (200, 50), (300, 80)]


def tempo(apm: float, epm: float) -> Tempo:
    return Tempo(dict.fromkeys(WINDOWS, apm), dict.fromkeys(WINDOWS, epm))


async def bar_of(play: Play, size: tuple[int, int] = (120, 36), **changes: object) -> str:
    """Return the line as it stands on a terminal of that size."""
    async with play("trouble", size=size) as commander:
        bar = commander.battle.query_one(ResourceBar)
        bar.frame = Frame(replace(trouble(), **changes), NOW, is_open=True)  # type: ignore[arg-type]
        await commander.rest()
        return commander.sees().splitlines()[0]


async def test_five_windows_a_curve_and_epm_stand_at_120(play: Play) -> None:
    bar = await bar_of(play)

    assert "APM  28 1m  25 5m  20 1h  11 1d   6 7d  █▅▃▆▇▅▇▇  EPM  90%" in bar
    assert "⌂ 11/12   3.7M tok   4 landed    ! 4 need you" in bar


async def test_a_wide_bar_says_it_in_whole_words(play: Play) -> None:
    bar = await bar_of(play, (200, 50), quotas=QUOTAS)

    assert "codex 5h 63%  7d 41%" in bar
    assert "3.7M tokens today   4 landed today" in bar


@pytest.mark.parametrize("size", SIZES)
async def test_who_waits_stands_at_the_right_end_at_every_size(
    play: Play, size: tuple[int, int]
) -> None:
    for quotas in ((), QUOTAS, (*QUOTAS, *(replace(q, account="claude") for q in QUOTAS))):
        bar = await bar_of(play, size, quotas=quotas)

        assert bar.rstrip().endswith("! 4 need you")
        assert "⌂ 11/12" in bar
        assert "28 1m" in bar
        assert bar.lstrip().startswith("▞ shop")


async def test_quota_stands_at_120_and_makes_the_longest_windows_go(play: Play) -> None:
    bar = await bar_of(play, quotas=QUOTAS)

    assert "codex 5h 63%  7d 41%" in bar
    assert "20 1h" in bar


@pytest.mark.parametrize(
    ("apm", "epm", "words"), [(10.0, 8.8, " 88%"), (10.0, 10.0, "100%"), (0.0, 0.0, "   –")]
)
async def test_epm_is_told_as_the_share_of_what_was_effective(
    play: Play, apm: float, epm: float, words: str
) -> None:
    assert f"EPM {words}" in await bar_of(play, fleet_tempo=tempo(apm, epm))


@pytest.mark.parametrize("size", SIZES)
async def test_growing_numbers_move_nothing(play: Play, size: tuple[int, int]) -> None:
    few = await bar_of(
        play, size, fleet_tempo=tempo(3, 1), tokens_today=0, landed_today_count=0, quotas=QUOTAS
    )
    many = await bar_of(
        play,
        size,
        fleet_tempo=tempo(570, 570),
        tokens_today=38_700_000,
        landed_today_count=42,
        quotas=tuple(replace(q, used_percent=100.0) for q in QUOTAS),
    )

    for sign in ("APM", "1m", "EPM", "⌂", "codex", "tok", "landed", "✓"):
        assert few.find(sign) == many.find(sign), sign


async def test_no_account_is_named_where_nothing_is_known_of_it(play: Play) -> None:
    assert "codex" not in await bar_of(play, (300, 80))


async def test_a_hundred_units_fit(play: Play) -> None:
    async with play("crowd", size=(120, 36)) as commander:
        bar = commander.sees().splitlines()[0]

        assert f"⌂ 100/{crowd().supply_limit}  codex 5h 63%" in bar
