"""Make the sound pack `command`: every sample computed, nothing recorded or imitated.

Run `python sounds/make_sounds.py` and commit what it writes; a test makes the pack again and
compares the bytes. One family of instruments (soft mallets on wood, bronze and glass) in one key,
so that cues belong together; an event is known by its figure and register. Attacks are soft.
"""

import hashlib
import json
import math
import sys
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path

PACK_NAME = "command"

RATE_HZ = 44_100
ATTACK_S = 0.007
"""Rise of a note: shorter clicks, longer blurs."""
RELEASE_S = 0.060
"""Fade to silence at the end of a cue."""
ECHO_LEVEL = 0.16
ECHOES_S = ((0.013, 0.029), (0.017, 0.037))
"""Delays of two early reflections, left and right: a small wooden room."""


@dataclass(frozen=True)
class Timbre:
    """A struck thing: what sounds in it and for how long."""

    partials: tuple[tuple[float, float, float], ...]
    """Multiple of the pitch, loudness, and seconds until it has died down to a third."""


WOOD = Timbre(((1.0, 1.0, 0.10), (2.0, 0.16, 0.05), (3.9, 0.22, 0.022)))
BRONZE = Timbre(((1.0, 1.0, 0.17), (2.0, 0.34, 0.11), (3.0, 0.12, 0.06), (4.2, 0.06, 0.03)))
GLASS = Timbre(((1.0, 1.0, 0.20), (2.0, 0.10, 0.12), (2.76, 0.20, 0.07), (5.4, 0.07, 0.03)))
DEEP = Timbre(((0.5, 0.35, 0.20), (1.0, 1.0, 0.17), (2.0, 0.42, 0.10), (3.0, 0.20, 0.05)))


@dataclass(frozen=True)
class Note:
    """One stroke."""

    start_s: float
    midi: float
    """Pitch in semitones, A4 = 69."""
    level: float
    pan: float
    """From -1, left, to 1, right."""


@dataclass(frozen=True)
class Event:
    """What all sounds of one category share."""

    timbre: Timbre
    duration_s: float
    peak: float
    """Loudest sample, 0 to 1: what needs the commander stands above what is only news."""


EVENT_BY_CATEGORY = {
    "session.start": Event(GLASS, 0.33, 0.62),
    "task.acknowledge": Event(WOOD, 0.15, 0.45),
    "task.complete": Event(BRONZE, 0.37, 0.62),
    "task.error": Event(DEEP, 0.42, 0.75),
    "input.required": Event(GLASS, 0.33, 0.75),
    "resource.limit": Event(WOOD, 0.29, 0.68),
}


@dataclass(frozen=True)
class Cue:
    """One sound of the pack."""

    category: str
    file: str
    label: str
    notes: tuple[Note, ...]


# A tenth of a semitone tells two variants apart without a change of meaning; an error has one
# sound only, so that it is never mistaken.
CUES = (
    Cue(
        "session.start",
        "start-1.wav",
        "A unit is ready",
        (Note(0.0, 74, 0.8, -0.3), Note(0.085, 81, 1.0, 0.3)),
    ),
    Cue(
        "session.start",
        "start-2.wav",
        "A unit reports",
        (Note(0.0, 74.1, 0.8, 0.3), Note(0.1, 81.1, 1.0, -0.3), Note(0.1, 86.1, 0.3, 0.0)),
    ),
    Cue(
        "task.acknowledge",
        "acknowledge-1.wav",
        "Understood",
        (Note(0.0, 74, 0.9, -0.1), Note(0.045, 81, 0.7, 0.1)),
    ),
    Cue(
        "task.acknowledge",
        "acknowledge-2.wav",
        "On it",
        (Note(0.0, 76.1, 0.9, 0.1), Note(0.045, 81.1, 0.7, -0.1)),
    ),
    Cue(
        "task.complete",
        "complete-1.wav",
        "A unit is done",
        (Note(0.0, 74, 0.8, -0.4), Note(0.07, 78, 0.8, 0.0), Note(0.14, 81, 1.0, 0.4)),
    ),
    Cue(
        "task.complete",
        "complete-2.wav",
        "Work is finished",
        (Note(0.0, 69.1, 0.8, 0.4), Note(0.07, 74.1, 0.8, 0.0), Note(0.14, 78.1, 1.0, -0.4)),
    ),
    Cue(
        "task.error",
        "error.wav",
        "A unit fell",
        (Note(0.0, 65, 1.0, -0.2), Note(0.13, 62, 0.9, 0.2), Note(0.13, 57, 0.6, 0.0)),
    ),
    Cue(
        "input.required",
        "input-1.wav",
        "A unit asks",
        (Note(0.0, 76, 0.9, 0.2), Note(0.11, 81, 1.0, -0.1), Note(0.165, 83, 0.9, -0.2)),
    ),
    Cue(
        "input.required",
        "input-2.wav",
        "A unit needs you",
        (Note(0.0, 76.1, 0.9, -0.2), Note(0.11, 76.1, 0.6, 0.0), Note(0.165, 83.1, 1.0, 0.2)),
    ),
    Cue(
        "resource.limit",
        "limit-1.wav",
        "A limit is near",
        (Note(0.0, 66, 1.0, 0.0), Note(0.09, 66, 0.8, 0.2), Note(0.18, 64, 1.0, -0.2)),
    ),
    Cue(
        "resource.limit",
        "limit-2.wav",
        "Supplies run low",
        (Note(0.0, 66.1, 1.0, 0.0), Note(0.09, 64.1, 0.8, -0.2), Note(0.18, 64.1, 1.0, 0.2)),
    ),
)


