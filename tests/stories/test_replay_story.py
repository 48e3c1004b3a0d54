"""A small day is looked back on: `rts replay` in a real terminal."""

import pytest

from rts import paths
from rts.orders.dismiss import dismiss
from rts.orders.look import judge_one
from rts.orders.projects import open_project
from rts.orders.spawn import spawn
from rts.orders.tickets import file_ticket
from rts.world.evidence import Activity
from rts.world.nouns import Event
from tests.stories.terminal import RTS, open_terminal
from tests.waiting import wait_until

pytestmark = pytest.mark.story

ASKS = '```drill\nstep = [{ do = "ask", question = "Which port?" }]\n```\n'


@pytest.fixture(autouse=True)
def settings(room):
    path = paths.settings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('agent = "drill"\nis_muted = true\n')
    paths.opening_seen_path(paths.rts_home()).touch()


def test_a_day_is_replayed_in_a_real_terminal(room, repository, game):
    project = open_project(game, repository)
    worker = spawn(game, project, file_ticket(game, project, "Ask first", ASKS), "drill")
    wait_until(lambda: judge_one(game, worker).activity is Activity.ASKING, 20)
    wait_until(lambda: game.store.select(Event, "text LIKE '%Which port%'"), 20)
    dismiss(game, worker)

    with open_terminal(room, repository, 120, 36) as terminal:
        terminal.runs(f"clear; {RTS} replay --at 1h --speed 60")
        terminal.sees("REPLAY", "stopped", "60×", "shop opened")
        assert worker.name not in terminal.screen()

        terminal.types("End")
        terminal.sees(f"{worker.name} dismissed")
        terminal.types("Left")
        terminal.sees(f"1 ◆ {worker.name}", "asks: Which port?")

        terminal.types("t")
        terminal.sees("This is a replay: R goes live.")

        terminal.types("R")
        terminal.misses("REPLAY")
        terminal.sees("n: say what should be done", "q quit")
        terminal.types("q")
        terminal.sees("ready$")
