"""The helper child that makes cues heard: `python -m rts.adapters.audio_helper PACK STATUS_FD`.

It reads one line per cue from its standard input (category, volume, monotonic seconds) and ends
when that closes. Each clip is played by a process of its own: an audio library may print, hang on
a frozen sound server or crash its interpreter, and none of that may reach anybody else. It imports
the standard library only, so that it is there at once.
"""

import importlib
import importlib.util
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
import wave
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PROBE_LIMIT_S = 2.0
"""Longest that a backend may take for a silent clip before it counts as broken."""

PROBE_LENGTH_S = 0.01
"""Length of the silent clip."""

CLIP_LIMIT_S = 4.0
"""Longest that one clip may take: six times the longest cue."""

VOICE_COUNT_MAX = 3
"""Most clips at once: of four concurrent cues nobody tells any (McGookin and Brewster, 2004)."""

STALE_S = 3.0
"""Age at which a cue is no news any more and is not played."""

REAP_STEP_S = 0.05
"""How often running clips are looked at; without any, nothing wakes the helper."""

NO_BACKEND = "none"
"""What is reported where nothing can make a sound."""

HELPER_ARGV = (sys.executable, "-P", "-m", "rts.adapters.audio_helper")
"""How the helper is started; `-P`: no module of the folder that one stands in is taken for ours."""

SIMPLEAUDIO = "simpleaudio"

ARGV_BY_PLAYER = {
    "pw-play": ("pw-play", "--media-role=Notification"),
    "paplay": ("paplay",),
    "aplay": ("aplay", "-q"),
    "afplay": ("afplay",),
}
"""The system's players, in the order of trying; each takes a file's name as its last argument."""


@dataclass
class Voice:
    """A clip that is being played."""

    process: subprocess.Popen[bytes]
    until: float
    """Monotonic seconds at which it has taken too long."""

    def has_ended(self) -> bool:
        """Tell whether it is over; one that takes too long is ended and counts as failed."""
        if self.process.poll() is None and time.monotonic() > self.until:
            self.process.kill()
            self.process.wait()
        return self.process.returncode is not None


class Clips:
    """The sounds of a CESP pack, made as loud as wanted in a folder aside."""

    def __init__(self, pack: Path, folder: Path) -> None:
        manifest = json.loads((pack / "openpeon.json").read_text("utf-8"))
        self._files_by_category: dict[str, list[Path]] = {
            category: [pack / sound["file"] for sound in entry["sounds"]]
            for category, entry in manifest["categories"].items()
        }
        self._folder = folder
        self._turn_by_category: dict[str, int] = {}

    def choose(self, category: str, volume: float) -> Path | None:
        """Return the next sound of `category`; None for one without any."""
        files = self._files_by_category.get(category, [])
        if not files:
            return None
        turn = self._turn_by_category.get(category, 0)
        self._turn_by_category[category] = turn + 1
        file = files[turn % len(files)]
        # aplay knows no volume, so every clip is scaled here, once for each loudness.
        scaled = self._folder / f"{round(volume * 100)}-{file.name}"
        if not scaled.exists():
            scale_clip(file, scaled, volume)
        return scaled

    def silence(self) -> Path:
        """Return a silent clip."""
        path = self._folder / "silence.wav"
        _write_clip(path, array("h", bytes(4 * round(44_100 * PROBE_LENGTH_S))), 44_100)
        return path


