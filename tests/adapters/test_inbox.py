"""The inbox: real files."""

import os
from pathlib import Path

import pytest

from rts.adapters.inbox import BATCH_COUNT_MAX, FILE_SIZE_MAX_BYTES, Inbox


@pytest.fixture
def inbox(tmp_path):
    made = Inbox(tmp_path / "inbox")
    made.prepare()
    return made


def drop(inbox, name, text="{}", at=1000.0):
    path = inbox.new_folder / name
    path.write_text(text)
    os.utime(path, (at, at))


def test_letters_are_read_in_the_order_in_which_they_were_dropped(inbox):
    drop(inbox, "w1.b", '{"n": 2}', at=20)
    drop(inbox, "w2.a", '{"n": 1}', at=10)

    letters = inbox.read()

    assert [(x.worker_id, x.payload["n"]) for x in letters] == [("w2", 1), ("w1", 2)]


def test_a_letter_stays_until_it_is_removed(inbox):
    drop(inbox, "w1.a")

    inbox.remove(inbox.read())

    assert inbox.read() == []
    assert inbox.waiting_count() == 0


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1]", "\x00" * 10, "[" * 200_000],
    ids=["empty", "half", "list", "zeros", "deep"],
)
def test_what_cannot_be_understood_is_set_aside_and_stops_nothing(inbox, text):
    drop(inbox, "w1.bad", text)
    drop(inbox, "w1.good")

    assert [letter.name for letter in inbox.read()] == ["w1.good"]
    assert inbox.rejected_count() == 1


def test_a_file_that_is_too_large_is_set_aside_unread(inbox):
    with (inbox.new_folder / "w1.huge").open("wb") as file:
        file.truncate(FILE_SIZE_MAX_BYTES + 1)

    assert inbox.read() == []
    assert inbox.rejected_count() == 1


def test_a_letter_of_nobody_can_be_set_aside(inbox):
    drop(inbox, "nobody.a")

    inbox.reject(inbox.read()[0])

    assert (inbox.waiting_count(), inbox.rejected_count()) == (0, 1)


def test_what_is_no_file_is_set_aside_and_not_waited_for(inbox, tmp_path):
    os.mkfifo(inbox.new_folder / "w1.pipe")
    (inbox.new_folder / "w1.folder").mkdir()
    (tmp_path / "elsewhere").write_text("{}")
    (inbox.new_folder / "w1.link").symlink_to(tmp_path / "elsewhere")

    assert inbox.read() == []
    assert (inbox.waiting_count(), inbox.rejected_count()) == (0, 3)


def test_a_file_whose_name_is_no_text_is_set_aside(inbox):
    with open(os.fsencode(inbox.new_folder) + b"/w1.\xff", "w") as file:  # noqa: PTH123
        file.write("{}")

    assert inbox.read() == []
    assert inbox.rejected_count() == 1


def test_of_a_flood_only_the_oldest_are_opened(inbox, monkeypatch):
    for number in range(BATCH_COUNT_MAX + 3):
        drop(inbox, f"w1.{number}", at=1000.0 + number)
    opened: list[str] = []
    read_bytes = Path.read_bytes

    def read_and_tell(path: Path) -> bytes:
        opened.append(path.name)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", read_and_tell)

    assert [letter.name for letter in inbox.read()] == opened
    assert opened == [f"w1.{number}" for number in range(BATCH_COUNT_MAX)]
