"""Search: workers, tickets and notes by their words."""

from textual.command import CommandList

from rts.errors import RtsError
from rts.tui.screens.note import NoteScreen
from rts.world.knowledge.notes import Note

TRAP = Note(
    "retry.md", "trap", "Charging [twice]", body="# Push with the key\n\nNever *without*.",
    tags=("payments",),
)  # fmt: skip


def found(commander):
    """What was found, a line each."""
    options = commander.app.screen.query_one(CommandList).options
    return [" ".join(str(option.prompt).split()) for option in options]


async def test_before_a_letter_those_who_need_the_commander_come_first(play):
    async with play("skirmish") as commander:
        await commander.press("slash")

        assert found(commander)[:2] == [
            "worker ●! otter-1 #2 Proxy drops idle connections asking",
            "worker ■ heron-1 #3 Bump the Postgres client ready",
        ]


async def test_a_worker_is_found_by_call_sign_title_or_branch_and_selected(play):
    for words in ("heron", "postgres", "heron-1/bump"):
        async with play("skirmish") as commander:
            await commander.press("slash", *words.replace("/", "-"), "backspace")
            await commander.write(words)

            assert commander.selected == "heron-1"


async def test_an_open_ticket_is_found_and_stands_under_the_cursor(play):
    async with play("skirmish") as commander:
        await commander.press("slash", *"invoices", "enter")

        assert commander.battle.tickets.has_focus
        assert commander.battle.tickets.chosen.title == "Export invoices as CSV"


async def test_a_ticket_in_work_leads_to_its_unit(play):
    async with play("skirmish") as commander:
        await commander.press("slash", *"ticket", "backspace")
        await commander.press(*["backspace"] * 5, *"postgres", "down", "enter")

        assert commander.selected == "heron-1"


async def test_a_note_is_found_and_shown(play):
    async with play("skirmish") as commander:
        commander.backend.notes = (TRAP,)
        await commander.press("slash", *"charging")
        assert found(commander) == ["note trap Charging [twice]"]

        await commander.press("enter")

        assert isinstance(commander.app.screen, NoteScreen)
        assert "Charging [twice]" in commander.sees()
        assert "Push with the key" in commander.sees()
        await commander.press("escape")
        assert commander.battle.is_current


async def test_a_knowledge_base_that_cannot_be_read_hides_no_worker(play):
    async with play("skirmish") as commander:

        def refuse(words):
            raise RtsError("It cannot be read.", "Mend it.")

        commander.backend.find_notes = refuse
        await commander.press("slash", *"heron")

        assert [line.split()[0] for line in found(commander)] == ["worker", "ticket"]


async def test_signs_that_mean_something_elsewhere_are_only_letters_here(play):
    async with play("skirmish") as commander:
        await commander.press("slash", "left_square_bracket", "slash", "b", "right_square_bracket")

        assert found(commander) == []
