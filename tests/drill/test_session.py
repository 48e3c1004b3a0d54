"""The drill agent as a whole, in a real terminal, with real files, git and hooks."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rts.drill.paint import fit
from rts.world.handed_in import PARTS, read_handed_in
from tests.drill.played import PlayedDrill, brief
from tests.waiting import wait_until

ALLOW = """echo '{"hookSpecificOutput":{"decision":{"behavior":"allow"}}}'"""
DENY = """echo '{"hookSpecificOutput":{"decision":{"behavior":"deny"}}}'"""

PERMISSION = brief('[[step]]\ndo = "permission"\ncommand = "touch allowed"')
QUESTION = brief(
    '[[step]]\ndo = "ask"\nquestion = "Which port?"\n'
    '[[step]]\ndo = "write"\npath = "port.txt"\ntext = "{answer}"'
)


def git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def test_it_really_edits_tests_commits_and_hands_in(repository: Path):
    steps = """
[[step]]
do = "read"
path = "shop.py"
[[step]]
do = "edit"
path = "shop.py"
old = "sum(prices)"
new = "sum(prices, start=0)"
[[step]]
do = "run"
command = "python -m unittest -q"
[[step]]
do = "commit"
message = "Start at nothing: it's clearer"
[[step]]
do = "pull_request"
title = "Start at nothing"
summary = "Sums begin at 0."
lessons = "sum has a start."
[[step]]
do = "say"
text = "Handed in."
"""
    with PlayedDrill(repository, brief(steps)) as drill:
        stop = drill.await_hook("Stop")

    assert stop["last_assistant_message"] == "Handed in."
    assert "Start at nothing: it's clearer" in git(repository, "log", "--oneline", "-1")
    assert "start=0" in git(repository, "show", "HEAD:shop.py")
    handed_in = read_handed_in(drill.pull_request.read_text())
    assert handed_in.title == "Start at nothing"
    assert set(handed_in.part_by_heading) == set(PARTS)
    assert "Ran 1 test" in handed_in.part("Tests")


def test_its_hooks_tell_each_tool_call_once_as_claude_code_does(repository: Path):
    steps = '[[step]]\ndo = "read"\npath = "shop.py"\n[[step]]\ndo = "run"\ncommand = "echo hi"'
    with PlayedDrill(repository, brief(steps)) as drill:
        drill.await_hook("Stop")
        fired = drill.payloads()

    assert [p["hook_event_name"] for p in fired] == [
        "SessionStart",
        "UserPromptSubmit",
        *("PreToolUse", "PostToolUse") * 2,
        "Stop",
    ]
    assert all(p["session_id"] == "11-22" and p["cwd"] == str(repository) for p in fired)
    read, run = (p for p in fired if p["hook_event_name"] == "PostToolUse")
    assert read["tool_input"] == {"file_path": str(repository / "shop.py")}
    assert run["tool_response"]["stdout"] == "hi\n"
    assert read["tool_use_id"] != run["tool_use_id"]
    assert "# A title" in fired[1]["prompt"]


def test_a_command_that_fails_is_a_failed_tool_call_and_the_play_goes_on(repository: Path):
    steps = (
        '[[step]]\ndo = "run"\ncommand = "echo oh; exit 3"\n[[step]]\ndo = "say"\ntext = "Well."'
    )
    with PlayedDrill(repository, brief(steps)) as drill:
        stop = drill.await_hook("Stop")
        failure = drill.await_hook("PostToolUseFailure")

    assert failure["error"].startswith("Exit code 3")
    assert not drill.payloads("PostToolUse")
    assert stop["last_assistant_message"] == "Well."


def test_an_edit_of_words_that_are_not_there_fails_and_changes_nothing(repository: Path):
    before = (repository / "shop.py").read_text()
    steps = '[[step]]\ndo = "edit"\npath = "shop.py"\nold = "nowhere"\nnew = "x"'
    with PlayedDrill(repository, brief(steps)) as drill:
        failure = drill.await_hook("PostToolUseFailure")

    assert "not found" in failure["error"]
    assert (repository / "shop.py").read_text() == before


def test_a_question_ends_the_turn_and_waits_for_an_answer_of_many_lines(repository: Path):
    with PlayedDrill(repository, QUESTION) as drill:
        stop = drill.await_hook("Stop")
        assert stop["last_assistant_message"] == "Which port?"
        assert not (repository / "port.txt").exists()

        drill.paste("port 80\nor 81")
        drill.type("\r")
        drill.await_hook("Stop", count=2)

    assert drill.payloads("UserPromptSubmit")[-1]["prompt"] == "port 80\nor 81"
    assert (repository / "port.txt").read_text() == "port 80\nor 81"


def test_what_is_typed_is_seen_and_can_be_corrected(repository: Path):
    with PlayedDrill(repository, QUESTION) as drill:
        drill.await_hook("Stop")
        drill.type("wrong\x15port 8x\x7f0")
        drill.await_words("› port 80")
        drill.type("\r")
        drill.await_hook("Stop", count=2)

    assert (repository / "port.txt").read_text() == "port 80"


def test_a_message_while_it_is_busy_is_proven_and_played_when_the_steps_are_done(repository: Path):
    steps = (
        '[[step]]\ndo = "run"\ncommand = "until [ -e go ]; do sleep 0.02; done"\n'
        '[[step]]\ndo = "write"\npath = "first.txt"\ntext = "x"\n'
        '[[on_tell]]\ndo = "write"\npath = "told.txt"\ntext = "{answer}"'
    )
    with PlayedDrill(repository, brief(steps)) as drill:
        drill.await_hook("PreToolUse")
        drill.type("hurry up\r")
        drill.await_words("1 queued")
        (repository / "go").touch()
        drill.await_hook("Stop")

    names = [p["hook_event_name"] for p in drill.payloads()]
    assert drill.payloads("UserPromptSubmit")[-1]["prompt"] == "hurry up"
    assert names.count("Stop") == 1
    written = [p["tool_input"]["file_path"] for p in drill.payloads("PostToolUse")[1:]]
    assert [Path(path).name for path in written] == ["first.txt", "told.txt"]


def test_told_again_it_reworks(repository: Path):
    steps = '[[on_tell]]\ndo = "write"\npath = "told.txt"\ntext = "{answer}"'
    with PlayedDrill(repository, brief(steps)) as drill:
        drill.await_hook("Stop")
        drill.type("once\r")
        drill.await_hook("Stop", count=2)
        drill.type("twice\r")
        drill.await_hook("Stop", count=3)

    assert (repository / "told.txt").read_text() == "twice"


@pytest.mark.parametrize(
    ("decide", "key", "is_allowed"),
    [
        pytest.param(ALLOW, "", True, id="allowed by hook"),
        pytest.param(DENY, "", False, id="denied by hook"),
        pytest.param("sleep 20", "y", True, id="allowed by key while the hook waits"),
        pytest.param("sleep 20", "n", False, id="denied by key while the hook waits"),
        pytest.param("exit 1", "y", True, id="allowed by key after the hook has failed"),
    ],
)
def test_a_permission_is_decided_by_whoever_is_first(
    repository: Path, decide: str, key: str, is_allowed: bool
):
    with PlayedDrill(repository, PERMISSION, decide=decide) as drill:
        request = drill.await_hook("PermissionRequest")
        assert request["tool_input"]["command"] == "touch allowed"
        drill.type(key)
        drill.await_hook("Stop")

    assert (repository / "allowed").exists() is is_allowed
    assert bool(drill.payloads("PostToolUse")) is is_allowed
    assert ("not permitted" in drill.screen) is not is_allowed


def test_y_is_a_letter_again_after_the_permission(repository: Path):
    with PlayedDrill(repository, PERMISSION, decide="sleep 20") as drill:
        drill.await_words("y allows")
        drill.type("y")
        drill.await_hook("Stop")
        drill.type("yes, more\r")

        assert drill.await_hook("UserPromptSubmit", count=2)["prompt"] == "yes, more"


def test_a_failure_is_a_crash_with_its_last_words_and_no_hook(repository: Path):
    steps = '[[step]]\ndo = "fail"\ntext = "No fonts."\nexit_code = 7'
    with PlayedDrill(repository, brief(steps)) as drill:
        assert drill.await_end() == 7

    assert "No fonts." in drill.screen
    assert drill.raw_screen.endswith("\x1b[J\x1b[?2004l")  # the prompt below the words is gone
    assert not drill.payloads("Stop", "SessionEnd")


@pytest.mark.parametrize("keys", ["/exit\r", "\x03\x03", "\x04"], ids=["/exit", "Ctrl-C", "Ctrl-D"])
def test_a_commander_can_leave_and_gets_the_terminal_back(repository: Path, keys: str):
    with PlayedDrill(repository, brief("")) as drill:
        drill.await_hook("Stop")
        drill.type(keys)
        assert drill.await_end() == 0

    assert drill.payloads("SessionEnd")[0]["reason"] == "prompt_input_exit"
    assert drill.raw_screen.index("\x1b[?2004h") < drill.raw_screen.index("\x1b[?2004l")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_session_and_what_it_runs(repository: Path, number: signal.Signals):
    steps = '[[step]]\ndo = "run"\ncommand = "echo $$ >pid; sleep 60"'
    with PlayedDrill(repository, brief(steps)) as drill:
        child = int(wait_until(lambda: _read(repository / "pid")))
        drill.process.send_signal(number)
        assert drill.await_end() == 0

    assert drill.payloads("SessionEnd")[0]["reason"] == "other"
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_loop_acts_at_its_rate_until_it_is_ended(repository: Path):
    with PlayedDrill(repository, "# Load\n", "--loop", "3000") as drill:
        drill.await_hook("PostToolUse", count=5)
        drill.type("/exit\r")
        assert drill.await_end() == 0

    patterns = [p["tool_input"]["pattern"] for p in drill.payloads("PostToolUse")]
    assert len(set(patterns)) == len(patterns)


def test_escape_ends_the_turn_and_what_it_runs_without_any_hook(repository: Path):
    steps = (
        '[[step]]\ndo = "run"\ncommand = "echo $$ >runs; sleep 60"\n'
        '[[on_tell]]\ndo = "say"\ntext = "Gladly."'
    )
    with PlayedDrill(repository, brief(steps)) as drill:
        pid = int(wait_until(lambda: _read(repository / "runs")))
        drill.type("\x1b")
        drill.await_words("Interrupted")
        wait_until(lambda: not _is_alive(pid))
        drill.type("and now?\r")
        stop = drill.await_hook("Stop")
        fired = [p["hook_event_name"] for p in drill.payloads()]
        titles = drill.titles

    assert fired[1:] == ["UserPromptSubmit", "PreToolUse", "UserPromptSubmit", "Stop"]
    assert stop["last_assistant_message"] == "Gladly."
    assert titles == ["✻ drill", "✳ drill"] * 2


def test_escape_while_nothing_is_done_does_not_cut_the_next_turn(repository: Path):
    with PlayedDrill(repository, brief('[[step]]\ndo = "say"\ntext = "Done."')) as drill:
        drill.await_hook("Stop")
        drill.type("\x1b")
        drill.type("hello\r")
        drill.await_hook("Stop", 2)


def test_escape_at_a_permission_ends_the_turn_and_nothing_is_run(repository: Path):
    with PlayedDrill(repository, PERMISSION, decide="sleep 60") as drill:
        drill.await_words("May I run this?")
        drill.type("\x1b")
        drill.await_words("Interrupted")
        assert not drill.payloads("Stop")

    assert not (repository / "allowed").exists()


def test_it_can_eat_the_first_enter_after_each_paste(repository: Path):
    eats = brief('eats_first_enter = true\n[[on_tell]]\ndo = "say"\ntext = "Heard."')
    with PlayedDrill(repository, eats) as drill:
        drill.await_hook("Stop")
        for number in (1, 2):
            drill.paste(f"paste {number}\nof two lines")
            drill.type("\r")
            drill.await_words(f"paste {number} ⏎ of two lines")
            assert len(drill.payloads("UserPromptSubmit")) == number
            drill.type("\r")
            prompt = drill.await_hook("UserPromptSubmit", number + 1)
            assert prompt["prompt"] == f"paste {number}\nof two lines"
            drill.await_hook("Stop", number + 1)


def test_of_a_long_wide_text_the_end_is_kept():
    assert fit("日本語" * 3000, 7, from_end=True) == "…日本語"
    assert fit("日本語" * 3000, 7) == "日本語…"
    assert fit("日本語", 6) == "日本語"


def test_without_a_scenario_the_default_one_is_played_to_a_pull_request(repository: Path):
    with PlayedDrill(repository, "# Mend the door\n") as drill:
        drill.await_hook("Stop")
        drill.type("add a handle\r")
        drill.await_hook("Stop", count=2)

    assert read_handed_in(drill.pull_request.read_text()).title == "Mend the door"
    assert "add a handle" in git(repository, "show", "HEAD")
    assert git(repository, "status", "--porcelain") == ""


def test_a_commit_takes_what_it_touched_and_leaves_the_rest(repository: Path):
    (repository / "private.txt").write_text("mine")
    steps = (
        '[[step]]\ndo = "write"\npath = "new/file.txt"\ntext = "x"\n'
        '[[step]]\ndo = "commit"\nmessage = "New"'
    )
    with PlayedDrill(repository, brief(steps)) as drill:
        drill.await_hook("Stop")

    assert git(repository, "show", "--format=", "--name-only", "HEAD") == "new/file.txt\n"


def test_where_git_knows_nobody_the_drill_signs_its_commit(
    repository: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in [name for name in os.environ if name.startswith(("GIT_", "EMAIL"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(repository.parent / "nobody"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    steps = (
        '[[step]]\ndo = "write"\npath = "a.txt"\ntext = "x"\n'
        '[[step]]\ndo = "commit"\nmessage = "New"'
    )
    with PlayedDrill(repository, brief(steps)) as drill:
        drill.await_hook("Stop")

    assert git(repository, "show", "-s", "--format=%an %s") == "Drill New\n"


def test_without_a_terminal_lines_are_messages_and_the_end_of_them_ends_it(repository: Path):
    path = repository.parent / "brief.md"
    path.write_text(QUESTION)

    done = subprocess.run(
        [sys.executable, "-m", "rts", "drill", str(path)],
        cwd=repository,
        input="80\n",
        text=True,
        capture_output=True,
        env={**os.environ, "RTS_DRILL_SPEED": "0"},
        timeout=30,
    )

    assert done.returncode == 0, done.stderr
    assert (repository / "port.txt").read_text() == "80"
    assert "\x1b" not in done.stdout


def test_a_wrong_scenario_ends_in_two_lines(repository: Path):
    path = repository.parent / "brief.md"
    path.write_text(brief('[[step]]\ndo = "sing"'))

    done = subprocess.run(
        [sys.executable, "-m", "rts", "drill", str(path)],
        cwd=repository,
        stdin=subprocess.DEVNULL,
        text=True,
        capture_output=True,
        timeout=30,
    )

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 2
    assert "'sing', which is no step" in done.stderr


def _read(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
