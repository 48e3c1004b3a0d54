"""The drill agent's tools: each really acts, and says what came of it in Claude Code's shapes."""

import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SHOWN_LINES_MAX = 6
"""Lines of a change or a failure that the transcript shows."""

AUTHOR = ("-c", "user.name=Drill", "-c", "user.email=drill@rts.invalid")
"""Who commits where git knows nobody."""

GIT_TIMEOUT_S = 10.0
"""Longest that asking git for its author may take."""


@dataclass(frozen=True)
class Outcome:
    """What came of a tool call."""

    words: str
    """A phrase for the transcript: `12 passed`."""
    response: dict[str, Any] = field(default_factory=dict)
    """`tool_response` of the hook."""
    error: str = ""
    """Why it failed; empty when it did not."""
    shown_lines: tuple[str, ...] = ()
    """What the transcript shows below; a line's first sign is +, - or a space."""


def read_file(path: Path) -> Outcome:
    """Read a file."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return _failure(error)
    line_count = len(text.splitlines())
    content = {"filePath": str(path), "content": text[:2000], "numLines": line_count}
    return Outcome(f"{line_count} lines", {"type": "text", "file": content})


def write_file(path: Path, text: str) -> Outcome:
    """Write a whole file, and the folders it needs."""
    kind = "update" if path.exists() else "create"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        return _failure(error)
    lines = text.splitlines()
    shown = _shorten([f"+ {line}" for line in lines])
    return Outcome(f"+{len(lines)}", {"type": kind, "filePath": str(path)}, shown_lines=shown)


def edit_file(path: Path, old: str, new: str) -> Outcome:
    """Replace the first `old` by `new`."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        return _failure(error)
    if not old or old not in text:
        return Outcome("not found", error="String to replace not found in file.")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    removed, added = old.splitlines(), new.splitlines()
    shown = _shorten([*(f"- {line}" for line in removed), *(f"+ {line}" for line in added)])
    response = {"filePath": str(path), "oldString": old, "newString": new}
    return Outcome(f"−{len(removed)} +{len(added)}", response, shown_lines=shown)


def judge_run(output: str, exit_code: int) -> Outcome:
    """Return what a command's output and exit code say."""
    words = find_telling_words(output)
    if exit_code:
        tail = [f"  {line}" for line in output.splitlines() if line.strip()][-SHOWN_LINES_MAX:]
        what = f"Exit code {exit_code}"
        return Outcome(f"exit {exit_code}  {words}", {}, f"{what}\n{output}", tuple(tail))
    return Outcome(words or "done", {"stdout": output, "stderr": "", "interrupted": False})


def find_telling_words(output: str) -> str:
    """Return the end of a command's output in a line: a test run's last words say most."""
    lines = [line.strip() for line in output.splitlines() if line.strip(" -=_\t")]
    if not lines:
        return ""
    is_verdict = len(lines) > 1 and lines[-2].startswith("Ran ")  # unittest says it in two lines
    return f"{lines[-2]} · {lines[-1]}" if is_verdict else lines[-1]


def commit_command(message: str, touched: Sequence[Path], folder: Path) -> str:
    """Return the shell line that commits what was touched in `folder` and what is tracked.

    The author is git's own where one is configured: git is asked once.
    """
    paths = shlex.join(str(path.relative_to(folder)) for path in touched if path.exists())
    add = f"git add -u && git add -- {paths} && " if paths else "git add -u && "
    author = () if has_author(folder) else AUTHOR
    commit = shlex.join(["git", *author, "commit", "--quiet", "-m", message])
    return f"{add}{commit} && git log -1 --format='%h %s'"


def has_author(folder: Path) -> bool:
    """Tell whether git was told who commits in this folder; what it would guess does not count."""
    asked = subprocess.run(
        ["git", "-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"],
        cwd=folder,
        capture_output=True,
        timeout=GIT_TIMEOUT_S,
        check=False,
    )
    return asked.returncode == 0


def _failure(error: OSError) -> Outcome:
    words = error.strerror or str(error)
    return Outcome(words, error=words)


def _shorten(lines: Sequence[str]) -> tuple[str, ...]:
    if len(lines) <= SHOWN_LINES_MAX:
        return tuple(lines)
    return (*lines[: SHOWN_LINES_MAX - 1], f"  … {len(lines) - SHOWN_LINES_MAX + 1} more lines")
