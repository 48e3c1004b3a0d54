"""The knowledge base on a real disk."""

from dataclasses import replace
from pathlib import Path

import pytest

from rts.adapters.knowledge import FILE_SIZE_MAX, INDEX, LOG, Knowledge
from rts.errors import RtsError
from rts.world.knowledge.notes import Note, NoteSource
from tests.making import NOON

UTC_NOTE = Note(
    path="",
    type="trap",
    title="Clock tests need TZ=UTC",
    description="Show opening hours",
    body="Otherwise tests/test_clock.py fails at night.",
    sources=(NoteSource("pull-request", title="pull request 3 “Show opening hours”"),),
    generated_at=NOON,
)
MONEY_NOTE = Note(
    path="",
    type="decision",
    title="Money is kept in cents",
    body="Floats lost a cent in the invoices; see ledger/money.py.",
    generated_at=NOON,
)


@pytest.fixture
def knowledge(room: Path) -> Knowledge:
    return Knowledge(room / "shop" / "knowledge_base")


def titles(knowledge: Knowledge, query: str, limit: int = 3) -> list[str]:
    return [note.title for note, _ in knowledge.search(query, limit)]


def test_an_added_note_is_found_listed_and_logged(knowledge: Knowledge):
    path = knowledge.add(UTC_NOTE)

    assert path == knowledge.folder / "clock-tests-need-tz-utc.md"
    assert knowledge.find("clock-tests") == replace(UTC_NOTE, path=path.name)
    entry = "* [Clock tests need TZ=UTC](clock-tests-need-tz-utc.md) - Show opening hours"
    assert entry in (knowledge.folder / INDEX).read_text()
    assert (knowledge.folder / LOG).read_text() == (
        "# Log\n\n## 2026-11-21\n\n* Added [Clock tests need TZ=UTC](clock-tests-need-tz-utc.md),"
        " from pull request 3 “Show opening hours”.\n"
    )
    assert knowledge.lint() == []


def test_a_second_note_of_that_title_overwrites_nothing(knowledge: Knowledge):
    first = knowledge.add(UTC_NOTE)
    second = knowledge.add(replace(UTC_NOTE, body="Another."))

    assert second.name == "clock-tests-need-tz-utc-2.md"
    assert "fails at night" in first.read_text()
    assert len(knowledge.notes()) == 2


def test_a_title_never_takes_a_reserved_name(knowledge: Knowledge):
    assert knowledge.add(replace(UTC_NOTE, title="Index")).name == "index-2.md"


def test_a_hand_written_index_keeps_its_words(knowledge: Knowledge):
    knowledge.folder.mkdir(parents=True)
    (knowledge.folder / INDEX).write_text("# Ours\n\nRead the rules first.\n")

    knowledge.add(UTC_NOTE)
    knowledge.add(MONEY_NOTE)

    index = (knowledge.folder / INDEX).read_text()
    assert index.startswith("# Ours\n\nRead the rules first.\n")
    assert index.count("clock-tests-need-tz-utc.md") == 1
    assert "money-is-kept-in-cents.md" in index


def test_search_finds_what_fits_by_stem_and_leaves_the_rest(knowledge: Knowledge):
    knowledge.add(UTC_NOTE)
    knowledge.add(MONEY_NOTE)

    assert titles(knowledge, "The clock fails every night") == [UTC_NOTE.title]
    assert titles(knowledge, "Invoice shows a wrong cent") == [MONEY_NOTE.title]
    assert titles(knowledge, "Change ledger/money.py for two clocks") != []
    assert titles(knowledge, "Paint the login page") == []


def test_the_best_fit_comes_first_with_the_larger_score(knowledge: Knowledge):
    knowledge.add(MONEY_NOTE)
    knowledge.add(UTC_NOTE)

    found = knowledge.search("clock tests at night lose a cent", 3)

    assert [note.title for note, _ in found] == [UTC_NOTE.title, MONEY_NOTE.title]
    assert found[0][1] > found[1][1]
    assert titles(knowledge, "clock tests at night lose a cent", 1) == [UTC_NOTE.title]


def test_a_single_note_is_found_although_every_word_is_in_all_notes(knowledge: Knowledge):
    knowledge.add(UTC_NOTE)

    assert titles(knowledge, "clock at night") == [UTC_NOTE.title]


@pytest.mark.parametrize("query", ["", "the and of", '" OR * NEAR( -x {title}: ^', "__ \x00 ''"])
def test_no_query_is_taken_for_a_command_of_the_search(knowledge: Knowledge, query: str):
    knowledge.add(UTC_NOTE)

    assert titles(knowledge, query) == []


def test_a_folder_that_is_not_there_is_an_empty_knowledge_base(knowledge: Knowledge):
    assert (knowledge.notes(), knowledge.lint(), titles(knowledge, "clock")) == ([], [], [])


def test_broken_files_are_reported_and_the_others_work(knowledge: Knowledge, room: Path):
    knowledge.add(UTC_NOTE)
    (room / "secret.md").write_text("---\ntype: fact\n---\nprivate")
    (knowledge.folder / "broken.md").write_text("---\ntype: [\n---\n")
    (knowledge.folder / "binary.md").write_bytes(b"\xff\xfe\x00")
    (knowledge.folder / "huge.md").write_text("x" * (FILE_SIZE_MAX + 1))
    (knowledge.folder / "outside.md").symlink_to(room / "secret.md")
    (knowledge.folder / "folder.md").mkdir()
    (knowledge.folder / ".obsidian").mkdir()
    (knowledge.folder / ".obsidian" / "x.md").write_text("not ours")
    (knowledge.folder / "architecture.md").write_text("# A page\n")

    assert titles(knowledge, "clock private") == [UTC_NOTE.title]
    assert {fault.path for fault in knowledge.lint() if fault.is_error} == {
        "broken.md", "binary.md", "huge.md", "outside.md", "folder.md",
    }  # fmt: skip


def test_links_may_lead_to_any_file_of_the_folder(knowledge: Knowledge):
    knowledge.folder.mkdir(parents=True)
    (knowledge.folder / "picture.png").write_bytes(b"")
    (knowledge.folder / INDEX).write_text("![p](picture.png) [odd](a%00b) [gone](gone.png)")

    assert [fault.text for fault in knowledge.lint()] == [
        "index.md links to a\x00b, which is not there.",
        "index.md links to gone.png, which is not there.",
    ]


@pytest.mark.parametrize("name", [INDEX, LOG])
def test_a_linked_list_never_leads_a_write_out_of_the_folder(
    knowledge: Knowledge, room: Path, name: str
):
    victim = room / "victim.md"
    victim.write_text("mine")
    knowledge.folder.mkdir(parents=True)
    (knowledge.folder / name).symlink_to(victim)

    with pytest.raises(RtsError, match="is a link"):
        knowledge.add(UTC_NOTE)

    assert victim.read_text() == "mine"
    assert [path.name for path in knowledge.folder.iterdir()] == [name]


def test_a_linked_knowledge_base_is_not_written(room: Path):
    (room / "elsewhere").mkdir()
    (room / "knowledge_base").symlink_to(room / "elsewhere")

    with pytest.raises(RtsError, match="is a link"):
        Knowledge(room / "knowledge_base").add(UTC_NOTE)

    assert list((room / "elsewhere").iterdir()) == []


def test_a_place_that_cannot_be_written_is_said_in_words(room: Path):
    (room / "file").write_text("")

    with pytest.raises(RtsError, match="cannot be written"):
        Knowledge(room / "file" / "knowledge_base").add(UTC_NOTE)
