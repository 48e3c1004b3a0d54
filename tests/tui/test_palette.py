"""The palette: all orders by name."""

import threading

from textual.command import CommandList
from textual.events import Key
from textual.widgets import Input

from rts.settings import THEME_NAMES, Settings
from rts.tui.keymap import BATTLE_KEYS
from rts.tui.screens.palette import Palette, list_entries


def options(commander):
    """What the palette offers, a line each."""
    options = commander.app.screen.query_one(CommandList).options
    return [str(option.prompt) for option in options]


def is_open(commander):
    return isinstance(commander.app.screen, Palette)


async def test_every_row_of_the_key_table_is_offered_with_its_sentence_and_its_key(play):
    async with play("skirmish") as commander:
        entries = list_entries(commander.battle)

        told = {(entry.words, entry.help, entry.key) for entry in entries}
        rows = {(row.words, row.help, row.name) for row in BATTLE_KEYS if row.press != "palette"}
        assert rows <= told
        assert {f"theme {name}" for name in THEME_NAMES} | {"mute"} <= {e.words for e in entries}


async def test_an_order_is_found_by_a_part_of_its_name_and_given(play):
    async with play("skirmish") as commander:
        await commander.press("ctrl+p", *"pull", "enter")

        assert commander.orders == [("open_pull_request", "falcon-1")]
        assert not is_open(commander)


async def test_an_order_is_found_by_what_its_sentence_says(play):
    async with play("skirmish") as commander:
        await commander.press("colon", *"leave", "space", *"workers")

        assert options(commander)[0].startswith("quit")


async def test_enter_takes_what_was_typed_however_fast(play):
    async with play("skirmish") as commander:
        await commander.press("ctrl+p")

        await commander.pilot.press(*"pull", "enter", "enter")
        await commander.rest()

        assert commander.orders == [("open_pull_request", "falcon-1")]


async def test_what_cannot_be_done_stands_last_and_gives_its_reason(play):
    async with play("skirmish") as commander:
        await commander.press("ctrl+p")
        usable = [line for line in options(commander) if "asks for no permission" not in line]
        assert options(commander)[: len(usable) - 4] == usable[:-4]

        await commander.press(*"allow", "enter")

        assert commander.orders == []
        assert commander.toasts == ["falcon-1 asks for no permission."]


async def test_an_order_of_several_keys_says_which_to_press(play):
    async with play("skirmish") as commander:
        await commander.press("ctrl+p", *"move", "enter")

        assert commander.toasts == ["← ↓ ↑ → hjkl: Move over units or tickets."]


async def test_escape_however_often_leads_back_to_the_battle(play):
    async with play("skirmish") as commander:
        await commander.press("ctrl+p")

        await commander.pilot.press("escape", "escape")
        await commander.rest()

        assert commander.battle.is_current


async def test_what_nobody_knows_is_not_found_and_enter_does_nothing(play):
    async with play("skirmish") as commander:
        await commander.press("ctrl+p", *"zzzz", "enter")

        assert options(commander) == []
        assert is_open(commander)


async def test_the_arrows_and_ctrl_n_go_down_and_ctrl_p_up(play):
    async with play("skirmish") as commander:
        await commander.press("ctrl+p", "down", "ctrl+n", "ctrl+p")

        assert commander.app.screen.query_one(CommandList).highlighted == 1


async def test_the_colours_change_at_once_and_it_is_said_how_to_keep_them(play):
    async with play("skirmish") as commander:
        await commander.press("ctrl+p", *"theme", "space", *"day", "enter")

        assert commander.app.theme == "rts-day"
        assert 'theme = "day"' in commander.toasts[0]


async def test_mute_silences_and_lets_be_heard_again(play):
    async with play("skirmish") as commander:
        await commander.press("ctrl+p", *"mute", "enter")
        await commander.press("ctrl+p", *"mute", "enter")

        assert commander.orders == [("mute", "True"), ("mute", "False")]
        assert commander.toasts == ["cues and bell are heard."]


async def test_a_narrow_screen_shows_key_and_name_whole(play):
    async with play("skirmish", size=(80, 24)) as commander:
        await commander.press("ctrl+p")

        line = next(line for line in commander.sees().splitlines() if " alert " in line)
        assert line.index("Space") > 60


async def test_the_screen_is_ascii_where_it_must_be(play):
    settings = Settings(has_reduced_motion=True, is_ascii=True)
    async with play("empty", settings=settings) as commander:
        await commander.press("ctrl+p")

        assert commander.sees().isascii()
        assert commander.app.screen.query_one(Input).has_focus


async def test_enter_outlives_the_search_that_it_waits_for(play, monkeypatch):
    is_over = threading.Event()
    async with play("skirmish") as commander:
        monkeypatch.setattr(commander.backend, "find_notes", lambda words: is_over.wait(10) and [])
        await commander.press("slash")
        palette = commander.app.screen
        for key in ("f", "enter"):
            commander.app.post_message(Key(key, key if key == "f" else "\r"))
        await commander.wait_until(lambda: is_searching(palette), "it searches")

        palette._cancel_gather_commands()  # As Textual does when the palette closes.
        is_over.set()
        await commander.pilot.pause()

        assert commander.app.crash is None


def is_searching(palette):
    """Whether Enter waits in the palette for a search."""
    return any(not work.is_finished for work in palette.workers) and palette._message_queue.empty()


async def test_a_page_key_before_the_list_is_laid_out_does_nothing(play, monkeypatch):
    async with play("skirmish") as commander:
        await commander.press("ctrl+p")
        monkeypatch.setattr(CommandList, "_index_to_line", {})

        commander.app.screen._action_command_list("page_down")

        assert is_open(commander)