class Speaker:
    """Plays clips through the first backend that works."""

    def __init__(self, clips: Clips, status_fd: int) -> None:
        self._clips = clips
        self._status_fd = status_fd
        self._untried = find_backends()
        self._voices: list[Voice] = []
        self.backend = ""
        self._choose_backend()

    def play(self, category: str, volume: float) -> None:
        """Begin to play; nothing where there is no backend or too much sounds already."""
        if self.backend == NO_BACKEND or len(self._voices) >= VOICE_COUNT_MAX:
            return
        if clip := self._clips.choose(category, volume):
            self._voices.append(Voice(start(self.backend, clip), time.monotonic() + CLIP_LIMIT_S))

    def is_sounding(self) -> bool:
        """Tell whether a clip is being played; ended ones are put away, failed ones have a cost."""
        ended = [voice for voice in self._voices if voice.has_ended()]
        self._voices = [voice for voice in self._voices if voice not in ended]
        if any(voice.process.returncode != 0 for voice in ended):
            self._choose_backend()
        return bool(self._voices)

    def stop(self) -> None:
        """End every clip."""
        for voice in self._voices:
            voice.process.kill()
            voice.process.wait()

    def _choose_backend(self) -> None:
        """Go on to the next backend that plays a silent clip, and report it."""
        silence = self._clips.silence()
        self.backend = next((name for name in self._untried if works(name, silence)), NO_BACKEND)
        os.write(self._status_fd, f"{self.backend}\n".encode())


def find_backends() -> Iterator[str]:
    """Give the names of the backends that are installed, best first."""
    if importlib.util.find_spec(SIMPLEAUDIO):
        yield SIMPLEAUDIO
    yield from (name for name in ARGV_BY_PLAYER if shutil.which(name))


def works(backend: str, clip: Path) -> bool:
    """Tell whether `backend` plays `clip` within `PROBE_LIMIT_S`."""
    try:
        process = start(backend, clip)
    except OSError:
        return False
    try:
        return process.wait(PROBE_LIMIT_S) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False


def start(backend: str, clip: Path) -> subprocess.Popen[bytes]:
    """Start the process that plays `clip`, silent on its outputs."""
    return subprocess.Popen(
        [*ARGV_BY_PLAYER.get(backend, HELPER_ARGV), str(clip)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def scale_clip(source: Path, target: Path, volume: float) -> None:
    """Write the 16-bit `source`, `volume` times as loud, to `target`."""
    with wave.open(str(source), "rb") as file:
        samples = array("h", file.readframes(file.getnframes()))
        rate_hz = file.getframerate()
    if sys.byteorder == "big":
        samples.byteswap()
    _write_clip(target, array("h", (round(sample * volume) for sample in samples)), rate_hz)


def play_here(clip: Path) -> None:
    """Play `clip` with simpleaudio in this process, to its end."""
    simpleaudio = importlib.import_module(SIMPLEAUDIO)
    simpleaudio.WaveObject.from_wave_file(str(clip)).play().wait_done()


def serve(pack: Path, status_fd: int) -> None:
    """Play what the standard input asks for, until it closes."""
    with tempfile.TemporaryDirectory(prefix="rts-audio-") as folder:
        speaker = Speaker(Clips(pack, Path(folder)), status_fd)
        try:
            for category, volume in _read_cues(speaker):
                speaker.play(category, volume)
            while speaker.is_sounding():  # each voice has its own limit
                time.sleep(REAP_STEP_S)
        finally:
            speaker.stop()


def _read_cues(speaker: Speaker) -> Iterator[tuple[str, float]]:
    """Give each cue that is still news, and look after the clips meanwhile."""
    waiting = b""
    while True:
        pause_s = REAP_STEP_S if speaker.is_sounding() else None
        if not select.select([0], [], [], pause_s)[0]:
            continue
        received = os.read(0, 4096)
        if not received:
            return
        *lines, waiting = (waiting + received).split(b"\n")
        for line in lines:
            category, volume, asked_at = line.decode().split()
            if time.monotonic() - float(asked_at) < STALE_S:
                yield category, float(volume)


def _write_clip(path: Path, samples: "array[int]", rate_hz: int) -> None:
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())


def main(arguments: Sequence[str]) -> None:
    """Serve a pack, or play one file and end."""
    match arguments:
        case [pack, status_fd]:
            serve(Path(pack), int(status_fd))
        case [clip]:
            play_here(Path(clip))
        case _:
            sys.exit(2)


if __name__ == "__main__":
    main(sys.argv[1:])
