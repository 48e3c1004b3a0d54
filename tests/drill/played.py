"""Drives the drill agent in a real pseudo-terminal, as tmux would, and reads the hooks it fires."""

import contextlib
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

from tests.waiting import wait_until

EVENT_NAMES = (
    "SessionStart",
    "UserPromptSubmit",
    "PreToolUse",
    "PostToolUse",
    "PostToolUseFailure",
    "Stop",
    "SessionEnd",
)
SIZE = struct.pack("HHHH", 40, 100, 0, 0)


class PlayedDrill:
    """A drill agent at work in `folder`; a context, so that it never outlives its test."""

    def __init__(
        self, folder: Path, brief: str, *options: str, decide: str = "exit 0", speed: str = "0"
    ) -> None:
        self.folder = folder
        self._run_folder = folder.parent / "run"
        self._hooks_folder = self._run_folder / "hooks"
        self._hooks_folder.mkdir(parents=True)
        self.pull_request = self._run_folder / "pull-request.md"
        brief_path = self._run_folder / "brief.md"
        brief_path.write_text(brief)
        settings_path = self._run_folder / "drill.json"
        settings_path.write_text(json.dumps(self._settings(decide)))
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, SIZE)
        given = ("--settings", str(settings_path), "--session-id", "11-22", *options)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rts", "drill", *given, str(brief_path)],
            cwd=folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={
                **os.environ,
                "RTS_PULL_REQUEST": str(self.pull_request),
                "RTS_DRILL_SPEED": speed,
            },
            start_new_session=True,
        )
        self._slave = slave
        os.set_blocking(self._master, False)
        self._seen = b""
        self._is_closed = False

    def __enter__(self) -> "PlayedDrill":
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.wait()
        self._read()
        os.close(self._master)
        os.close(self._slave)
        self._is_closed = True

    def _settings(self, decide: str) -> dict[str, Any]:
        drop = f"cat >{self._hooks_folder}/$$.part && mv {self._hooks_folder}/$$.part"
        line = f"{drop} {self._hooks_folder}/$$.json"
        command_by_event = dict.fromkeys(EVENT_NAMES, line)
        command_by_event["PermissionRequest"] = f"{line}; {decide}"
        return {
            "hooks": {
                name: [{"hooks": [{"type": "command", "command": command, "timeout": 30}]}]
                for name, command in command_by_event.items()
            }
        }

    @property
    def screen(self) -> str:
        """Everything that was ever written to the terminal, without colours."""
        self._read()
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._seen.decode(errors="replace"))

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while not self._is_closed and (piece := os.read(self._master, 65536)):
                self._seen += piece

    @property
    def raw_screen(self) -> str:
        """The same with every control sequence."""
        return self.screen and self._seen.decode(errors="replace")

    @property
    def titles(self) -> list[str]:
        """Every title that it ever gave its terminal."""
        return re.findall(r"\x1b\]2;([^\x07]*)\x07", self.raw_screen)

    def type(self, text: str) -> None:
        """Type bytes as a terminal sends them."""
        os.write(self._master, text.encode())

    def paste(self, text: str) -> None:
        """Paste as a terminal does for a program that asked for bracketed paste."""
        self.type(f"\x1b[200~{text}\x1b[201~")

    def payloads(self, *names: str) -> list[dict[str, Any]]:
        """Return the hooks that were fired, in their order; of these events only, when named."""
        files = sorted(self._hooks_folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        fired = [json.loads(path.read_text()) for path in files]
        return [p for p in fired if not names or p["hook_event_name"] in names]

    def await_hook(self, name: str, count: int = 1) -> dict[str, Any]:
        """Return the newest payload of an event when it was fired `count` times."""
        fired = wait_until(
            lambda: len(found := self.payloads(name)) >= count and found,
            message=f"{name} × {count}; the screen says: {self.screen[-800:]}",
        )
        assert fired
        return fired[-1]

    def await_words(self, words: str) -> None:
        """Wait until the terminal has shown `words`."""
        wait_until(lambda: words in self.screen, message=f"{words}: {self.screen[-800:]}")

    def await_end(self) -> int:
        """Return the exit code; what is still written is read, so that nothing blocks the end."""

        def has_ended() -> bool:
            return bool(self.screen) and self.process.poll() is not None

        wait_until(has_ended, message=f"an end; the screen says: {self.screen[-800:]}")
        return self.process.returncode


def brief(steps: str) -> str:
    """Return a brief with a scenario in it."""
    return f"# A title\n\nWhat is wanted.\n\n````\n```drill\n{steps}\n```\n````\n"
