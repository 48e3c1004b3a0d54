"""What an agent draws is read, never clicked on."""

import pytest

from rts.tui.widgets.pane import parse_pane

START, END = "\x1b]8;;file:///etc/passwd\x1b\\", "\x1b]8;;\x1b\\"


@pytest.mark.parametrize(
    "text",
    [f"{START}click{END}", f"\x1b[1;31m{START}click{END}", f"{START}cl\nick{END} on"],
    ids=["plain", "coloured", "over two lines"],
)
def test_a_link_in_a_pane_is_only_its_words(text):
    segments = [segment for line in parse_pane(text) for segment in line]

    assert "".join(segment.text for segment in segments).startswith("click")
    for segment in segments:
        assert segment.style is not None
        assert not segment.style.link
        assert not segment.style.meta


def test_a_links_words_keep_their_colours():
    (segment,) = parse_pane(f"\x1b[1;31m{START}click{END}")[0]

    assert segment.style is not None
    assert segment.style.bold
    assert segment.style.color is not None
