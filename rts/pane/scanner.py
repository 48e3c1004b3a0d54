"""Finds the sequences of the Program Status Protocol (OSC 7501) in what a program writes.

Everything passes but the query. A query is ours to answer, and a terminal behind us that knows it
too would answer a second time; a report passes, since such a terminal may want to show it.
"""

import re

START = b"\x1b]7501;"
"""How each of its sequences begins."""

QUERY = b"?"
"""The body of a query, and of its answer."""

ANSWER = START + QUERY + b"\x1b\\"

QUERIES = (START + QUERY + b"\x07", ANSWER)

LENGTH_MAX_BYTES = 4096
"""Longest sequence that counts: the protocol's own limit."""

# BEL and ST end an OSC. CAN, SUB and any other ESC cut it off: ECMA-48, and what terminals do.
_END = re.compile(rb"\x07|\x18|\x1a|\x1b\\?")


class Scanner:
    """Reads a stream in pieces of any size; what it passes is the stream without its queries."""

    def __init__(self) -> None:
        self._kept = b""
        """The beginning of a sequence whose end has not come yet."""
        self._passed = 0
        """How many bytes of `_kept` were passed on already."""

    @property
    def is_holding(self) -> bool:
        """Whether bytes are held back: fewer than a query has, and only what may become one."""
        return self._passed < len(self._kept)

    def flush(self) -> bytes:
        """Return what is held back, to be passed on. A sequence begun in it is still found."""
        held = self._kept[self._passed :]
        self._passed = len(self._kept)
        return held

    def feed(self, piece: bytes) -> tuple[bytes, list[bytes]]:
        """Return what of the stream is to be passed on now, and the bodies of whole sequences."""
        if not self._kept and START not in piece and not _find_beginning(piece, 0):
            return piece, []
        work, passed = self._kept + piece, self._passed
        out: list[bytes] = []
        bodies: list[bytes] = []
        at = 0
        while (start := work.find(START, at)) >= 0:
            end = _END.search(work, start + len(START), start + LENGTH_MAX_BYTES)
            if end is None and len(work) - start >= LENGTH_MAX_BYTES:
                at = start + len(START)  # nothing that counts is so long
                continue
            if end is None or (end[0] == b"\x1b" and end.end() == len(work)):
                break
            at = end.end()
            if end[0] == b"\x1b":  # it may begin the next sequence
                at -= 1
            elif end[0] in (b"\x07", b"\x1b\\"):
                bodies.append(work[start + len(START) : end.start()])
                if bodies[-1] == QUERY and start >= passed:
                    out.append(work[passed:start])
                    passed = at
        kept_at = start if start >= 0 else len(work) - len(_find_beginning(work, at))
        passed_now = max(passed, len(work) - _count_held(work[kept_at:]))
        out.append(work[passed:passed_now])
        self._kept, self._passed = work[kept_at:], passed_now - kept_at
        return b"".join(out), bodies


def _count_held(kept: bytes) -> int:
    """Return how many of the last bytes of an unfinished sequence must wait for those to come."""
    if any(query.startswith(kept) for query in QUERIES):
        return len(kept)
    return int(kept.endswith(b"\x1b"))  # it ends a report, or cuts it off and begins a query


def _find_beginning(piece: bytes, at: int) -> bytes:
    """Return the end of `piece`, from `at` on, that may be the first bytes of `START`."""
    escape = piece.rfind(b"\x1b", max(at, len(piece) - len(START) + 1))
    tail = piece[escape:] if escape >= 0 else b""
    return tail if START.startswith(tail) else b""
