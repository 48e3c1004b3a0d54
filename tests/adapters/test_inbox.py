"""The inbox: real files."""

import os
import shutil
import time
import tracemalloc

import pytest

from rts.adapters.inbox import BATCH_COUNT_MAX, FILE_SIZE_MAX_BYTES, Inbox


@pytest.fixture
def inbox(tmp_path):
    made = Inbox(tmp_path / "inbox")
    made.prepare_for("w1")
    return made


def drop(inbox, name, text="{}", at=1000.0):
    path = inbox.prepare_for(name.partition(".")[0]) / "new" / name
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
    with (inbox.new_folder_of("w1") / "w1.huge").open("wb") as file:
        file.truncate(FILE_SIZE_MAX_BYTES + 1)

    assert inbox.read() == []
    assert inbox.rejected_count() == 1


def test_a_letter_of_nobody_can_be_set_aside(inbox):
    drop(inbox, "nobody.a")

    inbox.reject(inbox.read()[0])

    assert (inbox.waiting_count(), inbox.rejected_count()) == (0, 1)


def test_what_is_no_file_is_set_aside_and_not_waited_for(inbox, tmp_path):
    os.mkfifo(inbox.new_folder_of("w1") / "w1.pipe")
    (inbox.new_folder_of("w1") / "w1.folder").mkdir()
    (tmp_path / "elsewhere").write_text("{}")
    (inbox.new_folder_of("w1") / "w1.link").symlink_to(tmp_path / "elsewhere")

    assert inbox.read() == []
    assert (inbox.waiting_count(), inbox.rejected_count()) == (0, 3)


def test_a_file_whose_name_is_no_text_is_set_aside(inbox):
    with open(os.fsencode(inbox.new_folder_of("w1")) + b"/w1.\xff", "w") as file:  # noqa: PTH123
        file.write("{}")

    assert inbox.read() == []
    assert inbox.rejected_count() == 1


def test_of_a_flood_only_the_oldest_are_opened(inbox, monkeypatch):
    for number in range(BATCH_COUNT_MAX + 3):
        drop(inbox, f"w1.{number}", at=1000.0 + number)
    opened: list[str] = []
    really_open = os.open

    def open_and_tell(path, flags, *rest, dir_fd=None):
        if dir_fd is not None:
            opened.append(path)
        return really_open(path, flags, *rest, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", open_and_tell)

    assert [letter.name for letter in inbox.read()] == opened
    assert opened == [f"w1.{number}" for number in range(BATCH_COUNT_MAX)]


def test_of_large_letters_so_few_are_taken_at_once_that_they_fit_into_the_memory(inbox):
    large = f'{{"x": "{"y" * (FILE_SIZE_MAX_BYTES - 100)}"}}'
    for number in range(5):
        drop(inbox, f"w1.{number}", large, at=1000.0 + number)

    taken = inbox.read()

    assert [letter.name for letter in taken] == ["w1.0", "w1.1", "w1.2"]
    assert inbox.has_more
    inbox.remove(taken)
    assert [letter.name for letter in inbox.read()] == ["w1.3", "w1.4"]
    assert not inbox.has_more


def test_garbage_of_a_hundred_megabytes_is_set_aside_without_being_read(inbox):
    with (inbox.new_folder_of("w1") / "w1.zeros").open("wb") as file:
        file.truncate(100 * 1024 * 1024)  # a hole: it takes no room on the disk
    drop(inbox, "w1.good", '{"n": 1}')
    tracemalloc.start()

    letters = inbox.read()

    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [letter.name for letter in letters] == ["w1.good"]
    assert inbox.rejected_count() == 1
    assert peak_bytes < 1024 * 1024


def test_whose_a_letter_is_the_folder_says_and_not_the_file(inbox):
    (inbox.new_folder_of("w1") / "w2.forged").write_text("{}")

    (letter,) = inbox.read()

    assert (letter.worker_id, letter.name) == ("w1", "w2.forged")


def test_a_link_in_the_place_of_a_workers_folder_is_not_followed(inbox, tmp_path):
    secret = tmp_path / "secrets" / "id_rsa"
    secret.parent.mkdir()
    secret.write_text("{}")
    inbox.new_folder_of("w1").rmdir()
    inbox.new_folder_of("w1").symlink_to(secret.parent)
    drop(inbox, "w2.good")

    assert [letter.name for letter in inbox.read()] == ["w2.good"]
    assert inbox.new_folder_of("w1") not in inbox.watched_folders()
    assert (inbox.waiting_count(), inbox.rejected_count()) == (1, 0)
    assert secret.read_text() == "{}"


def test_a_folder_that_becomes_a_link_after_the_look_is_not_followed(inbox, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    drop(inbox, "w1.a")
    letters = inbox.read()
    (elsewhere / "w1.a").write_text("mine")
    shutil.rmtree(inbox.new_folder_of("w1"))
    inbox.new_folder_of("w1").symlink_to(elsewhere)

    inbox.remove(letters)
    inbox.reject(letters[0])

    assert (elsewhere / "w1.a").read_text() == "mine"
    assert inbox.rejected_count() == 0


def test_what_is_set_aside_has_no_name_that_an_agent_chose(inbox):
    for worker_id in ("w1", "w2"):
        (inbox.prepare_for(worker_id) / "new" / ".bashrc").write_text("evil # no letter")

    assert inbox.read() == []
    assert inbox.rejected_count() == 2
    assert not (inbox.folder / "rejected" / ".bashrc").exists()


def test_folders_that_were_removed_are_made_anew(inbox):
    inbox.new_folder_of("w1").rmdir()
    assert inbox.read() == []
    drop(inbox, "w1.a")
    assert [letter.name for letter in inbox.read()] == ["w1.a"]

    shutil.rmtree(inbox.folder)
    assert inbox.read() == []
    drop(inbox, "w1.b")
    assert [letter.name for letter in inbox.read()] == ["w1.b"]


def test_a_file_in_the_place_of_a_folder_stops_nothing_and_goes_at_the_next_start(inbox):
    inbox.new_folder_of("w1").rmdir()
    inbox.new_folder_of("w1").write_text("")
    drop(inbox, "w2.good")

    assert [letter.name for letter in inbox.read()] == ["w2.good"]
    inbox.prepare_for("w1")
    assert inbox.new_folder_of("w1").is_dir()


def test_a_letter_in_a_folder_that_was_long_empty_is_seen(inbox, monkeypatch):
    monkeypatch.setattr("rts.adapters.inbox.SETTLED_NS", 0)
    time.sleep(0.05)  # the kernel's clock for files goes on
    assert inbox.read() == []
    time.sleep(0.05)
    drop(inbox, "w1.a")

    assert [letter.name for letter in inbox.read()] == ["w1.a"]
