"""The commander's own editor: how it is told a line, and how it is run."""

import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from rts import paths
from rts.adapters.windowed import anchored_environment, start_windowed
from rts.errors import OrderRefused, OutsideFailed

VARIABLES = ("VISUAL", "EDITOR")
"""Where a commander's editor is named, the first first: environ(7)."""

_PLUS = [
    "vi",
    "vim",
    "nvim",
    "view",
    "vimx",
    "gvim",
    "nvim-qt",
    "nano",
    "pico",
    "emacs",
    "emacsclient",
    "mg",
    "jed",
    "jmacs",
    "joe",
    "ne",
    "micro",
    "kak",
    "gedit",
    "mcedit",
    "tilde",
]
"""`+LINE FILE`, as vi(1), nano(1), emacs(1) and micro(1) have it."""
_GOTO = [
    "code",
    "code-insiders",
    "code-oss",
    "codium",
    "vscodium",
    "cursor",
    "windsurf",
    "positron",
    "trae",
    "kiro",
]
"""`--goto FILE:LINE`: Visual Studio Code's command line and those made from it."""
_COLON = ["zed", "zeditor", "zed-editor", "hx", "helix", "subl", "sublime_text"]
"""`FILE:LINE`."""
_LINE_OPTION = {
    **dict.fromkeys(
        ["idea", "pycharm", "webstorm", "goland", "clion", "phpstorm", "rubymine", "rider"],
        "--line",
    ),
    **dict.fromkeys(["kate", "mate", "xed"], "-l"),
}
"""An option before the number, then the file."""
_WINDOWED = {
    *_GOTO,
    *_LINE_OPTION,
    *["zed", "zeditor", "zed-editor", "subl", "sublime_text", "gvim", "nvim-qt", "gedit", "xed"],
}
"""Those that have a window of their own: the screen stays."""
_FILES_ONLY = frozenset(["nano", "pico", "ne", "joe", "jed", "jmacs", "mg", "hx", "helix"])
"""Those that open no folder."""


def find_editor(environment: Mapping[str, str]) -> list[str]:
    """Return the editor's command with the options that the commander gave it.

    Its program is an absolute path: what is relative counts from the folder in which rts runs, not
    from the worktree in which the editor will.

    Raises:
        OrderRefused: none is named, it cannot be read, or it is not installed.
    """
    command = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    try:
        argv = shlex.split(command)
    except ValueError as error:
        raise OrderRefused(
            f"Your editor's command cannot be read: {command}.", "Close its quotes."
        ) from error
    if not argv:
        raise OrderRefused(
            "No editor is named.", "Name yours before you start rts: export EDITOR=nano"
        )
    program = shutil.which(argv[0], path=environment.get("PATH"))
    if program is None:
        raise OrderRefused(
            f"Your editor {argv[0]} is not installed.", "Name another: export EDITOR=nano"
        )
    return [str(Path.cwd() / program), *argv[1:]]  # a link stays: its name tells which it is


def add_place(argv: list[str], path: Path, line_number: int) -> list[str]:
    """Return the command that opens `path`, which is absolute, at a line; 0: at none.

    Raises:
        OrderRefused: the editor opens no folders, and `path` is one.
    """
    name = _name(argv)
    if path.is_dir() and name in _FILES_ONLY:
        raise OrderRefused(
            f"{name} opens no folders.", "Open a file of it: d reads the change, e opens a line."
        )
    if not line_number:
        return [*argv, str(path)]
    if name in _PLUS:
        return [*argv, f"+{line_number}", str(path)]
    if name in _GOTO:
        return [*argv, "--goto", f"{path}:{line_number}"]
    if name in _COLON:
        return [*argv, f"{path}:{line_number}"]
    if name in _LINE_OPTION:
        return [*argv, _LINE_OPTION[name], str(line_number), str(path)]
    return [*argv, str(path)]


def has_own_window(argv: list[str]) -> bool:
    """Tell whether the editor leaves the terminal alone."""
    return _name(argv) in _WINDOWED


def run_editor(argv: list[str], folder: Path) -> None:
    """Run an editor in `folder`: in this terminal until it ends, or in a window of its own.

    Raises:
        OrderRefused: the editor's program lies where an agent may have written it.
        OutsideFailed: it could not be started, or a windowed one ended at once with an error.
    """
    is_worktree = paths.root_of_worktrees(folder.parent) is not None
    written = folder.parent if is_worktree else folder  # by its own agent, or another
    if Path(argv[0]).resolve().is_relative_to(written.resolve()):
        raise OrderRefused(
            f"Your editor {argv[0]} lies in a worker's worktree.",
            "Name one that no agent can write: export EDITOR=nano",
        )
    if has_own_window(argv):
        if exit_code := start_windowed(argv, folder):
            raise OutsideFailed(f"{argv[0]} ended with exit code {exit_code}.", shlex.join(argv))
        return
    try:
        subprocess.run(argv, cwd=folder, env=anchored_environment(), check=False)
    except OSError as error:
        raise OutsideFailed(
            f"{argv[0]} could not be run: {error.strerror}.", "Try it by hand in a shell."
        ) from error


def _name(argv: list[str]) -> str:
    return Path(argv[0]).name.removesuffix(".exe").lower()
