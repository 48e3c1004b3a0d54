"""Names that people type: call-signs, branches, and any unique prefix of either."""

import re
import unicodedata
from collections.abc import Collection, Iterable

from rts.errors import OrderRefused
from rts.world.nouns import Ticket, TicketKind, Worker

# fmt: off
CALL_SIGNS = (
    "falcon", "otter", "heron", "lynx", "ibis", "wolf", "crane", "badger", "kestrel", "marten",
    "osprey", "puma", "raven", "stoat", "tern", "viper", "bison", "civet", "dingo", "egret",
    "ferret", "gecko", "hawk", "jackal", "koala", "lemur", "moose", "newt", "ocelot", "panda",
)
# fmt: on
"""Short animals that cannot be mistaken for each other when heard or read quickly."""

SLUG_LENGTH_MAX = 40
"""Longest readable part of a branch, in characters: the call-sign already makes it unique."""


def choose_call_sign(taken: Collection[str]) -> str:
    """Return the next free call-sign: each animal once before any comes again."""
    for round_number in range(1, len(taken) + 2):
        for animal in CALL_SIGNS:
            if (name := f"{animal}-{round_number}") not in taken:
                return name
    raise AssertionError("more rounds than names were tried")


def slug(title: str) -> str:
    """Return the title as a piece of a branch name: ASCII words with dashes; `work` when none."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    return "-".join(words)[:SLUG_LENGTH_MAX].strip("-") or "work"


def branch_name(call_sign: str, title: str) -> str:
    """Return the branch of a worker, `rts/falcon-3/retry-payments`."""
    return f"rts/{call_sign}/{slug(title)}"


def find_worker(workers: Iterable[Worker], tickets: Iterable[Ticket], handle: str) -> Worker:
    """Return the worker that `handle` names: call-sign, id, ticket (`#7`), or a unique prefix.

    Raises:
        OrderRefused: nobody, or more than one, answers to it.
    """
    if not handle.strip():
        raise OrderRefused("No worker is named.", "See who is there with: rts ls")
    ticket_by_id = {ticket.id: ticket for ticket in tickets}
    candidates = list(workers)
    exact = [w for w in candidates if handle in (w.name, w.id)] or [
        w
        for w in candidates
        if (ticket := ticket_by_id.get(w.ticket_id)) and handle.lstrip("#") == str(ticket.number)
    ]
    found = exact or [w for w in candidates if _has_prefix(w, handle)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise OrderRefused(f"No worker is called “{handle}”.", "See who is there with: rts ls")
    names = ", ".join(sorted(w.name for w in found)[:6])
    raise OrderRefused(f"“{handle}” fits more than one worker: {names}.", "Give one name in full.")


ID_PREFIX_LENGTH_MIN = 6
"""Shortest beginning of an id that counts: a shorter one may be a number or a word by chance."""


def _has_prefix(worker: Worker, handle: str) -> bool:
    # A number means a ticket, and never the id that happens to begin with it.
    if handle.removeprefix("#").isdigit():
        return False
    is_long = len(handle) >= ID_PREFIX_LENGTH_MIN
    return worker.name.startswith(handle) or (is_long and worker.id.startswith(handle))


def split_kind(line: str) -> tuple[TicketKind, str]:
    """Return the kind and the title of a typed line: `bug: the cart loses items`."""
    word, colon, rest = line.partition(":")
    if colon and word.strip().lower() in set(TicketKind) and rest.strip():
        return TicketKind(word.strip().lower()), rest.strip()
    return TicketKind.FEATURE, line


def find_ticket(tickets: Iterable[Ticket], handle: str) -> Ticket | None:
    """Return the ticket that `handle` names (`#7`, `7`, or its id), or None."""
    for ticket in tickets:
        if handle == ticket.id or (handle.lstrip("#") == str(ticket.number)):
            return ticket
    return None
