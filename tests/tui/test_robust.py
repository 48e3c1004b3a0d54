"""What a hurried or unlucky commander does to the screen: it stays whole, and nothing is lost."""

from dataclasses import replace

import pytest
from textual.events import MouseScrollDown, Paste
from textual.widgets import Input

from rts.errors import OrderRefused
from rts.tui.screens.battle import BattleScreen
from rts.tui.widgets.event_log import EventLog
from rts.tui.widgets.pane import PaneView, parse_pane
from rts.tui.widgets.tickets import TicketList
from rts.world.evidence import Activity
from rts.world.nouns import TicketKind
from tests.scenes import SCENES, make_app
from tests.tui.commander import Play
from tests.tui.scene_parts import PROJECT, Part, make_world

QUESTION = (
    "What should the shop say to a customer whose payment failed twice in a row, and should "
    "it offer another way to pay at once?"
)


@pytest.mark.parametrize("key", ["x", "t", "n", "d", "question_mark"])
async def test_a_screen_that_is_answered_twice_closes_once(play: Play, key):
    async with play("skirmish") as commander:
        await commander.press("2", key)
        screen = commander.app.screen

        for _ in range(2):  # A burst: both reach the screen before it is gone.
            screen.dismiss(None)
        await commander.rest()

        assert isinstance(commander.app.screen, BattleScreen)


async def test_enter_pressed_twice_tells_once(play: Play):
    async with play("skirmish") as commander:
        await commander.press("2", "t", "a")
        line = commander.app.screen.query_one(Input)
        for _ in range(2):
            line.post_message(Input.Submitted(line, "a"))
        await commander.rest()

        assert commander.orders == [("tell", "otter-1", "a")]
        assert isinstance(commander.app.screen, BattleScreen)


async def test_the_same_spawn_ordered_twice_is_given_once(play: Play):
    async with play("skirmish") as commander:
        await commander.press("f")
        commander.battle.action_press("enter", "")
        commander.battle.action_press("enter", "")
        await commander.rest()

        assert len(commander.orders) == 1


async def test_enter_on_a_unit_that_is_gone_does_not_leave_the_screen(
    play: Play, monkeypatch: pytest.MonkeyPatch
):
    async with play("trouble") as commander:
        monkeypatch.setattr(type(commander.app), "is_headless", False)
        monkeypatch.setattr(commander.app, "suspend", lambda: pytest.fail("left the screen"))

        await commander.press("4", "enter")

        assert commander.toasts == ["lynx-1 has no session any more.\nSee: rts diff"]


async def test_a_session_that_ends_on_the_way_gives_the_screen_back(
    play: Play, monkeypatch: pytest.MonkeyPatch
):
    left_with: list[object] = []

    class Suspended:
        def __enter__(self) -> None: ...

        def __exit__(self, kind: object, *rest: object) -> None:
            left_with.append(kind)

    async with play("skirmish") as commander:
        monkeypatch.setattr(type(commander.app), "is_headless", False)
        monkeypatch.setattr(commander.app, "suspend", Suspended)
        commander.backend.refusal = OrderRefused("otter-1 has ended.", "Look at it.")

        await commander.press("2", "enter")

        assert left_with == [None]
        assert commander.toasts == ["otter-1 has ended.\nLook at it."]


