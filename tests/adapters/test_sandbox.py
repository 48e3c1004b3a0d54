"""The sandbox, with real bubblewrap, git and tmux: what an agent in it can do, and what it cannot.

Rooms lie below /tmp, which is fresh inside: only what the sandbox puts there is to be seen.
"""

import os
import shlex
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from rts import paths
from rts.adapters import sandbox
from rts.adapters.agents.program import Places
from rts.adapters.git.command import git
from rts.adapters.git.worktrees import add_worktree
from rts.adapters.inbox import Inbox
from rts.adapters.sandbox import Cell
from rts.adapters.tmux import shell_line
from tests.waiting import wait_until

HIDDEN = (
    ".ssh/id_ed25519",
    ".netrc",
    ".config/gh/hosts.yml",
    ".env",
    ".env.local",
    ".bash_history",
)


@pytest.fixture(autouse=True)
def _works_here():
    if why := sandbox.probe():
        pytest.skip(why)


@pytest.fixture
def cell(room, repository):
    """The cell of falcon-1, with wolf-2 beside it."""
    for name in ("falcon-1", "wolf-2"):
        path = paths.worktrees_folder(repository) / name
        add_worktree(repository, path, f"rts/{name}/work", "HEAD", name)
    state = room / "state"
    run_folder = paths.run_folder(state, "w1")
    run_folder.mkdir(parents=True)
    inbox = Inbox(paths.inbox_folder(state))
    inbox.prepare_for("w2")
    (state / "store.db").write_text("the store")
    return Cell(
        worktree=paths.worktrees_folder(repository) / "falcon-1",
        git_folder=repository / ".git",
        branch="rts/falcon-1/work",
        run_folder=run_folder,
        inbox=inbox.prepare_for("w1"),
        state_folder=state,
        home=Path.home(),
    )


def inside(cell, script, **more):
    """Run a script in the cell as its agent would."""
    argv = [*sandbox.build_argv(cell), "sh", "-c", script]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False, **more)


