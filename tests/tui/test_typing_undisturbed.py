"""What was asked for a moment ago does not lie over what is being typed."""

import threading

import pytest

from tests.tui.commander import Play


@pytest.mark.parametrize(("key", "read"), [("R", "read_history"), ("S", "read_score")])
async def test_what_is_read_at_last_does_not_take_the_keys_of_one_who_types(
    play: Play, monkeypatch: pytest.MonkeyPatch, key: str, read: str
) -> None:
    async with play("skirmish") as commander:
        may_answer = threading.Event()
        answer = getattr(commander.backend, read)

        def wait(*words: object) -> object:
            may_answer.wait(10)
            return answer(*words)

        monkeypatch.setattr(commander.backend, read, wait)
        await commander.pilot.press(key, "i")
        may_answer.set()
        await commander.rest()

        await commander.press("q")

        assert commander.battle.is_current
        assert commander.orders == [("type_keys", "falcon-1", "q")]
