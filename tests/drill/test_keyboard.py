import pytest

from rts.drill.keyboard import Key, KeyKind, KeyReader


@pytest.mark.parametrize("cut", range(1, 24))
def test_a_paste_of_many_lines_is_one_key_wherever_the_bytes_are_cut(cut: int):
    sent = b"\x1b[200~f\xc3\xbcr\rdich\nauch\x1b[201~\r"
    reader = KeyReader()

    keys = reader.read(sent[:cut]) + reader.read(sent[cut:])

    assert keys == [Key(KeyKind.PASTED, "für\ndich\nauch"), Key(KeyKind.SUBMIT)]


def test_arrows_and_other_sequences_mean_nothing():
    assert KeyReader().read(b"a\x1b[A\x1bOP\x1b[1;5Cb") == [
        Key(KeyKind.TYPED, "a"),
        Key(KeyKind.TYPED, "b"),
    ]


def test_a_lone_escape_does_not_swallow_the_next_letter():
    reader = KeyReader()

    assert reader.read(b"\x1b") == []
    assert reader.read(b"y") == [Key(KeyKind.TYPED, "y")]


def test_enter_submits_and_a_line_feed_does_not():
    assert [key.kind for key in KeyReader().read(b"\n\r\x7f\x15\x03\x04")] == [
        KeyKind.NEWLINE,
        KeyKind.SUBMIT,
        KeyKind.BACKSPACE,
        KeyKind.CLEAR,
        KeyKind.INTERRUPT,
        KeyKind.END,
    ]


def test_an_escape_that_nothing_follows_is_the_key():
    keys = KeyReader()

    assert keys.read(b"\x1b") == []
    assert keys.may_be_escape
    assert keys.end_escape() == Key(KeyKind.ESCAPE)
    assert keys.read(b"\x1b\x1b[A") == [Key(KeyKind.ESCAPE)]
    assert not keys.may_be_escape
