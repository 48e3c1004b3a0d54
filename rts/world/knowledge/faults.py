"""Faults of a knowledge base: what `rts kb lint` finds in its texts."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rts.errors import RtsError
from rts.world.knowledge.catalogue import find_links, resolve_link
from rts.world.knowledge.notes import RESERVED_NAMES, has_front_matter, parse_note

INDEX_NAME = RESERVED_NAMES[0]


class FaultKind(StrEnum):
    """What is wrong."""

    UNREADABLE = "unreadable"
    BROKEN_NOTE = "broken-note"
    """Its front matter cannot be read, or names no type."""
    BROKEN_LINK = "broken-link"
    NO_FRONT_MATTER = "no-front-matter"
    """Good to read, but no search finds it."""
    ORPHAN = "orphan"
    """No index leads to it."""


UNREAD = frozenset({FaultKind.UNREADABLE, FaultKind.BROKEN_NOTE})
"""Faults that keep a file from being a note at all."""

UNTIDY = frozenset({FaultKind.NO_FRONT_MATTER, FaultKind.ORPHAN})
"""Faults that break nothing."""


@dataclass(frozen=True, order=True)
class Fault:
    """Something in the knowledge base that should be mended."""

    path: str
    """Relative to the knowledge base."""
    kind: FaultKind
    text: str
    """What is wrong and what to do."""

    @property
    def is_error(self) -> bool:
        """Tell whether it breaks something; otherwise it is no more than untidy."""
        return self.kind not in UNTIDY


def find_faults(text_by_path: Mapping[str, str], files: Collection[str]) -> list[Fault]:
    """Return what is wrong with the texts of a knowledge base, by path.

    `files` are all files and folders there, in which links may end.
    """
    linked: set[str] = set()
    faults: list[Fault] = []
    for path, text in text_by_path.items():
        faults += _note_faults(path, text)
        for target, is_there in _targets(path, text, files):
            if not is_there:
                words = f"{path} links to {target}, which is not there."
                faults.append(Fault(path, FaultKind.BROKEN_LINK, words))
            elif _name(path) == INDEX_NAME:
                linked.add(target)
    for path in text_by_path:
        if _name(path) not in RESERVED_NAMES and path not in linked:
            words = f"{INDEX_NAME} does not lead to {path}."
            faults.append(Fault(path, FaultKind.ORPHAN, words))
    return sorted(set(faults))


def _note_faults(path: str, text: str) -> Iterator[Fault]:
    if _name(path) in RESERVED_NAMES:
        return
    kind = FaultKind.BROKEN_NOTE if has_front_matter(text) else FaultKind.NO_FRONT_MATTER
    try:
        parse_note(path, text)
    except RtsError as error:
        yield Fault(path, kind, f"{error.what} {error.hint}")


def _targets(path: str, text: str, files: Collection[str]) -> Iterator[tuple[str, bool]]:
    for link in find_links(text):
        target = resolve_link(link, path, files)
        if target is not None:
            yield target, target in files


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]
