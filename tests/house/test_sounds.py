"""The shipped sounds: made by the script beside them, true to CESP 1.0, one for each cue."""

import hashlib
import json
import re
import runpy
import wave
from array import array
from pathlib import Path
from typing import Any

import pytest

from rts import paths
from rts.world.cues import CATEGORY_BY_ACTIVITY

SOUNDS = Path(__file__).parents[2] / "sounds"
PACK = SOUNDS / "command"
CORE_CATEGORIES = {
    "session.start", "task.acknowledge", "task.complete", "task.error", "input.required",
    "resource.limit",
}  # fmt: skip
PACK_SIZE_MAX = 600_000
DURATION_MAX_S = 0.6


def manifest() -> dict[str, Any]:
    table: dict[str, Any] = json.loads((PACK / "openpeon.json").read_text("utf-8"))
    return table


def sounds() -> list[dict[str, str]]:
    return [sound for entry in manifest()["categories"].values() for sound in entry["sounds"]]


def test_the_pack_is_what_its_script_makes(room: Path):
    made = room / "made"

    runpy.run_path(str(SOUNDS / "make_sounds.py"))["main"](made)

    assert {path.name for path in made.iterdir()} == {path.name for path in PACK.iterdir()}
    for path in made.iterdir():
        assert path.read_bytes() == (PACK / path.name).read_bytes(), path.name


def test_the_manifest_keeps_the_rules_of_cesp():
    table = manifest()

    assert table["cesp_version"] == "1.0"
    assert table["name"] == PACK.name
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", table["name"])
    assert 1 <= len(table["display_name"]) <= 128
    assert re.fullmatch(r"\d+\.\d+\.\d+", table["version"])
    assert len(table["description"]) <= 256
    assert table["license"] == "CC0-1.0"
    known = {"cesp_version", "name", "display_name", "version", "description", "author", "license"}
    assert table.keys() <= known | {"tags", "categories"}
    assert set(table["categories"]) == CORE_CATEGORIES


def test_each_sound_is_named_labelled_and_true_to_its_sum():
    for sound in sounds():
        assert re.fullmatch(r"[a-zA-Z0-9._-]+", sound["file"])
        assert 1 <= len(sound["label"]) <= 256
        content = (PACK / sound["file"]).read_bytes()
        assert content[:4] == b"RIFF"
        assert hashlib.sha256(content).hexdigest() == sound["sha256"]


def test_variants_exist_but_never_for_an_error():
    for category, entry in manifest()["categories"].items():
        assert len(entry["sounds"]) == (1 if category == "task.error" else 2)


def test_the_pack_has_no_file_that_is_not_named_and_is_small():
    named = {sound["file"] for sound in sounds()} | {"openpeon.json"}

    assert {path.name for path in PACK.iterdir()} == named
    assert sum(path.stat().st_size for path in PACK.iterdir()) <= PACK_SIZE_MAX


@pytest.mark.parametrize("file", [sound["file"] for sound in sounds()])
def test_each_sound_is_short_stereo_levelled_and_begins_and_ends_softly(file: str):
    with wave.open(str(PACK / file), "rb") as sound:
        form = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
        samples = array("h", sound.readframes(sound.getnframes()))
        duration_s = sound.getnframes() / sound.getframerate()

    assert form == (2, 2, 44_100)
    assert duration_s <= DURATION_MAX_S
    assert 0.4 < max(map(abs, samples)) / 32_767 <= 0.76
    assert max(map(abs, samples[:40])) < 800  # 40 samples are the first half millisecond
    assert max(map(abs, samples[-40:])) < 40


def test_every_cue_has_a_sound():
    assert set(CATEGORY_BY_ACTIVITY.values()) <= set(manifest()["categories"])


def test_the_pack_is_where_the_program_looks():
    assert (paths.resource_folder("sounds") / "command" / "openpeon.json").is_file()
