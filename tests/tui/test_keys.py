"""The key table as the settings change it."""

import pytest
from textual.binding import BindingsMap

from rts.errors import RtsError
from rts.settings import Settings
from rts.tui.keymap import BATTLE_KEYS, bind, key_tables
from rts.tui.remap import remap, textual_keymap

MERGE = next(row for row in BATTLE_KEYS if row.press == "merge")


def settings(**keys):
    """Settings with other keys for rows of the battle."""
    wishes = {f"battle.{press}": wish for press, wish in keys.items()}
    return Settings(has_reduced_motion=True, keys=wishes)


async def test_a_row_has_its_new_key_and_no_longer_the_old_one(play):
    async with play("skirmish", settings=settings(pull_request=("f5",))) as commander:
        await commander.press("p")
        assert commander.orders == []

        await commander.press("f5")

        assert commander.orders == [("open_pull_request", "falcon-1")]


async def test_two_rows_may_change_places(play):
    swapped = settings(diff=("p",), pull_request=("d",))
    async with play("skirmish", settings=swapped) as commander:
        await commander.press("d")

        assert commander.orders == [("open_pull_request", "falcon-1")]


async def test_each_of_the_arrows_can_be_another_key(play):
    async with play("skirmish", settings=settings(move=tuple("AXWD"))) as commander:
        await commander.press("D")
        assert commander.selected == "otter-1"

        await commander.press("right")
        assert commander.selected == "otter-1"

        await commander.press("h")
        assert commander.selected == "falcon-1"


async def test_footer_help_and_palette_show_the_new_key(play):
    async with play("skirmish", settings=settings(new_ticket=("F6",))) as commander:
        assert "F6 new" in commander.sees()

        await commander.press("question_mark")
        line = next(line for line in commander.sees().splitlines() if "File a ticket" in line)
        assert "F6" in line
        assert "was n" in commander.sees()

        await commander.press("escape", "ctrl+p", *"new")
        assert "F6" in next(line for line in commander.sees().splitlines() if "File a" in line)


async def test_what_a_newcomer_reads_names_the_new_key(play):
    async with play("empty", settings=settings(new_ticket=("F6",))) as commander:
        assert "F6      File a ticket" in commander.sees()


@pytest.mark.parametrize(
    ("wish", "key"),
    [("F5", "f5"), ("Ctrl+X", "ctrl+x"), ("Shift+z", "Z"), (",", "comma"), ("é", "é")],
)
def test_keys_may_be_written_as_they_are_read(wish, key):
    assert remap({"battle.merge": (wish,)})[MERGE].keys == (key,)


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"battle.marge": ("M",)}, ["battle.marge", "battle.merge"]),
        ({"kitchen.sink": ("M",)}, ["kitchen.sink", "battle.new_ticket"]),
        ({"battle.merge": ("N",)}, ["battle.deny", "battle.merge", "Key N"]),
        ({"battle.merge": ("f5",), "battle.diff": ("F5",)}, ["battle.diff", "battle.merge"]),
        ({"battle.merge": ("tilt",)}, ["battle.merge", "tilt"]),
        ({"battle.merge": ("ctrl+m",)}, ["battle.merge", "Enter"]),
        ({"battle.merge": ("ctrl+q",)}, ["battle.merge", "taken"]),
        ({"battle.merge": ()}, ["battle.merge", "no key"]),
        ({"battle.move": tuple("ABCDEFGHI")}, ["battle.move", "8 keys", "left down up right"]),
    ],
    ids=[
        "a misspelt row", "an unknown screen", "a key of another row", "one key for two rows",
        "no key at all", "what a terminal cannot tell apart", "a key that is taken",
        "an empty list", "too many for the arrows",
    ],
)  # fmt: skip
def test_keys_that_cannot_be_are_refused_with_the_rows_that_they_are_about(wishes, words):
    with pytest.raises(RtsError) as refused:
        remap(wishes)

    told = f"{refused.value.what} {refused.value.hint}"
    assert all(word in told for word in words)


@pytest.mark.parametrize("screen", key_tables())
def test_no_row_of_a_screen_is_named_twice_and_no_key_means_two_things(screen):
    rows = key_tables()[screen]
    keys = [key for row in rows for key in row.keys]

    assert len({row.press for row in rows}) == len(rows)
    assert len(set(keys)) == len(keys)


def test_rows_of_different_screens_are_never_mistaken_for_each_other():
    rows = [row for table in key_tables().values() for row in table]

    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("screen", key_tables())
def test_every_row_can_have_another_key(screen):
    spare = [f"{held}f{number}" for held in ("ctrl+", "") for number in range(1, 25)]
    for row in key_tables()[screen]:
        keys = tuple(spare[: len(row.keys)])
        changed = remap({f"{screen}.{row.press}": keys})

        bindings = BindingsMap(bind(screen, key_tables()[screen]))
        clashes = bindings.apply_keymap(textual_keymap(changed))

        assert not clashes.clashed_bindings
        assert all(key in bindings.key_to_bindings for key in keys)
        assert not set(row.keys) & set(bindings.key_to_bindings)
