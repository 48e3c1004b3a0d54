"""The loudspeaker: a real helper child, real players, and no sound card."""

import os
import shutil
import signal
import subprocess
import sys
import time
import wave
from array import array
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import psutil
import pytest

from rts import paths
from rts.adapters.audio import NOTED, PACK, PROBING, START_COUNT_MAX, Audio
from rts.adapters.audio_helper import HELPER_ARGV, STALE_S, VOICE_COUNT_MAX, find_backends
from tests.waiting import wait_until

CATEGORY = "task.complete"

needs_aplay = pytest.mark.skipif(not shutil.which("aplay"), reason="alsa-utils is not installed")


@pytest.fixture
def players(room: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the whole PATH: what a test puts there is all that can play."""
    folder = room / "players"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    # A folder of Python modules that stands before the installed ones.
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("TMPDIR", str(room))
    (folder / "simpleaudio.py").write_text("raise ImportError('no such card')\n")
    return folder


@pytest.fixture
def audio(players: Path) -> Iterator[Audio]:
    with closing(Audio()) as audio:
        yield audio


def write_player(folder: Path, name: str, script: str) -> None:
    """Put a player into `folder`: a shell script that is given the clip."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def answer(audio: Audio) -> str:
    """Ask for a silent cue and return who makes it heard; empty while that is not known."""
    by = audio.play("no.such.category", 0.5)
    return "" if by == PROBING else by


def settled(audio: Audio, *, timeout_s: float = 10.0) -> str:
    return wait_until(lambda: answer(audio), timeout_s, "no backend was reported")


def test_without_any_player_a_cue_is_noted_soon_and_nothing_is_printed(
    audio: Audio, capfd: pytest.CaptureFixture[str]
):
    assert settled(audio, timeout_s=3.0) == NOTED

    assert audio.play(CATEGORY, 0.5) == NOTED
    assert [child.status() for child in children()] == [psutil.STATUS_SLEEPING]
    audio.close()
    assert children() == []
    assert capfd.readouterr() == ("", "")


def test_playing_takes_no_time_whatever_the_player_does(players: Path):
    write_player(players, "paplay", "exec /bin/sleep 60")

    with closing(Audio()) as audio:
        began = time.monotonic()
        for _ in range(20_000):  # far more than a pipe holds
            audio.play(CATEGORY, 0.5)
        assert time.monotonic() - began < 2.0
        assert audio.play(CATEGORY, 0.5) == NOTED

    assert children() == []


def test_a_player_that_fails_or_hangs_is_passed_over(players: Path):
    write_player(players, "pw-play", "exit 1")
    write_player(players, "paplay", "exec /bin/sleep 60")
    write_player(players, "aplay", "exit 0")

    with closing(Audio()) as audio:
        assert settled(audio) == "aplay"
        assert len(children()) == 1


def test_a_player_that_breaks_later_is_left_for_the_next(players: Path, room: Path):
    write_player(players, "pw-play", f"[ ! -e {room}/broken ]")
    write_player(players, "paplay", "exit 0")

    with closing(Audio()) as audio:
        assert settled(audio) == "pw-play"
        (room / "broken").touch()
        audio.play(CATEGORY, 0.5)
        wait_until(lambda: answer(audio) == "paplay", message="the next player")


def test_variants_take_turns_and_a_volume_is_made_once(players: Path, room: Path):
    write_player(players, "paplay", f'echo "$1" >> {room}/played')

    with closing(Audio()) as audio:
        assert settled(audio) == "paplay"
        for count in range(1, 4):
            assert audio.play(CATEGORY, 0.25) == "paplay"
            wait_until(partial(has_played, room, count + 1), message="one more clip")

    assert played(room)[1:] == ["25-complete-1.wav", "25-complete-2.wav", "25-complete-1.wav"]
    assert list(room.glob("rts-audio-*")) == []


def has_ended(process: psutil.Process) -> bool:
    return process.status() == psutil.STATUS_ZOMBIE


def has_played(room: Path, count: int) -> bool:
    return len(played(room)) == count


def played(room: Path) -> list[str]:
    log = room / "played"
    return [Path(line).name for line in log.read_text().splitlines()] if log.exists() else []


def test_no_more_clips_sound_at_once_than_one_can_tell(players: Path, room: Path):
    write_player(
        players,
        "paplay",
        f'echo "$1" >> {room}/played\ncase "$1" in *silence*) exit 0;; esac\nexec /bin/sleep 3',
    )

    with closing(Audio()) as audio:
        assert settled(audio) == "paplay"
        for _ in range(10):
            audio.play(CATEGORY, 0.5)
        wait_until(lambda: len(played(room)) == 1 + VOICE_COUNT_MAX, message="three voices")
        assert settled(audio) == "paplay"
        assert len(played(room)) == 1 + VOICE_COUNT_MAX

    assert children() == []


def test_a_cue_that_is_no_news_any_more_is_not_played(players: Path, room: Path):
    write_player(players, "paplay", f'echo "$1" >> {room}/played')
    pack = paths.resource_folder("sounds") / PACK
    now = time.monotonic()

    subprocess.run(
        [*HELPER_ARGV, str(pack), "1"],
        input=f"task.complete 0.5 {now - STALE_S}\ntask.error 0.5 {now}\n".encode(),
        stdout=subprocess.DEVNULL,
        timeout=10,
        check=True,
    )

    assert played(room) == ["silence.wav", "50-error.wav"]


def test_a_helper_that_dies_is_started_again_but_not_for_ever(audio: Audio):
    for _ in range(START_COUNT_MAX):
        assert settled(audio) == NOTED
        helper = children()[0]
        helper.send_signal(signal.SIGKILL)
        wait_until(partial(has_ended, helper), message="its end")

    assert audio.play(CATEGORY, 0.5) == NOTED
    assert children() == []


def test_a_closed_loudspeaker_is_silent_and_may_be_closed_again(audio: Audio):
    audio.close()
    audio.close()

    assert audio.play(CATEGORY, 0.5) == NOTED


def test_the_helper_runs_with_the_allocator_that_simpleaudio_survives(audio: Audio):
    helper = children()[0]

    assert helper.environ()["PYTHONMALLOC"] == "malloc"
    assert os.getsid(helper.pid) == helper.pid


def test_simpleaudio_is_the_first_where_it_can_be_imported(players: Path):
    write_player(players, "aplay", "exit 0")
    (players / "simpleaudio.py").write_text("")

    assert list(find_backends_in_child(players)) == ["simpleaudio", "aplay"]


def find_backends_in_child(players: Path) -> Iterator[str]:
    sys.path.insert(0, str(players))
    try:
        yield from find_backends()
    finally:
        sys.path.remove(str(players))


@needs_aplay
def test_a_cue_is_really_sounded_as_loud_and_long_as_it_should(
    room: Path, monkeypatch: pytest.MonkeyPatch
):
    """ALSA plays into a file: no sound card, but everything else is real."""
    heard = room / "heard.wav"
    config = room / "asound.conf"
    config.write_text(
        "pcm.!default { type plug slave.pcm { type file format wav"
        f' file "{heard}" slave.pcm {{ type null }} }} }}\n'
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(config))
    players = room / "players"
    players.mkdir()
    (players / "aplay").symlink_to(str(shutil.which("aplay")))
    monkeypatch.setenv("PATH", str(players))
    (players / "simpleaudio.py").write_text("raise ImportError\n")
    monkeypatch.setenv("PYTHONPATH", str(players))

    with closing(Audio()) as audio:
        assert settled(audio) == "aplay"
        assert audio.play("task.error", 0.5) == "aplay"

    with wave.open(str(heard), "rb") as file:
        samples = array("h", file.readframes(1_000_000))
    signal_frames = [i // 2 for i, sample in enumerate(samples) if abs(sample) > 1]
    assert max(map(abs, samples)) == pytest.approx(0.75 * 0.5 * 32_767, rel=0.01)
    assert 0.30 < (signal_frames[-1] - signal_frames[0]) / 44_100 <= 0.43


@needs_aplay
def test_a_player_without_a_card_is_passed_over(players: Path):
    (players / "aplay").symlink_to(str(shutil.which("aplay", path=os.defpath)))

    with closing(Audio()) as audio:
        assert settled(audio, timeout_s=3.0) == NOTED
