"""What is typed through arrives at a real terminal program, sign by sign."""

import threading

import pytest

from rts.errors import OrderRefused
from rts.orders.keys import type_keys
from rts.orders.look import see_pane
from rts.orders.tell import pane_lock
from rts.world.sight import Window
from rts.world.strokes import Stroke
from tests.making import a_worker
from tests.waiting import wait_until

ECHO = (
    "import sys, termios, tty, os\n"
    "tty.setraw(0)\n"
    "sys.stdout.write('\\x1b[?2004hready\\r\\n'); sys.stdout.flush()\n"
    "while True:\n"
    "    data = os.read(0, 1000)\n"
    "    sys.stdout.write(data.hex() + '\\r\\n'); sys.stdout.flush()\n"
)
"""Writes down each byte that it gets."""


@pytest.fixture
def worker(game, room):
    (room / "echo.py").write_text(ECHO)
    worker = a_worker()
    game.tmux.start_session(worker.session_name, room, "python3 echo.py", {}, "echo")
    wait_until(lambda: "ready" in see(game, worker))
    return worker


def see(game, worker):
    return see_pane(game, worker, Window()).text


def heard(game, worker):
    return bytes.fromhex("".join(see(game, worker).splitlines()[1:]))


def letters(text):
    return [Stroke(letter, letter) for letter in text]


def test_every_sign_arrives_as_it_was_typed(game, worker):
    text = "a;b -l ' \" $x #{p} ~ \\;"
    type_keys(game, worker, letters(text))
    type_keys(game, worker, letters("ü你;"))

    wanted = (text + "ü你;").encode()
    wait_until(lambda: heard(game, worker) == wanted, 5, str(wanted))


def test_keys_arrive_as_a_terminal_sends_them(game, worker):
    names = ("escape", "enter", "tab", "shift+tab", "ctrl+c", "backspace", "up", "alt+x", "ctrl+@")
    type_keys(game, worker, [Stroke(name) for name in names])

    wanted = b"\x1b\r\t\x1b[Z\x03\x7f\x1b[A\x1bx\x00"
    wait_until(lambda: heard(game, worker) == wanted, 5, str(wanted))


def test_a_paste_arrives_as_one_paste_between_the_keys(game, worker):
    type_keys(game, worker, [*letters("a"), Stroke(text="one\ntwo;"), *letters("b")])

    wanted = b"a\x1b[200~one\ntwo;\x1b[201~b"
    wait_until(lambda: heard(game, worker) == wanted, 5, str(wanted))


def test_nothing_is_typed_while_somebody_else_types(game, worker):
    with pane_lock(game, worker):
        typing = threading.Thread(target=type_keys, args=(game, worker, letters("mine")))
        typing.start()
        game.tmux.paste(worker.session_name, "theirs")
        wait_until(lambda: b"theirs" in heard(game, worker))
        assert b"mine" not in heard(game, worker)
    typing.join()

    wait_until(lambda: heard(game, worker).endswith(b"mine"))


def test_typing_to_a_session_that_is_gone_is_refused(game, worker):
    game.tmux.end_session(worker.session_name)

    with pytest.raises(OrderRefused, match="no session any more"):
        type_keys(game, worker, letters("a"))


def test_a_sight_tells_where_it_is_in_the_history_and_where_the_cursor_stands(game, room):
    worker = a_worker()
    game.tmux.start_session(worker.session_name, room, "seq 1 200; printf abc; cat", {}, "lines")
    wait_until(lambda: "abc" in see(game, worker))

    live = see_pane(game, worker, Window())
    assert live.first == live.history_count == 200 + 1 - 45
    assert live.line_count == 201
    assert live.cursor == (3, 44)

    old = see_pane(game, worker, Window(9 - live.history_count, 11 - live.history_count))
    assert (old.text, old.first, old.is_to_end) == ("10\n11\n12", 9, False)

    beyond = see_pane(game, worker, Window(-10_000))
    assert beyond.text.startswith("1\n2\n")
    assert beyond.first == 0
