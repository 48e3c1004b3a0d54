"""The territory's rules: who is in whose way, and how folders become a map."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rts.world.territory import (
    Collision,
    FileChange,
    Footprint,
    find_collisions,
    folder_of,
    list_ancestors,
    pair_up,
)
from rts.world.treemap import HEIGHT_MIN, WIDTH_MIN, build_tree, find_tile, lay_out
from tests.making import NOON

SHOP = {
    "": 4_000,
    "api": 60_000,
    "docs": 9_000,
    "payments": 90_000,
    "payments/providers": 70_000,
    "src/main/java": 50_000,
    "tests": 80_000,
}


def steps(worker_id, *paths):
    files = tuple(
        FileChange(path, 1, 0, NOON - timedelta(minutes=i)) for i, path in enumerate(paths)
    )
    return Footprint(worker_id, "", files, len(files))


def names(tiles):
    return {folder.path for tile in tiles for folder in tile.folders}


def test_a_file_that_two_changed_is_a_collision_and_one_that_one_changed_is_none():
    footprints = [steps("b", "pay.py", "b.py"), steps("a", "pay.py"), steps("c", "c.py")]

    assert find_collisions(footprints, {}) == (Collision("pay.py", ("a", "b")),)
    assert pair_up(footprints) == {("a", "b"): {"pay.py"}}


def test_a_predicted_conflict_comes_first_and_names_those_between_whom_it_is():
    footprints = [steps(who, "api.py", "pay.py") for who in "abc"]

    found = find_collisions(footprints, {("a", "c"): ["pay.py"], ("a", "b"): []})

    assert found[0] == Collision("pay.py", ("a", "c"), is_conflict=True)
    assert found[1] == Collision("api.py", ("a", "b", "c"))


def test_a_worker_stands_where_it_edited_last():
    assert steps("a", "payments/retry.py", "api/limits.py").latest.path == "payments/retry.py"
    assert steps("a").latest is None


def test_folders_are_known_by_their_paths():
    assert (folder_of("a/b/c.py"), folder_of("top.py")) == ("a/b", "")
    assert list_ancestors("a/b") == ["a/b", "a", ""]
    assert list_ancestors("") == [""]


def test_every_folder_has_a_place_on_the_map():
    tiles = lay_out(build_tree(SHOP), 60, 20)

    assert {"api", "docs", "payments", "tests", ""} <= names(tiles)


def test_a_large_folder_is_shown_as_its_parts_where_there_is_room():
    wide, narrow = (lay_out(build_tree(SHOP), *size) for size in ((100, 30), (30, 8)))

    assert "payments/providers" in names(wide)
    assert "payments/providers" not in names(narrow)


def test_a_folder_that_holds_nothing_but_another_one_is_passed():
    tiles = lay_out(build_tree(SHOP), 60, 20)

    assert "src/main/java" in names(tiles)
    assert find_tile(tiles, "src") == find_tile(tiles, "src/main/java")


def test_a_larger_folder_gets_more_room():
    area = {
        folder.path: tile.area.width * tile.area.height
        for tile in lay_out(build_tree({"big": 900_000, "mid": 90_000, "small": 9_000}), 50, 20)
        for folder in tile.folders
    }

    assert area["big"] > area["mid"] > area["small"]


def test_a_map_does_not_jump_when_a_file_grows_a_little():
    grown = {**SHOP, "payments": 91_500, "docs": 9_100}

    assert [t.area for t in lay_out(build_tree(grown), 60, 20)] == [
        t.area for t in lay_out(build_tree(SHOP), 60, 20)
    ]


def test_a_folder_that_the_map_does_not_know_lies_where_the_one_around_it_does():
    tiles = lay_out(build_tree(SHOP), 60, 20)

    assert find_tile(tiles, "api/new/deep") == find_tile(tiles, "api")
    assert find_tile(tiles, "unheard-of") == find_tile(tiles, "")


def test_inside_a_folder_the_others_are_elsewhere():
    tiles = lay_out(build_tree(SHOP, "payments"), 60, 20)

    assert names(tiles) == {"payments", "payments/providers"}
    assert find_tile(tiles, "payments/providers", "payments") is not None
    assert find_tile(tiles, "api", "payments") is None


def test_nothing_at_all_is_one_tile():
    (tile,) = lay_out(build_tree({}), 40, 10)

    assert (tile.area.width, tile.area.height) == (40, 10)


folders = st.lists(st.sampled_from("abcdefgh"), max_size=4).map("/".join)


@given(
    st.dictionaries(folders, st.integers(0, 10**9), max_size=40),
    st.integers(1, 120),
    st.integers(1, 50),
)
@pytest.mark.parametrize("top", ["", "a"])
def test_tiles_never_overlap_and_every_folder_is_found(top, sizes, width, height):
    tiles = lay_out(build_tree(sizes, top), width, height)

    cells = [
        (x, y)
        for tile in tiles
        for x in range(tile.area.x, tile.area.x + tile.area.width)
        for y in range(tile.area.y, tile.area.y + tile.area.height)
    ]
    assert len(cells) == len(set(cells))
    assert all(0 <= x < width and 0 <= y < height for x, y in cells)
    assert all(tile.area.width >= min(WIDTH_MIN, width) for tile in tiles)
    assert all(tile.area.height >= min(HEIGHT_MIN, height) for tile in tiles)
    for folder in sizes:
        is_below = not top or folder == top or folder.startswith(f"{top}/")
        assert (find_tile(tiles, folder, top) is not None) == is_below
