"""What a commander reads when something is wrong: two lines, and nothing half-made."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from rts import paths
from rts.adapters.git.command import git
from tests.stories.commander import Commander

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root may mount a small disk")


@pytest.fixture
def commander(repository):
    return Commander(repository)


@pytest.fixture
def small_disk(room):
    """A folder on a disk of two megabytes."""
    folder = room / "disk"
    folder.mkdir()
    words = ["-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    subprocess.run(["mount", *words], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def nothing_was_made(repository: Path) -> bool:
    return (
        not paths.worktrees_folder(repository).exists()
        and git(repository, "branch", "--list", "rts/*") == ""
        and git(repository, "worktree", "list").count("\n") == 0
    )


def put_on_path(folder: Path, monkeypatch, *programs: str) -> None:
    """Leave only `programs` on the PATH."""
    folder.mkdir()
    for program in programs:
        found = subprocess.run(["which", program], capture_output=True, text=True, check=True)
        (folder / program).symlink_to(found.stdout.strip())
    monkeypatch.setenv("PATH", str(folder))


def test_outside_a_repository_a_spawn_is_refused(room):
    what, hint = Commander(room).is_refused("spawn", "Do it", "--agent", "drill")

    assert "is not in a git repository" in what
    assert "git init" in hint


def test_a_repository_without_a_commit_is_refused(room):
    git(room, "init", "--quiet", "empty")

    what, hint = Commander(room / "empty").is_refused("new", "Do it")

    assert "no commit yet" in what
    assert "git commit" in hint


def test_a_bare_repository_is_refused(room):
    git(room, "init", "--quiet", "--bare", "bare.git")

    assert "bare" in Commander(room / "bare.git").is_refused("spawn", "Do it")[0]


def test_a_detached_head_is_refused(commander, repository):
    git(repository, "switch", "--quiet", "--detach")

    what, hint = commander.is_refused("spawn", "Do it", "--agent", "drill")

    assert "detached HEAD" in what
    assert "git switch" in hint
    assert nothing_was_made(repository)


def test_without_tmux_a_spawn_says_so_and_frees_the_ticket(commander, room, monkeypatch):
    commander.orders("new", "Do it")
    with monkeypatch.context() as patch:
        put_on_path(room / "bin", patch, "git", "sh")
        what, hint = commander.is_refused("spawn", "1", "--agent", "drill")

    assert "tmux could not be run" in what
    assert "rts doctor" in hint
    assert commander.orders("tickets")[0]["status"] == "open"
    assert nothing_was_made(commander.folder)


def test_an_old_tmux_is_refused(commander, room, monkeypatch):
    commander.orders("new", "Do it")
    with monkeypatch.context() as patch:
        put_on_path(room / "bin", patch, "git", "sh")
        old = room / "bin" / "tmux"
        old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo "tmux 3.1c" && exit\nexit 1\n')
        old.chmod(old.stat().st_mode | stat.S_IXUSR)
        what, _ = commander.is_refused("spawn", "1", "--agent", "drill")

    assert "tmux 3.1 is too old" in what
    assert nothing_was_made(commander.folder)


def test_without_an_agent_program_the_built_in_one_is_offered(commander, room, monkeypatch):
    with monkeypatch.context() as patch:
        put_on_path(room / "bin", patch, "git", "sh", "tmux")
        what, hint = commander.is_refused("spawn", "Do it")

    assert "No agent program is installed" in what
    assert "--agent drill" in hint
    assert commander.orders("tickets") == []


def test_a_branch_in_the_way_is_kept_and_another_call_sign_is_taken(commander, repository):
    git(repository, "branch", "rts/falcon-1/do-it")

    worker = commander.orders("spawn", "Do it", "--agent", "generic")

    assert worker["name"] == "otter-1"
    assert "rts/falcon-1/do-it" in git(repository, "branch", "--list", "rts/*")


def test_a_branch_that_leaves_no_room_for_others_is_refused(commander, repository):
    git(repository, "branch", "rts")

    what, hint = commander.is_refused("spawn", "Do it", "--agent", "generic")

    assert "A branch is called “rts”" in what
    assert "git branch -m rts" in hint
    assert commander.orders("ls") == []


def test_of_many_spawns_those_before_the_limit_are_told(commander, room):
    (room / "state").mkdir(exist_ok=True)
    (room / "state" / "settings.toml").write_text("supply_limit = 2\n")

    done = commander.types("spawn", "Do it", "--count", "3", "--agent", "generic")

    assert done.returncode == 1
    assert "falcon-1" in done.stdout
    assert "otter-1" in done.stdout
    assert "Supply is used up" in done.stderr
    assert len(commander.orders("tickets")) == 2


@pytest.mark.parametrize(
    ("title", "words"),
    [("x" * 10_000, "10,000 characters"), ("🎉🎉🎉", "in words"), ("  \n ", "in words")],
    ids=["ten thousand characters", "only emoji", "blank"],
)
def test_a_title_that_is_none_is_refused(commander, title, words):
    assert words in commander.is_refused("new", title)[0]


def test_a_title_with_emoji_and_words_is_a_title(commander):
    assert commander.orders("new", "Party 🎉 時間")["title"] == "Party 🎉 時間"


def test_a_broken_database_is_refused_with_the_way_out(commander, room):
    commander.orders("new", "Do it")
    for file in (room / "state").glob("store.db*"):
        file.write_bytes(b"\x00garbage" * 4096)

    what, hint = commander.is_refused("ls")

    assert "cannot be used" in what
    assert "mv " in hint


def test_a_state_folder_that_cannot_be_written_is_refused(commander, monkeypatch):
    monkeypatch.setenv("RTS_HOME", "/proc/rts")

    what, hint = commander.is_refused("new", "Do it")

    assert "/proc/rts" in what
    assert "RTS_HOME" in hint


@needs_root
def test_a_full_disk_under_the_store_is_refused_and_nothing_is_half_written(
    commander, small_disk, monkeypatch
):
    monkeypatch.setenv("RTS_HOME", str(small_disk / "state"))
    commander.orders("new", "Do it")
    subprocess.run(["dd", "if=/dev/zero", f"of={small_disk}/filler"], capture_output=True)

    what, _ = commander.is_refused("new", "Another", "--body", "long " * 10_000)

    assert "the disk is full" in what
    (small_disk / "filler").unlink()
    assert [t["title"] for t in commander.orders("tickets")] == ["Do it"]


@needs_root
def test_a_full_disk_under_the_worktrees_leaves_nothing_half_made(small_disk):
    repository = small_disk / "shop"
    git(small_disk, "init", "--quiet", "shop")
    (repository / "large").write_bytes(os.urandom(700_000))
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "First")
    commander = Commander(repository)

    what, _ = commander.is_refused("spawn", "Do it", "--agent", "drill")

    assert "No space" in what or "git" in what
    assert nothing_was_made(repository)
    assert commander.orders("ls") == []


def test_an_unknown_worker_ticket_and_kind_are_refused(commander):
    assert "No worker is called" in commander.is_refused("peek", "nobody")[0]
    assert "There is no ticket #9" in commander.is_refused("spawn", "#9")[0]
    assert "is no kind of ticket" in commander.is_refused("new", "Do it", "--kind", "quest")[0]


def test_wrong_settings_are_named(commander, room):
    (room / "state").mkdir(exist_ok=True)
    (room / "state" / "settings.toml").write_text("supply_limit = 'many'\n")

    assert "supply_limit" in commander.is_refused("ls")[0]


def test_a_wrong_flag_is_wrong_usage(commander):
    assert commander.types("ls", "--no-such-flag").returncode == 2


def test_a_message_to_an_agent_that_cannot_prove_it_is_not_called_delivered(commander):
    worker = commander.orders("spawn", "Do it", "--agent", "generic")["name"]

    assert "gives no proof" in commander.is_refused("tell", worker, "hello")[0]


@pytest.mark.parametrize("verb", [(), ("demo",), ("attach", "falcon-1")], ids=" ".join)
def test_what_draws_on_the_terminal_is_refused_without_one(commander, verb):
    what, hint = commander.is_refused(*verb)

    assert "no terminal here" in what
    assert "rts" in hint
