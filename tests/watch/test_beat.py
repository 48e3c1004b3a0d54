"""The beat: hook files, panes and published levels in; evidence, events and cues out."""

import json
import os
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rts import paths
from rts.adapters.git.command import git
from rts.errors import OrderRefused, StoreBroken
from rts.orders.look import judge_one, look
from rts.watch.clerk import Clerk
from rts.watch.hear import hear, newest_only
from rts.watch.log import log
from rts.watch.run import Beat, run_watch
from rts.watch.voice import sound
from rts.world.evidence import Activity, Evidence, Source
from rts.world.nouns import Action, Event, Usage
from tests.making import NOON, a_hook, a_project, a_ticket, a_worker, an_event
from tests.waiting import wait_until


class Recorder:
    """A loudspeaker that writes down what it was asked to play."""

    def __init__(self) -> None:
        self.played: list[str] = []

    def play(self, category: str, volume: float) -> str:
        self.played.append(category)
        return "recorder"


@pytest.fixture
def speaker():
    return Recorder()


@pytest.fixture
def worker(game, room):
    """A drill worker in the store with a session that sleeps."""
    entered = replace(a_worker(), spawned_at=game.now(), started_at=game.now())
    game.inbox.prepare_for(entered.id)
    game.store.record(an_event(project_id="p1"), a_project(root=str(room)), a_ticket(), entered)
    game.tmux.start_session(entered.session_name, room, "exec sleep 300", {}, "#7")
    return entered


@pytest.fixture
def beat(game, speaker):
    with closing(Clerk(game)) as clerk:
        yield Beat(game, speaker, clerk)


def drop(game, worker, hook, name="1", **payload):
    path = game.inbox.prepare_for(worker.id) / "new" / f"{worker.id}.{name}"
    path.write_text(json.dumps({"hook_event_name": hook, "session_id": "s", **payload}))


def kinds(game):
    return [event.kind for event in game.store.select(Event, "1 ORDER BY id")]


def test_a_question_is_heard_announced_and_sounded_once(game, worker, beat, speaker):
    drop(game, worker, "Stop", last_assistant_message="Which port?")

    beat.round(has_mail=True)
    beat.round(has_mail=False)

    told = game.store.select(Event, "kind = 'activity_changed'")
    assert [event.text for event in told] == ["falcon-1 asks: Which port?"]
    assert speaker.played == ["input.required"]
    assert game.store.count("cue_sounded") == 1


def test_an_announced_activity_is_not_announced_again_by_the_next_watch(game, worker, speaker):
    drop(game, worker, "Stop", last_assistant_message="Which port?")
    with closing(Clerk(game)) as clerk:
        Beat(game, speaker, clerk).round(has_mail=False)
        Beat(game, speaker, clerk).round(has_mail=False)

    assert game.store.count("activity_changed") == 1


def test_a_tool_call_becomes_an_action_once_although_its_file_comes_twice(game, worker):
    call = {"tool_name": "Bash", "tool_input": {"command": "ls"}, "tool_use_id": "u1"}
    for name in ("1", "2"):
        drop(game, worker, "PostToolUse", name, **call)

    hear(game, {worker.id: worker})

    assert game.store.count_rows(Action) == 1
    assert game.inbox.waiting_count() == 0


def test_files_out_of_order_leave_the_newest_word_standing(game, worker):
    drop(game, worker, "Stop", "late", last_assistant_message="Ready.")
    drop(game, worker, "PreToolUse", "early", tool_name="Bash", tool_input={"command": "ls"})
    early = game.inbox.new_folder_of(worker.id) / f"{worker.id}.early"
    os.utime(early, (early.stat().st_mtime - 5,) * 2)

    hear(game, {worker.id: worker})

    judgement = judge_one(game, worker)
    assert judgement.activity is Activity.DONE


def test_of_many_pieces_of_one_kind_only_the_newest_is_written():
    old, new = a_hook("Stop", "old"), a_hook("Stop", "new", NOON + timedelta(seconds=1))

    assert newest_only([new, old]) == [new]


def test_a_letter_for_nobody_is_set_aside_and_stops_nothing(game, worker, beat):
    drop(game, replace(worker, id="nobody"), "Stop", last_assistant_message="Hello.")
    drop(game, worker, "Stop", last_assistant_message="Ready.")

    beat.round(has_mail=True)

    assert game.inbox.rejected_count() == 1
    assert look(game, None).judgement_of(worker).activity is Activity.DONE


def test_a_dismissed_workers_late_letter_is_dropped_quietly(game, worker):
    game.store.note_down([replace(worker, dismissed_at=game.now())])
    drop(game, worker, "Stop")

    hear(game, {})

    assert (game.inbox.waiting_count(), game.inbox.rejected_count()) == (0, 0)


