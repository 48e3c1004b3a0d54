"""Files in a run folder, which an agent can write: no link of its leads rts out of that folder."""

import contextlib
import errno
import os
import shutil
import stat
from pathlib import Path

NO_WAIT = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""How an agent's file is opened: without following a link, nor waiting at a pipe."""


def open_folder(path: Path) -> int:
    """Return a descriptor of the folder at `path`; OSError when it is none, or a link."""
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | NO_WAIT)


def open_inside(folder: Path, path: Path) -> int | None:
    """Return a descriptor of the regular file at `path`, which lies in `folder` when links are
    followed; None when there is no such file."""
    try:
        inside = path.resolve().relative_to(folder.resolve())
        place = open_folder(folder.resolve())
        for part in inside.parts:  # one by one, since the agent may put a link there meanwhile
            try:
                below = os.open(part, os.O_RDONLY | NO_WAIT, dir_fd=place)
            finally:
                os.close(place)
            place = below
    except (OSError, RuntimeError, ValueError):  # missing; links in a circle; outside
        return None
    if stat.S_ISREG(os.fstat(place).st_mode):
        return place
    os.close(place)
    return None


def read_inside(folder: Path, path: Path, size_max_bytes: int) -> str | None:
    """Return the text of a file in `folder`, or its beginning; None when there is none."""
    number = open_inside(folder, path)
    if number is None:
        return None
    with os.fdopen(number, "rb") as file:
        return file.read(size_max_bytes).decode(errors="replace")


def read_end_inside(folder: Path, path: Path, size_max_bytes: int) -> str | None:
    """Return the text of a file in `folder`, or its end; None when there is none."""
    number = open_inside(folder, path)
    if number is None:
        return None
    with os.fdopen(number, "rb") as file:
        file.seek(max(os.fstat(number).st_size - size_max_bytes, 0))
        return file.read(size_max_bytes).decode(errors="replace")


def changed_at(folder: Path, path: Path) -> float:
    """Return when a file in `folder` was written, in seconds since 1970; 0 when there is none."""
    number = open_inside(folder, path)
    if number is None:
        return 0.0
    try:
        return os.fstat(number).st_mtime
    finally:
        os.close(number)


def write_new(place: int, name: str, text: str) -> None:
    """Write a new file in the folder of descriptor `place`; what has its name there is replaced."""
    draft = f".{name}"
    _remove(place, draft)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_WAIT
    with os.fdopen(os.open(draft, flags, 0o600, dir_fd=place), "w") as file:
        file.write(text)
    try:
        os.rename(draft, name, src_dir_fd=place, dst_dir_fd=place)
    except IsADirectoryError:
        _remove(place, name)
        os.rename(draft, name, src_dir_fd=place, dst_dir_fd=place)


def write_private(path: Path, text: str) -> None:
    """Write a new file that nobody else may read; a file that is at `path` is replaced by it.

    Raises:
        FileExistsError: a link, a folder or the like is there; it is left alone.
        OSError: it cannot be written.
    """
    place = open_folder(path.parent.resolve())
    try:
        refuse_unusual(path)
        write_new(place, path.name, text)
    finally:
        os.close(place)


def refuse_unusual(path: Path) -> None:
    """See that nothing but a regular file is at `path`, if anything.

    Raises:
        FileExistsError: a link, a folder, a pipe or the like is there.
    """
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise FileExistsError(errno.EEXIST, "Something that is no regular file is there")


def write_anew(folder: Path, path: Path, text: str) -> None:
    """Write a new file at `path`, which lies in `folder`, whatever an agent has put there.

    No link on the way is followed: folders are made where there are none.

    Raises:
        OSError: it cannot be written.
        ValueError: `path` does not lie in `folder`.
    """
    *parts, name = path.relative_to(folder).parts
    place = open_folder(folder)
    try:
        for part in parts:
            below = _open_or_make(place, part)
            os.close(place)
            place = below
        write_new(place, name, text)
    finally:
        os.close(place)


def remove(path: Path) -> None:
    """Remove what is at `path`, if anything: a file, a pipe, a link, or a folder with all in it."""
    try:
        place = open_folder(path.parent)
    except FileNotFoundError:
        return
    try:
        _remove(place, path.name)
    finally:
        os.close(place)


def _open_or_make(place: int, name: str) -> int:
    flags = os.O_RDONLY | os.O_DIRECTORY | NO_WAIT
    try:
        return os.open(name, flags, dir_fd=place)
    except OSError:  # missing, a link, or no folder
        _remove(place, name)
        os.mkdir(name, 0o700, dir_fd=place)
        return os.open(name, flags, dir_fd=place)


def _remove(place: int, name: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISDIR(os.stat(name, dir_fd=place, follow_symlinks=False).st_mode):
            shutil.rmtree(name, dir_fd=place)  # follows no link either
        else:
            os.unlink(name, dir_fd=place)


def remove_foreign(folder: Path, kept_link: Path) -> None:
    """Remove what an earlier agent may have put into `folder` so that we wait, or write elsewhere.

    That is all directly in it that is neither a regular file nor a folder: a pipe, a link. Only
    `kept_link` may be a link, if it stays inside.
    """
    for entry in folder.iterdir() if folder.is_dir() else ():
        mode = entry.lstat().st_mode
        is_plain = stat.S_ISREG(mode) or stat.S_ISDIR(mode)
        if not is_plain and not (entry == kept_link and _stays_inside(folder, entry)):
            entry.unlink()


def _stays_inside(folder: Path, link: Path) -> bool:
    try:
        return link.is_symlink() and link.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # links in a circle
        return False
