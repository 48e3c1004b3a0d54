"""What the commander is advised to do."""

import pytest

from rts.world.advice import advise
from rts.world.evidence import Activity, Evidence, Source
from rts.world.judge import judge
from tests.making import NOON, a_hook, a_level, a_pane, a_worker, ago

ALIVE = a_pane("alive", ago(minutes=60))
DIALOG = Evidence("id-of-falcon-1", Source.SCREEN, "screen", NOON, "dialog", '{"reason": "trust"}')


@pytest.mark.parametrize(
    ("pieces", "verb"),
    [
        ([ALIVE, a_hook("Stop", "Which port?")], "rts answer falcon-1"),
        ([ALIVE, a_hook("PermissionRequest", "Bash: rm")], "rts answer falcon-1 yes"),
        ([ALIVE, DIALOG], "rts attach falcon-1"),
        ([ALIVE, a_hook("StopFailure", "usage limit")], 'rts tell falcon-1 "go on"'),
        ([a_pane("dead", detail='{"exit_code": 1}')], "rts resume falcon-1"),
    ],
)
def test_who_waits_for_the_commander_comes_with_the_verb_to_type(pieces, verb):
    assert verb in advise(a_worker(), judge(pieces, NOON))


def test_who_works_needs_nothing():
    judgement = judge([ALIVE, a_level("busy")], NOON)

    assert judgement.activity is Activity.BUSY
    assert advise(a_worker(), judgement) == ""
