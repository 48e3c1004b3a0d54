"""The knowledge base as a whole: its links, its index, its log, and what fits a query."""

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rts.errors import RtsError
from rts.world.knowledge.notes import Note, NoteStatus, NoteType, path_stem

LIST_BEGIN = "<!-- notes: this list is written by rts -->"
LIST_END = "<!-- end of the notes -->"
"""What stands outside the two in an index is left as a hand wrote it."""

EMPTY_INDEX = """\
---
okf_version: "0.2"
---

# Knowledge base
"""

EMPTY_LOG = "# Log\n"

HEADING_BY_TYPE: Mapping[str, str] = {
    NoteType.TRAP: "Traps",
    NoteType.DECISION: "Decisions",
    NoteType.HOW_TO: "How to",
    NoteType.FACT: "Facts",
    NoteType.REFERENCE: "Reference",
}
"""Parts of the index, in order; other types come after, by name."""

QUERY_WORD_COUNT_MAX = 60
"""Most words of a query that are looked for: a ticket's first words say what it is about."""

_SILENT_WORDS = """
a about add added after all also an and any are as at be because been before but by can change
code could did do does each fix for from get give had has have how if implement in into is issue
it its just let make may more must need new no not now of on one only or other our out project
repository should so some such support test tests than that the their them then there these they
this ticket to too two update use used using very want was we were what when where which while who
why will with work works would you your
"""
STOP_WORDS = frozenset(_SILENT_WORDS.split())
"""Words that say nothing about what a ticket or a note is about."""

