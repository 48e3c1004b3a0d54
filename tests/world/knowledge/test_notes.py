"""One note, and the library that notes make together."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rts.errors import RtsError
from rts.world.knowledge.catalogue import (
    EMPTY_INDEX,
    FoundNote,
    Link,
    add_log_line,
    choose_notes,
    find_links,
    find_note,
    put_list,
    render_index,
    resolve_link,
    telling_words,
)
from rts.world.knowledge.faults import FaultKind, find_faults
from rts.world.knowledge.notes import (
    Note,
    NoteSource,
    NoteStatus,
    cut_text,
    parse_note,
    render_note,
)

FULL = Note(
    path="traps/utc.md",
    type="trap",
    title="Tests need TZ=UTC: always",
    description="They fail at night.",
    body="# Why\n\nBecause.\n\n---\n\nMore.",
    tags=("time", "tests"),
    sources=(NoteSource("pr", "abc", "pull request 3", {"author": "falcon-1"}),),
    generated_by="human:anna",
    generated_at=datetime(2026, 11, 21, 12, tzinfo=UTC),
    status=NoteStatus.DRAFT,
    extra={"stale_after": date(2027, 1, 1), "verified": [{"by": "human:bo"}]},
)


def a_note(title: str, path: str = "", kind: str = "fact") -> Note:
    return Note(path or f"{title.lower()}.md", kind, title)


def found(title: str, score: float, *words: str, title_words: tuple[str, ...] = ()) -> FoundNote:
    return FoundNote(a_note(title), score, frozenset(words), frozenset(title_words))


def test_a_note_is_read_as_it_was_written():
    assert parse_note(FULL.path, render_note(FULL)) == FULL


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_title_survives_the_file(title: str, description: str):
    plain = [" ".join(t.encode(errors="replace").decode().split()) for t in (title, description)]
    note = replace(FULL, title=plain[0] or "x", description=plain[1])

    assert parse_note(note.path, render_note(note)) == note


def test_what_a_hand_wrote_in_another_shape_is_kept():
    text = "---\ntype: fact\ntags: a, b\nstatus: perhaps\ngenerated: yesterday\n---\nBody"

    note = parse_note("x.md", text)

    assert (note.tags, note.status, note.generated_at) == ((), NoteStatus.DRAFT, None)
    assert parse_note("x.md", render_note(note)) == note
    assert "tags: a, b" in render_note(note)


def test_a_note_without_a_title_is_called_by_its_heading_or_file():
    assert parse_note("a/b.md", "---\ntype: fact\n---\n# Head\n\nx").title == "Head"
    assert parse_note("a/b.md", "\ufeff---\r\ntype: fact\r\n---\r\nx").title == "b"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("just text", "a.md has no front matter"),
        ("---\ntype: [\n---\n", "front matter of a.md cannot be read"),
        ("---\ntype: fact\nno end", "front matter of a.md cannot be read"),
        ("---\n- fact\n---\n", "front matter of a.md is no table"),
        ("---\n---\n", "front matter of a.md is no table"),
        ("---\ntitle: x\n---\n", "a.md names no type"),
        ("---\ntype: fact\n<<<<<<< HEAD\n=======\n>>>>>>> x\n---\n", "a.md cannot be read"),
    ],
    ids=["none", "broken", "open", "list", "empty", "no-type", "conflict"],
)
def test_a_broken_note_is_refused_by_its_name(text: str, said: str):
    with pytest.raises(RtsError) as refused:
        parse_note("a.md", text)

    assert said in refused.value.what


def test_links_are_found_and_code_is_left_alone():
    text = "[a](/x.md) [[b|shown]] ![i](p.png)\n\n`[[no]]`\n\n```\n[no](no.md)\n```\n"

    assert find_links(text) == (Link("/x.md"), Link("b", is_wikilink=True), Link("p.png"))


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/traps/utc.md", "traps/utc.md"),
        ("utc.md#why", "traps/utc.md"),
        ("../index.md", "index.md"),
        ("a%20b.md", "traps/a b.md"),
        ("../../README.md", None),
        ("https://example.org/x.md", None),
        ("mailto:a@example.org", None),
        ("#part", None),
    ],
)
def test_a_link_leads_to_a_path_of_the_knowledge_base_or_out(target: str, path: str | None):
    assert resolve_link(Link(target), "traps/here.md", []) == path


def test_a_wikilink_leads_to_the_file_of_that_name():
    link = Link("UTC", is_wikilink=True)

    assert resolve_link(link, "a.md", ["b.md", "traps/utc.md"]) == "traps/utc.md"
    assert resolve_link(link, "a.md", []) == "UTC.md"


def test_the_index_is_grouped_by_type_and_the_same_for_any_order():
    notes = [
        a_note("B [x]", "b c.md", "trap"),
        a_note("Odd", "o.md", "zebra"),
        replace(a_note("A", "a.md"), description="Why\nnot."),
        a_note("A", "a.md", "trap"),
    ]

    listing = render_index(notes)

    assert listing == render_index(reversed(notes))
    assert listing.splitlines() == [
        "## Traps", "", "* [A](a.md)", "* [B \\[x\\]](b%20c.md)", "",
        "## Facts", "", "* [A](a.md) - Why not.", "",
        "## Zebra", "", "* [Odd](o.md)",
    ]  # fmt: skip


def test_the_list_is_put_where_it_stood_and_all_else_is_kept():
    first = put_list("# Ours\n\nHand-written.\n", "* one")
    second = put_list(first.replace("Hand", "HAND") + "\nAfter.\n", "* two")

    assert "# Ours\n\nHAND-written.\n" in second
    assert "* two" in second
    assert "* one" not in second
    assert second.endswith("\nAfter.\n")
    assert put_list(EMPTY_INDEX, "* one").startswith('---\nokf_version: "0.2"\n---\n')


def test_the_log_has_the_newest_day_and_line_first():
    log = "# Log\n"
    for day, line in ((20, "a"), (22, "b"), (21, "c"), (22, "d")):
        log = add_log_line(log, date(2026, 11, day), line)

    assert log == (
        "# Log\n\n## 2026-11-22\n\n* d\n* b\n\n## 2026-11-21\n\n* c\n\n## 2026-11-20\n\n* a\n"
    )


def test_a_note_is_found_by_any_of_its_names_and_ambiguity_is_refused():
    notes = [
        a_note("Utc", "traps/utc.md"),
        a_note("Money", "facts/m.md"),
        a_note("M2", "facts/n.md"),
    ]

    for handle in ("utc", "traps/utc.md", "UTC.md", "Utc", "traps"):
        assert find_note(notes, handle) is notes[0]
    with pytest.raises(RtsError, match="more than one note"):
        find_note(notes, "facts/")
    with pytest.raises(RtsError, match="No note"):
        find_note(notes, "zz")


def test_one_shared_word_is_chance_unless_it_is_the_title_or_the_whole_query():
    chance = found("A", 9.0, "clock")
    titled = found("B", 1.0, "clock", title_words=("clock",))
    fitting = found("C", 2.0, "clock", "night")

    assert choose_notes([chance, titled, fitting], 5, 3) == [fitting, titled]
    assert choose_notes([chance, titled, fitting], 1, 3) == [chance, fitting, titled]
    assert choose_notes([titled, fitting], 5, 1) == [fitting]


def test_a_deprecated_note_is_never_chosen():
    old = found("A", 9.0, "clock", "night")
    deprecated = replace(old, note=replace(old.note, status=NoteStatus.DEPRECATED))

    assert choose_notes([deprecated], 2, 3) == []


def test_only_telling_words_are_looked_for():
    assert telling_words("Add the test for `net/retry.py`, RETRY!") == ["net", "retry.py", "retry"]


def test_a_text_is_cut_at_a_sentence_and_never_inside_code():
    text = "One. Two is longer. Three."

    assert cut_text(text, 100) == text
    assert cut_text(text, 22) == "One. Two is longer."
    assert cut_text("word " * 50, 12) == "word word"
    assert cut_text("Before.\n\n```\ncode. More\n```\nafter " + "x" * 50, 25) == "Before."


def test_faults_are_named_with_their_file():
    texts = {
        "index.md": "[ok](ok.md) [gone](gone.md)",
        "ok.md": "---\ntype: fact\n---\n[[lost]] [[bare]] [folder](/traps/)",
        "bare.md": "no front matter",
        "broken.md": "---\ntitle: x\n---\n",
    }

    faults = {(f.path, f.kind, f.is_error) for f in find_faults(texts, {*texts, "traps"})}

    assert faults == {
        ("index.md", FaultKind.BROKEN_LINK, True),
        ("ok.md", FaultKind.BROKEN_LINK, True),
        ("bare.md", FaultKind.NO_FRONT_MATTER, False),
        ("bare.md", FaultKind.ORPHAN, False),
        ("broken.md", FaultKind.BROKEN_NOTE, True),
        ("broken.md", FaultKind.ORPHAN, False),
    }
