"""The rows of the table: how each agent program is started, and what its pane may say."""

import json
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rts.adapters.agents import AGENT_PROGRAMS, Launch
from rts.adapters.agents.hooks import HOOK_NAMES
from rts.adapters.agents.program import Heard, Seat
from rts.adapters.agents.screen_rules import read_screen
from rts.world.evidence import Activity
from rts.world.judge import judge
from tests.adapters.agents.recorded import SAMPLES_FOLDER

AT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def launch(tmp_path: Path) -> Launch:
    folder = tmp_path / "it's a $(run) folder"
    folder.mkdir()
    brief = folder / "brief.md"
    brief.write_text("# Do it\n\n'quoted' \"twice\" `and` $HOME\\\n")
    return Launch("w1", tmp_path, folder, tmp_path / "inbox", "0b0c-uuid", brief)


def spoken_argv(line: str, program: str, tmp_path: Path) -> list[str]:
    """Return the arguments with which a POSIX shell that reads `line` starts `program`."""
    tools = tmp_path / "tools"
    tools.mkdir()
    spy = tools / program
    spy.write_text(f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n")
    spy.chmod(0o755)
    environment = {"PATH": f"{tools}:/usr/bin:/bin"}
    said = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=True, env=environment)
    argv: list[str] = json.loads(said.stdout)
    return argv


def test_claude_and_codex_are_the_only_ones_that_are_chosen_unasked() -> None:
    others = ["opencode", "gemini", "qwen", "pi", "copilot", "aider", "drill", "generic"]
    assert list(AGENT_PROGRAMS) == ["claude", "codex", *others]
    defaults = [row.name for row in AGENT_PROGRAMS.values() if row.may_be_default]
    assert defaults == ["claude", "codex"]


def test_claude_is_started_with_everything_in_its_place(launch: Launch, tmp_path: Path) -> None:
    line = AGENT_PROGRAMS["claude"].command_line(launch)

    assert line.startswith("exec claude ")
    assert spoken_argv(line, "claude", tmp_path) == [
        *("--settings", str(launch.run_folder / "claude.json")),
        *("--session-id", "0b0c-uuid"),
        *("--permission-mode", "default"),
        "--",
        "# Do it\n\n'quoted' \"twice\" `and` $HOME\\",
    ]


def test_a_brief_of_100_kilobytes_arrives_whole(launch: Launch, tmp_path: Path) -> None:
    launch.brief.write_text("é" * 50_000)

    argv = spoken_argv(AGENT_PROGRAMS["claude"].command_line(launch), "claude", tmp_path)

    assert argv[-1] == "é" * 50_000


@pytest.mark.parametrize("name", ["claude", "drill"])
def test_the_hooks_are_written_into_the_run_folder_alone(launch: Launch, name: str) -> None:
    AGENT_PROGRAMS[name].write_files(launch)

    settings = json.loads((launch.run_folder / f"{name}.json").read_text())
    assert set(settings["hooks"]) == set(HOOK_NAMES)
    assert {p.name for p in launch.run_folder.iterdir()} == {"brief.md", f"{name}.json"}


def test_the_drill_agent_is_run_by_our_own_python(launch: Launch) -> None:
    words = shlex.split(AGENT_PROGRAMS["drill"].command_line(launch))

    assert words == [
        *("exec", sys.executable, "-P", "-m", "rts", "drill"),
        *("--settings", str(launch.run_folder / "drill.json")),
        *("--session-id", "0b0c-uuid", str(launch.brief)),
    ]


def test_generic_runs_what_the_setting_says(launch: Launch) -> None:
    launch = Launch(**{**vars(launch), "generic_argv": ("my agent", "--fast")})

    assert AGENT_PROGRAMS["generic"].command_line(launch) == "exec 'my agent' --fast"


def test_generic_runs_the_commanders_shell_when_nothing_is_set(
    launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELL", "/bin/zsh")

    assert AGENT_PROGRAMS["generic"].command_line(launch) == "exec /bin/zsh"


def test_generic_tells_nothing_and_proves_nothing(launch: Launch) -> None:
    generic = AGENT_PROGRAMS["generic"]

    assert generic.hear("w1", {"hook_event_name": "Stop"}, AT, "w1.a").evidence == ()
    assert generic.read_level(Seat("w1", launch.run_folder, 1)) is None
    assert generic.read_transcript("w1", launch.brief, 3) == (Heard(), 3)
    assert not generic.proves_submission


@pytest.mark.parametrize(
    ("pane", "reason"),
    [
        ("trust", "asks whether you trust this folder: attach and answer"),
        ("api_key", "asks whether to use your API key: attach and answer"),
        ("settings_warning", "does not like a settings file: attach and answer"),
        ("welcome", "wants its first-run questions answered: attach and answer"),
    ],
)
def test_a_dialog_before_the_session_blocks_and_says_what_to_do(pane: str, reason: str) -> None:
    text = (SAMPLES_FOLDER / f"pane_{pane}.txt").read_text()

    dialog = read_screen("claude", "2.1.329", "w1", text, AT)

    assert dialog is not None
    assert (dialog.value, dialog.at) == ("dialog", AT)
    judgement = judge([dialog], AT)
    assert (judgement.activity, judgement.reason) == (Activity.BLOCKED, reason)


def test_an_unknown_dialog_before_the_session_blocks_too() -> None:
    dialog = read_screen("claude", "2.1.329", "w1", "Enter to confirm · Esc to cancel", AT)

    assert dialog is not None


@pytest.mark.parametrize("text", ["", "❯ \n  ⏸ manual mode on · ? for shortcuts"])
def test_a_pane_without_a_dialog_says_nothing(text: str) -> None:
    assert read_screen("claude", "2.1.329", "w1", text, AT) is None
