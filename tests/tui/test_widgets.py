from dataclasses import replace
from datetime import timedelta

import pytest
from rich.style import Style

from rts.tui.choices import list_new_alerts, why_not
from rts.tui.drawing.diff_text import LineKind, colour_code, list_files, read_diff_lines
from rts.tui.drawing.signs import short_rate, shorten, shorten_name, to_ascii
from rts.tui.frame import Frame
from rts.tui.keymap import BATTLE_KEYS, REVIEW_KEYS
from rts.tui.messages import TicketWanted
from rts.tui.widgets.pane import parse_pane
from rts.tui.widgets.tile import Fill, Zoom, choose_fill, choose_zoom, draw_tile
from rts.world.nouns import TicketKind
from rts.world.units import Unit, place_units
from tests.scenes import SCENES, crowd, skirmish, trouble
from tests.tui.scene_parts import DIFF, NOW


def text_of(unit: Unit, zoom: Zoom, *, is_selected: bool = False) -> list[str]:
    tile = draw_tile(unit, zoom, is_selected=is_selected)
    return ["".join(piece.text for piece in line) for line in tile]


@pytest.mark.parametrize("zoom", list(Zoom))
def test_every_tile_of_every_scene_is_as_wide_as_its_cell(zoom: Zoom) -> None:
    for make in SCENES.values():
        for unit in place_units(make(), 4, NOW):
            for line in text_of(unit, zoom, is_selected=True):
                assert len(line) == zoom.value[0] - 1, line


def test_a_tile_tells_name_number_and_words() -> None:
    falcon, otter, heron = place_units(skirmish(), 3, NOW)

    assert text_of(otter, Zoom.NEAR) == ["  2 ● otter-1  ", "  ! asks 48s   "]
    assert text_of(heron, Zoom.MIDDLE) == ["  3✓■ heron-1  "]
    assert text_of(falcon, Zoom.FAR, is_selected=True) == ["▐ 1 ◆"]
    assert text_of(falcon, Zoom.NEAR)[1].endswith("   14 ")


def test_the_hundredth_unit_keeps_all_its_digits() -> None:
    last = place_units(crowd(), 8, NOW)[-1]

    assert [text_of(last, zoom)[0][:3] for zoom in Zoom] == ["100", "100", "100"]


def test_activity_chooses_the_fill() -> None:
    fills = [choose_fill(unit) for unit in place_units(trouble(), 3, NOW)]

    assert fills == [
        Fill.BUSY,
        *[Fill.NEED] * 4,
        Fill.UNKNOWN,
        Fill.READY,
        Fill.LANDED,
        Fill.IDLE,
        Fill.IDLE,
        Fill.BUSY,
    ]


@pytest.mark.parametrize(
    ("count", "zoom"), [(18, Zoom.NEAR), (19, Zoom.MIDDLE), (52, Zoom.FAR), (5000, Zoom.FAR)]
)
def test_the_zoom_goes_out_when_cells_no_longer_fit(count: int, zoom: Zoom) -> None:
    assert choose_zoom(count, 48, 17) is zoom


@pytest.mark.parametrize(
    ("line", "title", "kind"),
    [
        ("Export invoices", "Export invoices", TicketKind.FEATURE),
        ("bug: login fails", "login fails", TicketKind.BUG),
        ("Research : prices", "prices", TicketKind.RESEARCH),
        ("fix: this", "fix: this", TicketKind.FEATURE),
    ],
)
def test_a_word_before_the_line_sets_the_kind(line: str, title: str, kind: TicketKind) -> None:
    wanted = TicketWanted.read(line)

    assert (wanted.title, wanted.kind) == (title, kind)


def test_a_worker_that_asks_again_is_a_new_alert() -> None:
    before = skirmish()
    otter = before.workers[1]
    judgement = before.judgement_of(otter)
    again = replace(judgement, since=judgement.since + timedelta(seconds=30))
    after = replace(before, judgement_by_worker={**before.judgement_by_worker, otter.id: again})

    assert list_new_alerts(before, before) == []
    assert list_new_alerts(before, after) == [otter]
    assert [w.name for w in after.alerts] == ["otter-1", "heron-1"]


@pytest.mark.parametrize("row", BATTLE_KEYS, ids=lambda row: row.press)
def test_before_the_store_is_open_no_key_breaks(row: object) -> None:
    press = row.press  # type: ignore[attr-defined]
    always = {"focus", "card", "territory", "number", "move", "scroll", "back", "help", "quit"}
    always |= {"palette", "undo"}  # undo itself says what cannot be taken back
    is_always_usable = press in always

    assert bool(why_not(press, Frame(), None)) is not is_always_usable


def test_no_key_stands_twice_in_a_table() -> None:
    for table in (BATTLE_KEYS, REVIEW_KEYS):
        keys = [key for row in table for key in row.keys]
        assert len(keys) == len(set(keys))


def test_a_pane_keeps_its_colours_over_the_end_of_a_line() -> None:
    first, second, third = parse_pane("\x1b[1mbold\nstill\x1b[0m not\n\nplain\n\n \n")[0::1][:3]

    assert [s.text for s in first] == ["bold"]
    assert first[0].style == Style(bold=True)
    assert second[0].style == Style(bold=True)
    assert second[1].text == " not"
    assert not second[1].style
    assert third == []
    assert len(parse_pane("\x1b[1mbold\nstill\x1b[0m not\n\nplain\n\n \n")) == 4


def test_a_diff_is_read_with_line_numbers_and_without_gits_own_lines() -> None:
    lines = read_diff_lines(DIFF)

    removed = next(line for line in lines if line.kind is LineKind.REMOVED)
    added = [line for line in lines if line.kind is LineKind.ADDED]
    assert (removed.old_number, removed.text) == (61, "    queue.push(payment)")
    assert [line.new_number for line in added] == [61, 62, 63, 1, 2, 3, 4]
    counts = [(f.path, f.added_count, f.removed_count) for f in list_files(lines)]
    assert counts == [("payments/retry.py", 3, 1), ("tests/payments/test_retry.py", 4, 0)]
    assert not any("index 3f1a2b4" in line.text for line in lines)


def test_code_in_a_diff_is_coloured_by_its_language() -> None:
    line = next(line for line in read_diff_lines(DIFF) if "if not" in line.text)

    assert ("if", "keyword") in colour_code(line)
    assert "".join(word for word, _ in colour_code(line)) == line.text


def test_words_are_cut_to_their_column() -> None:
    assert [short_rate(rate) for rate in (0, 0.004, 0.4, 7.6, 570)] == ["0", "0", "0.4", "8", "570"]
    assert shorten("Retry failed payments", 10) == "Retry fai…"
    assert shorten_name("kestrel-12", 9) == "kestr…-12"
    assert to_ascii("▐ 1 ◆ ✓ ▁█ “x”") == '] 1 F + _@ "x"'.replace("]", "[")
