"""What `rts ls --watch` says: who came, who went, and who stands otherwise."""

from dataclasses import replace
from datetime import timedelta

from rts.world.changes import say_all, say_changes
from rts.world.evidence import Activity
from tests.tui.scene_parts import Part, make_world

BUSY = make_world((Part(), Part()), 0)


def test_what_stays_is_not_said():
    assert say_changes(BUSY, replace(BUSY, event_id=99)) == []


def test_a_change_is_one_sentence_that_says_who_needs_the_commander():
    asks = make_world((Part(), Part(Activity.ASKING, "asks: which port?", timedelta(0))), 0)

    assert say_changes(BUSY, asks) == ["otter-1 is asking. It needs you: which port?"]


def test_who_comes_and_who_goes_is_said():
    one = make_world((Part(),), 1)

    assert say_changes(one, BUSY) == ["otter-1 began on #2 Proxy drops idle connections."]
    assert say_changes(BUSY, one) == ["otter-1 was dismissed."]


def test_ready_and_landed_are_said_as_such():
    done = timedelta(minutes=1)
    ready = make_world((Part(Activity.DONE, "", done, is_proposed=True),), 0)
    landed = make_world((Part(Activity.DONE, "", done, is_proposed=True, is_merged=True),), 0)

    assert say_changes(make_world((Part(),), 0), ready) == ["falcon-1 is ready to be merged."]
    assert say_changes(ready, landed) == ["falcon-1 has landed."]


def test_at_first_everybody_is_said_with_the_ticket():
    first, _ = say_all(BUSY)

    assert first.startswith("falcon-1 is busy. ")
    assert first.endswith("It is on #1 Retry failed payments.")
