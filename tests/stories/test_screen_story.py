"""An evening at the real screen: `rts` in a real terminal, ordered by keys, read by eye."""

import re
import sqlite3
import subprocess
import time

import pytest

from rts import paths
from rts.adapters.git.command import git
from rts.tui.services.reading import IDLE_PEEK_S
from tests.stories.commander import Commander
from tests.stories.terminal import RTS, open_terminal
from tests.waiting import wait_until

pytestmark = pytest.mark.story

ROUND_TOTALS = """\
bug: Round totals
Totals must be rounded.

```drill
step = [
  { do = "say", text = "I look at the shop." },
  { do = "run", command = "sleep 6" },
  { do = "ask", question = "Round to how many places?" },
  { do = "edit", path = "shop.py", old = "sum(prices)", new = "round(sum(prices), {answer})" },
  { do = "permission", command = "python3 -m unittest -q" },
  { do = "commit", message = "Round totals" },
  { do = "pull_request", title = "Round totals", summary = "Totals have {answer} places.", \
assumptions = "Half goes to even.", tests = "unittest", lessons = "Half goes to even." },
  { do = "say", text = "Ready." },
]
```
"""
READ_ON = """\
```drill
step = [
  { do = "run", command = "seq 1 300" },
  { do = "say", text = "Read." },
]
```
"""


@pytest.fixture(autouse=True)
def settings(room):
    path = paths.settings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('agent = "drill"\nis_muted = true\n')
    paths.opening_seen_path(paths.rts_home()).touch()


@pytest.fixture
def commander(repository):
    return Commander(repository)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 50)], ids=["80x24", "200x50"])
def test_a_ticket_lands_by_keys_alone(room, repository, width, height):
    with open_terminal(room, repository, width, height) as terminal:
        terminal.opens_rts()
        terminal.types("n")
        terminal.sees("new ticket")
        terminal.pastes(ROUND_TOTALS)
        terminal.sees("Totals must be rounded.⏎")
        terminal.types("Enter")
        terminal.misses("new ticket")
        name = _call_sign(terminal)
        if width < 100:
            terminal.types("c")  # the card with its pane slides over the minimap
        terminal.sees(name, "busy", "Round totals")

        terminal.sees("1 needs you")
        terminal.types("Space")
        terminal.sees(name, "Round to how many places?")
        terminal.types("t")
        terminal.sees(f"answer {name}")
        terminal.types("2")
        terminal.types("Enter")

        terminal.sees("permission", "y allow", "N deny")
        terminal.types("y")

        terminal.sees("ready")
        terminal.types("d")
        terminal.sees("Esc back", "round(sum(prices), 2)")
        terminal.types("Escape")
        terminal.misses("Esc back")
        terminal.sees("q quit")

        terminal.types("m")
        terminal.sees("merge pull request 1", "y yes")
        terminal.types("y")
        terminal.sees("landed")
        wait_until(lambda: "2)" in (repository / "shop.py").read_text(), 20)
        assert git(repository, "status", "--porcelain") == ""

        if width < 100:
            terminal.types("q")  # puts the card away
            terminal.sees("minimap")
        terminal.types("q")
        terminal.sees("ready$")
        assert _mode(terminal) == ("0", "0", "1")


def _call_sign(terminal):
    """Wait for the first unit on the minimap; return its name."""
    found = wait_until(lambda: re.findall(r"[a-z]+-\d+", terminal.sees("▲")), 20)
    return str(found[0])


def _mode(terminal):
    """Return whether the alternate screen is on, the mouse is reported, the cursor is seen."""
    return tuple(terminal.asks(n) for n in ("alternate_on", "mouse_any_flag", "cursor_flag"))


