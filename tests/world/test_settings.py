"""Settings: themes and keys."""

import tomllib

import pytest

from rts.errors import RtsError
from rts.settings import THEME_NAMES, Settings, parse_settings


def parse(text):
    return parse_settings(tomllib.loads(text))


@pytest.mark.parametrize(
    "text",
    ['[keys]\n"battle.merge" = "M"', '[keys]\nbattle.merge = ["M"]', '[keys.battle]\nmerge = "M"'],
    ids=["a name in quotes", "a name with a dot", "a table for a screen"],
)
def test_keys_are_a_table_of_rows_however_it_is_written(text):
    assert parse(text).keys == {"battle.merge": ("M",)}


def test_a_theme_is_one_of_those_that_there_are():
    assert Settings().theme == THEME_NAMES[0]
    assert parse('theme = "day"').theme == "day"
    with pytest.raises(RtsError) as refused:
        parse('theme = "dusk"')

    assert "dusk" in refused.value.what
    assert all(name in refused.value.hint for name in THEME_NAMES)


@pytest.mark.parametrize(
    "text",
    ["keys = 3", '[keys]\n"battle.merge" = 3', '[keys]\n"battle.merge" = ["M", 3]', "theme = 3"],
    ids=["no table", "a number for a key", "a number among keys", "a number for a theme"],
)
def test_what_is_no_key_and_no_theme_is_named(text):
    with pytest.raises(RtsError) as refused:
        parse(text)

    assert "keys" in refused.value.what or "theme" in refused.value.what