def test_an_agent_that_dies_is_gone_with_its_last_words(game, worker, beat, speaker, room):
    game.tmux.end_session(worker.session_name)
    # tmux 3.3a can lose the words of a program that dies at once as the only session of its server.
    line = "exec sh -c 'echo please log in; sleep 0.3; exit 4'"
    game.tmux.start_session(worker.session_name, room, line, {}, "#7")
    wait_until(lambda: game.tmux.panes()[worker.session_name].is_dead)

    beat.round(has_mail=False)
    beat.round(has_mail=False)

    told = game.store.select(Event, "kind = 'activity_changed'")
    assert [event.text for event in told] == ['falcon-1 gone: exit 4: "please log in"']
    assert speaker.played == ["task.error"]


def test_a_worker_younger_than_the_last_look_is_not_called_gone(game, worker, beat, room):
    beat.round(has_mail=False)
    young = replace(worker, id="young", name="otter-1", session_name="w-otter-1", cell_index=1)
    young = replace(young, ticket_id="t8")
    game.store.note_down([a_ticket(8), young])
    game.tmux.start_session("w-otter-1", room, "exec sleep 300", {}, "#8")
    drop(game, young, "UserPromptSubmit", prompt="go")

    beat.round(has_mail=True)

    assert "gone" not in str(game.store.select(Event, "worker_id = 'young'"))


def test_a_session_that_is_not_there_yet_leaves_a_starting_worker_starting(game, worker, beat):
    waiting = replace(worker, started_at=None)
    spawned = Evidence(worker.id, Source.PROCESS, "spawn", game.now(), "its worktree is made")
    game.store.note_down([waiting, spawned])

    beat.round(has_mail=False)

    assert game.store.count("activity_changed") == 0


