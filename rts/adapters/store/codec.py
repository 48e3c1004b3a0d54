"""How a record becomes a row and back: the one place that knows both forms.

Times are stored as UTC text of fixed width, so that they compare as text; enums by their value;
tuples as JSON arrays.
"""

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, lru_cache
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from rts.world.evidence import Evidence
from rts.world.nouns import Event, Record

Storable = Record | Event | Evidence
Row = dict[str, Any]


def encode(record: Storable) -> Row:
    """Return the row of `record`: column name to plain value."""
    return {f.name: encode_value(getattr(record, f.name)) for f in fields(record)}


def encode_value(value: Any) -> Any:
    """Return a field's value as SQLite stores it."""
    if isinstance(value, datetime):
        return encode_time(value)
    if isinstance(value, tuple):
        return json.dumps(value)
    return value.value if isinstance(value, StrEnum) else value


def encode_time(at: datetime) -> str:
    """Return `2026-11-21T03:47:05.123456Z`: text of fixed width."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def decode_time(text: str) -> datetime:
    """Return the time that `encode_time` wrote."""
    return datetime.fromisoformat(text)


Noun = TypeVar("Noun")

REMEMBERED_MAX = 8192
"""Rows whose records are remembered: those of a hundred workers, which mostly stay as they are."""


def decode(noun: type[Noun], row: Mapping[str, Any]) -> Noun:
    """Return the record of a row; columns that the noun does not have are left out."""
    return noun(
        **{
            name: row[name] if change is None or row[name] is None else change(row[name])
            for name, change in _changes(cast("Hashable", noun)).items()
        }
    )


def recall(noun: type[Noun], names: tuple[str, ...], values: tuple[Any, ...]) -> Noun:
    """Return the record of a row; of a row that was seen lately, the same object again."""
    return cast("Noun", _recall(cast("Hashable", noun), names, values))


@lru_cache(REMEMBERED_MAX)
def _recall(noun: Hashable, names: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    return decode(cast("type[Any]", noun), dict(zip(names, values, strict=True)))


@cache
def _changes(noun: Hashable) -> dict[str, Callable[[Any], Any] | None]:
    """Return how each column's value becomes the field's: a function, or None for as it is."""
    hints = get_type_hints(noun)
    return {f.name: _change(hints[f.name]) for f in fields(cast("Any", noun))}


def _change(hint: Any) -> Callable[[Any], Any] | None:
    if get_origin(hint) is tuple:
        return _decode_tuple
    plain = next(a for a in get_args(hint) if a is not NoneType) if get_args(hint) else hint
    if plain is datetime:
        return decode_time
    if plain is bool or issubclass(plain, StrEnum):
        return cast("Callable[[Any], Any]", plain)
    return None


def _decode_tuple(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text))
