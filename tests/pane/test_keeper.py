"""What is left where others read: the status file and the letters."""

import json

import pytest

from rts import paths
from rts.adapters.inbox import Inbox
from rts.pane.keeper import PID_NAME, STATUS_NAME, Keeper, Places
from tests.waiting import wait_until


@pytest.fixture
def inbox(tmp_path):
    inbox = Inbox(tmp_path / "inbox")
    inbox.prepare_for("w1")
    return inbox


@pytest.fixture
def run_folder(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    return folder


@pytest.fixture
def keeper(run_folder, inbox):
    keeper = Keeper(Places(str(run_folder), str(inbox.folder_of("w1")), "w1"))
    keeper.begin(4711)
    return keeper


def status(run_folder):
    return json.loads(paths.status_path(run_folder).read_text())


def test_its_files_are_where_the_rest_of_the_house_looks(run_folder):
    assert paths.status_path(run_folder).name == STATUS_NAME
    assert paths.agent_pid_path(run_folder).name == PID_NAME


def test_a_change_is_written_and_rung(keeper, run_folder, inbox):
    keeper.take([b"state=blocked:kind=permission:msg=cm0geA=="])

    assert status(run_folder)["pid"] == 4711
    record = status(run_folder)["records"][""]
    assert (record["state"], record["kind"], record["msg"]) == ("blocked", "permission", "rm x")
    (letter,) = inbox.read()
    assert letter.worker_id == "w1"
    assert letter.payload["hook_event_name"] == "ProgramStatus"
    assert letter.payload["state"] == "blocked"
    assert not list((inbox.folder_of("w1") / "tmp").iterdir())


def test_a_flood_rings_seldom_and_its_last_state_lands(keeper, run_folder, inbox):
    for number in range(1000):
        keeper.take([f"state=working:progress={number % 7}".encode()])
    keeper.take([b"state=done"])

    def is_published():
        keeper.publish()
        return keeper.due_in_s() is None

    wait_until(is_published)
    assert status(run_folder)["records"][""]["state"] == "done"
    assert len(inbox.read()) < 100


def test_what_was_left_is_forgotten_at_the_beginning(keeper, run_folder):
    paths.status_path(run_folder).write_text("of yesterday")

    keeper.begin(4712)

    assert not paths.status_path(run_folder).exists()
    assert paths.agent_pid_path(run_folder).read_text() == "4712\n"


def test_at_the_end_nothing_is_known_any_more(keeper, run_folder, inbox):
    keeper.take([b"state=working"])

    keeper.end()

    assert status(run_folder)["records"] == {}
    assert {letter.payload["state"] for letter in inbox.read()} == {"working", "clear"}
    assert not paths.agent_pid_path(run_folder).exists()


@pytest.mark.parametrize("worker_id", ["", "../../w1"])
def test_without_a_worker_nothing_is_rung(run_folder, inbox, worker_id):
    keeper = Keeper(Places(str(run_folder), str(inbox.folder_of("w1")), worker_id))

    keeper.take([b"state=idle"])

    assert status(run_folder)["records"]
    assert inbox.waiting_count() == 0


def test_places_that_are_not_there_disturb_nothing(tmp_path):
    for places in (Places("", "", ""), Places("/no/where", str(tmp_path / "none"), "w1")):
        keeper = Keeper(places)
        keeper.begin(1)
        keeper.take([b"state=idle"])
        keeper.end()

    assert list(tmp_path.iterdir()) == []