@pytest.mark.parametrize("is_nested", [True, False], ids=["in tmux", "outside"])
def test_enter_goes_to_the_session_and_one_key_comes_back_to_the_same_view(
    room, repository, commander, is_nested
):
    commander.orders("new", "Read on", "--body", READ_ON)
    worker = commander.orders("spawn", "1", "--agent", "drill")["name"]
    commander.sees(worker, "done")
    with open_terminal(room, repository, 120, 36, is_nested=is_nested) as terminal:
        terminal.opens_rts()
        terminal.sees("Read.")
        terminal.types("Enter")
        terminal.sees("C-q: back to the map")  # once, so that the pane has this terminal's size
        terminal.types("C-q")
        terminal.sees("minimap", "Read.")
        terminal.types("v")
        terminal.types("PPage")
        terminal.types("PPage")
        terminal.sees("territory", "lines back")
        before = _rest(terminal)

        terminal.types("Enter")
        terminal.sees("C-q: back to the map")
        terminal.types("C-q")

        terminal.sees("territory", "lines back")
        after = _rest(terminal)
        assert _pane_lines(after) == _pane_lines(before)
        terminal.types("C-q")  # once too often: nothing happens
        terminal.types("End")
        terminal.misses("lines back")


def _rest(terminal):
    """Wait until the pane has stood still for longer than rts looks away from it; return it all."""
    seen, since = "", time.monotonic()

    def is_still():
        nonlocal seen, since
        before, seen = seen, terminal.screen()
        if _pane_lines(before) != _pane_lines(seen):
            since = time.monotonic()
        return time.monotonic() - since > IDLE_PEEK_S + 0.5

    wait_until(is_still, 30)
    return seen


def _pane_lines(screen):
    return [line[53:] for line in screen.splitlines()[8:26]]


def test_what_is_typed_through_reaches_the_agent_until_c_q(room, repository, commander):
    commander.orders("new", "Read on", "--body", READ_ON)
    worker = commander.orders("spawn", "1", "--agent", "drill")["name"]
    commander.sees(worker, "done")
    with open_terminal(room, repository, 80, 24) as terminal:
        terminal.opens_rts()
        terminal.types("i")
        terminal.sees(f"typing to {worker}: every key goes to it")
        terminal.types("merge", "x", "BSpace")
        terminal.pastes(" this,\nplease")
        terminal.types("C-q")
        terminal.sees("q quit", "merge this")
        terminal.types("?")
        terminal.sees("Selected unit")
    assert "please" in commander.types("peek", worker).stdout


def test_a_wildly_resized_terminal_is_whole_again(room, repository):
    sizes = [(20, 5), (300, 80), (61, 11), (5, 2), (80, 24), (59, 40), (200, 12)]
    with open_terminal(room, repository, 120, 36) as terminal:
        terminal.opens_rts()
        for width, height in sizes * 8:
            terminal.resizes(width, height)
        terminal.resizes(20, 5)
        terminal.sees("rts needs 60×12;", "this is 20×5")
        terminal.resizes(80, 24)
        seen = terminal.sees("minimap", "q quit")
        assert "needs" not in seen


def test_without_utf8_only_ascii_is_written(room, repository):
    with open_terminal(room, repository, 80, 24) as terminal:
        terminal.runs(f"clear; LC_ALL=C {RTS}")
        seen = terminal.sees("minimap", "shop opened", "q quit")
        assert seen.isascii()
        terminal.types("n")
        assert terminal.sees("new ticket").isascii()


def test_a_terminal_that_cannot_draw_is_told_in_two_lines(room, repository):
    with open_terminal(room, repository, 80, 24) as terminal:
        terminal.runs(f"clear; TERM=dumb {RTS}; echo code $?")
        seen = terminal.sees("code 1")
        assert "(TERM=dumb) cannot draw a screen" in seen
        assert "Traceback" not in seen


CRASHING = """\
from rts.tui.screens.battle import BattleScreen

def crash(self, key):
    raise KeyError("a bug")

BattleScreen.press_help = crash
from rts.__main__ import main
main()
"""