@pytest.mark.parametrize("scene", SCENES)
async def test_without_colours_everything_is_drawn(scene: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_app(scene)
    async with app.run_test(size=(120, 36)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.no_color
        assert app.screen._compositor.render_strips()
    app.close_backend()


@pytest.mark.parametrize("width", [120, 80, 60])
@pytest.mark.parametrize("name", ["shop", "a-project-with-a-very-long-name-of-its-own", ""])
async def test_who_waits_is_seen_at_every_width(play: Play, width: int, name: str):
    async with play("trouble", size=(width, 24)) as commander:
        project = replace(PROJECT, name=name) if name else None
        commander.backend.world = replace(SCENES["trouble"](), event_id=50, project=project)
        await commander.wait_until(lambda: (name or "all")[:4] in commander.sees(), "it is seen")

        bar = commander.sees().splitlines()[0]
        assert "! 4 need you" in bar
        assert "APM" in bar


async def test_every_line_of_a_paste_is_told(play: Play):
    async with play("skirmish") as commander:
        await commander.press("2", "t")
        commander.app.screen.query_one(Input).post_message(Paste("use port 8080\r\nand TLS\n"))
        await commander.rest()
        assert "use port 8080⏎and TLS" in commander.sees()

        await commander.press("enter")

        assert commander.orders == [("tell", "otter-1", "use port 8080\nand TLS")]


async def test_a_pasted_ticket_has_a_title_and_a_body(play: Play):
    async with play("empty") as commander:
        await commander.press("n")
        commander.app.screen.query_one(Input).post_message(Paste("bug: login fails\nOn Mondays."))
        await commander.press("enter")

        filed = ("file_ticket", "login fails", TicketKind.BUG, "On Mondays.")
        assert commander.orders[0] == filed


async def test_a_long_question_is_whole_on_the_card_and_asked_once(play: Play):
    async with play("empty") as commander:
        world = make_world((Part(Activity.ASKING, f"asks: {QUESTION}"),))
        commander.backend.world = replace(world, event_id=50)
        await commander.wait_until(lambda: "asking" in commander.sees(), "the question is seen")

        card = "".join(line[53:].strip(" │") + " " for line in commander.sees().splitlines()[2:6])
        assert QUESTION in " ".join(card.split())
        assert "asks:" not in card


async def test_allow_and_deny_stand_in_the_footer_only_where_they_can_be_used(play: Play):
    async with play("trouble", size=(80, 24)) as commander:
        assert "y allow" not in commander.sees()

        await commander.press("3")

        footer = commander.sees().splitlines()[-1]
        for words in ("Enter attach", "y allow", "N deny", "? keys", "q quit"):
            assert words in footer
        assert "m merge" not in footer, "what cannot be used makes room"


async def test_a_question_and_its_hint_are_whole_on_a_narrow_terminal(play: Play):
    async with play("skirmish", size=(60, 24)) as commander:
        await commander.press("3", "m")

        assert "y yes   any other key no" in commander.sees()
        assert "tests?" in commander.sees()


async def test_without_an_agent_program_the_way_on_is_said_for_the_screen(
    play: Play, monkeypatch: pytest.MonkeyPatch
):
    def refuse(ticket: object) -> None:
        raise OrderRefused("No agent program is installed.", "or: rts spawn --agent drill")

    async with play("empty") as commander:
        monkeypatch.setattr(commander.backend, "spawn", refuse)
        await commander.press("n")
        await commander.write("login")

        (toast,) = commander.toasts
        assert toast.startswith("Ticket #1 is filed, but nobody works on it.")
        assert 'agent = "drill"' in toast
        assert "f, Enter" in toast
        assert "rts spawn" not in toast


async def test_the_wheel_scrolls_log_and_tickets(play: Play):
    async with play("crowd") as commander:
        log, tickets = commander.battle.query_one(EventLog), commander.battle.query_one(TicketList)
        first, last = log._shown()[0], commander.backend.world.open_tickets()[-1]
        assert " more" in str(tickets.border_subtitle)
        assert last.label not in commander.sees()

        for part, turns in ((tickets, 6), (log, 1)):
            for _ in range(turns):
                await commander.pilot._post_mouse_events([MouseScrollDown], part, button=0)
        await commander.rest()

        assert last.label in commander.sees()
        assert log._shown()[0] != first
        assert "↑ 2 newer" in commander.sees()


def test_a_pane_has_a_background_only_where_one_was_set():
    ((plain, red),) = parse_pane("\x1b[39;49mplain\x1b[41mred")

    assert plain.style is not None
    assert plain.style.bgcolor is None
    assert red.style is not None
    assert red.style.bgcolor is not None


async def test_a_pane_line_that_is_cut_off_says_so(play: Play):
    async with play("skirmish") as commander:
        commander.battle.show_pane("x" * 300 + "\nshort", "")
        pane = commander.battle.query_one(PaneView)

        assert pane.render_line(0).text.endswith("x…")
        assert pane.render_line(1).text.strip() == "short"
