"""The TCP ports on which what an agent started listens: the server to look at by hand.

Another user's processes tell nothing of theirs, and neither does one in a network of its own; an
agent in the sandbox shares the machine's network, and its processes are seen from outside.
"""

import contextlib
from collections.abc import Iterable

import psutil

from rts.adapters.family import find_agent, find_family, find_marked

PORT_MIN = 1024
"""Below, no server of a project listens."""


def find_ports(pane_pid: int | None, mark: tuple[str, str], program: str) -> list[int]:
    """Return the ports on which the processes below an agent listen, lowest first.

    `pane_pid` is the process in its pane, `mark` a variable that all it starts inherits, and
    `program` the agent program, which may listen for purposes of its own, and is left out.
    """
    family = find_family(pane_pid) if pane_pid is not None else []
    agent = find_agent(family)
    own = set(family[: family.index(agent) + 1]) if agent else set()
    found = {*family, *find_marked(*mark)} - own
    return sorted({port for process in found for port in _ports_of(process, program)})


def _ports_of(process: psutil.Process, program: str) -> Iterable[int]:
    with contextlib.suppress(psutil.Error, OSError):
        if process.name().startswith((program, "tmux")):
            return []
        return [
            connection.laddr.port
            for connection in process.net_connections(kind="tcp")
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port >= PORT_MIN
        ]
    return []
