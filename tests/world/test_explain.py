"""Explaining a judgement to a sceptic."""

from rts.world.evidence import Activity, Evidence, Source
from rts.world.explain import find_contradictions, say_rule
from rts.world.judge import judge
from tests.making import NOON, a_hook, a_level, a_pane, ago

ALIVE = a_pane("alive", ago(minutes=60))


def a_title(value: str, at=NOON) -> Evidence:
    return Evidence("id-of-falcon-1", Source.TITLE, "title", at, value)


def test_a_judgement_names_its_rule():
    judgement = judge([ALIVE, a_level("busy")], NOON)

    assert judgement.rule == "level"
    assert "the agent keeps itself" in say_rule(judgement)


def test_a_stall_says_which_claim_was_not_believed():
    judgement = judge([ALIVE, a_hook("UserPromptSubmit", "go", ago(minutes=20))], NOON)

    assert judgement.activity is Activity.STALLED
    assert say_rule(judgement).endswith("but it is too long ago")


def test_evidence_that_agrees_contradicts_nothing():
    pieces = [ALIVE, a_level("busy"), a_hook("PreToolUse", "Bash: ls"), a_title("busy")]

    assert find_contradictions(judge(pieces, NOON), NOON) == []


def test_what_was_so_before_contradicts_nothing():
    pieces = [
        ALIVE,
        a_hook("PreToolUse", "Bash: x", ago(seconds=9)),
        a_level("idle", ago(seconds=5)),
    ]

    judgement = judge(pieces, NOON)

    assert judgement.activity is Activity.DONE
    assert find_contradictions(judgement, NOON) == []


def test_a_newer_hook_that_the_level_outweighs_is_named_with_what_it_would_mean():
    pieces = [ALIVE, a_level("busy", ago(seconds=9)), a_hook("Stop", "Done.", ago(seconds=5))]

    judgement = judge(pieces, NOON)
    (found,) = find_contradictions(judgement, NOON)

    assert (judgement.activity, found.activity) == (Activity.BUSY, Activity.DONE)
    assert (found.piece.kind, found.why_not) == ("Stop", "level is stronger")


def test_a_weaker_and_newer_title_is_named_as_weaker():
    pieces = [ALIVE, a_level("busy", ago(seconds=9)), a_title("idle", ago(seconds=1))]

    (found,) = find_contradictions(judge(pieces, NOON), NOON)

    assert (found.activity, found.why_not) == (Activity.DONE, "level is stronger")


def test_what_an_earlier_process_said_is_shown_but_does_not_count():
    old = a_hook("PermissionRequest", "Bash: rm", ago(minutes=90))

    judgement = judge([ALIVE, old, a_level("idle")], NOON)

    assert judgement.activity is Activity.DONE
    assert old in judgement.evidence
