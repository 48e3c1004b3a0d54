"""Telling: what is typed, what proves it, and when nothing is typed at all."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.agents.screen_rules import find_typed
from rts.errors import NotProven, OrderRefused
from rts.orders import tell as telling
from rts.orders.tell import refuse_unless_tellable, tell
from rts.orders.wording import SHIELD, as_typed, clean_text, is_in
from rts.world.dialogs import find_dialog, wants_permission
from rts.world.evidence import Activity, Evidence, Judgement, Source
from tests.making import NOON, a_hook, a_level, a_project, a_ticket, a_worker, an_event
from tests.waiting import wait_until

SAMPLES = Path(__file__).parents[1] / "adapters/agents/samples"
OUR_BEGINNINGS = ("[[", "- [[", "- Do it", "-- say", "then [[", "and a steering word")


def _payload(line):
    letter = json.loads(line)
    return letter.get("payload", letter)


def judged(activity, *counted):
    return Judgement(activity, "wants something", NOON, counted, counted)


@pytest.fixture
def worker(game, room):
    """A drill worker that is done, in whose session `cat` shows what is typed."""
    entered = replace(a_worker(), spawned_at=game.now(), started_at=game.now())
    done = replace(a_hook("Stop", "Ready."), worker_id=entered.id, at=game.now())
    game.store.record(an_event(project_id="p1"), a_project(root=str(room)), a_ticket(), entered)
    game.store.note_down([done])
    game.tmux.start_session(entered.session_name, room, "exec cat", {}, "#7")
    return entered


@pytest.mark.parametrize("text", ["/clear now", "!rm -rf x", "& later", "exit", ":q"])
def test_what_an_agent_would_take_for_a_command_is_typed_behind_words(text):
    assert as_typed(clean_text(text)) == SHIELD + text


@pytest.mark.parametrize("text", ["go on", "# A heading", "exit the loop", "see\n/etc/hosts"])
def test_other_texts_are_typed_as_they_are(text):
    assert as_typed(text) == text


def test_a_last_word_that_would_open_a_list_of_files_is_closed():
    assert as_typed("look at @shop.py") == "look at @shop.py "


def test_keys_and_the_end_of_a_paste_cannot_hide_in_a_text():
    assert clean_text("a\x1b[201~b\rc\r\nd\x03\x9b31m") == "a[201~b\nc\nd31m"


@pytest.mark.parametrize("text", ["", " \n ", "\x1b\x00"])
def test_nothing_is_not_told(text):
    with pytest.raises(OrderRefused, match="nothing to tell"):
        clean_text(text)


def test_a_text_is_recognised_wrapped_in_tags_and_without_its_invisible_signs():
    text = "two  words\n👩\u200d🚀 and\tmore\u200b"

    assert is_in(text, "<pasted>\ntwo words\n👩🚀 and    more\n</pasted>")
    assert not is_in(text, "two words")


@pytest.mark.parametrize(
    ("activity", "piece", "is_open"),
    [
        (Activity.BLOCKED, a_hook("PermissionRequest", "Bash: ls"), True),
        (Activity.BLOCKED, a_level("permission"), True),
        (Activity.BLOCKED, Evidence("w", Source.SCREEN, "screen", NOON, "dialog"), True),
        (Activity.ASKING, a_level("question"), True),
        (Activity.ASKING, a_hook("Stop", "Which port?"), False),
        (Activity.BLOCKED, a_hook("StopFailure", "rate limit"), False),
    ],
    ids=["hook", "level", "screen", "list", "plain question", "limit"],
)
def test_only_a_dialog_keeps_a_message_out(activity, piece, is_open):
    judgement = judged(activity, piece)

    assert (find_dialog(judgement) is not None) is is_open
    if is_open:
        with pytest.raises(OrderRefused):
            refuse_unless_tellable(a_worker(), judgement)
    else:
        refuse_unless_tellable(a_worker(), judgement)


def test_a_trust_dialog_is_no_permission():
    trust = Evidence("w", Source.SCREEN, "screen", NOON, "dialog")

    assert not wants_permission(judged(Activity.BLOCKED, trust))
    assert wants_permission(judged(Activity.BLOCKED, a_level("permission")))


def test_a_paused_worker_is_told_nothing_but_how_to_resume_it():
    with pytest.raises(OrderRefused) as refused:
        refuse_unless_tellable(a_worker(), judged(Activity.PAUSED))

    assert "rts resume falcon-1" in refused.value.hint


def test_without_a_proof_it_is_said_that_the_text_may_still_stand_there(game, worker, monkeypatch):
    monkeypatch.setattr(telling, "SUBMIT_TIMEOUT_S", 0.3)

    with pytest.raises(NotProven) as failed:
        tell(game, worker, "hello")

    assert "press Enter there" in failed.value.hint
    assert "hello" in game.tmux.capture(worker.session_name)
    assert game.store.count("worker_told") == 0


LONG = "word " * 400


@pytest.mark.parametrize(
    ("text", "prompt", "is_proof"),
    [
        ("go on", "go on", True),
        ("go on", "old words go on", False),
        ("go on", "go on old words", False),
        ("/clear", "As text: /clear", True),
        ("a  b\nc", '<pasted_content file="x y">\na b c\n</pasted_content>', True),
        ("<b>fat</b>", "<b>fat</b>", True),
        (LONG, LONG[:500], True),
        (LONG, f"old {LONG}"[:500], False),
        ("go on", "first\ngo on\nlast", True),
        ("go\n\non", "first\ngo\n\non", True),
        ("go on", "first\nthen go on", False),
        ("/clear", "first\n/clear", False),
        (LONG, f"old\n{LONG}"[:500], True),
    ],
)
def test_only_a_prompt_that_holds_the_text_on_lines_of_its_own_proves_it(
    game, worker, text, prompt, is_proof
):
    piece = a_hook("UserPromptSubmit", detail=json.dumps({"prompt": prompt}))
    game.store.note_down([replace(piece, at=game.now(), worker_id=worker.id)])

    assert (telling.find_proof(game, worker, text, NOON) is not None) is is_proof


def test_a_message_taken_together_with_other_words_is_said_to_be(game, worker, monkeypatch):
    press = game.tmux.press

    def take(name, key):
        press(name, key)
        piece = a_hook("UserPromptSubmit", detail='{"prompt": "old words hello"}')
        game.store.note_down([replace(piece, at=game.now(), worker_id=worker.id)])

    monkeypatch.setattr(game.tmux, "press", take)

    with pytest.raises(NotProven, match="joined with other words"):
        tell(game, worker, "hello")


def test_a_message_among_others_is_told_and_said_to_be(game, worker, monkeypatch):
    press = game.tmux.press

    def take(name, key):
        press(name, key)
        piece = a_hook("UserPromptSubmit", detail=json.dumps({"prompt": "first\nhello"}))
        game.store.note_down([replace(piece, at=game.now(), worker_id=worker.id)])

    monkeypatch.setattr(game.tmux, "press", take)

    tell(game, worker, "hello")

    assert game.store.events(None, 1)[0].text == "falcon-1 told, among other words: hello"


@pytest.mark.parametrize(
    ("program", "sample"),
    [
        ("gemini", "gemini_hooks"),
        ("qwen", "qwen_hooks"),
        ("pi", "pi_hooks"),
        ("copilot", "copilot_hooks"),
        ("opencode", "opencode_letters"),
        ("codex", "codex_hooks"),
    ],
)
def test_every_program_gives_a_prompt_back_without_words_of_its_own(game, worker, program, sample):
    """Our words in the samples begin with a tool or a saying in brackets, or are short."""
    lines = (SAMPLES / f"{sample}.jsonl").read_text().splitlines()
    heard = [AGENT_PROGRAMS[program].hear(worker.id, _payload(x), NOON, "") for x in lines]
    prompts = [
        json.loads(e.detail)["prompt"]
        for one in heard
        for e in one.evidence
        if e.kind == "UserPromptSubmit"
    ]

    assert prompts
    for prompt in prompts:
        text = prompt.strip()
        assert text.startswith(OUR_BEGINNINGS)


FAINT = "\x1b[2m"
RULE = "─" * 40


@pytest.mark.parametrize(
    ("program", "pane", "typed"),
    [
        (
            "claude",
            f"● x\n{RULE}\n❯\u00a0half\n  typed\n{RULE}\n  ? for shortcuts",
            "half\n  typed",
        ),
        ("claude", f"❯ old\n● x\n{RULE}\n❯\u00a0\x1b[7m \x1b[0m\n{RULE}\n  ? for shortcuts", ""),
        ("claude", f"{RULE}\n❯ \x1b[7mT\x1b[0m{FAINT}ry it\x1b[0m\n{RULE}\n  ?", ""),
        ("claude", f"─── {FAINT}↑ 48 more\x1b[0m {RULE}\n  the end\n{RULE}\n  ?", "the end"),
        ("codex", "› half\n  typed\n\n  model · /folder", "half\n  typed"),
        ("codex", f"\x1b[1m›\x1b[0m {FAINT}Ask Codex\x1b[0m\n\n  model · /folder", ""),
        ("drill", "› half", ""),
    ],
)
def test_what_stands_in_a_prompt_is_read_without_suggestions(program, pane, typed):
    assert find_typed(program, "", pane) == typed


def test_a_swallowed_enter_is_pressed_again(game, worker, monkeypatch):
    monkeypatch.setattr(telling, "SUBMIT_TIMEOUT_S", 0.6)
    monkeypatch.setattr(telling, "ENTER_AGAIN_S", 0.2)

    with pytest.raises(NotProven):
        tell(game, worker, "hello")

    # cat repeats each line that was submitted: the text, and then empty ones.
    wait_until(lambda: game.tmux.capture(worker.session_name).count("hello") == 2)
    proof = replace(a_hook("UserPromptSubmit", detail='{"prompt": "hello"}'), at=game.now())
    game.store.note_down([replace(proof, worker_id=worker.id)])
    assert telling.find_proof(game, worker, "hello", NOON) is not None


def test_a_dialog_that_opens_after_the_paste_is_not_answered_by_enter(game, worker, monkeypatch):
    paste = game.tmux.paste

    def open_dialog(name, text):
        paste(name, text)
        request = replace(a_hook("PermissionRequest", "Bash: ls"), at=game.now())
        game.store.note_down([replace(request, worker_id=worker.id)])

    monkeypatch.setattr(game.tmux, "paste", open_dialog)

    with pytest.raises(NotProven, match="not submitted"):
        tell(game, worker, "hello")

    assert game.tmux.capture(worker.session_name).count("hello") == 1
