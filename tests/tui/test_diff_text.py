"""What a diff says, line by line: numbers, names, what changed within a line, nothing hidden."""

import pytest

from rts.tui.drawing.diff_text import LINE_COUNT_MAX, LineKind, list_files, read_diff_lines
from rts.tui.drawing.remarks import Remarks, find_line, make_comment
from rts.tui.drawing.untrusted import keep_colours, spell_controls, strip_controls
from rts.tui.drawing.word_changes import Block, find_changes
from rts.tui.drawing.wrapping import keep_end, wrap_cells
from tests.tui.scene_parts import DIFF

HEAD = "diff --git a/shop.py b/shop.py\n--- a/shop.py\n+++ b/shop.py\n"


def changed_words(before: str, after: str) -> tuple[list[str], list[str]]:
    removed, added = find_changes(Block((before,), (after,)))
    return (
        [before[start:end] for start, end in removed.get(0, ())],
        [after[start:end] for start, end in added.get(0, ())],
    )


@pytest.mark.parametrize(
    ("before", "after", "gone", "new"),
    [
        ("total = sum(prices)", "total = sum(rates)", ["prices"], ["rates"]),
        ("queue.push(payment)", "queue.push(payment, key=key)", [], [", key=key"]),
        ("return a + b", "return a - b", ["+"], ["-"]),
        ("import os", "class Shop: pass", [], []),
        ("    same", "        same", [], []),
    ],
)
def test_only_the_words_that_changed_stand_out(before, after, gone, new):
    assert changed_words(before, after) == (gone, new)


def test_a_line_is_compared_with_the_one_it_became():
    lines = read_diff_lines(DIFF)

    spans = {line.text.strip(): line.find_changes() for line in lines}

    assert spans["key = payment.idempotency_key"] == ()
    pushed = "        queue.push(payment, key=key)"
    assert [pushed[s:e] for s, e in spans[pushed.strip()]] == [", key=key"]


def test_a_large_rewritten_block_is_not_compared():
    block = Block(tuple(f"old {i} line" for i in range(50)), tuple(f"{i}" for i in range(50)))

    assert find_changes(block) == ({}, {})


def test_the_end_of_a_file_without_a_line_break_counts_as_no_line():
    hunk = "@@ -1,2 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n b\n"

    lines = read_diff_lines(HEAD + hunk)

    assert [(line.kind, line.number) for line in lines[2:]] == [
        (LineKind.REMOVED, 1),
        (LineKind.HUNK, 0),
        (LineKind.ADDED, 1),
        (LineKind.SAME, 2),
    ]


@pytest.mark.parametrize("sign", ["\f", "\x1c", "\u2028", "\x85", "\v"])
def test_no_sign_but_a_line_break_ends_a_line(sign):
    lines = read_diff_lines(f"{HEAD}@@ -0,0 +1,2 @@\n+one{sign}two\n+three\n")

    assert [line.new_number for line in lines if line.kind is LineKind.ADDED] == [1, 2]


@pytest.mark.parametrize(
    ("heading", "path"),
    [
        ("diff --git a/shop.py b/shop.py", "shop.py"),
        ('diff --git "a/\\303\\244.txt" "b/\\303\\244.txt"', "ä.txt"),
        ('diff --git "a/a\\"b\\\\c\\n" "b/a\\"b\\\\c\\n"', 'a"b\\c\n'),
        ("diff --git a/b b/b b/b b/b", "b"),
    ],
)
def test_a_path_is_read_as_git_writes_it(heading, path):
    lines = read_diff_lines(f"{heading}\n@@ -0,0 +1 @@\n+x\n")

    assert lines[0].path == path
    assert "\n" not in lines[0].text


def test_each_file_is_counted():
    files = list_files(read_diff_lines(DIFF))

    assert [(f.path, f.added_count, f.removed_count) for f in files] == [
        ("payments/retry.py", 3, 1),
        ("tests/payments/test_retry.py", 4, 0),
    ]


def test_a_very_long_diff_is_cut_and_says_so():
    added = "".join(f"+{i}\n" for i in range(LINE_COUNT_MAX + 10))

    lines = read_diff_lines(f"{HEAD}@@ -0,0 +1,9 @@\n{added}")

    assert len(lines) == LINE_COUNT_MAX + 1
    assert lines[-1].text.startswith("cut here")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a^[[31mb"),
        ("a\tb", "a\tb"),
        ("a\u202eb", "a<U+202E>b"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("bell\x07 c1\x9b", "bell^G c1<U+009B>"),
        ("日本語 é", "日本語 é"),
    ],
)
def test_what_cannot_be_seen_is_spelt_out(text, shown):
    assert spell_controls(text) == shown


def test_an_output_keeps_its_colours_and_nothing_that_moves_a_terminal():
    output = "\x1b[2J\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x07\n10%\r20%\rdone\r\n\x1bc"

    assert keep_colours(output) == "\x1b[31mred\x1b[0mlink\ndone\n"


def test_a_body_loses_its_control_characters():
    assert strip_controls("a\x1b[31m\tb\r\nc\x9b") == "a\tb\nc"


def test_words_are_wrapped_by_cells():
    assert wrap_cells("one two three", 7) == ["one two", "three"]
    assert wrap_cells("日本語日本語", 6) == ["日本語", "日本語"]
    assert wrap_cells("", 6) == [""]
    assert keep_end("a/very/long/path", 8) == "…ng/path"


def test_a_comment_follows_its_line_when_the_diff_changes():
    lines = read_diff_lines(DIFF)
    line = next(line for line in lines if "queue.has" in line.text)
    remarks = Remarks().add(make_comment(line, "why?"))
    later = DIFF.replace("+    key = payment", "+    # more\n+    # more\n+    key = payment")

    placed = remarks.place(read_diff_lines(later))

    assert "queue.has" in read_diff_lines(later)[placed[0].line_index].text


def test_a_comment_whose_file_is_gone_is_shown_on_top():
    line = next(line for line in read_diff_lines(DIFF) if "queue.has" in line.text)
    other = read_diff_lines(f"{HEAD}@@ -0,0 +1 @@\n+x\n")

    assert find_line(other, line) == 0


def test_a_comment_written_while_others_are_sent_stays_unsent():
    first, second = [
        make_comment(line, "why?") for line in read_diff_lines(DIFF) if line.kind is LineKind.ADDED
    ][:2]

    remarks = Remarks((first, second)).mark_sent([first])

    assert (remarks.unsent, remarks.sent) == ((second,), (first,))
