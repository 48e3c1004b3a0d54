"""Notes, looked up while somebody types."""

import pytest

from rts.errors import RtsError
from rts.orders.notes import FOUND_COUNT_MAX, find_notes, read_note
from rts.orders.projects import open_project


@pytest.fixture
def project(game, repository):
    """A project with two notes."""
    folder = repository / "knowledge_base"
    folder.mkdir()
    for name, title, body in (
        ("retry.md", "Charging twice", "Push with the idempotency key."),
        ("money.md", "Money is rounded half to even", "Never with floats."),
    ):
        (folder / name).write_text(f"---\ntype: trap\ntitle: {title}\n---\n{body}\n")
    return open_project(game, repository)


@pytest.mark.parametrize("words", ["Charging twice", "charg", "idempot", "twice key"])
def test_a_note_is_found_by_whole_words_and_by_parts_of_words(game, project, words):
    assert [note.path for note in find_notes(game, project, words)] == ["retry.md"]


def test_nothing_is_found_where_nothing_fits(game, project):
    assert find_notes(game, project, "kangaroo") == []


def test_no_more_are_found_than_can_be_read(game, project, repository):
    for number in range(2 * FOUND_COUNT_MAX):
        file = repository / f"knowledge_base/n{number}.md"
        file.write_text(f"---\ntype: fact\ntitle: Rounding {number}\n---\n")

    assert len(find_notes(game, project, "round")) == FOUND_COUNT_MAX


def test_a_note_that_was_found_can_be_read(game, project):
    assert read_note(game, project, "money.md").body.strip() == "Never with floats."


def test_a_note_that_is_gone_is_said(game, project):
    with pytest.raises(RtsError):
        read_note(game, project, "gone.md")
