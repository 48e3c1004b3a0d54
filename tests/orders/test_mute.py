"""Silence, as the commander said it last."""

from dataclasses import replace

import pytest

from rts.errors import OutsideFailed
from rts.orders import mute


def test_the_setting_holds_until_something_else_is_said(game):
    silent = replace(game, settings=replace(game.settings, is_muted=True))

    assert (mute.is_muted(game), mute.is_muted(silent)) == (False, True)


@pytest.mark.parametrize("is_muted", [True, False])
def test_the_last_word_counts_more_than_the_setting(game, is_muted):
    game = replace(game, settings=replace(game.settings, is_muted=not is_muted))

    mute.mute(game, is_muted=is_muted)

    assert mute.is_muted(game) is is_muted


def test_what_cannot_be_written_is_said(game):
    game.home.parent.mkdir(parents=True, exist_ok=True)
    game.home.write_text("a file in its place")

    with pytest.raises(OutsideFailed):
        mute.mute(game, is_muted=True)
