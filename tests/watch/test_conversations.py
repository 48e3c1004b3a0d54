"""Which conversation a worker is in: as its agent tells it, or as its file is found."""

import json
import os
import threading
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from rts.orders.start import launch_of
from rts.watch.counting import FIND_EVERY_BEATS, Counter
from rts.watch.hear import hear
from rts.world.evidence import Evidence, Source
from tests.making import a_project, a_ticket, a_worker, an_event

OLD, NEW = str(uuid.uuid4()), str(uuid.uuid4())


@pytest.fixture
def worker(game, room):
    """A Codex worker in the store: its conversation may also be found, by its folder."""
    made = replace(a_worker(), spawned_at=game.now(), started_at=game.now(), agent="codex")
    game.store.record(an_event(project_id="p1"), a_project(root=str(room)), a_ticket(), made)
    game.inbox.prepare_for(made.id)
    launch = launch_of(game, made)
    launch.run_folder.mkdir(parents=True)
    launch.brief.write_text("a brief")
    return made


def known(game, worker):
    return game.store.worker(worker.id)


def says(game, worker, conversation_id, at, **more):
    """Hear the worker's agent say in which conversation it is."""
    payload = {"hook_event_name": "SessionStart", "session_id": conversation_id, **more}
    path = game.inbox.new_folder_of(worker.id) / f"{worker.id}.{uuid.uuid4().hex}"
    path.write_text(json.dumps(payload))
    os.utime(path, (at.timestamp(),) * 2)
    hear(game, {worker.id: known(game, worker)})


def write_rollout(game, worker, conversation_id):
    """Write the file of a conversation in the worker's folder, as Codex does."""
    folder = Path.home() / ".codex/sessions/2026/11/21"
    folder.mkdir(parents=True, exist_ok=True)
    about = {"id": conversation_id, "source": "cli", "cwd": str(launch_of(game, worker).worktree)}
    began = game.now().isoformat()
    line = {"timestamp": began, "type": "session_meta", "payload": about | {"timestamp": began}}
    path = folder / f"rollout-2026-11-21T00-00-00-{conversation_id}.jsonl"
    path.write_text(json.dumps(line) + "\n")


def count(game, worker, counter):
    """Count until the worker's conversation was looked for once more."""
    for _ in range(FIND_EVERY_BEATS):
        counter.count([known(game, worker)])


def test_a_conversation_begun_anew_is_followed(game, worker):
    says(game, worker, OLD, game.now())
    says(game, worker, NEW, game.now() + timedelta(seconds=1), source="clear")

    assert known(game, worker).conversation_id == NEW


def test_a_late_letter_does_not_bring_the_conversation_before_back(game, worker):
    game.store.note_down([replace(worker, started_at=game.now() - timedelta(hours=1))])
    says(game, worker, NEW, game.now(), source="clear")
    says(game, worker, OLD, game.now() - timedelta(minutes=1), source="startup")

    assert known(game, worker).conversation_id == NEW


def test_a_letter_from_before_the_start_names_no_conversation(game, worker):
    says(game, worker, OLD, game.now() - timedelta(minutes=1))

    assert known(game, worker).conversation_id == worker.conversation_id


def test_a_conversation_that_no_hook_names_is_found_and_followed(game, worker):
    write_rollout(game, worker, OLD)

    count(game, worker, Counter(game))

    assert known(game, worker).conversation_id == OLD


def test_a_found_conversation_is_left_as_soon_as_the_agent_says_another(game, worker):
    write_rollout(game, worker, OLD)
    counter = Counter(game)
    count(game, worker, counter)
    says(game, worker, NEW, game.now(), source="clear")

    count(game, worker, counter)

    assert known(game, worker).conversation_id == NEW


def test_a_found_conversation_is_not_put_back_after_a_fresh_start(game, worker):
    write_rollout(game, worker, OLD)
    counter = Counter(game)
    count(game, worker, counter)
    fresh = replace(known(game, worker), conversation_id=NEW, started_at=game.now())
    game.store.note_down([fresh])

    count(game, worker, counter)
    count(game, worker, counter)

    assert known(game, worker).conversation_id == NEW


def test_a_pipe_in_the_place_of_a_transcript_is_not_waited_for(game, worker, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    detail = json.dumps({"transcript": str(tmp_path / "pipe")})
    game.store.note_down([Evidence(worker.id, Source.HOOK, "PreToolUse", game.now(), "", detail)])
    counting = threading.Thread(target=Counter(game).count, args=([worker],), daemon=True)

    counting.start()
    counting.join(20)

    assert not counting.is_alive()
