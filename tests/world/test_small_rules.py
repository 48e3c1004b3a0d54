"""Cues, handed-in words, test summaries, settings."""

import json

import pytest

from rts.errors import RtsError
from rts.settings import Settings, parse_settings
from rts.world.cues import choose_cue
from rts.world.evidence import Activity
from rts.world.handed_in import ASSUMPTIONS, LESSONS, SUMMARY, read_handed_in
from rts.world.tests_output import summarise
from tests.making import an_event


@pytest.mark.parametrize(
    ("activity", "category"),
    [
        (Activity.ASKING, "input.required"),
        (Activity.BLOCKED, "input.required"),
        (Activity.DONE, "task.complete"),
        (Activity.GONE, "task.error"),
    ],
    ids=str,
)
def test_a_unit_that_needs_the_commander_or_finished_is_heard(activity, category):
    event = an_event(
        "activity_changed", worker_id="w", detail=json.dumps({"activity": activity.value})
    )

    cue = choose_cue(event)

    assert cue is not None
    assert (cue.category, cue.worker_id) == (category, "w")


def test_work_is_silent():
    assert choose_cue(an_event("activity_changed", detail='{"activity": "busy"}')) is None
    assert choose_cue(an_event("worker_told")) is None


def test_a_pull_request_is_read_by_its_headings():
    code = "```\n## not a heading\n```"
    text = f"# Retry\n\n## Summary\n\nIt retries.\n\n{code}\n\n## Assumptions\n\nNone\n"

    handed = read_handed_in(text)

    assert handed.title == "Retry"
    assert handed.part(SUMMARY) == f"It retries.\n\n{code}"
    assert handed.part(ASSUMPTIONS) == "None"
    assert handed.part(LESSONS) == ""


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("....\n====== 4 passed in 0.02s ======\n", "4 passed in 0.02s"),
        ("Ran 12 tests in 0.004s\n\nOK\n", "Ran 12 tests: OK"),
        ("Ran 2 tests in 0.1s\n\nFAILED (failures=1)\n", "Ran 2 tests: FAILED (failures=1)"),
        ("no verdict here\n", "no verdict here"),
        ("", "failed"),
    ],
)
def test_a_test_run_is_told_in_one_line(output, line):
    assert summarise(output, has_passed=False) == line


def test_settings_that_are_missing_keep_their_defaults():
    settings = parse_settings({"beat_s": 2, "agents": {"generic": {"argv": ["sh"]}}})

    assert (settings.beat_s, settings.generic.argv) == (2.0, ("sh",))
    assert settings.supply_limit == Settings().supply_limit


@pytest.mark.parametrize(
    "table",
    [{"volune": 1.0}, {"volume": "loud"}, {"is_muted": 1}, {"agents": {"generic": {"argv": "sh"}}}],
    ids=["a misspelt key", "a word for a number", "a number for a switch", "one word for a list"],
)
def test_a_wrong_setting_is_named(table):
    with pytest.raises(RtsError) as refused:
        parse_settings(table)

    assert next(iter(table)) in refused.value.what or "generic" in refused.value.what
