"""The unit's card: what stands on it at each size, and that nothing on it jumps."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rts.tui.widgets.card import Card
from rts.world.detail import UnitDetail
from rts.world.evidence import Activity
from rts.world.nouns import Rally, Worker
from tests.tui.commander import Commander, Play
from tests.tui.scene_parts import NOW, Part, make_world

LONG_QUESTION = "asks: " + "should the queue keep its order when two payments fail at once? " * 3


def card_of(commander: Commander) -> list[str]:
    """Return the card's lines as they stand on the terminal."""
    region = commander.battle.query_one(Card).region
    rows = commander.sees().splitlines()[region.y : region.bottom]
    return [row[region.x : region.right] for row in rows]


async def know(commander: Commander, detail: UnitDetail) -> list[str]:
    """Let the screen know a unit's detail; return its card."""
    commander.battle.show_detail(detail)
    await commander.rest()
    return card_of(commander)


async def change(commander: Commander, **changes: object) -> None:
    """Let the first unit be another one in some way."""
    world = commander.backend.world
    first = replace(world.workers[0], **changes)  # type: ignore[arg-type]
    others = world.workers[1:]
    commander.backend.world = replace(world, event_id=99, workers=(first, *others))
    commander.app.expect_news()
    await commander.wait_until(
        lambda: commander.battle.frame.world.workers[0] == first, "the change is seen"
    )
    await commander.rest()


async def test_a_high_card_says_all_that_is_known(play: Play) -> None:
    async with play("skirmish", size=(200, 50)) as commander:
        lines = card_of(commander)

        assert len(lines) == 6
        assert lines[0].split() == ["busy", "2m", "runs", "Bash:", "python", "-m", "pytest", "-q"]
        assert lines[1].startswith("branch  rts/falcon-1/retry-failed-payments  ")
        assert lines[1].endswith("+214   −38   9 files")
        assert "claude sonnet-5-5, asks first" in lines[2]
        assert lines[2].endswith("ctx  21%   20k tok  ~$0.84")
        assert "no pull request yet   no tests yet" in lines[3]
        assert lines[3].endswith("http://localhost:4173")
        assert lines[4].startswith("told     6m  use the idempotency key")
        assert lines[5].startswith("said     3m  The retry queue pushes a payment once: a second")


@pytest.mark.parametrize(
    ("size", "line_count"), [((120, 36), 6), ((120, 24), 4), ((80, 24), 6), ((200, 50), 6)]
)
async def test_a_low_terminal_has_a_card_of_four_lines(
    play: Play, size: tuple[int, int], line_count: int
) -> None:
    async with play("skirmish", size=size) as commander:
        await commander.press("c")

        lines = card_of(commander)
        assert len(lines) == line_count
        assert lines[3].startswith("review")


async def test_a_narrow_card_keeps_branch_model_and_cost(play: Play) -> None:
    async with play("skirmish", size=(100, 30)) as commander:
        lines = card_of(commander)

        assert "rts/falcon-1/retry-f" in lines[1]
        assert lines[1].endswith(" +214   −38")
        assert "claude sonnet-5-5" in lines[2]
        assert lines[2].endswith("ctx  21%  ~$0.84")


async def test_growing_numbers_stay_in_their_columns(play: Play) -> None:
    async with play("skirmish") as commander:
        small = UnitDetail("w0", 3, 1, 2, "claude-opus-5", 9_000, 1_000_000, 900, 0.01)
        large = UnitDetail("w0", 3210, 999, 45, "claude-opus-5", 880_000, 1_000_000, 99_000_000, 81)

        before, after = await know(commander, small), await know(commander, large)

        for line, words in ((1, ("files",)), (2, ("ctx", "tok", "claude"))):
            for word in words:
                assert before[line].index(word) == after[line].index(word)
        assert before[2].endswith("ctx   1%   900 tok  ~$0.01")
        assert after[2].endswith("ctx  88% 99.0M tok ~$81.00")


async def test_what_is_not_known_is_not_shown(play: Play) -> None:
    async with play("skirmish") as commander:
        nothing = await know(commander, UnitDetail("w0"))
        assert nothing[1].endswith("no change yet")
        assert nothing[2].rstrip().endswith("claude, asks first")
        assert nothing[4].rstrip().endswith("nothing yet")

        unlisted = UnitDetail("w0", model="mystery-9", context_tokens=63_000, token_count=63_400)
        lines = await know(commander, unlisted)
        assert "claude mystery-9, asks first" in lines[2]
        assert lines[2].endswith("ctx  63k   63k tok")
        assert "$" not in lines[2]


async def test_two_servers_are_told_as_ports_where_addresses_do_not_fit(play: Play) -> None:
    async with play("skirmish") as commander:
        lines = await know(commander, UnitDetail("w0", ports=(4173, 8080)))

        assert lines[3].endswith("  :4173 :8080")


async def test_lines_that_wait_stand_where_else_its_last_words_do(play: Play) -> None:
    async with play("skirmish") as commander:
        waiting = UnitDetail("w0", queued_texts=("run the linter\nand fix it", "then stop"))
        lines = await know(commander, waiting)

        assert lines[5].startswith("queued    2  run the linter and fix it")
        assert not any(line.startswith("said") for line in lines)


async def test_what_others_wrote_moves_no_cursor_and_breaks_no_line(play: Play) -> None:
    async with play("skirmish") as commander:
        told = UnitDetail("w0", told_text="\x1b[2Jlook\x07 at\r\n漢字漢字" * 20, told_at=NOW)
        lines = await know(commander, told)

        assert "look at 漢字漢字" in lines[4]
        assert "\x1b" not in "".join(lines)
        assert "lo…" in lines[4]


async def test_a_rally_point_stands_at_the_end_of_what_was_told(play: Play) -> None:
    async with play("skirmish") as commander:
        assert "then:" not in card_of(commander)[4]

        await change(commander, rally=Rally.NEXT_TICKET)

        assert card_of(commander)[4].endswith("then: next ticket")


async def test_a_sandboxed_agent_is_said_to_be_so(play: Play) -> None:
    async with play("skirmish") as commander:
        await change(commander, is_sandboxed=True)

        assert "claude sonnet-5-5, sandboxed" in card_of(commander)[2]


@pytest.mark.parametrize("size", [(120, 36), (200, 50), (120, 24)])
async def test_a_long_question_takes_the_place_of_the_rest(
    play: Play, size: tuple[int, int]
) -> None:
    async with play("empty", size=size) as commander:
        world = make_world((Part(Activity.ASKING, LONG_QUESTION, timedelta(seconds=5)),))
        commander.backend.world = replace(world, event_id=50)
        await commander.wait_until(lambda: "asking" in commander.sees(), "it asks")

        card = card_of(commander)
        seen = " ".join(" ".join(card).split())
        assert seen.startswith("! asking 5s should the queue keep its order")
        assert seen.count("fail at once?") >= (3 if size[1] >= 30 else 2)


async def test_another_units_detail_is_never_shown(play: Play) -> None:
    async with play("skirmish") as commander:
        lines = await know(commander, UnitDetail("w2", 999, 999, 99))

        assert "999" not in "".join(lines)


async def test_the_title_names_kind_and_ticket(play: Play) -> None:
    async with play("skirmish") as commander:
        assert "falcon-1 ─ ◆ feature #1 Retry failed payments" in commander.sees()


def test_a_worker_has_a_rally_point_in_words() -> None:
    from rts.tui.widgets.card import _RALLY_WORDS

    assert set(_RALLY_WORDS) == set(Rally)
    assert Worker.__dataclass_fields__["rally"].default is Rally.STOP
