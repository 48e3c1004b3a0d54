"""The tables, derived from the nouns: SQLModel classes for whoever writes through SQLAlchemy.

Nothing is declared twice: columns and their types come from the dataclasses in `world`. Importing
this module costs a quarter of a second (SQLModel), so only the writer does, when it writes.
"""

from dataclasses import dataclass, fields
from enum import Enum, auto
from types import NoneType, new_class
from typing import Any, get_args, get_type_hints

from sqlalchemy import Table
from sqlmodel import Field, SQLModel

from rts.world.evidence import Evidence
from rts.world.nouns import (
    Action,
    Check,
    ControlGroup,
    Event,
    NoteUse,
    Project,
    PullRequest,
    QueuedTell,
    Ticket,
    Usage,
    Worker,
)


class Again(Enum):
    """What happens when a record with the same key is there already."""

    REPLACE = auto()
    KEEP = auto()
    """The first one stays: what is counted once is never counted again."""
    NEWER = auto()
    """The one with the later `at` stays: hooks may arrive out of order."""
    NEW = auto()
    """It never is: the key is given by the store."""


@dataclass(frozen=True)
class Shelf:
    """Where and how the records of one noun are kept."""

    table_name: str
    key: tuple[str, ...]
    again: Again


SHELF_BY_NOUN: dict[type, Shelf] = {
    Project: Shelf("projects", ("id",), Again.REPLACE),
    Ticket: Shelf("tickets", ("id",), Again.REPLACE),
    Worker: Shelf("workers", ("id",), Again.REPLACE),
    QueuedTell: Shelf("queued_tells", ("id",), Again.REPLACE),
    ControlGroup: Shelf("control_groups", ("project_id", "number"), Again.REPLACE),
    Evidence: Shelf("evidence", ("worker_id", "source", "kind"), Again.NEWER),
    Action: Shelf("actions", ("worker_id", "tool_use_id"), Again.KEEP),
    Usage: Shelf("usage", ("worker_id", "message_id"), Again.KEEP),
    PullRequest: Shelf("pull_requests", ("id",), Again.REPLACE),
    Check: Shelf("checks", ("id",), Again.REPLACE),
    NoteUse: Shelf("note_uses", ("worker_id", "note_path"), Again.KEEP),
    Event: Shelf("events", ("id",), Again.NEW),
}


def _column_type(hint: Any) -> tuple[type, bool]:
    """Return a field's stored type, and whether it may be empty."""
    is_optional = NoneType in get_args(hint)
    plain = next(a for a in get_args(hint) if a is not NoneType) if is_optional else hint
    return (plain if plain in (int, float, bool) else str), is_optional


def _derive(noun: type, shelf: Shelf) -> Table:
    hints = get_type_hints(noun)

    def body(namespace: dict[str, Any]) -> None:
        annotations: dict[str, Any] = {}
        for field in fields(noun):
            column, is_optional = _column_type(hints[field.name])
            annotations[field.name] = column | None if is_optional else column
            is_key = field.name in shelf.key
            namespace[field.name] = Field(primary_key=is_key, nullable=is_optional and not is_key)
        namespace["__annotations__"] = annotations
        namespace["__module__"] = __name__
        namespace["__tablename__"] = shelf.table_name

    model: Any = new_class(noun.__name__, (SQLModel,), {"table": True}, body)
    table = model.__table__
    assert isinstance(table, Table)
    return table


TABLE_BY_NOUN: dict[type, Table] = {
    noun: _derive(noun, shelf) for noun, shelf in SHELF_BY_NOUN.items()
}
"""The SQLAlchemy table of each noun."""