_WIKILINK = re.compile(r"\[\[([^\[\]|#\n]+)(?:#[^\[\]|\n]*)?(?:\|[^\[\]\n]*)?\]\]")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
_DAY_HEADING = re.compile(r"^## (\d{4}-\d{2}-\d{2})[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Link:
    """One link of a text, to a file or to somewhere else."""

    target: str
    """As it was written: `/traps/utc.md`, `../x.md#part`; the name in a `[[wikilink]]`."""
    is_wikilink: bool = False


def find_links(text: str) -> tuple[Link, ...]:
    """Return the links and images of a markdown text, in order; what stands in code is no link."""
    tokens = MarkdownIt().parse(text)
    return tuple(link for token in tokens for link in _links_of(token.children or []))


def resolve_link(link: Link, note_path: str, paths: Iterable[str]) -> str | None:
    """Return the path within the knowledge base that `link` leads to, or None if it leads outside.

    A link that leads nowhere gives a path that is not in `paths`. OKF: a target that begins with
    a slash starts at the top of the knowledge base.
    """
    if link.is_wikilink:
        return _resolve_wikilink(link.target, paths)
    target = unquote(link.target.split("#")[0].split("?")[0])
    if _SCHEME.match(link.target) or not target:
        return None
    folder = "" if target.startswith("/") else posixpath.dirname(note_path)
    path = posixpath.normpath(posixpath.join(folder, target.lstrip("/")))
    return None if path == ".." or path.startswith("../") else path


def render_link(note: Note) -> str:
    """Return a markdown link to `note` from the top of the knowledge base."""
    title = re.sub(r"([\\\[\]])", r"\\\1", " ".join(note.title.split()))
    return f"[{title}]({quote(note.path)})"


def render_index(notes: Iterable[Note]) -> str:
    """Return the list of notes as OKF wants it, by type and title; the same for the same notes."""
    ranks = list(HEADING_BY_TYPE)

    def order(note: Note) -> tuple[int, str, str, str]:
        rank = ranks.index(note.type) if note.type in ranks else len(ranks)
        return rank, note.type, note.title.casefold(), note.path

    parts = []
    for kind, group in groupby(sorted(notes, key=order), key=lambda note: note.type):
        heading = HEADING_BY_TYPE.get(kind, kind.capitalize())
        parts.append("\n".join((f"## {heading}", "", *map(_index_entry, group))))
    return "\n\n".join(parts)


def put_list(index_text: str, listing: str) -> str:
    """Return an index with `listing` between its marks; without marks it is appended."""
    part = f"{LIST_BEGIN}\n\n{listing}\n\n{LIST_END}"
    begin, end = index_text.find(LIST_BEGIN), index_text.find(LIST_END)
    if 0 <= begin < end:
        return index_text[:begin] + part + index_text[end + len(LIST_END) :]
    return f"{index_text.rstrip()}\n\n{part}\n" if index_text.strip() else f"{part}\n"


def add_log_line(log_text: str, day: date, line: str) -> str:
    """Return the log with `line` under its day's heading; the newest day and line stand first."""
    entry = f"* {line}\n"
    for heading in _DAY_HEADING.finditer(log_text):
        if heading.group(1) == day.isoformat():
            rest = log_text[heading.end() :].lstrip("\n")
            return f"{log_text[: heading.end()]}\n\n{entry}{rest}"
        if heading.group(1) < day.isoformat():
            head, rest = log_text[: heading.start()], log_text[heading.start() :]
            return f"{head}## {day.isoformat()}\n\n{entry}\n{rest}"
    head = f"{log_text.rstrip()}\n\n" if log_text.strip() else ""
    return f"{head}## {day.isoformat()}\n\n{entry}"


def find_note(notes: Sequence[Note], handle: str) -> Note:
    """Return the note that `handle` names: path, file name, title, or a unique beginning of a path.

    Raises:
        RtsError: none, or more than one, answers to it.
    """
    wanted = handle.casefold().removesuffix(".md")
    exact = [n for n in notes if wanted in _names(n)]
    found = exact or [n for n in notes if n.path.casefold().startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise RtsError(f"No note is called “{handle}”.", "See all of them with: rts kb list")
    paths = ", ".join(sorted(n.path for n in found)[:6])
    raise RtsError(f"“{handle}” fits more than one note: {paths}.", "Give one path in full.")


@dataclass(frozen=True)
class FoundNote:
    """A note that a search turned up."""

    note: Note
    score: float
    """The larger, the better the fit; comparable within one search only."""
    words: frozenset[str]
    """The words of the query that stand anywhere in the note."""
    title_words: frozenset[str]
    """Those of `words` that stand in its title or tags."""


def telling_words(query: str) -> list[str]:
    """Return the words of `query` that say something, each once, in order, in lower case."""
    words = re.findall(r"\w+(?:[.'-]\w+)*", query.casefold())
    telling = [word for word in words if len(word) > 1 and word not in STOP_WORDS]
    return list(dict.fromkeys(telling))[:QUERY_WORD_COUNT_MAX]


def choose_notes(found: Iterable[FoundNote], word_count: int, limit: int) -> list[FoundNote]:
    """Return the notes that truly fit a query of `word_count` words, best first, at most `limit`.

    One shared word is chance, unless it is the whole query or stands in the note's title; a note
    that does not fit costs the worker more than one that is missing (SWE-ContextBench, 2026).
    """
    fitting = [
        f
        for f in found
        if f.note.status is not NoteStatus.DEPRECATED
        and (f.title_words or len(f.words) >= min(2, word_count))
    ]
    # The path decides between equals, so that one query always has one answer.
    return sorted(fitting, key=lambda f: (-f.score, f.note.path))[:limit]


def _links_of(tokens: Sequence[Token]) -> Iterable[Link]:
    for token in tokens:
        if token.type == "link_open":
            yield Link(str(token.attrs["href"]))
        elif token.type == "image":
            yield Link(str(token.attrs["src"]))
        elif token.type == "text":
            for match in _WIKILINK.finditer(token.content):
                yield Link(match.group(1).strip(), is_wikilink=True)


def _resolve_wikilink(name: str, paths: Iterable[str]) -> str:
    wanted = name.casefold().strip("/").removesuffix(".md")
    for path in sorted(paths):
        if wanted in (path.casefold().removesuffix(".md"), path_stem(path).casefold()):
            return path
    return f"{name}.md"


def _index_entry(note: Note) -> str:
    description = " ".join(note.description.split())
    return f"* {render_link(note)}" + (f" - {description}" if description else "")


def _names(note: Note) -> tuple[str, ...]:
    path = note.path.casefold().removesuffix(".md")
    return path, path_stem(path), note.title.casefold()
