"""The private tmux server: sessions of workers, their panes, typing into them.

All of tmux's oddities live here. Every call names the private socket; the commander's own server is
never touched. What is asked of many panes is asked in one call.
"""

import contextlib
import os
import re
import shlex
import stat
import sys
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rts import paths
from rts.adapters import process
from rts.adapters.tmux_keys import send_commands
from rts.errors import OutsideFailed
from rts.world.sight import Sight, Window
from rts.world.strokes import Stroke

if TYPE_CHECKING:
    import libtmux
    import psutil
    from libtmux.common import tmux_cmd

VERSION_MIN = (3, 2)
"""`new-session -e` and per-pane options came with tmux 3.2."""

PANE_WIDTH_CELLS, PANE_HEIGHT_CELLS = 140, 45
"""Size of a session that nobody is attached to: wide enough for a diff, small enough to show."""

END_WAIT_S, END_LOOK_S = 2.0, 0.02
"""How long what ran in a session may take to end by itself, and the pause between two looks."""

HISTORY_LINES = 20_000
"""Scroll-back kept per pane."""

NOT_RUNNING = re.compile(
    r"no server running|no current target|error connecting|No such file|server exited"
)

CONFIG = f"""\
# Written by rts for its private server; overwritten when a server starts.
set -s exit-empty off
set -g default-shell /bin/sh
set -g remain-on-exit on
set -g history-limit {HISTORY_LINES}
set -g default-terminal tmux-256color
set -g focus-events on
set -g mouse on
set -g escape-time 10
set -g status-interval 0
set -g status-style 'bg=default,fg=colour245'
set -g status-left ''
set -g status-right ' C-q: back to the map '
set -g window-status-current-format ' #{{session_name}}  #{{@rts_title}}'
set -g window-status-format ''
set -g set-titles on
bind -n C-q detach-client
"""

_PANE_FORMAT = "\t".join(
    f"#{{{name}}}"
    for name in (
        "session_name",
        "pane_id",
        "pane_pid",
        "pane_dead",
        "pane_dead_status",
        "pane_dead_signal",
        "window_activity",
        "pane_current_command",
        "pane_title",
    )
)

_SIGHT_FORMAT = "#{history_size} #{pane_height} #{cursor_x} #{cursor_y} #{cursor_flag}"


@dataclass(frozen=True)
class Pane:
    """What tmux says about one session's pane."""

    session_name: str
    pane_id: str
    pid: int
    is_dead: bool
    exit_code: int | None
    """None while alive; 128 + N when signal N ended it; None too where tmux cannot tell (3.2)."""
    output_at: datetime
    """When something was last written to it, whole seconds."""
    foreground: str
    """The command that has the pane's terminal: the agent, or what it left behind."""
    title: str


