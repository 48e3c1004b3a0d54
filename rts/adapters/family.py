"""Processes that belong together: what an agent started, wherever it stands by now.

A tool call runs in a session of its own, and outlives an agent that is killed: it is found by its
parents, or by a variable that everything below the agent inherits.
"""

import contextlib
import os
import time
from collections.abc import Collection, Iterable
from pathlib import Path

import psutil

END_WAIT_S, END_LOOK_S = 2.0, 0.02
"""How long processes may take to end by themselves, and the pause between two looks."""

WRAPPERS = frozenset({"bwrap", "sh", "dash", "bash", "env"})
"""What may stand before an agent: a signal for the agent must reach the agent itself."""


def find_family(pid: int) -> list[psutil.Process]:
    """Return the process `pid` and all below it, parents first; nothing when it is gone."""
    with contextlib.suppress(psutil.Error):
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    return []


def find_marked(name: str, value: str) -> list[psutil.Process]:
    """Return this user's processes whose environment has `name` set to `value`.

    Where nobody may look into an environment, nothing is found.
    """
    mark = f"{name}={value}".encode()
    found = []
    for pid in psutil.pids():
        # psutil's own environ() parses every variable: 20 times slower on a busy machine.
        with contextlib.suppress(OSError, psutil.Error):
            if mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                found.append(psutil.Process(pid))
    return found


def find_bystanders(pane_pids: Iterable[int]) -> set[int]:
    """Return the processes that must never be ended: us, what started us, and other sessions.

    They may have inherited the mark: an agent can give orders too, and so start a watch or the
    tmux server itself.
    """
    bystanders = {os.getpid()}
    with contextlib.suppress(psutil.Error):
        bystanders |= {parent.pid for parent in psutil.Process().parents()}
    for pid in pane_pids:
        bystanders |= {member.pid for member in find_family(pid)}
    return bystanders


def find_agent(family: list[psutil.Process]) -> psutil.Process | None:
    """Return the first of a family that does not merely stand before another."""
    for member in family:
        with contextlib.suppress(psutil.Error):
            if member.name() not in WRAPPERS:
                return member
    return family[0] if family else None


def ask_to_end(process: psutil.Process) -> None:
    """Send SIGTERM; nothing happens when the process has ended."""
    with contextlib.suppress(psutil.Error):
        process.terminate()


def end_all(processes: Iterable[psutil.Process], bystanders: Collection[int]) -> None:
    """End processes by their ids: politely, and after `END_WAIT_S` for good.

    A number that was given to another process meanwhile is recognised and left alone.
    """
    ends = [p for p in processes if p.pid not in bystanders and not _is_server(p)]
    for process in ends:
        ask_to_end(process)
    deadline = time.monotonic() + END_WAIT_S
    while left := [process for process in ends if is_alive(process)]:
        if time.monotonic() >= deadline:
            break
        time.sleep(END_LOOK_S)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()


def is_alive(process: psutil.Process) -> bool:
    """Tell whether the process still runs; a zombie does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _is_server(process: psutil.Process) -> bool:
    try:
        return process.name().startswith("tmux")
    except psutil.Error:
        return False
