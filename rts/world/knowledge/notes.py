"""Notes: the markdown files of the knowledge base, in the Open Knowledge Format 0.2 (OKF).

Keys that are not known here, and values in a shape that was not expected, stay in `Note.extra` and
are written back as they came.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import frontmatter
import yaml  # type: ignore[import-untyped]
from frontmatter.default_handlers import YAMLHandler

from rts.errors import RtsError

RESERVED_NAMES = ("index.md", "log.md")
"""Files that OKF keeps for the list and the history: never notes."""

TITLE_LENGTH_MAX = 100
"""Longest title that is made from a body without one."""


class NoteType(StrEnum):
    """The kinds that `rts` writes. OKF allows any word, so `Note.type` is a string."""

    TRAP = "trap"
    DECISION = "decision"
    HOW_TO = "how-to"
    FACT = "fact"
    REFERENCE = "reference"


class NoteStatus(StrEnum):
    """How far a note is to be trusted."""

    DRAFT = "draft"
    STABLE = "stable"
    DEPRECATED = "deprecated"


@dataclass(frozen=True)
class NoteSource:
    """Where a note's knowledge comes from."""

    id: str
    """The footnote's name: `pull-request-3`."""
    resource: str = ""
    """What can be looked up: an address, a commit, a path."""
    title: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Note:
    """One thing that was learnt."""

    path: str
    """Relative to the knowledge base, with forward slashes."""
    type: str
    """The one key that OKF requires; one of `NoteType` when `rts` wrote it."""
    title: str
    description: str = ""
    """One sentence, for the index."""
    body: str = ""
    tags: tuple[str, ...] = ()
    sources: tuple[NoteSource, ...] = ()
    generated_by: str = ""
    """`human:<id>`, `process:<id>` or `<producer>/<version>`."""
    generated_at: datetime | None = None
    status: NoteStatus = NoteStatus.STABLE
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Every other key of the front matter."""


def has_front_matter(text: str) -> bool:
    """Tell whether `text` begins as a note does."""
    return YAMLHandler().detect(text.removeprefix("\ufeff"))


def parse_note(path: str, text: str) -> Note:
    """Return the note that `text` is.

    Raises:
        RtsError: there is no front matter, it is no YAML table, or it names no type.
    """
    table, body = _split(path, text)
    kind = table.pop("type", None)
    if not isinstance(kind, str) or not kind.strip():
        raise RtsError(
            f"{path} names no type in its front matter.",
            f"Write a line such as “type: fact” there; {', '.join(NoteType)} are usual.",
        )
    title = _take_text(table, "title") or _first_heading(body) or path_stem(path)
    generated_by, generated_at = _take_generated(table)
    return Note(
        path=path,
        type=kind.strip(),
        title=title,
        description=_take_text(table, "description"),
        body=body,
        tags=_take_tags(table),
        sources=_take_sources(table),
        generated_by=generated_by,
        generated_at=generated_at,
        status=_take_status(table),
        extra=table,
    )


def render_note(note: Note) -> str:
    """Return the file of `note`; `parse_note` reads the same note from it."""
    table: dict[str, object] = {"type": str(note.type), "title": note.title}
    if note.description:
        table["description"] = note.description
    if note.tags:
        table["tags"] = list(note.tags)
    if note.sources:
        table["sources"] = [_source_table(source) for source in note.sources]
    generated = {
        "by": note.generated_by,
        "at": note.generated_at.isoformat() if note.generated_at else "",
    }
    if any(generated.values()):
        table["generated"] = {key: value for key, value in generated.items() if value}
    if "status" not in note.extra:
        table["status"] = note.status.value
    # What a hand wrote in an unknown shape wins over what was made of it.
    post = frontmatter.Post(note.body)
    post.metadata.update({**table, **note.extra})
    return frontmatter.dumps(post, sort_keys=False, width=1_000) + "\n"


def path_stem(path: str) -> str:
    """Return the name of a note's file without folder and `.md`."""
    return path.rsplit("/", 1)[-1].removesuffix(".md")


