"""The territory on the screen: folders, who stands where, who is in whose way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rts.settings import Settings
from rts.tui.frame import Frame
from rts.tui.services.reading import SURVEY_APART_S, is_survey_due
from rts.tui.widgets.canvas import (
    Canvas,
    Paint,
    shorten_cells,
    shorten_path,
    show_plainly,
)
from rts.tui.widgets.chart import say_first_collision
from rts.tui.widgets.territory import NO_FILES, NO_PROJECT, SURVEYING
from rts.world.territory import Collision, FileChange, Footprint, Survey, find_collisions
from tests.scenes import SCENES, skirmish
from tests.tui.commander import Commander, Play
from tests.tui.scene_parts import NOW

PLAIN = Paint("ground", "ink")


def panel(commander: Commander) -> str:
    """What stands in the panel of the territory, frame and all."""
    region = commander.battle.territory.region
    lines = commander.sees().splitlines()[region.y : region.bottom]
    return "\n".join(line[region.x : region.right] for line in lines)


def find(commander: Commander, words: str) -> tuple[int, int]:
    """Where words stand inside of the territory, as an offset for a click."""
    for y, line in enumerate(panel(commander).splitlines()):
        if words in line:
            return line.index(words), y
    raise AssertionError(f"{words} is not to be seen:\n{panel(commander)}")


async def click(commander: Commander, words: str) -> None:
    assert await commander.pilot.click("#territory", offset=find(commander, words))
    await commander.rest()


async def show(commander: Commander, survey: Survey) -> str:
    commander.battle.show_survey(survey)
    await commander.rest()
    return panel(commander)


def steps(worker_id: str, path: str) -> Footprint:
    return Footprint(worker_id, "", (FileChange(path, 1, 0, NOW),), 1)


async def test_v_shows_the_territory_in_the_minimaps_place_and_v_the_minimap_again(
    play: Play,
) -> None:
    async with play("trouble") as commander:
        await commander.press("v")
        assert "territory" in commander.sees()
        assert "v minimap" in commander.sees()
        assert "payments" in panel(commander)

        await commander.press("v")
        assert "minimap" in commander.sees()
        assert "territory ─" not in commander.sees()


async def test_units_stand_where_they_edited_last_and_the_others_are_named_below(
    play: Play,
) -> None:
    async with play("skirmish") as commander:
        await commander.press("v")
        survey = Survey(NOW, {"api": 9, "docs": 9}, (steps("w0", "docs/a.md"), Footprint("w1")))
        lines = (await show(commander, survey)).splitlines()

        docs = next(line for line in lines if "docs" in line).index("docs")
        assert "falcon-1" in lines[2][docs - 2 :]
        (waiting,) = (line for line in lines if "no edit yet" in line)
        assert "2!●" in waiting
        assert "3✓■" in waiting


async def test_who_is_in_whose_way_is_told_conflicts_with_another_sign(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("v")

        seen = panel(commander)

        assert "⚔ falcon-1 × osprey-1  payments/retry.py" in seen
        assert "∩ ibis-1 × crane-1  accounts/models.py" in seen
        assert "⚔ payments" in seen


async def test_the_minimap_tells_at_its_foot_who_is_in_whose_way(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("v", "v")

        assert "─ ⚔ falcon-1 × osprey-1  payments/retry.py ─╯" in commander.sees()


async def test_arrows_go_to_the_nearest_unit_as_it_is_drawn(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("v")
        assert commander.selected == "falcon-1"

        seen = []
        for key in ("l", "right", "k", "left"):
            await commander.press(key)
            seen.append(commander.selected)

        assert seen == ["crane-1", "otter-1", "lynx-1", "ibis-1"]


async def test_keys_work_in_the_territory_as_on_the_minimap(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("v", "4")
        assert commander.selected == "lynx-1"
        assert commander.battle.territory.has_focus

        await commander.press("f")
        assert commander.battle.tickets.has_focus
        await commander.press("f")
        assert commander.battle.territory.has_focus

        await commander.press("v", "f", "v", "escape", "escape")
        assert commander.battle.minimap.has_focus


async def test_v_leaves_the_focus_with_the_tickets(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("f", "v")

        assert commander.battle.tickets.has_focus


async def test_a_click_on_a_unit_selects_it(play: Play) -> None:
    async with play("trouble") as commander:
        await commander.press("v")
        await click(commander, "ibis-1")

        assert commander.selected == "ibis-1"
        assert commander.battle.territory.top == ""


async def test_a_click_goes_into_a_folder_and_escape_out_and_then_back_to_the_minimap(
    play: Play,
) -> None:
    async with play("trouble") as commander:
        await commander.press("v")
        await click(commander, "catalog")

        assert "territory ─ catalog" in panel(commander)
        assert "search" in panel(commander)
        assert "elsewhere" in panel(commander)

        await commander.press("escape")
        assert "payments" in panel(commander)
        await commander.press("escape")
        assert "minimap" in commander.sees()


async def test_a_folder_that_vanishes_while_it_is_shown_is_left(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("v")
        await click(commander, "catalog")

        seen = await show(commander, Survey(NOW, {"api": 9, "docs": 9}))

        assert "api" in seen
        assert "catalog" not in seen


async def test_names_that_an_agent_chose_are_written_out_and_break_nothing(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("v")
        names = ("\x1b[31m[bold]\u202e", "漢字の長い名前" * 30, "e\u0301" * 90, "[/]", "a" * 250)
        footprints = tuple(
            steps(worker, f"{name}/{name}\n.py") for name in names for worker in ("w0", "w1")
        )
        survey = Survey(NOW, dict.fromkeys(names, 9), footprints, find_collisions(footprints, {}))

        seen = await show(commander, survey)

        assert "\\x1b" in seen
        assert not set("\x1b\u202e") & set(commander.sees())
        await click(commander, "\\x1b")
        await commander.press("v")
        assert "minimap" in commander.sees()


@pytest.mark.parametrize(
    ("survey", "words"),
    [(Survey(), SURVEYING), (Survey(NOW), NO_FILES)],
    ids=["not yet", "no file"],
)
async def test_an_empty_territory_says_why(play: Play, survey: Survey, words: str) -> None:
    async with play("skirmish") as commander:
        await commander.press("v")

        assert words in await show(commander, survey)


async def test_outside_of_a_repository_it_says_where_to_go(play: Play) -> None:
    async with play("empty") as commander:
        await commander.press("v")
        frame = commander.battle.frame
        commander.battle.frame = replace(frame, world=replace(frame.world, project=None))
        await commander.rest()

        assert NO_PROJECT[:40] in panel(commander)


async def test_where_nobody_edits_yet_it_says_so(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("v")

        assert "nobody has changed a file yet" in await show(commander, Survey(NOW, {"api": 9}))


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50), (100, 16), (300, 80)])
@pytest.mark.parametrize("scene", SCENES)
async def test_it_is_drawn_whole_at_every_size(
    play: Play, scene: str, size: tuple[int, int]
) -> None:
    async with play(scene, size=size) as commander:
        await commander.press("v")

        widths = {len(line) for line in panel(commander).splitlines()}
        assert widths == {commander.battle.territory.region.width}
        if commander.battle.frame.world.workers:
            before = commander.selected
            await commander.press("j", "l", "k", "h", "l", "j")
            assert commander.selected
            assert before


async def test_in_ascii_no_other_sign_is_drawn(play: Play) -> None:
    ascii_only = Settings(has_reduced_motion=True, is_ascii=True)
    async with play("trouble", settings=ascii_only) as commander:
        await commander.press("v")

        assert panel(commander).isascii()
        assert "x falcon-1 x osprey-1  payments/retry.py" in panel(commander)


async def test_units_without_room_become_a_number_and_can_be_reached(play: Play) -> None:
    async with play("crowd") as commander:
        await commander.press("v")
        footprints = tuple(steps(w.id, "api/a.py") for w in commander.battle.frame.world.workers)

        seen = await show(commander, Survey(NOW, {"api": 900, "docs": 900}, footprints))

        assert " +" in seen
        spots = commander.battle.territory._spots.areas
        assert {i for _, ids in spots for i in ids} == {f"w{i}" for i in range(100)}


def test_the_territory_is_surveyed_always_and_the_minimap_rarely() -> None:
    frame = Frame(world=skirmish(), survey=Survey(NOW))
    late = NOW + timedelta(seconds=SURVEY_APART_S)

    assert is_survey_due(replace(frame, has_territory=True), NOW)
    assert not is_survey_due(frame, NOW)
    assert is_survey_due(frame, late)
    assert is_survey_due(replace(frame, survey=Survey()), NOW)
    assert not is_survey_due(Frame(survey=Survey()), late)


def test_what_is_too_long_is_cut_where_it_says_least() -> None:
    assert shorten_path("payments/providers/stripe.py", 22) == "…/providers/stripe.py"
    assert shorten_path("payments/retry.py", 17) == "payments/retry.py"
    assert shorten_path("payments/a_very_long_name.py", 8) == "a_very_…"
    assert shorten_cells("漢字の名前", 5) == "漢字…"
    assert shorten_cells("name", 0) == ""


def test_no_letter_of_a_name_commands_the_terminal() -> None:
    assert show_plainly("a\x1b]0;x\x07\n\u202eb é 漢") == "a\\x1b]0;x\\x07\\n\\u202eb é 漢"


def test_a_canvas_cuts_off_what_lies_outside_and_gives_wide_letters_two_cells() -> None:
    canvas = Canvas(4, 1, PLAIN)

    canvas.write(-1, 0, "ab", PLAIN)
    canvas.write(2, 0, "漢漢", PLAIN)
    canvas.write(0, 7, "below", PLAIN)

    assert canvas.rows() == [[("b 漢", PLAIN)]]


def test_more_than_two_in_one_file_are_counted() -> None:
    world = skirmish()
    meeting = Survey(NOW, {}, (), (Collision("a.py", ("w0", "w1", "w2")),))

    frame = Frame(world=world, survey=meeting)
    assert say_first_collision(frame, 60) == "∩ falcon-1 × otter-1 and 1 more  a.py"
    assert say_first_collision(frame, 10) == ""
