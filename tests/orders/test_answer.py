"""Answering: no key is pressed once the dialog is gone."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from rts.errors import OrderRefused
from rts.orders import answer as answering
from rts.orders.answer import answer
from rts.orders.tell import pane_lock
from rts.world.dialogs import name_need
from rts.world.evidence import Activity, Evidence, Judgement, Source
from tests.making import NOON, a_hook, a_project, a_ticket, a_worker, an_event

DIALOG = Evidence("w", Source.SCREEN, "screen", NOON, "permission", json.dumps({"reason": "ls"}))
OPEN = Judgement(Activity.BLOCKED, "wants permission: ls", NOON, (DIALOG,), (DIALOG,), "screen")
BUSY = Judgement(Activity.BUSY, "works", NOON, (), (), "hook")


@pytest.fixture
def worker(game, room):
    entered = replace(a_worker(), spawned_at=game.now(), started_at=game.now())
    game.store.record(an_event(project_id="p1"), a_project(root=str(room)), a_ticket(), entered)
    game.tmux.start_session(entered.session_name, room, "exec cat", {}, "#7")
    return entered


@pytest.fixture
def pressed(game, monkeypatch):
    keys = []
    monkeypatch.setattr(type(game.tmux), "press", lambda _tmux, _name, key: keys.append(key))
    return keys


def sees(monkeypatch, *judgements):
    """Let the judgements come one after the other; the last one stays."""
    left = list(judgements)
    monkeypatch.setattr(
        answering, "judge_one", lambda *_: left.pop(0) if len(left) > 1 else left[0]
    )


def says(game, worker, hook, value="", **detail):
    piece = replace(a_hook(hook, value, detail=json.dumps(detail)), at=game.now())
    game.store.note_down([replace(piece, worker_id=worker.id)])


def test_an_answer_that_waited_for_another_one_presses_nothing(game, worker, pressed):
    says(game, worker, "PermissionRequest", "Bash: ls")
    with ThreadPoolExecutor(1) as second:
        with pane_lock(game, worker):
            answered = second.submit(answer, game, worker, "no")
            says(game, worker, "UserPromptSubmit", prompt="the first answer let it go on")

        with pytest.raises(OrderRefused, match="asks for nothing now"):
            answered.result()

    assert pressed == []


def test_a_dialog_that_goes_before_the_first_key_gets_none(game, worker, pressed, monkeypatch):
    sees(monkeypatch, OPEN, BUSY)

    with pytest.raises(OrderRefused, match="no key was pressed"):
        answer(game, worker, "no")

    assert pressed == []


def test_keys_are_not_pressed_again_when_the_dialog_has_gone(game, worker, pressed, monkeypatch):
    monkeypatch.setattr(
        answering, "KEY_WAIT_S", 0.0
    )  # the first look after the keys is the next try's
    sees(monkeypatch, OPEN, OPEN, BUSY)

    answer(game, worker, "yes")

    assert pressed == ["y"]


@pytest.mark.parametrize(("text", "key"), [("Yes", "y"), ("YES ", "y"), ("No", "n")])
def test_yes_and_no_may_be_written_in_capitals(game, worker, pressed, monkeypatch, text, key):
    sees(monkeypatch, OPEN, OPEN, BUSY)

    answer(game, worker, text)

    assert pressed == [key]


def test_an_answer_to_another_question_presses_nothing(game, worker, pressed, monkeypatch):
    sees(monkeypatch, replace(OPEN, reason="wants permission: rm -rf data"))

    with pytest.raises(OrderRefused, match="asks something else") as refused:
        answer(game, worker, "no, use trash", name_need(OPEN))

    assert "no, use trash" in refused.value.hint
    assert pressed == []
