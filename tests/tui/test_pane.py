"""The pane: live, or scrolled back to lines that stay where they are."""

from textual.events import MouseScrollDown, MouseScrollUp

from rts.tui.widgets.pane import PaneView
from rts.world.sight import Sight
from tests.tui.commander import Commander, Play


def give_lines(commander: Commander, count: int) -> None:
    """Let falcon-1's pane show that many numbered lines, history and all."""
    worker = commander.backend.world.workers[0]
    commander.backend.panes[worker.id] = "\n".join(f"line {i}" for i in range(count))


async def look_again(commander: Commander) -> None:
    commander.app._reading.expect_motion()
    await commander.app._peek()
    await commander.rest()


def shown(pane: PaneView) -> list[str]:
    return [pane.render_line(y).text.strip() for y in range(pane.size.height)]


async def test_pages_go_back_into_the_history_and_forward_to_the_live_lines(play: Play):
    async with play("skirmish") as commander:
        give_lines(commander, 1000)
        await commander.press("1")
        await look_again(commander)
        pane = commander.battle.pane
        height = pane.size.height
        live = [f"line {i}" for i in range(1000 - height, 1000)]
        assert shown(pane) == live

        await commander.press("pageup")
        assert shown(pane) == [f"line {i - height + 1}" for i in range(1000 - height, 1000)]
        assert f"↑ {height - 1} lines back" in commander.sees()

        await commander.press(*["pageup"] * 70)
        assert shown(pane)[0] == "line 0"
        assert f"↑ {1000 - height} lines back" in commander.sees()

        await commander.press("end")
        assert shown(pane) == live
        assert "lines back" not in commander.sees()


async def test_escape_or_a_page_down_at_the_end_goes_live(play: Play):
    async with play("skirmish") as commander:
        give_lines(commander, 200)
        await commander.press("1")
        await look_again(commander)
        for key in ("escape", "pagedown"):
            await commander.press("pageup")
            assert commander.battle.pane.top is not None
            await commander.press(key)
            assert commander.battle.pane.top is None


async def test_lines_that_are_read_stay_where_they_are_when_new_ones_come(play: Play):
    async with play("skirmish") as commander:
        give_lines(commander, 500)
        await commander.press("1")
        await look_again(commander)
        await commander.press("pageup", "pageup")
        pane = commander.battle.pane
        read, back = shown(pane), pane.lines_back

        for count in (507, 2000):
            give_lines(commander, count)
            await look_again(commander)
            await look_again(commander)
            assert shown(pane) == read
            assert f"↑ {back + count - 500} lines back" in commander.sees()


async def test_the_wheel_scrolls_the_pane(play: Play):
    async with play("skirmish") as commander:
        give_lines(commander, 300)
        await commander.press("1")
        await look_again(commander)
        pane = commander.battle.pane

        await commander.pilot._post_mouse_events([MouseScrollUp], pane, button=0)
        await commander.rest()
        assert pane.lines_back == 3

        await commander.pilot._post_mouse_events([MouseScrollDown], pane, button=0)
        await commander.rest()
        assert pane.top is None


async def test_another_unit_is_seen_live(play: Play):
    async with play("skirmish") as commander:
        give_lines(commander, 300)
        await commander.press("1")
        await look_again(commander)
        await commander.press("pageup", "2")

        assert commander.battle.pane.top is None
        assert "lines back" not in commander.sees()


async def test_a_history_that_was_emptied_is_no_trap(play: Play):
    async with play("skirmish") as commander:
        give_lines(commander, 300)
        await commander.press("1")
        await look_again(commander)
        await commander.press("pageup", "pageup")
        give_lines(commander, 10)
        await look_again(commander)
        await look_again(commander)

        assert "line 0" in shown(commander.battle.pane)


async def test_the_agents_cursor_is_drawn_while_one_types(play: Play):
    async with play("skirmish") as commander:
        await commander.press("1")
        pane = commander.battle.pane
        pane.has_cursor = True
        pane.sight = Sight("› ab", cursor=(4, 2), line_count=45)

        marked = [
            (y, x)
            for y in range(4)
            for x in range(8)
            if any(s.style and s.style.reverse for s in pane.render_line(y).crop(x, x + 1))
        ]
        assert marked == [(2, 4)]