def test_a_beat_that_fails_outside_is_tried_again_and_logged(game, worker, beat, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    beat.safely(has_mail=False)
    monkeypatch.undo()

    assert "tmux could not be run" in paths.log_path(game.home).read_text()


def test_many_cues_of_one_category_are_one_voice_and_each_is_written_down(game, worker, speaker):
    detail = json.dumps({"activity": "asking"})
    changes = [an_event("activity_changed", worker_id=worker.id, detail=detail)] * 3

    sound(game, speaker, changes)

    assert speaker.played == ["input.required"]
    assert game.store.count("cue_sounded") == 3


def test_under_mute_nothing_is_played_and_still_noted(game, worker, speaker):
    muted = replace(game, settings=replace(game.settings, is_muted=True))
    detail = json.dumps({"activity": "gone"})

    sound(muted, speaker, [an_event("activity_changed", worker_id=worker.id, detail=detail)])

    assert speaker.played == []
    assert json.loads(game.store.select(Event, "kind = 'cue_sounded'")[0].detail)["by"] == "muted"


def test_a_refused_hand_in_is_told_once(game, worker, beat):
    folder = paths.run_folder(game.home, worker.id)
    folder.mkdir(parents=True)
    paths.pull_request_path(folder).write_text("# Title\n")
    drop(game, worker, "Stop", last_assistant_message="Ready.")

    beat.round(has_mail=True)
    wait_until(lambda: "pull_request_refused" in kinds(game))
    beat.round(has_mail=False)

    assert kinds(game).count("pull_request_refused") == 1


def test_a_second_watch_is_refused(game):
    from rts.adapters.process import hold_lock
    from rts.orders.watching import WATCH_LOCK, is_watched

    with hold_lock(paths.lock_path(game.home, WATCH_LOCK)):
        assert is_watched(game)
        with pytest.raises(OrderRefused, match="A watch runs already"):
            run_watch(game)
    assert not is_watched(game)


def test_the_log_begins_anew_when_it_is_long(game):
    game.home.mkdir(parents=True)
    paths.log_path(game.home).write_text("x" * 1_000_001)

    log(game, "a line")

    assert paths.log_path(game.home).stat().st_size < 200


def test_no_hook_file_ends_the_watch(game, worker, beat, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    drop(game, worker, "PostToolUse", "surrogate", tool_name="Bash", tool_use_id="\ud800")
    drop(game, worker, "PreToolUse", "zero", transcript_path="/tmp/a\u0000b")
    drop(game, worker, "SubagentStop", "pipe", transcript_path=str(tmp_path / "pipe"))
    (game.inbox.new_folder_of(worker.id) / f"{worker.id}.deep").write_text("[" * 200_000)
    (game.inbox.new_folder_of(worker.id) / os.fsdecode(b"\xff.name")).write_text("{}")
    drop(game, worker, "Stop", "good", last_assistant_message="Ready.")

    for _ in range(2):
        beat.round(has_mail=False)

    assert look(game, None).judgement_of(worker).activity is Activity.DONE
    assert game.store.count_rows(Action) == 1
    assert (game.inbox.waiting_count(), game.inbox.rejected_count()) == (0, 2)


def test_a_transcript_that_an_older_watch_noted_down_uncleaned_is_passed_over(game, worker, beat):
    detail = json.dumps({"transcript": "/tmp/a\x00b"})
    bad = Evidence(worker.id, Source.HOOK, "PreToolUse", game.now(), "", detail)
    game.store.note_down([bad])

    beat.round(has_mail=False)

    assert game.store.count_rows(Usage) == 0


def test_a_bug_in_a_round_is_logged_and_ends_no_watch(game, worker, beat, monkeypatch):
    def stumble(*_):
        raise KeyError("a bug")

    monkeypatch.setattr("rts.watch.run.hear", stumble)

    beat.safely(has_mail=True)

    assert "KeyError: 'a bug'" in paths.log_path(game.home).read_text()


def test_a_lost_inbox_ends_no_watch(game, worker, beat):
    shutil.rmtree(game.inbox.folder)
    beat.safely(has_mail=True)
    drop(game, worker, "Stop", last_assistant_message="Ready.")

    beat.safely(has_mail=True)

    assert look(game, None).judgement_of(worker).activity is Activity.DONE
    assert not paths.log_path(game.home).exists()


def test_a_change_that_could_not_be_recorded_is_announced_by_the_next_beat(
    game, worker, beat, monkeypatch
):
    def refuse(*_):
        raise StoreBroken("The disk is full.", "Free some.")

    drop(game, worker, "Stop", last_assistant_message="Ready.")
    monkeypatch.setattr(game.store, "record", refuse)
    beat.safely(has_mail=False)
    monkeypatch.undo()

    beat.round(has_mail=False)

    assert kinds(game).count("activity_changed") == 1


def test_a_log_that_cannot_be_written_stops_nothing(game):
    paths.log_path(game.home).mkdir(parents=True)

    log(game, "a line")  # would raise, and end the watch

    assert list(paths.log_path(game.home).iterdir()) == []


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def handed_in(game, worker, repository):
    """A done worker with a worktree and a written pull request; give the worktree."""
    game.store.note_down([a_project(root=str(repository))])
    path = repository.parent / worker.worktree
    git(repository, "worktree", "add", "--quiet", "-b", worker.branch, str(path))
    folder = paths.run_folder(game.home, worker.id)
    folder.mkdir(parents=True)
    paths.pull_request_path(folder).write_text("# Title\n")
    return path


def test_a_new_commit_of_a_worker_that_stays_done_is_handed_in_too(
    game, worker, handed_in, monkeypatch
):
    tried: list[str] = []
    monkeypatch.setattr("rts.watch.clerk.open_pull_request", lambda _, w: tried.append(w.name))
    clock = Clock()
    with closing(Clerk(replace(game, now=clock))) as clerk:

        def look_when(activity: Activity = Activity.DONE) -> int:
            clerk.look([worker], {worker.id: activity})
            wait_until(lambda: all(one.done() for one in clerk._running.values()))
            return len(tried)

        assert look_when() == 1
        git(handed_in, "commit", "--quiet", "--allow-empty", "-m", "more")
        assert look_when() == 1  # not due yet
        clock.at += timedelta(seconds=11)
        assert look_when() == 2
        git(handed_in, "commit", "--quiet", "--allow-empty", "-m", "still more")
        look_when(Activity.BUSY)
        assert look_when() == 3  # done again: at once
        clock.at += timedelta(seconds=11)
        assert look_when() == 3


def test_a_bug_while_handing_in_is_logged(game, worker, handed_in, monkeypatch):
    def stumble(*_):
        raise KeyError("a bug")

    monkeypatch.setattr("rts.watch.clerk.open_pull_request", stumble)
    with closing(Clerk(game)) as clerk:
        clerk.look([worker], {worker.id: Activity.DONE})

        wait_until(lambda: paths.log_path(game.home).exists())
        wait_until(lambda: "KeyError: 'a bug'" in paths.log_path(game.home).read_text())


def test_a_folder_in_place_of_the_pull_request_is_not_handed_in(game, worker, handed_in):
    path = paths.pull_request_path(paths.run_folder(game.home, worker.id))
    path.unlink()
    path.mkdir()
    with closing(Clerk(game)) as clerk:
        clerk.look([worker], {worker.id: Activity.DONE})

        assert clerk._running == {}
