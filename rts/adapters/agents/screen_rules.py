"""What an agent's terminal says, read by rules that are data: `screens/<agent program>.toml`.

A commander's own file of the same name is read first, so that a changed screen can be mended
without waiting for a new `rts`. Screens are the weakest evidence: they count where nothing better
speaks, and correct a hook only after saying the same for a while.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from rts import paths
from rts.errors import RtsError
from rts.world.evidence import Evidence, Source

SHIPPED_FOLDER = Path(__file__).parent / "screens"

LINE_COUNT = 12
"""How many of the last lines that are not empty a rule looks at, unless it says another number."""

SAYINGS = frozenset({"busy", "idle", "permission", "question", "dialog", "limit"})
"""What a rule may conclude."""

_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_FAINT = re.compile(r"(?:\x1b\[7m[^\x1b](?:\x1b\[[\d;]*m)*?)?\x1b\[(?:\d;)*2m[^\x1b\n─]*")
"""Faint letters, and the block cursor on the first of them; lines and boxes are kept."""


@dataclass(frozen=True)
class Rule:
    """One `[[rules]]` table."""

    pattern: re.Pattern[str]
    says: str
    reason: str
    where: str
    """`screen` or `title`."""
    line_count: int
    versions: str
    """A version specifier (PEP 440); empty: every version."""


@dataclass(frozen=True)
class Keys:
    """One `[[keys]]` table: what to press, in tmux's names for keys."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    interrupt: tuple[str, ...] = ()
    quit: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()
    """Pressed again and again, they empty the prompt, and do nothing to an empty one."""


def read_screen(
    program: str, version: str, worker_id: str, pane_text: str, at: datetime
) -> Evidence | None:
    """Return what the first matching screen rule concludes from a pane, if any does.

    Raises:
        RtsError: the commander's own rules are not valid.
    """
    lines = [line.rstrip() for line in pane_text.splitlines() if line.strip()]
    for rule in _rules(program, version):
        if rule.where == "screen":
            found = rule.pattern.search("\n".join(lines[-rule.line_count :]))
            if found:
                return _evidence(worker_id, Source.SCREEN, rule, found, at)
    return None


def read_title(
    program: str, version: str, worker_id: str, title: str, at: datetime
) -> Evidence | None:
    """Return what the first matching title rule concludes from a terminal's title, if any does.

    Raises:
        RtsError: the commander's own rules are not valid.
    """
    for rule in _rules(program, version):
        if rule.where == "title" and (found := rule.pattern.search(title)):
            return _evidence(worker_id, Source.TITLE, rule, found, at)
    return None


def has_screen_rules(program: str) -> bool:
    """Tell whether anything can be read from this program's screen."""
    return any(rule.where == "screen" for rule in _rules(program, ""))


def find_keys(program: str, version: str) -> Keys:
    """Return what to press for this program; empty tuples where nothing is known.

    Raises:
        RtsError: the commander's own rules are not valid.
    """
    for table in _read(program)[1]:
        if _covers(str(table.get("versions", "")), version):
            known = {name: tuple(table.get(name, ())) for name in Keys.__dataclass_fields__}
            return Keys(**known)
    return Keys()


def find_typed(program: str, version: str, coloured: str) -> str:
    """Return what stands in the prompt of a pane that was captured with its colours.

    Empty where nothing does, or where no `prompt` pattern (its group `typed`) finds the prompt.
    Faint letters are the program's own suggestion and left out.

    Raises:
        RtsError: the commander's own rules are not valid.
    """
    plain = _COLOUR.sub("", _FAINT.sub("", coloured))
    shown = "\n".join(line.rstrip() for line in plain.splitlines()).rstrip()
    for table in _read(program)[1]:
        if "prompt" in table and _covers(str(table.get("versions", "")), version):
            found = re.search(table["prompt"], shown, re.MULTILINE)
            return found["typed"].strip() if found else ""
    return ""


def _evidence(
    worker_id: str, source: Source, rule: Rule, found: re.Match[str], at: datetime
) -> Evidence:
    words = found.groupdict().get("reason") or rule.reason
    detail = json.dumps({"reason": " ".join(words.split())[:100]}) if words else "{}"
    return Evidence(worker_id, source, source.value, at, rule.says, detail)


@cache
def _rules(program: str, version: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in _read(program)[0] if _covers(rule.versions, version))


@cache
def _read(program: str) -> tuple[tuple[Rule, ...], tuple[Mapping[str, Any], ...]]:
    """Return the rules and key tables of a program, the commander's own first."""
    own, shipped = paths.agent_rules_folder(), SHIPPED_FOLDER
    rules: list[Rule] = []
    keys: list[Mapping[str, Any]] = []
    for path in (own / f"{program}.toml", shipped / f"{program}.toml"):
        if not path.is_file():
            continue
        try:
            table = tomllib.loads(path.read_text())
            rules.extend(_parse(table.get("rules", [])))
            keys.extend(table.get("keys", []))
        except (ValueError, TypeError, KeyError, AttributeError, re.error) as error:
            raise RtsError(
                f"The screen rules in {path} are not valid: {error}",
                "Mend the file, or remove it: rts has rules of its own.",
            ) from error
    return tuple(rules), tuple(keys)


def _parse(tables: Iterable[Mapping[str, Any]]) -> Iterable[Rule]:
    for table in tables:
        if table["says"] not in SAYINGS:
            raise ValueError(f"“{table['says']}” is none of {', '.join(sorted(SAYINGS))}")
        yield Rule(
            pattern=re.compile(table["pattern"], re.MULTILINE),
            says=table["says"],
            reason=table.get("reason", ""),
            where=table.get("where", "screen"),
            line_count=int(table.get("lines", LINE_COUNT)),
            versions=table.get("versions", ""),
        )


def _covers(specifier: str, version: str) -> bool:
    """Tell whether a version is meant; an unknown version is taken for every one."""
    if not specifier or not version:
        return True
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion

    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidVersion:
        return True
    except InvalidSpecifier as error:
        raise ValueError(str(error)) from error
