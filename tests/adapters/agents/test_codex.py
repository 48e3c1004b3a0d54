"""Codex's row: how it is started, what it may write, and what its hooks and its screen say."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rts import paths
from rts.adapters.agents import AGENT_PROGRAMS, Launch
from rts.adapters.agents.codex.hook_options import HOOK_NAMES
from rts.adapters.agents.screen_rules import read_screen, read_title
from tests.adapters.agents.recorded import SAMPLES_FOLDER, find_payload, read_payloads
from tests.adapters.agents.test_programs import spoken_argv

AT = datetime(2026, 11, 21, tzinfo=UTC)
CODEX = AGENT_PROGRAMS["codex"]
CODEX_ID = "01a1fbab-31cf-7e51-9ac2-d50e861f487b"

Argv = Callable[[Launch], list[str]]


@pytest.fixture
def launch(room: Path, repository: Path) -> Launch:
    worktree, folder = room / "wt", room / "it's a $(run) folder"
    subprocess.run(
        ["git", "worktree", "add", "-q", "-b", "rts/falcon-1/x", str(worktree)],
        cwd=repository,
        check=True,
    )
    folder.mkdir()
    brief = folder / "brief.md"
    brief.write_text("- Do it\n\n'quoted' \"twice\" `and` $HOME\\\n")
    return Launch("w1", worktree, folder, room / "inbox", "0b0c-uuid", brief)


@pytest.fixture
def home(room: Path) -> Path:
    folder = room / "home" / ".codex"
    folder.mkdir()
    return folder


@pytest.fixture
def argv_of(tmp_path: Path) -> Argv:
    def run(launch: Launch) -> list[str]:
        CODEX.write_files(launch)
        shutil.rmtree(tmp_path / "tools", ignore_errors=True)
        return spoken_argv(CODEX.command_line(launch), "codex", tmp_path)

    return run


def keep_rollout(home: Path, conversation_id: str = CODEX_ID, name: str = "codex_rollout") -> Path:
    rollout = home / "sessions/2026/11/21" / f"rollout-2026-11-21T01-14-23-{conversation_id}.jsonl"
    rollout.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(SAMPLES_FOLDER / f"{name}.jsonl", rollout)
    return rollout


def test_it_starts_asking_with_the_brief_as_its_prompt(launch: Launch, argv_of: Argv) -> None:
    argv = argv_of(launch)

    assert argv[:5] == [
        "--no-daemon",
        "-c",
        "check_for_update_on_startup=false",
        "-a",
        "on-request",
    ]
    assert argv[argv.index("-C") + 1] == str(launch.worktree)
    assert argv[-2:] == ["--", "- Do it\n\n'quoted' \"twice\" `and` $HOME\\"]
    assert "--dangerously-bypass-hook-trust" not in argv


def test_a_brief_of_100_kilobytes_that_begins_with_a_dash_arrives_whole(
    launch: Launch, argv_of: Argv
) -> None:
    launch.brief.write_text("-" + "é" * 50_000)

    assert argv_of(launch)[-1] == "-" + "é" * 50_000


def test_each_of_our_hooks_is_trusted_and_no_other(launch: Launch, argv_of: Argv) -> None:
    hooks = {word.partition("=")[0] for word in argv_of(launch) if word.startswith("hooks.")}
    states = next(word for word in argv_of(launch) if word.startswith("hooks.state="))

    assert hooks == {*(f"hooks.{name}" for name in HOOK_NAMES), "hooks.state"}
    assert states.count("trusted_hash") == states.count("/<session-flags>/config.toml:") == 11


def test_it_skips_permissions_when_told_so(launch: Launch, argv_of: Argv) -> None:
    argv = argv_of(replace(launch, skips_permissions=True))

    assert argv[argv.index("-a") :][:4] == ["-a", "never", "-s", "danger-full-access"]
    assert not any("permissions" in word for word in argv)


def test_it_goes_on_with_its_own_conversation(launch: Launch, argv_of: Argv, home: Path) -> None:
    keep_rollout(home)
    words = launch.run_folder / "words.md"
    words.write_text("-- go on")
    resumed = replace(launch, conversation_id=CODEX_ID, is_resumed=True)

    assert argv_of(resumed)[:3] == ["--no-daemon", "resume", CODEX_ID]
    assert argv_of(resumed)[-1].startswith("hooks.state=")
    assert argv_of(replace(resumed, words=words))[-2:] == ["--", "-- go on"]


def test_it_may_commit_and_hand_in_but_not_lead_our_git_astray(
    launch: Launch, argv_of: Argv, repository: Path
) -> None:
    argv = argv_of(launch)

    rules = next(word for word in argv if word.startswith("permissions."))
    git = repository / ".git"
    for path in (
        git / "worktrees" / "wt",
        git / "objects",
        git / "refs/heads/rts/falcon-1",
        git / "logs/refs/heads/rts/falcon-1",
        launch.run_folder / "hand-in",
    ):
        assert f'{json.dumps(str(path))}="write"' in rules
    for name in ("commondir", "gitdir", "config.worktree", "locked"):
        assert f'{json.dumps(str(git / "worktrees" / "wt" / name))}="read"' in rules
    assert f"{json.dumps(str(launch.run_folder))}=" not in rules
    pull_request = paths.pull_request_path(launch.run_folder)
    pull_request.write_text("# Done")
    assert (launch.run_folder / "hand-in" / "pull-request.md").read_text() == "# Done"


@pytest.mark.parametrize("place", ["home/.codex", "wt/.codex", "shop/.codex"])
@pytest.mark.parametrize(
    "config",
    [
        'sandbox_mode = "danger-full-access"',
        '"sandbox\\u005fmode" = "danger-full-access"',
        '[profiles.fast]\nsandbox_mode = "danger-full-access"',
        "[sandbox_workspace_write]\nnetwork_access = true",
        "not toml",
    ],
    ids=["plain", "escaped", "in a profile", "older table", "unreadable"],
)
def test_no_configuration_file_can_take_its_sandbox_away(
    launch: Launch, argv_of: Argv, room: Path, place: str, config: str
) -> None:
    (room / place).mkdir(exist_ok=True)
    (room / place / "config.toml").write_text(config)

    argv = argv_of(launch)

    assert argv[argv.index("-s") + 1] == "workspace-write"
    assert not any("permissions" in word for word in argv)


def test_inside_the_sandbox_it_has_a_folder_of_its_own(launch: Launch, home: Path) -> None:
    (home / "config.toml").write_text('[model_providers.mine]\nenv_key = "MINE_KEY"\n')
    (home / "auth.json").write_text("{}")
    (home / "AGENTS.md").write_text("Be brief.")
    (home / "skills" / ".system").mkdir(parents=True)
    (home / "skills" / "mine").mkdir()
    (launch.worktree / ".codex").mkdir()
    (launch.worktree / ".codex" / "config.toml").write_text(
        '[model_providers.bad]\nenv_key = "AWS_SECRET_ACCESS_KEY"\n'
    )

    places = CODEX.places(launch)

    own = launch.run_folder / "codex-home"
    assert places.environment == {"CODEX_HOME": str(own)}
    assert places.writable == (home / "auth.json",)
    assert places.keeps == ("OPENAI_*", "CODEX_*", "MINE_KEY")
    assert (own / "AGENTS.md").resolve() == home / "AGENTS.md"
    assert not (own / "config.toml").is_symlink()
    assert [path.name for path in (own / "skills").iterdir()] == ["mine"]
    assert (own / "skills" / "mine").resolve() == home / "skills" / "mine"
    assert not (own / "sessions").exists()


def test_a_hook_that_the_commander_trusts_is_trusted_inside(launch: Launch, home: Path) -> None:
    (home / "config.toml").write_text(
        f'[hooks.state."{home}/hooks.json:stop:0:0"]\ntrusted_hash = "sha256:1"\n'
    )

    CODEX.places(launch)

    own = launch.run_folder / "codex-home"
    assert f'"{own}/hooks.json:stop:0:0"' in (own / "config.toml").read_text()


def test_a_conversation_is_not_copied_through_a_link(
    launch: Launch, home: Path, room: Path
) -> None:
    keep_rollout(home)
    (room / "elsewhere").mkdir()
    (launch.run_folder / "codex-home").mkdir()
    (launch.run_folder / "codex-home" / "sessions").symlink_to(room / "elsewhere")
    resumed = replace(launch, conversation_id=CODEX_ID, is_resumed=True, skips_permissions=True)

    CODEX.write_files(resumed)

    assert list((room / "elsewhere").iterdir()) == []


def test_a_folder_that_an_earlier_agent_led_elsewhere_is_made_anew(
    launch: Launch, home: Path, room: Path
) -> None:
    (room / "elsewhere").mkdir()
    (launch.run_folder / "codex-home").symlink_to(room / "elsewhere")
    (home / "config.toml").write_text("")

    CODEX.places(launch)

    assert list((room / "elsewhere").iterdir()) == []


def test_a_conversation_moves_into_the_sandbox_and_out_again(launch: Launch, home: Path) -> None:
    keep_rollout(home)
    resumed = replace(launch, conversation_id=CODEX_ID, is_resumed=True)
    own = launch.run_folder / "codex-home"

    CODEX.write_files(replace(resumed, skips_permissions=True))
    assert [p.name for p in own.rglob("rollout-*")] == [p.name for p in home.rglob("rollout-*")]
    shutil.rmtree(home / "sessions")
    CODEX.write_files(resumed)

    assert len(list(home.rglob(f"rollout-*{CODEX_ID}.jsonl"))) == 1


def test_its_hooks_speak_as_claudes_do() -> None:
    heard = [CODEX.hear("w1", payload, AT, "w1.a") for payload in read_payloads("codex_hooks")]

    assert {h.conversation_id for h in heard} == {"", CODEX_ID}
    kinds = [piece.kind for h in heard for piece in h.evidence]
    assert kinds[:5] == [
        *("SessionStart", "UserPromptSubmit", "PreToolUse", "PermissionRequest", "PostToolUse")
    ]
    assert {"Interrupt", "Stop", "SessionEnd"} <= set(kinds)
    assert [a.tool_use_id for h in heard for a in h.actions] == ["call_000117bb08ec5e8c05"]


def test_a_permission_says_for_what() -> None:
    payload = find_payload("codex_hooks", hook_event_name="PermissionRequest")

    (wish,) = CODEX.hear("w1", payload, AT, "w1.a").evidence

    assert wish.value == "Bash: touch /home/ada/src/escal.txt"


def test_a_subagents_turn_is_not_the_workers() -> None:
    payload = {**find_payload("codex_hooks", hook_event_name="Stop"), "agent_id": "a1"}

    assert CODEX.hear("w1", payload, AT, "w1.a").evidence == ()


def test_a_patch_is_told_by_its_first_file() -> None:
    patch = "*** Begin Patch\n*** Update File: /src/wt/shop.py\n@@\n-a\n+b\n*** End Patch"
    call = {"tool_name": "apply_patch", "tool_input": {"command": patch}, "cwd": "/src/wt"}

    (piece,) = CODEX.hear("w1", {"hook_event_name": "PreToolUse", **call}, AT, "").evidence

    assert piece.value == "apply_patch: shop.py"


@pytest.mark.parametrize("strange", [None, 7, [], {"command": 7}, "text"])
def test_a_strange_patch_does_no_harm(strange: object) -> None:
    call = {"tool_name": "apply_patch", "tool_input": strange}

    assert CODEX.hear("w1", {"hook_event_name": "PreToolUse", **call}, AT, "").evidence


@pytest.mark.parametrize(
    ("pane", "says", "reason"),
    [
        ("trust", "dialog", "asks whether you trust this folder"),
        ("hooks", "dialog", "asks you to review hooks"),
        ("login", "dialog", "wants you to log in"),
        ("approval", "permission", None),
        ("approval_20_columns", "permission", None),
        ("working", "busy", None),
        ("working_20_columns", "busy", None),
        ("retry", "busy", "the model's service failed; it tries again by itself"),
        ("limit", "limit", "You’ve hit your usage limit"),
        ("interrupted", "idle", None),
        ("quoting", "idle", None),
    ],
)
def test_its_screen_is_read(pane: str, says: str, reason: str | None) -> None:
    text = (SAMPLES_FOLDER / f"codex_{pane}.txt").read_text()

    shown = read_screen("codex", "0.169.0", "w1", text, AT)

    assert shown is not None
    assert (shown.value, json.loads(shown.detail).get("reason")) == (says, reason)


@pytest.mark.parametrize(
    ("title", "says"),
    [("⠙ wt", "busy"), ("[ ! ] Action Required | wt", "permission"), ("wt", None)],
)
def test_its_title_is_read(title: str, says: str | None) -> None:
    shown = read_title("codex", "0.169.0", "w1", title, AT)

    assert (shown.value if shown else None) == says