def main(folder: Path) -> None:
    """Write the pack into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    sounds_by_category: dict[str, list[dict[str, str]]] = {}
    for cue in CUES:
        path = folder / cue.file
        _write_wave(path, _render(cue))
        sound = {"file": cue.file, "label": cue.label, "sha256": _digest(path)}
        sounds_by_category.setdefault(cue.category, []).append(sound)
    manifest = {
        "cesp_version": "1.0",
        "name": PACK_NAME,
        "display_name": "Command",
        "version": "1.0.0",
        "description": "Soft mallets of wood, bronze and glass; computed, not recorded.",
        "author": {"name": "The rts authors"},
        "license": "CC0-1.0",
        "tags": ["original", "synthesised", "calm"],
        "categories": {name: {"sounds": sounds} for name, sounds in sounds_by_category.items()},
    }
    (folder / "openpeon.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


def _render(cue: Cue) -> tuple[list[float], list[float]]:
    """Return the left and the right samples, levelled to the event's peak."""
    event = EVENT_BY_CATEGORY[cue.category]
    count = round(event.duration_s * RATE_HZ)
    dry = ([0.0] * count, [0.0] * count)
    for note in cue.notes:
        _strike(dry, note, event.timbre)
    left, right = (_add_echoes(dry, side) for side in (0, 1))
    _fade_out(left)
    _fade_out(right)
    scale = event.peak / max(map(abs, left + right))
    return [sample * scale for sample in left], [sample * scale for sample in right]


def _strike(sides: tuple[list[float], list[float]], note: Note, timbre: Timbre) -> None:
    pitch_hz = 440.0 * 2 ** ((note.midi - 69) / 12)
    # Equal power: a note is as loud at the side as in the middle.
    angle = (note.pan + 1) * math.pi / 4
    levels = (note.level * math.cos(angle), note.level * math.sin(angle))
    first = round(note.start_s * RATE_HZ)
    for i in range(len(sides[0]) - first):
        t = i / RATE_HZ
        rise = 0.5 - 0.5 * math.cos(math.pi * min(1.0, t / ATTACK_S))
        sample = rise * sum(
            loudness * math.exp(-t / decay_s) * math.sin(2 * math.pi * multiple * pitch_hz * t)
            for multiple, loudness, decay_s in timbre.partials
        )
        sides[0][first + i] += levels[0] * sample
        sides[1][first + i] += levels[1] * sample


def _add_echoes(dry: tuple[list[float], list[float]], side: int) -> list[float]:
    """Return one side with its reflections, which come from the other side too."""
    near, far = dry[side], dry[1 - side]
    early, late = (round(delay_s * RATE_HZ) for delay_s in ECHOES_S[side])
    return [
        sample
        + (ECHO_LEVEL * far[i - early] if i >= early else 0.0)
        + (ECHO_LEVEL * 0.6 * near[i - late] if i >= late else 0.0)
        for i, sample in enumerate(near)
    ]


def _fade_out(samples: list[float]) -> None:
    count = round(RELEASE_S * RATE_HZ)
    for i in range(count):
        samples[-1 - i] *= 0.5 - 0.5 * math.cos(math.pi * i / count)


def _write_wave(path: Path, sides: tuple[list[float], list[float]]) -> None:
    """Write 16-bit stereo; the order is left, right, left, …"""
    frames = array(
        "h", (round(sample * 32767) for pair in zip(*sides, strict=True) for sample in pair)
    )
    if sys.byteorder == "big":
        frames.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(frames.tobytes())


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main(Path(__file__).parent / PACK_NAME)