def cut_text(text: str, length_max: int) -> str:
    """Return `text`, or as much of its beginning as fits, up to the end of a sentence or line.

    A code fence that the cut would leave open is left out.
    """
    text = text.strip()
    if len(text) <= length_max:
        return text
    kept = text[:length_max]
    ends = [
        match.end() for match in re.finditer(r"[.!?](?=\s)|(?<=\S)(?=\n)", text[: length_max + 1])
    ]
    fitting = [end for end in ends if end <= length_max]
    kept = (
        kept[: fitting[-1]] if fitting else kept[: kept.rfind(" ") if " " in kept else length_max]
    )
    fences = list(re.finditer(r"^ {0,3}(?:```|~~~)", kept, re.MULTILINE))
    if len(fences) % 2:
        kept = kept[: fences[-1].start()]
    return kept.rstrip()


def _split(path: str, text: str) -> tuple[dict[str, Any], str]:
    handler = YAMLHandler()
    text = text.removeprefix("\ufeff")
    if not handler.detect(text):
        raise RtsError(
            f"{path} has no front matter.", "Begin it with the lines “---”, “type: fact”, “---”."
        )
    try:
        table_text, body = handler.split(text)
        table = handler.load(table_text)
    except (ValueError, yaml.YAMLError) as error:
        raise RtsError(
            f"The front matter of {path} cannot be read: {' '.join(str(error).split())[:200]}.",
            "It is YAML between two lines “---”; mend it there.",
        ) from error
    if not isinstance(table, dict) or not all(isinstance(key, str) for key in table):
        raise RtsError(
            f"The front matter of {path} is no table.", "Write lines such as “type: fact”."
        )
    return table, body.replace("\r\n", "\n").strip("\n").rstrip()


def _first_heading(body: str) -> str:
    match = re.match(r"#+ +(.+)", body)
    return match.group(1).strip()[:TITLE_LENGTH_MAX] if match else ""


def _take_text(table: dict[str, Any], key: str) -> str:
    if not isinstance(table.get(key), str | int | float | date):
        return ""
    return " ".join(str(table.pop(key)).split())


def _take_tags(table: dict[str, Any]) -> tuple[str, ...]:
    tags = table.get("tags")
    if not isinstance(tags, list) or not all(isinstance(tag, str | int | float) for tag in tags):
        return ()
    return tuple(str(tag) for tag in table.pop("tags"))


def _take_sources(table: dict[str, Any]) -> tuple[NoteSource, ...]:
    sources = table.get("sources")
    if not isinstance(sources, list) or not all(isinstance(source, dict) for source in sources):
        return ()
    taken = []
    for source in table.pop("sources"):
        extra = dict(source)
        taken.append(
            NoteSource(
                id=_take_text(extra, "id"),
                resource=_take_text(extra, "resource"),
                title=_take_text(extra, "title"),
                extra=extra,
            )
        )
    return tuple(taken)


def _take_generated(table: dict[str, Any]) -> tuple[str, datetime | None]:
    generated = table.get("generated")
    if not isinstance(generated, dict) or not generated.keys() <= {"by", "at"}:
        return "", None
    try:
        at = _read_time(generated.get("at"))
    except ValueError:
        return "", None
    del table["generated"]
    return str(generated.get("by") or ""), at


def _read_time(value: object) -> datetime | None:
    """Return the time that YAML or a hand wrote; one without a zone is UTC."""
    if value is None:
        return None
    at = datetime.fromisoformat(value.isoformat() if isinstance(value, date) else str(value))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _take_status(table: dict[str, Any]) -> NoteStatus:
    if "status" not in table:
        return NoteStatus.STABLE
    if table["status"] in tuple(NoteStatus):
        return NoteStatus(table.pop("status"))
    return NoteStatus.DRAFT  # an unknown word is no promise


def _source_table(source: NoteSource) -> dict[str, object]:
    known = {"id": source.id, "resource": source.resource, "title": source.title}
    return {key: value for key, value in known.items() if value} | dict(source.extra)
