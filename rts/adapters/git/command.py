"""The one place that runs git."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from rts import paths
from rts.adapters import process
from rts.adapters.git.pointer import find_git_folder
from rts.errors import OutsideFailed

CHECKOUT_TIMEOUT_S = 600.0
"""Longest that writing a whole worktree may take: 50,000 files need some seconds on a slow disk."""

RTS_IDENTITY = ("-c", "user.name=rts", "-c", "user.email=rts@localhost")
"""Who commits when git knows no name for the commander."""


def git(
    folder: Path,
    *words: str,
    stdin: str = "",
    timeout_s: float = process.TIMEOUT_S,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run git in `folder` and return what it printed, without the last line break.

    Raises:
        OutsideFailed: git refused; its own words are in the error.
    """
    done = try_git(folder, *words, stdin=stdin, timeout_s=timeout_s, env=env)
    if done.exit_code != 0:
        raise OutsideFailed(
            f"git {_verb(words)} failed: {done.words}", f"Look at it by hand in {folder}."
        )
    return done.stdout.removesuffix("\n")


def try_git(
    folder: Path,
    *words: str,
    stdin: str = "",
    timeout_s: float = process.TIMEOUT_S,
    env: Mapping[str, str] | None = None,
) -> process.Completed:
    """Run git in `folder` and return how it ended, for callers who expect it to refuse.

    Raises:
        OutsideFailed: `folder` is a worker's worktree whose `.git` its agent replaced; or git did
            not end in time.
    """
    find_git_folder(folder)
    argv = ["git", "-C", str(folder), *words]
    environment = clean_environment() if env is None else env
    return process.run(argv, stdin=stdin, timeout_s=timeout_s, env=environment)


def clean_environment() -> dict[str, str]:
    """Return this process's environment without what would point git at another repository.

    git sets those variables for the hooks that it runs. Nor does a mere look take the lock of an
    index that an agent may be about to write.
    """
    return {**paths.own_environment(), "GIT_OPTIONAL_LOCKS": "0"}


def _verb(words: tuple[str, ...]) -> str:
    """Return git's verb among its words: the first that is no option and no option's value."""
    pairs = zip(("", *words), words, strict=False)
    return next((word for before, word in pairs if word[0] != "-" and before != "-c"), "")


@cache
def identity(folder: Path) -> tuple[str, ...]:
    """Return the options for a commit by `rts`: none when git knows the commander's name."""
    if try_git(folder, "var", "GIT_COMMITTER_IDENT").exit_code == 0:
        return ()
    return RTS_IDENTITY
