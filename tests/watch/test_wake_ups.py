"""Being woken by letters, and by the clock: real folders, really watched."""

import shutil
from pathlib import Path

from rts.adapters.inbox import Inbox
from rts.watch.run import wake_ups


def test_a_hook_file_wakes_the_watch_before_the_beat_is_over(tmp_path: Path):
    inbox = Inbox(tmp_path / "inbox")
    new = inbox.prepare_for("w1") / "new"
    waking = wake_ups(inbox, beat_s=0.05)
    assert next(waking) is False

    (new / "letter").write_text("x")

    assert any(next(waking) for _ in range(40))


def test_the_letters_of_a_worker_that_came_later_wake_the_watch(tmp_path: Path):
    inbox = Inbox(tmp_path / "inbox")
    inbox.prepare()
    waking = wake_ups(inbox, beat_s=0.05)
    assert next(waking) is False
    new = inbox.prepare_for("w1") / "new"
    assert not all(next(waking) for _ in range(40))

    (new / "letter").write_text("x")

    assert any(next(waking) for _ in range(40))


def test_an_inbox_that_is_removed_and_comes_again_wakes_the_watch_again(tmp_path: Path):
    inbox = Inbox(tmp_path / "inbox")
    inbox.prepare_for("w1")
    waking = wake_ups(inbox, beat_s=0.05)
    assert next(waking) is False
    shutil.rmtree(inbox.folder)
    while next(waking):
        inbox.read()
    new = inbox.prepare_for("w1") / "new"
    while next(waking):
        inbox.read()

    (new / "letter").write_text("x")

    assert any(next(waking) for _ in range(40))
