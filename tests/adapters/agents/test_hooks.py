"""The hooks' shell lines, run by the real `sh` of this machine."""

import json
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rts.adapters.agents.hooks import DROP_LINE, ask_line, decision, hook_settings, open_requests
from tests.waiting import wait_until

LIMIT_S = 10.0
"""Longest that a test waits for a hook."""


@pytest.fixture
def post(room: Path) -> Path:
    """A folder with a private inbox, run folder and HOME."""
    post = room / "post"
    for part in ("inbox/tmp", "inbox/new", "run/answers", "home/.claude/sessions"):
        (post / part).mkdir(parents=True)
    return post


def start(line: str, post: Path, payload: bytes = b"") -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(post / "home"),
        "RTS_WORKER": "w1",
        "RTS_INBOX": str(post / "inbox"),
        "RTS_RUN": str(post / "run"),
    }
    pipe = subprocess.PIPE
    hook = subprocess.Popen(
        ["/bin/sh", "-c", line], stdin=pipe, stdout=pipe, stderr=pipe, env=environment
    )
    assert hook.stdin
    hook.stdin.write(payload)
    hook.stdin.close()
    hook.stdin = None
    return hook


@pytest.fixture
def ask(post: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start permission hooks that end with the test."""
    hooks: list[subprocess.Popen[bytes]] = []

    def ask(tool: str = "Bash", unasked_look_count: int = 50) -> subprocess.Popen[bytes]:
        payload = json.dumps({"tool_name": tool, "tool_input": {"command": "ls"}})
        hooks.append(start(ask_line(unasked_look_count), post, payload.encode()))
        return hooks[-1]

    yield ask
    for hook in hooks:
        hook.kill()
        hook.communicate()


def letters(post: Path) -> list[Path]:
    return list((post / "inbox" / "new").iterdir())


def wait_for_letter(post: Path) -> Path:
    return wait_until(lambda: letters(post), message="a letter")[0]


def answer(post: Path, name: str, text: str) -> None:
    half = post / "run" / "answers" / f".{name}"
    half.write_text(text)
    half.rename(half.with_name(name))


def publish_status(post: Path, status: str) -> None:
    """Write what the parent of the hooks, this process, publishes of itself as Claude would."""
    path = post / "home" / ".claude" / "sessions" / f"{os.getpid()}.json"
    path.write_text(f'{{"pid":1,"status":"{status}","updatedAt":1}}')


def test_a_hook_drops_its_payload_under_the_workers_name_and_says_nothing(post: Path) -> None:
    hook = start(DROP_LINE, post, b'{"a": 1}\n')

    assert hook.communicate(timeout=LIMIT_S) == (b"", b"")
    assert hook.returncode == 0
    (letter,) = letters(post)
    assert letter.name.startswith("w1.")
    assert letter.read_bytes() == b'{"a": 1}\n'
    assert not list((post / "inbox" / "tmp").iterdir())


def test_fifty_hooks_at_once_lose_nothing(post: Path) -> None:
    hooks = [start(DROP_LINE, post, f"{n}".encode()) for n in range(50)]
    for hook in hooks:
        hook.communicate(timeout=LIMIT_S)

    assert sorted(int(letter.read_text()) for letter in letters(post)) == list(range(50))


def test_a_megabyte_arrives_whole(post: Path) -> None:
    payload = os.urandom(1_000_000)

    start(DROP_LINE, post, payload).communicate(timeout=LIMIT_S)

    assert wait_for_letter(post).read_bytes() == payload


@pytest.mark.parametrize("line", [DROP_LINE, ask_line()], ids=["drop", "ask"])
@pytest.mark.parametrize("missing", ["inbox", "inbox/new", "inbox/tmp"])
def test_a_missing_inbox_keeps_the_hook_silent_and_quick(
    post: Path, line: str, missing: str
) -> None:
    subprocess.run(["rm", "-r", str(post / missing)], check=True)

    hook = start(line, post, b"x" * 1_000_000)  # more than a pipe holds: it must be drained

    assert hook.communicate(timeout=LIMIT_S) == (b"", b"")
    assert hook.returncode == 0
    assert not [path for path in post.rglob("w1.*") if path.is_file()]


def test_a_full_disk_keeps_the_hook_silent_and_leaves_no_half_file(post: Path) -> None:
    # A limit on the size of files fails a write in the middle, as a full disk does.
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        hook = start(DROP_LINE, post, b"x" * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert hook.communicate(timeout=LIMIT_S) == (b"", b"")
    assert hook.returncode == 0
    assert not [path for path in post.rglob("w1.*") if path.is_file()]


def test_a_permission_hook_prints_the_answer_that_is_addressed_to_it(
    post: Path, ask: Callable[..., subprocess.Popen[bytes]]
) -> None:
    hook = ask()
    name = wait_for_letter(post).name
    answer(post, "w1.somebody-else", "not for you")
    answer(post, name, decision("yes"))

    said, _ = hook.communicate(timeout=LIMIT_S)

    decided = json.loads(said)["hookSpecificOutput"]
    assert decided == {"hookEventName": "PermissionRequest", "decision": {"behavior": "allow"}}
    assert [path.name for path in (post / "run" / "answers").iterdir()] == ["w1.somebody-else"]


def test_a_question_is_waited_for_and_answered(
    post: Path, ask: Callable[..., subprocess.Popen[bytes]]
) -> None:
    hook = ask("AskUserQuestion")
    name = wait_for_letter(post).name
    answer(post, name, decision("2", {"questions": [PORT]}))

    said, _ = hook.communicate(timeout=LIMIT_S)

    decided = json.loads(said)["hookSpecificOutput"]["decision"]
    assert decided["updatedInput"]["answers"] == {"Which port?": "8080"}


def test_what_waits_can_be_read_for_as_long_as_it_waits(
    post: Path, ask: Callable[..., subprocess.Popen[bytes]]
) -> None:
    first = ask()
    wait_until(lambda: len(open_requests(post / "run")) == 1)
    second = ask("AskUserQuestion")
    wait_until(lambda: len(open_requests(post / "run")) == 2)

    assert [r.payload["tool_name"] for r in open_requests(post / "run")] == [
        "Bash",
        "AskUserQuestion",
    ]

    first.terminate()  # as Claude does at Esc
    first.communicate(timeout=LIMIT_S)
    (left,) = open_requests(post / "run")
    answer(post, left.name, decision("no"))
    second.communicate(timeout=LIMIT_S)
    assert list((post / "run" / "answers").iterdir()) == []


def test_a_request_whose_hook_was_killed_waits_no_more(
    post: Path, ask: Callable[..., subprocess.Popen[bytes]]
) -> None:
    hook = ask()
    wait_until(lambda: open_requests(post / "run"))
    hook.kill()
    hook.wait()
    (heartbeat,) = (post / "run" / "answers").glob("*.open")
    os.utime(heartbeat, (heartbeat.stat().st_mtime - 6,) * 2)

    assert open_requests(post / "run") == []


def test_a_permission_hook_ends_when_the_dialog_was_answered_on_the_pane(
    post: Path, ask: Callable[..., subprocess.Popen[bytes]]
) -> None:
    publish_status(post, "waiting")
    hook = ask(unasked_look_count=2)
    wait_for_letter(post)
    with pytest.raises(subprocess.TimeoutExpired):
        hook.wait(timeout=0.7)

    publish_status(post, "busy")

    assert hook.communicate(timeout=LIMIT_S) == (b"", b"")


def test_a_permission_hook_waits_for_a_dialog_that_is_not_yet_shown(
    post: Path, ask: Callable[..., subprocess.Popen[bytes]]
) -> None:
    publish_status(post, "busy")
    hook = ask(unasked_look_count=1)
    wait_for_letter(post)

    with pytest.raises(subprocess.TimeoutExpired):
        hook.wait(timeout=0.7)


def start_below_a_parent(post: Path) -> subprocess.Popen[bytes]:
    """Start a permission hook below a shell that waits for it, as an agent does."""
    script = post / "ask.sh"
    script.write_text(ask_line())
    parent = start(f"/bin/sh {script} <&0 & wait", post, b"{}")
    wait_for_letter(post)
    return parent


def test_a_permission_hook_ends_with_its_parent(post: Path) -> None:
    parent = start_below_a_parent(post)

    parent.kill()
    parent.wait()

    # The hook holds its parent's output open: the output's end is the hook's end.
    assert parent.communicate(timeout=LIMIT_S) == (b"", b"")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="only Linux shows a zombie without a fork")
def test_a_permission_hook_ends_with_a_killed_parent_that_nobody_has_buried(post: Path) -> None:
    parent = start_below_a_parent(post)

    parent.kill()

    assert parent.communicate(timeout=LIMIT_S) == (b"", b"")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("yes", {"behavior": "allow"}),
        ("no", {"behavior": "deny", "message": "The commander said no."}),
        ('use "git mv"\n', {"behavior": "deny", "message": 'use "git mv"\n'}),
    ],
)
def test_a_decision_is_what_the_agent_program_understands(
    text: str, verdict: dict[str, str]
) -> None:
    assert json.loads(decision(text))["hookSpecificOutput"]["decision"] == verdict


PORT = {"question": "Which port?", "options": [{"label": "80"}, {"label": "8080"}]}
HOSTS = {
    "question": "Which hosts?",
    "multiSelect": True,
    "options": [{"label": "alpha"}, {"label": "beta"}],
}


@pytest.mark.parametrize(
    ("questions", "text", "answers"),
    [
        ([PORT], "2", ["8080"]),
        ([PORT], "80", ["80"]),
        ([PORT], "any free one\nabove 1024", ["any free one\nabove 1024"]),
        ([HOSTS], "1, beta", ["alpha, beta"]),
        ([HOSTS], "1, gamma", ["1, gamma"]),
        ([PORT, HOSTS], "1\nBETA", ["80", "beta"]),
        ([PORT, HOSTS], "you choose", ["you choose", "you choose"]),
    ],
    ids=["number", "label", "own words", "several", "own word", "two lines", "one line for two"],
)
def test_a_question_is_answered_with_what_the_commander_chose(
    questions: list[dict[str, object]], text: str, answers: list[str]
) -> None:
    decided = json.loads(decision(text, {"questions": questions}))["hookSpecificOutput"]["decision"]

    assert decided["behavior"] == "allow"
    assert decided["updatedInput"]["questions"] == questions
    assert list(decided["updatedInput"]["answers"].values()) == answers


def test_a_question_can_be_declined() -> None:
    decided = json.loads(decision("no", {"questions": [PORT]}))["hookSpecificOutput"]["decision"]

    assert decided["behavior"] == "deny"


def test_only_the_permission_hook_may_take_long() -> None:
    timeouts = {
        name: rows[0]["hooks"][0]["timeout"] for name, rows in hook_settings()["hooks"].items()
    }

    assert timeouts.pop("PermissionRequest") > 3600
    assert set(timeouts.values()) == {10}


@pytest.mark.parametrize(
    ("spelled", "plain"), [("Yes", "yes"), ("YES ", "yes"), ("No", "no"), (" NO\n", "no")]
)
def test_yes_and_no_count_however_they_are_spelled(spelled: str, plain: str) -> None:
    assert decision(spelled) == decision(plain)
