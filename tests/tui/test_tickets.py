"""Tickets by state: spawned on, gone to, counted; and the key that spawns on the next one."""

from dataclasses import replace

import pytest

from rts.settings import Settings
from rts.tui.widgets.tickets import HINT, TicketList
from rts.world.backlog import find_worker_on, sort_tickets
from rts.world.nouns import TicketStatus
from tests.scenes import SCENES
from tests.tui.commander import Commander, Play

TALL = (120, 60)


def names(section: object) -> list[tuple[str, str]]:
    return [(t.label, w.name if w else "") for t, w in section.entries]  # type: ignore[attr-defined]


def test_tickets_are_sorted_by_state_and_what_has_landed_is_left_out() -> None:
    world = SCENES["trouble"]()

    opened, progress, review = sort_tickets(world)

    assert [name for _, name in names(opened)] == [""] * len(world.open_tickets())
    assert names(review) == [("#7", "crane-1")]
    assert ("#2", "otter-1") in names(progress)
    landed = next(w for w in world.workers if world.has_landed(w))
    done = replace(world.ticket_of(landed), status=TicketStatus.DONE)
    tickets = tuple(done if t.id == done.id else t for t in world.tickets)
    sections = sort_tickets(replace(world, tickets=tickets))
    assert landed.name not in [name for section in sections for _, name in names(section)]
    assert find_worker_on(world, world.open_tickets()[0]) is None


async def test_each_state_has_its_count_and_each_ticket_its_worker(play: Play) -> None:
    async with play("skirmish", size=TALL) as commander:
        seen = commander.sees()

        assert "tickets ─ 4 open ─ 2 in progress ─ 1 in review" in seen
        lines = [line for line in seen.splitlines() if "Retry failed payments" in line]
        assert any("falcon-1 ◆" in line for line in lines)


async def test_the_cursor_goes_over_all_and_enter_goes_to_who_works_there(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("f", *["down"] * 4)
        assert "Enter goes to falcon-1" in commander.sees()
        await commander.press("down")
        assert "Enter goes to otter-1" in commander.sees()
        assert "Enter go to" in commander.sees()

        await commander.press("enter")

        assert commander.orders == []
        assert commander.selected == "otter-1"
        assert not commander.battle.query_one(TicketList).has_focus


async def test_the_cursor_scrolls_to_the_last_ticket_and_back_to_the_first(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("f", *["down"] * 20)
        assert "Enter goes to heron-1" in commander.sees()
        assert "in review 1" in commander.sees()

        await commander.press(*["up"] * 20)

        assert "▸ #4" in commander.sees()


async def test_the_cursor_stays_with_its_ticket_when_another_is_filed(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("f", *["down"] * 4)
        commander.backend.file_ticket("One more", commander.backend.world.tickets[0].kind, "")
        await commander.wait_until(lambda: "5 open" in commander.sees(), "it is seen")

        assert "Enter goes to falcon-1" in commander.sees()


async def test_after_a_spawn_the_next_open_ticket_is_under_the_cursor(play: Play) -> None:
    async with play("skirmish") as commander:
        await commander.press("f", "enter")
        await commander.wait_until(lambda: commander.selected == "lynx-1", "it is selected")
        await commander.press("f")

        assert "▸ #5" in commander.sees()


async def test_without_an_open_ticket_the_list_says_how_to_file_one(play: Play) -> None:
    async with play("empty") as commander:
        assert HINT in commander.sees()

        await commander.press("s")

        assert commander.toasts == ["No ticket is open: n files one."]


async def spawn_next(commander: Commander, *, count: int) -> None:
    for _ in range(count):
        commander.battle.action_press("spawn", "s")
    await commander.rest()


async def test_s_spawns_on_the_open_ticket_with_the_lowest_number_and_says_which(
    play: Play,
) -> None:
    async with play("skirmish") as commander:
        await commander.press("s")

        assert commander.orders == [("spawn", "Debounce the search field")]
        assert commander.toasts == ["Spawning on #4 Debounce the search field"]
        assert commander.selected == "falcon-1"


async def test_s_twice_at_once_spawns_on_two_tickets(play: Play) -> None:
    async with play("skirmish") as commander:
        await spawn_next(commander, count=2)

        assert sorted(commander.orders) == [
            ("spawn", "Debounce the search field"),
            ("spawn", "Spike: usage-based pricing"),
        ]


@pytest.mark.parametrize("keys", [("s",), ("f", "enter")], ids=["key", "ticket"])
async def test_without_supply_nobody_is_spawned_and_it_is_said(
    play: Play, keys: tuple[str, ...]
) -> None:
    async with play("skirmish", settings=Settings(has_reduced_motion=True)) as commander:
        commander.backend.world = replace(commander.backend.world, supply_limit=3, event_id=99)
        await commander.wait_until(lambda: "3/3" in commander.sees(), "supply is used up")

        await commander.press(*keys)

        assert commander.orders == []
        assert "Supply is used up: 3 of 3 live" in commander.toasts[0]
