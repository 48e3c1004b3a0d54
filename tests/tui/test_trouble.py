"""What bad luck outside does to the screen: it says what it needs, and goes on when it has it."""

import io
import random

import pytest

from rts.errors import OrderRefused, StoreBroken, StoreBusy
from rts.settings import Settings
from rts.tui.app import RtsApp
from rts.tui.game_backend import GameBackend
from rts.tui.screens.battle import BattleScreen
from rts.tui.screens.too_small import TooSmallScreen
from rts.tui.services.terminal import refuse_dumb_terminal, speaks_utf8, to_plain, write_plainly
from rts.world.world import World
from tests.scenes import SCENES
from tests.tui.commander import Commander, Play
from tests.tui.played_backend import PlayedBackend
from tests.tui.scene_parts import NOW

BUSY = StoreBusy("Another process holds the store.", "Try again in a moment.")


async def test_a_terminal_that_is_too_small_is_told_what_is_needed(play: Play):
    async with play("skirmish", size=(20, 5)) as commander:
        assert "rts needs 60×12;" in commander.sees()
        assert "this is 20×5" in commander.sees()

        await commander.press("2", "x", "y", "m", "y", "enter")
        assert commander.orders == []

        await commander.pilot.resize_terminal(60, 12)
        await commander.rest()
        assert isinstance(commander.app.screen, BattleScreen)
        assert "minimap" in commander.sees()


async def test_a_question_is_still_there_when_there_is_room_again(play: Play):
    async with play("skirmish") as commander:
        await commander.press("2", "t", "a")
        await commander.pilot.resize_terminal(30, 8)
        await commander.rest()
        assert isinstance(commander.app.screen, TooSmallScreen)

        await commander.pilot.resize_terminal(80, 24)
        await commander.rest()
        await commander.press("b", "enter")

        assert commander.orders == [("tell", "otter-1", "ab")]


async def test_a_hundred_wild_sizes_leave_the_screen_whole(play: Play):
    dice = random.Random(4)
    async with play("trouble") as commander:
        for turn in range(100):
            await commander.pilot.resize_terminal(dice.randint(1, 150), dice.randint(1, 50))
            if turn % 20 == 0:
                await commander.press(dice.choice(["v", "c", "f", "pageup", "question_mark"]))
        await commander.press("escape", "escape")
        await commander.pilot.resize_terminal(120, 36)
        await commander.rest()
        await commander.press("escape", "escape", "2")

        assert isinstance(commander.app.screen, BattleScreen)
        assert "minimap" in commander.sees() or "territory" in commander.sees()


async def test_a_store_that_is_held_at_the_start_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rts.tui.app.OPEN_AGAIN_S", 0.01)
    backend = PlayedBackend(SCENES["skirmish"](), Settings(has_reduced_motion=True))
    backend.failure = BUSY
    app = RtsApp(backend, lambda: NOW)
    async with app.run_test(size=(120, 36)) as pilot:
        commander = Commander(app, backend, pilot)
        await commander.wait_until(lambda: BUSY.what in commander.sees(), "it is said")

        backend.failure = None

        await commander.wait_until(lambda: "falcon-1" in commander.sees(), "it is opened")
        assert BUSY.what not in commander.sees().splitlines()[-1]
    app.close_backend()
    assert app.failure is None


async def test_a_store_that_cannot_be_read_is_said_for_as_long_as_it_is_so(play: Play):
    async with play("skirmish") as commander:
        world = commander.backend.world

        def refuse() -> World:
            raise BUSY

        commander.backend.look = refuse  # type: ignore[method-assign]
        commander.app.expect_news()
        await commander.app._look()
        assert BUSY.what in commander.sees().splitlines()[-1]

        commander.backend.look = lambda: world  # type: ignore[method-assign]
        await commander.app._look()
        await commander.rest()
        assert BUSY.what not in commander.sees().splitlines()[-1]


def test_a_store_that_was_moved_away_is_missed_and_one_in_its_place_is_read(repository, game):
    backend = GameBackend(repository)
    backend.open()
    store, aside = game.store.path, game.store.path.with_name("aside.db")
    store.rename(aside)

    with pytest.raises(StoreBroken, match="is gone"):
        backend.look()

    aside.rename(store)
    assert backend.look().project is not None
    backend.close()


@pytest.mark.parametrize(
    ("environment", "speaks"),
    [
        ({}, True),
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "C.UTF-8"}, True),
        ({"LANG": "en_US.utf8@x"}, True),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, False),
        ({"LANG": "POSIX"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
        ({"LC_CTYPE": "C.UTF-8"}, True),
        ({"LANG": "en_US.ISO-8859-1"}, False),
    ],
)
def test_the_locale_tells_what_the_terminal_shows(environment: dict[str, str], speaks: bool):
    assert speaks_utf8(environment) == speaks


def test_where_only_ascii_is_shown_every_sign_keeps_its_width():
    assert to_plain("╭─ ▞ │ ├ ● é … 你 –") == "+- # | + * e . ?? -"

    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8")
    write_plainly(stream)
    stream.write("╭─ falcon-1 ─╮ \x1b[1m·")
    stream.flush()
    assert raw.getvalue() == b"+- falcon-1 -+ \x1b[1m-"


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_terminal_that_cannot_place_its_cursor_is_refused(term: str):
    with pytest.raises(OrderRefused, match="cannot draw"):
        refuse_dumb_terminal({"TERM": term})

    for good in ("vt100", "linux", "xterm", ""):
        refuse_dumb_terminal({"TERM": good})