def test_a_crash_leaves_a_sane_terminal_and_says_where_the_log_is(room, repository):
    (room / "crashing.py").write_text(CRASHING)
    log_path = paths.log_path(paths.rts_home())
    with open_terminal(room, repository, 100, 30) as terminal:
        terminal.runs(f"clear; stty -a > {room}/before; {RTS.split()[0]} {room}/crashing.py")
        terminal.sees("minimap", "shop opened", "q quit")
        terminal.types("?")

        seen = terminal.sees("ready$")
        assert "KeyError: 'a bug'" in seen
        assert "Traceback" not in seen
        assert str(log_path) in seen.replace("\n", "")
        assert _mode(terminal) == ("0", "0", "1")
        assert _is_cooked(terminal, room)
    assert "in crash" in log_path.read_text()


def _is_cooked(terminal, room):
    """Tell whether the terminal's mode is the one from before."""
    terminal.runs(f"clear; stty -a > {room}/after; echo compared")
    terminal.sees("compared\nready$")
    return (room / "before").read_text() == (room / "after").read_text()


@pytest.mark.parametrize(("signal", "code"), [("TERM", 143), ("HUP", 129)])
def test_a_signal_leaves_a_sane_terminal(room, repository, signal, code):
    with open_terminal(room, repository, 80, 24) as terminal:
        terminal.runs(f"clear; stty -a > {room}/before; {RTS}; echo code $?")
        terminal.sees("minimap", "shop opened", "q quit")
        shell = terminal.asks("pane_pid")
        child = subprocess.run(["pgrep", "-P", shell], capture_output=True, text=True, check=True)
        subprocess.run(["kill", f"-{signal}", child.stdout.split()[0]], check=True)

        terminal.sees(f"code {code}")
        assert _mode(terminal) == ("0", "0", "1")
        assert _is_cooked(terminal, room)


def test_an_order_under_way_is_finished_although_the_terminal_is_killed(
    room, repository, commander
):
    (repository / ".rts.toml").write_text('test = "sleep 3"\n')
    git(repository, "commit", "--quiet", "-am", "Test slowly")
    worker = commander.orders("spawn", "Wait for me", "--agent", "drill")["name"]
    commander.sees(worker, "done", pull_request=1)
    with open_terminal(room, repository, 100, 30) as terminal:
        terminal.opens_rts()
        terminal.sees("1 ready")
        terminal.types("m")
        terminal.sees("y yes")
        terminal.types("y")
        terminal.sees(f"merging {worker}")
        terminal.tmux("kill-server")

    assert commander.hears("pull_request_merged")


def test_a_store_that_another_process_holds_is_waited_for(room, repository, commander):
    commander.orders("tickets")
    holder = sqlite3.connect(paths.store_path(paths.rts_home()), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with open_terminal(room, repository, 100, 30) as terminal:
        terminal.runs(f"clear; {RTS}")
        terminal.sees("Another process holds the store")
        holder.execute("ROLLBACK")
        terminal.misses("Another process holds the store")
        terminal.sees("shop opened")

        holder.execute("BEGIN EXCLUSIVE")  # held again while the screen runs: an order fails
        terminal.types("n")
        terminal.sees("new ticket")
        terminal.types("Held", "Enter")
        terminal.sees("Another process holds the store")
        holder.execute("ROLLBACK")
        terminal.misses("Another process")
        terminal.types("n")
        terminal.sees("new ticket")
        terminal.types("Freed", "Enter")
        terminal.sees("spawned on #1 Freed")
    holder.close()


def test_a_store_that_was_moved_away_is_missed_and_found_again(room, repository):
    store, aside = paths.store_path(paths.rts_home()), room / "aside"
    with open_terminal(room, repository, 100, 30) as terminal:
        terminal.opens_rts()
        terminal.sees("shop opened")
        aside.mkdir()
        files = list(store.parent.glob("store.db*"))
        for file in files:
            file.rename(aside / file.name)
        terminal.sees("is gone")
        for file in files:
            (aside / file.name).rename(file)
        terminal.misses("is gone")
        terminal.sees("shop opened")