def write(path, text="secret"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def is_refused(cell, script):
    done = inside(cell, script)
    return done.returncode != 0 and bool(done.stderr)


def test_a_machine_without_bubblewrap_says_so(room, monkeypatch):
    monkeypatch.setenv("PATH", str(room))

    assert sandbox.probe.__wrapped__() == "bubblewrap is not installed"


def test_a_machine_that_forbids_namespaces_says_so(room, monkeypatch):
    # A double, because nobody can take that right from root: what 0.8.0 says on Ubuntu 24.04.
    program = write(room / "bin" / "bwrap", "#!/bin/sh\necho 'setting up uid map: no' >&2; exit 1")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    assert sandbox.probe.__wrapped__() == "user namespaces are off here"


# --- what it may write ----------------------------------------------------------------------------


def test_its_worktree_its_run_folder_and_the_inbox_can_be_written(cell):
    run = cell.run_folder
    places = ("new.txt", f"{run}/pull-request.md", f"{run}/answers/a", "/tmp/x")

    done = inside(cell, f"for f in {shlex.join(places)}; do echo hi >$f || exit 1; done")

    assert (done.returncode, done.stderr) == (0, "")
    assert (cell.worktree / "new.txt").read_text() == "hi\n"
    assert (cell.run_folder / "pull-request.md").exists()
    assert not Path("/tmp/x").exists()


def test_a_hooks_file_is_renamed_into_the_inbox(cell):
    folder = shlex.quote(str(cell.inbox))

    # A link to a file survives a rename, and no copy from one mount to another.
    done = inside(cell, f"cd {folder}; echo 1 >tmp/a; ls -i tmp/a; mv tmp/a new/; ls -i new/a")

    before, after = done.stdout.split("\n")[:2]
    assert before.split()[0] == after.split()[0]


def test_another_workers_inbox_and_what_was_set_aside_are_out_of_reach(cell):
    shared = cell.inbox.parent

    done = inside(cell, f"ls {shared}; echo 1 >{shared}/w2/new/w2.a; echo 1 >{shared}/rejected/a")

    assert done.stdout.split() == ["w1"]
    assert not list((shared / "w2" / "new").iterdir())
    assert not list((shared / "rejected").iterdir())


def test_a_link_in_its_inbox_leads_the_watch_nowhere(cell):
    write(cell.home / ".ssh" / "id_rsa", "the key")
    write(cell.home / ".bashrc", "mine")
    inbox = Inbox(cell.inbox.parent)
    own = shlex.quote(str(cell.inbox))

    inside(cell, f"cd {own}; mv new n; ln -s {cell.home}/.ssh new")
    assert inbox.read() == []
    inside(cell, f"cd {own}; rm new; mv n new; ln -s {cell.home} rejected; echo evil >new/.bashrc")
    assert inbox.read() == []

    assert (cell.home / ".ssh" / "id_rsa").read_text() == "the key"
    assert (cell.home / ".bashrc").read_text() == "mine"
    assert inbox.rejected_count() == 1
    moved = inside(cell, f"mv {own} {own}.gone; rmdir {own}").returncode
    assert (moved, cell.inbox.is_dir()) == (1, True)


def test_nothing_else_can_be_written(cell, repository):
    write(cell.run_folder / "start.sh", "#!/bin/sh")
    write(cell.run_folder / "brief.md", "Work.")
    write(cell.run_folder / "claude.json", "{}")
    elsewhere = (
        *("/etc/x", "/usr/x", "/var/x", f"{cell.home}/x", f"{cell.home}/.bashrc"),
        *(f"{cell.run_folder}/{name}" for name in ("start.sh", "brief.md", "claude.json")),
        *(f"{repository}/shop.py", f"{cell.worktree.parent}/wolf-2/shop.py"),
    )
    shown = replace(cell, readable=(repository, cell.worktree.parent / "wolf-2"))

    for path in elsewhere:
        assert is_refused(shown, f"echo evil >>{shlex.quote(path)}"), path
    for name in ("start.sh", "tests.txt"):
        assert is_refused(shown, f"ln -sf /etc/passwd {cell.run_folder}/{name}"), name


def test_it_cannot_take_the_walls_away(cell):
    secret = write(cell.home / ".ssh" / "id")

    done = inside(cell, f"umount {secret.parent}; mount -o remount,rw /; cat {secret}")
    nested = inside(cell, f"unshare -Urm sh -c 'umount {secret.parent}; cat {secret}'")

    assert "secret" not in done.stdout + nested.stdout
    assert is_refused(cell, "mount -o remount,rw / && touch /etc/x")


# --- what it may see ------------------------------------------------------------------------------


def test_secrets_are_out_of_sight(cell):
    for name in HIDDEN:
        write(cell.home / name)
    target = write(cell.home.parent / "elsewhere" / "aws" / "credentials").parent
    (cell.home / ".aws").symlink_to(target)
    write(cell.home / "notes.txt", "plain")

    done = inside(cell, f"cd; cat {shlex.join(HIDDEN)} .aws/credentials; cat notes.txt; ls -A .ssh")

    assert done.stdout == "plain"
    assert is_refused(cell, "echo x >~/.ssh/authorized_keys")


def test_the_store_other_workers_and_tmux_are_out_of_reach(cell, game):
    other = write(paths.run_folder(cell.state_folder, "w2") / "brief.md")
    game.tmux.start_session("w-wolf-2", cell.worktree, "exec sleep 60", {}, "wolf")
    socket = game.tmux.socket_path

    assert is_refused(cell, f"cat {cell.state_folder}/store.db")
    assert is_refused(cell, f"cat {other}")
    assert is_refused(cell, f"tmux -S {socket} list-sessions")
    assert socket.exists()
    assert is_refused(cell, f"ls {socket}")


def test_a_state_folder_inside_the_home_and_a_worktree_there_work(cell):
    state = cell.home / ".local" / "state" / "rts"
    run_folder = paths.run_folder(state, "w1")
    run_folder.mkdir(parents=True)
    inbox = Inbox(state / "inbox").prepare_for("w1")
    write(state / "store.db")
    at_home = replace(cell, state_folder=state, run_folder=run_folder, inbox=inbox)

    done = inside(at_home, f"ls {state}; echo 1 >{run_folder}/pull-request.md && echo 1 >new")

    assert (done.stdout.split(), done.returncode) == (["inbox", "workers"], 0)


def test_secret_variables_are_forgotten_but_those_that_the_program_needs(cell, monkeypatch):
    for name in ("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "OPENAI_API_KEY", "SSH_AUTH_SOCK"):
        monkeypatch.setenv(name, "hush")
    monkeypatch.setenv("MAX_THINKING_TOKENS", "many")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "needed")
    keeping = replace(cell, places=Places(keeps=("ANTHROPIC_*",), environment={"IS_SANDBOX": "1"}))

    seen = inside(keeping, "env").stdout

    assert "hush" not in seen
    assert {"ANTHROPIC_API_KEY=needed", "MAX_THINKING_TOKENS=many", "IS_SANDBOX=1"} < set(
        seen.splitlines()
    )


def test_a_program_below_tmp_can_be_run(cell, room, monkeypatch):
    program = write(room / "node_modules" / "package" / "program", "#!/bin/sh\necho runs")
    program.chmod(0o755)
    (room / "node_modules" / ".bin").mkdir()
    (room / "node_modules" / ".bin" / "program").symlink_to("../package/program")
    monkeypatch.setenv("PATH", f"{room}/node_modules/.bin:{os.environ['PATH']}")

    assert inside(cell, "program").stdout == "runs\n"


def test_processes_outside_are_out_of_sight(cell):
    done = inside(cell, "ls /proc | grep -c '^[0-9]'")

    assert int(done.stdout) < 10


# --- what a program needs of the HOME -------------------------------------------------------------


def test_a_program_writes_what_it_names_and_nothing_beside_it(cell):
    program = cell.home / ".program"
    write(program / "settings", "mine")
    write(program / "login", "old")
    (program / "chats").mkdir()
    own = cell.run_folder / "own"
    own.mkdir()
    places = Places(
        writable=(program / "chats", program / "login", program / "missing"),
        fresh=(program,),
        bound=((own, program / "sessions"),),
    )

    script = (
        "cd ~/.program; echo 1 >chats/a; echo 2 >sessions/b; echo 3 >new; echo 4 >login; cat new"
    )
    done = inside(replace(cell, places=places), f"{script}; echo x >settings || cat settings")

    assert done.stdout == "3\nmine"
    assert (program / "chats" / "a").exists()
    assert (own / "b").exists()
    assert (program / "login").read_text() == "4\n"
    assert sorted(path.name for path in program.iterdir()) == ["chats", "login", "settings"]


def test_a_login_in_a_writable_folder_must_be_named_itself(cell):
    write(cell.home / ".codex" / "auth.json")
    folder = Places(writable=(cell.home / ".codex",))
    both = Places(writable=(cell.home / ".codex", cell.home / ".codex" / "auth.json"))

    assert inside(replace(cell, places=folder), "cat ~/.codex/auth.json").stdout == ""
    assert inside(replace(cell, places=both), "cat ~/.codex/auth.json").stdout == "secret"


def test_a_link_left_in_the_run_folder_leads_nowhere(cell):
    secret = write(cell.home / ".ssh" / "id")
    inside(cell, f"ln -s {secret.parent} {cell.run_folder}/own; ln -s {secret} {cell.run_folder}/f")
    places = Places(bound=((cell.run_folder / "own", cell.home / ".ssh"),))

    done = inside(replace(cell, places=places), f"echo runs; cat ~/.ssh/id {cell.run_folder}/f")

    assert done.stdout == "runs\n"


# --- git ------------------------------------------------------------------------------------------


def test_it_commits_on_its_own_branch(cell, repository):
    script = "echo 1 >a && git add a && git commit -qm 'Add a' && git status -s && git diff HEAD~"

    done = inside(cell, f"{script} && git log --format=%s main..")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Add a\n")
    assert git(repository, "log", "-1", "--format=%s", cell.branch) == "Add a"
    assert "Add a" in git(repository, "reflog", cell.branch)
    assert git(repository, "fsck") == ""


@pytest.mark.parametrize(
    "script",
    [
        "git update-ref refs/heads/main HEAD",
        "git update-ref refs/heads/rts/wolf-2/work HEAD",
        "git branch another",
        "git tag v1",
        "git config core.fsmonitor evil",
        "git config --worktree core.fsmonitor evil",
        'echo evil >"$(git rev-parse --git-common-dir)/hooks/post-commit"',
        'echo evil >"$(git rev-parse --git-common-dir)/HEAD"',
        'echo evil >"$(git rev-parse --git-common-dir)/packed-refs"',
        'echo evil >"$(git rev-parse --git-dir)/commondir"',
        'echo evil >"$(git rev-parse --git-dir)/config.worktree"',
        "echo 'gitdir: /elsewhere' >.git",
        "rm .git",
        "mv .git moved",
    ],
)
def test_nothing_else_of_the_repository_can_be_changed(cell, repository, script):
    inside(cell, "git commit -q --allow-empty -m 'Ahead of main'")
    before = git(repository, "for-each-ref"), (repository / ".git" / "config").read_text()

    assert is_refused(cell, script)
    assert (git(repository, "for-each-ref"), (repository / ".git" / "config").read_text()) == before


def test_packing_the_refs_outside_does_not_end_its_commits(cell, repository):
    argv = [*sandbox.build_argv(cell), "sh", "-c", "read _; git commit -q --allow-empty -m After"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as agent:
        git(repository, "pack-refs", "--all", "--prune")
        _, words = agent.communicate(b"\n", timeout=60)

    assert (agent.returncode, words) == (0, b"")
    assert git(repository, "log", "-1", "--format=%s", cell.branch) == "After"


def test_a_released_branch_leaves_nothing_in_the_repository(cell, repository):
    sandbox.build_argv(cell)

    sandbox.release(cell.git_folder, cell.branch)

    kept = repository / ".git" / "refs" / "heads" / "rts" / "falcon-1"
    assert [path.name for path in kept.iterdir()] == ["work"]


# --- process and terminal -------------------------------------------------------------------------


@pytest.mark.parametrize(("script", "code"), [("exit 7", 7), ("kill -TERM $$", 143)])
def test_how_it_ended_can_be_told(cell, script, code):
    assert inside(cell, script).returncode == code


def test_nothing_goes_on_when_the_sandbox_is_killed(cell):
    argv = [*sandbox.build_argv(cell), "sh", "-c", "echo on; while sleep 0.02; do date >beat; done"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as agent:
        assert agent.stdout is not None
        agent.stdout.readline()
        wait_until((cell.worktree / "beat").exists)
        agent.send_signal(signal.SIGKILL)
        assert agent.stdout.read() == b""  # the pipe closes when the last of them has ended


WATCHER = """\
import os, signal, time
def show(words): print(words, *os.get_terminal_size(), open("/dev/tty").name, flush=True)
signal.signal(signal.SIGWINCH, lambda *_: show("resized"))
show("begun")
while True:
    try: time.sleep(60)
    except KeyboardInterrupt: show("interrupted")
"""


def test_in_tmux_it_learns_the_size_and_ctrl_c_does_not_end_the_sandbox(cell, game):
    write(cell.worktree / "watcher.py", WATCHER)
    line = shell_line([*sandbox.build_argv(cell), "python3", "watcher.py"])
    game.tmux.start_session("w-falcon-1", cell.worktree, line, paths.agent_environment(), "size")

    def pane():
        return game.tmux.capture("w-falcon-1")

    wait_until(lambda: "begun" in pane(), message="the program begins")
    argv = ["tmux", "-S", str(game.tmux.socket_path), "resize-window", "-t", "w-falcon-1"]
    subprocess.run([*argv, "-x", "71", "-y", "17"], check=True)
    wait_until(lambda: "resized 71 17 /dev/tty" in pane(), message="the new size")
    game.tmux.press("w-falcon-1", "C-c")
    wait_until(lambda: "interrupted" in pane(), message="Ctrl-C")
    assert not game.tmux.panes()["w-falcon-1"].is_dead
