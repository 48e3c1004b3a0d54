import pytest

from rts.adapters.tmux_keys import LITERAL_LENGTH_MAX, escape_end, name_key, send_commands
from rts.world.strokes import Stroke


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("enter", "Enter"),
        ("escape", "Escape"),
        ("backspace", "BSpace"),
        ("up", "Up"),
        ("pagedown", "NPage"),
        ("delete", "DC"),
        ("f1", "F1"),
        ("f12", "F12"),
        ("tab", "Tab"),
        ("shift+tab", "BTab"),
        ("shift+enter", "C-j"),
        ("ctrl+c", "C-c"),
        ("ctrl+@", "C-Space"),
        ("ctrl+backslash", "C-\\"),
        ("ctrl+underscore", "C-_"),
        ("ctrl+left", "C-Left"),
        ("alt+x", "M-x"),
        ("alt+shift+x", "M-X"),
        ("alt+enter", "M-Enter"),
        ("shift+up", "S-Up"),
    ],
)
def test_a_key_has_the_name_that_tmux_knows(key: str, name: str):
    assert name_key(key) == name


@pytest.mark.parametrize("key", ["left_shift", "caps_lock", "super+a", "f13", "<ignore>", ""])
def test_what_no_terminal_program_could_get_has_no_name(key: str):
    assert name_key(key) == ""


def test_letters_go_as_they_are_and_keys_by_name_in_their_order():
    strokes = [
        Stroke("h", "h"),
        Stroke("space", " "),
        Stroke("e_acute", "é"),
        Stroke("enter", "\r"),
        Stroke("ctrl+c", "\x03"),
        Stroke("left_shift"),
        Stroke("alt+x", "x"),
    ]

    assert send_commands("=w:", strokes) == [
        ["send-keys", "-t", "=w:", "-l", "--", "h é"],
        ["send-keys", "-t", "=w:", "--", "Enter", "C-c", "M-x"],
    ]


def test_a_long_text_is_cut_before_tmux_breaks():
    commands = send_commands("=w:", [Stroke("a", "a")] * (LITERAL_LENGTH_MAX + 1))

    assert [len(command[-1]) for command in commands] == [LITERAL_LENGTH_MAX, 1]


def test_a_semicolon_at_the_end_does_not_end_the_command():
    assert escape_end("a;") == "a\\;"
    assert escape_end("a;b") == "a;b"