class Tmux:
    """The server behind `socket_path`, started with `config_path` by the first session."""

    def __init__(self, socket_path: Path, config_path: Path) -> None:
        self.socket_path = socket_path
        self.config_path = config_path
        self._is_folder_ours = False

    def version(self) -> tuple[int, int]:
        """Return tmux's version, (0, 0) when it says nothing that can be read.

        Raises:
            OutsideFailed: tmux is not installed.
        """
        found = re.search(r"(\d+)\.(\d+)", process.run(["tmux", "-V"]).stdout)
        return (int(found[1]), int(found[2])) if found else (0, 0)

    def start_session(
        self, name: str, cwd: Path, command: str, env: Mapping[str, str], title: str
    ) -> None:
        """Start a detached session `name` in `cwd` that runs the shell line `command`.

        Raises:
            OutsideFailed: tmux refused; the session is not there.
        """
        if not self.is_running():
            self._prepare_server()
        server = self._server()
        from libtmux.exc import LibTmuxException  # after it: see there

        try:
            server.new_session(
                session_name=name,
                start_directory=str(cwd),
                window_command=command,
                environment=dict(env),
                x=PANE_WIDTH_CELLS,
                y=PANE_HEIGHT_CELLS,
            )
        except LibTmuxException as error:
            raise OutsideFailed(
                f"tmux could not start session {name}: {error}",
                "See what is wrong with: rts doctor",
            ) from error
        # A single line: a title with a line break would end the command for tmux.
        self._run("set-option", "-w", "-t", f"={name}:", "@rts_title", " ".join(title.split()))

    def _prepare_server(self) -> None:
        self.socket_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.config_path.parent.mkdir(parents=True, exist_ok=True)
        self.config_path.write_text(CONFIG)
        self._run("start-server")  # with our environment, which every session inherits

    def _refuse_foreign_folder(self) -> None:
        """See that nobody else can have put a server behind the socket.

        Raises:
            OutsideFailed: its folder is another user's, a link, or open to others.
        """
        folder = self.socket_path.parent
        try:
            status = folder.lstat()
        except FileNotFoundError:
            return  # so there is no server either
        if status.st_uid != os.getuid():
            what, hint = "belongs to somebody else", "Remove it, or set RTS_HOME to another folder."
        elif not stat.S_ISDIR(status.st_mode):
            what, hint = "is no folder", "Remove it, or set RTS_HOME to another folder."
        elif status.st_mode & 0o077:
            what, hint = "is open to others", f"Close it with: chmod 700 {folder}"
        else:
            self._is_folder_ours = True
            return
        raise OutsideFailed(f"{folder} {what}: they could send keys to your agents.", hint)

    def _server(self) -> "libtmux.Server":
        # libtmux asks sys.stdout for its encoding while it is imported; what Textual puts there
        # while the screen is open has none.
        with contextlib.redirect_stdout(sys.__stdout__):
            import libtmux

        class Utf8Server(libtmux.Server):
            """A server whose answers can be read whatever the locale: see `_argv`."""

            def cmd(self, cmd: str, *args: Any, target: str | int | None = None) -> "tmux_cmd":
                aim = () if target is None else ("-t", str(target))
                return super().cmd("-u", cmd, *aim, *args)

        return Utf8Server(socket_path=str(self.socket_path), config_file=str(self.config_path))

    def is_running(self) -> bool:
        """Tell whether the private server runs."""
        return self._run("display-message", "-p", "ok", may_fail=True).exit_code == 0

    def has_session(self, name: str) -> bool:
        """Tell whether session `name` is there, dead pane or not."""
        return self._run("has-session", "-t", f"={name}", may_fail=True).exit_code == 0

    def panes(self) -> dict[str, Pane]:
        """Return the first pane of every session by session name: one call for all of them."""
        pane_by_session = self._list_panes()
        if any(pane.is_dead and pane.exit_code is None for pane in pane_by_session.values()):
            # tmux sees a pane close before it reaps the process, and may then miss the signal that
            # it ended. Any other child that ends makes it reap them all.
            self._run("run-shell", "true", may_fail=True)
            return self._list_panes()
        return pane_by_session

    def _list_panes(self) -> dict[str, Pane]:
        listed = self._run("list-panes", "-a", "-F", _PANE_FORMAT, may_fail=True)
        if listed.exit_code != 0:
            if NOT_RUNNING.search(listed.stderr):
                return {}
            raise OutsideFailed(f"tmux does not answer: {listed.words}", "Try: rts doctor")
        pane_by_session: dict[str, Pane] = {}
        for line in listed.stdout.splitlines():
            pane = _read_pane(line)
            pane_by_session.setdefault(pane.session_name, pane)
        return pane_by_session

    def capture(self, name: str, *, line_count: int = 0, has_colour: bool = False) -> str:
        """Return what the pane of session `name` shows, with `line_count` lines of history above.

        Raises:
            OutsideFailed: there is no such session.
        """
        argv = ["capture-pane", "-p", "-t", f"={name}:"]
        argv += ["-e"] if has_colour else []
        argv += ["-S", f"-{line_count}"] if line_count else []
        return self._run(*argv).stdout.rstrip("\n")

    def see(self, name: str, window: Window) -> Sight:
        """Return the lines in `window` of the pane of session `name`, with colours and cursor.

        Raises:
            OutsideFailed: there is no such session.
        """
        target, last = f"={name}:", window.last
        shown = ["display-message", "-p", "-t", target, _SIGHT_FORMAT, ";"]
        lines = ["-S", str(window.first), *([] if last is None else ["-E", str(last)])]
        said = self._run(*shown, "capture-pane", "-p", "-e", "-t", target, *lines).stdout
        head, _, text = said.partition("\n")
        history, height, x, y, is_shown = map(int, head.split())
        return Sight(
            text=text.rstrip("\n"),
            first=max(history + window.first, 0),
            history_count=history,
            line_count=history + height,
            is_to_end=last is None or last >= height - 1,
            cursor=(x, y) if is_shown else None,
        )

    def captures(self, names: Iterable[str]) -> dict[str, str]:
        """Return what the panes of several sessions show, in one call; vanished ones are left out.

        The pieces are parted by lines that no program can guess.
        """
        mark, names = uuid.uuid4().hex, list(names)
        argv: list[str] = []
        for name in names:
            argv += ["display-message", "-p", f"{mark} {name}", ";"]
            argv += ["capture-pane", "-p", "-t", f"={name}:", ";"]
        if not argv:
            return {}
        said = self._run(*argv[:-1], may_fail=True).stdout
        parts = (part.partition("\n") for part in said.split(f"{mark} ")[1:])
        return {name: text.rstrip("\n") for name, _, text in parts}

    def paste(self, name: str, text: str) -> None:
        """Put `text` into the pane as one bracketed paste, without submitting it.

        `send-keys -l` breaks above 16 KB; a paste buffer carries 400 KB.
        """
        buffer = f"rts-{name}"
        self._run("load-buffer", "-b", buffer, "-", stdin=text)
        self._run("paste-buffer", "-p", "-d", "-r", "-b", buffer, "-t", f"={name}:")

    def press(self, name: str, key: str) -> None:
        """Press one key, named as tmux names it (`Enter`, `Escape`)."""
        self._run("send-keys", "-t", f"={name}:", key)

    def type(self, name: str, strokes: Iterable[Stroke]) -> None:
        """Type keys into the pane of session `name`, all of them in one call.

        Raises:
            OutsideFailed: there is no such session.
        """
        words: list[str] = []
        for command in send_commands(f"={name}:", strokes):
            words += [*command, ";"]
        if words:
            self._run(*words[:-1])

    def end_session(self, name: str) -> None:
        """End session `name` and what runs in it; nothing happens when it is not there.

        It is gone on return: what does not end when its terminal hangs up is killed.
        """
        shown = ("display-message", "-p", "-t", f"={name}:", "#{pane_dead} #{pane_pid}")
        is_dead, _, pid = self._run(*shown, may_fail=True).stdout.strip().partition(" ")
        self._run("kill-session", "-t", f"={name}", may_fail=True)
        if is_dead == "0" and pid:
            _end_processes(int(pid))

    def kill_server(self) -> None:
        """End the private server with every session on it."""
        self._run("kill-server", may_fail=True)
        self.socket_path.unlink(missing_ok=True)  # tmux(1), -L: the file stays when it ends

    def attach_argv(self, name: str) -> list[str]:
        """Return the command that attaches a terminal to session `name`."""
        return self._argv("attach-session", "-t", f"={name}")

    def attach(self, name: str) -> None:
        """Hand this terminal to session `name` until the commander comes back with C-q."""
        outer = {
            key: value for key, value in os.environ.items() if key not in ("TMUX", "TMUX_PANE")
        }
        self._refuse_foreign_folder()
        process.run_in_terminal(self.attach_argv(name), env=outer)

    def _argv(self, *words: str) -> list[str]:
        # -u: to a client in the locale C tmux writes tabs and letters as underlines.
        return ["tmux", "-u", "-S", str(self.socket_path), "-f", str(self.config_path), *words]

    def _run(self, *words: str, stdin: str = "", may_fail: bool = False) -> process.Completed:
        if not self._is_folder_ours:
            self._refuse_foreign_folder()
        done = process.run(self._argv(*words), stdin=stdin, env=paths.own_environment())
        if done.exit_code != 0 and not may_fail:
            raise OutsideFailed(
                f"tmux {words[0]} failed: {done.words}", "See the state of things with: rts doctor"
            )
        return done


def shell_line(argv: Sequence[str]) -> str:
    """Return `argv` as a line that replaces the shell which runs it."""
    return f"exec {shlex.join(argv)}"


def _end_processes(session_id: int) -> None:
    """Wait until the processes of a terminal's session have ended; kill what is slow to."""
    kills_at = time.monotonic() + END_WAIT_S
    # As long as one of them lives, their number is given to no other process (setsid(2)).
    while alive := _find_members(session_id):
        if time.monotonic() >= kills_at + END_WAIT_S:
            return  # not even SIGKILL ends what waits for a dead disk
        if time.monotonic() >= kills_at:
            for member in alive:
                member.kill()
        time.sleep(END_LOOK_S)


def _find_members(session_id: int) -> "list[psutil.Process]":
    """Return the living processes of a session, in whichever group; never this one."""
    import psutil

    members: list[psutil.Process] = []
    for pid in psutil.pids():
        try:
            if os.getsid(pid) == session_id and pid != os.getpid():
                member = psutil.Process(pid)
                members += [member] if member.status() != psutil.STATUS_ZOMBIE else []
        except (OSError, psutil.Error):
            continue  # ended meanwhile, or another person's
    return members


def _read_pane(line: str) -> Pane:
    name, pane_id, pid, dead, status, signal, activity, command, title = line.split("\t", 8)
    return Pane(
        session_name=name,
        pane_id=pane_id,
        pid=int(pid),
        is_dead=dead == "1",
        exit_code=int(status) if status else (128 + int(signal) if signal else None),
        output_at=datetime.fromtimestamp(int(activity or 0), UTC),
        foreground=command,
        title=title,
    )
