"""The commander's settings: one class that explains each, read from `settings.toml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from rts.errors import RtsError

THEME_NAMES = ("night", "day", "contrast", "colour-blind")
"""The themes of the screen, the usual one first."""


@dataclass(frozen=True)
class GenericAgent:
    """The table `[agents.generic]`."""

    argv: tuple[str, ...] = ()
    """The command that `--agent generic` runs; empty: the commander's shell."""


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. Missing keys keep the values written here."""

    agent: str = ""
    """The agent program that `rts spawn` starts; empty: the first that is installed."""
    is_sandboxed: bool = True
    """Skip permissions inside the sandbox, where the machine has one; false: agents always ask."""
    has_pane_proxy: bool = True
    """Put `rts pane` before agents that tell their status only to a terminal which answers."""
    beat_s: float = 1.0
    """Seconds between two looks at the sessions. Below 0.3 the watch costs more than it tells."""
    supply_limit: int = 12
    """How many workers may live at once: an idle agent takes up to a gigabyte of memory."""
    note_count_max: int = 3
    """Most notes in a brief: more of them help less (SkillsBench, 2026)."""
    knowledge_folder: str = "knowledge_base"
    """The knowledge base, relative to the repository's top."""
    test_timeout_s: float = 900.0
    """Longest that a project's tests may run before they count as failed."""
    is_muted: bool = False
    """No cue is played; each is still noted in the event log."""
    volume: float = 0.5
    """Loudness of cues, 0 to 1."""
    is_ascii: bool = False
    """Draw the screen with ASCII signs only."""
    undo_grace_s: float = 5.0
    """Seconds in which a dismissal or a merge can be taken back after its yes; 0: none."""
    has_reduced_motion: bool = False
    """Nothing on the screen pulses."""
    theme: str = "night"
    """The colours of the screen: `night`, `day`, `contrast` or `colour-blind`."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other keys, by the row of the key table that they are for: `battle.merge`."""
    generic: GenericAgent = field(default_factory=GenericAgent)
    """`[agents.generic]`."""


_TABLES = frozenset({"generic", "keys"})
"""What is no plain value."""


def parse_settings(table: Mapping[str, Any]) -> Settings:
    """Return the settings that a parsed TOML table describes.

    Raises:
        RtsError: a key is unknown or its value has another type.
    """
    known = {f.name: f for f in fields(Settings) if f.name not in _TABLES}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key == "agents":
            values["generic"] = _parse_generic(value)
            continue
        if key == "keys":
            values["keys"] = _parse_keys(value)
            continue
        if key not in known:
            raise RtsError(
                f"Setting “{key}” is unknown.", f"Known are: {', '.join(sorted(known))}."
            )
        wanted = type(getattr(Settings(), key))
        if wanted is float and type(value) is int:
            value = float(value)
        if type(value) is not wanted:
            raise RtsError(
                f"Setting “{key}” must be {wanted.__name__}, not {type(value).__name__}.",
                "Mend it in settings.toml; rts doctor tells where that lies.",
            )
        values[key] = value
    settings = Settings(**values)
    if settings.theme not in THEME_NAMES:
        raise RtsError(
            f"Setting “theme” names no theme: “{settings.theme}”.",
            f"Known are: {', '.join(THEME_NAMES)}.",
        )
    return settings


_KEYS_EXAMPLE = 'For example: [keys] "battle.merge" = "M"'


def _parse_keys(table: Any) -> Mapping[str, tuple[str, ...]]:
    """Return keys by row; whether there is such a row, the screen knows, which has the keys."""
    if not isinstance(table, Mapping):
        raise RtsError("Setting “keys” must be a table.", _KEYS_EXAMPLE)
    keys: dict[str, tuple[str, ...]] = {}
    for name, wish in _flatten(table):
        wishes = [wish] if isinstance(wish, str) else wish
        if not isinstance(wishes, list) or not all(isinstance(key, str) for key in wishes):
            raise RtsError(
                f"Setting “keys.{name}” must be a key or a list of keys.",
                _KEYS_EXAMPLE,
            )
        keys[name] = tuple(wishes)
    return keys


def _flatten(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield `("battle.merge", "M")` whether the name was written with quotes or without."""
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", wish) for inner, wish in value.items())
        else:
            yield name, value


def _parse_generic(agents: Any) -> GenericAgent:
    argv = agents.get("generic", {}).get("argv", []) if isinstance(agents, Mapping) else None
    if not isinstance(argv, list) or not all(isinstance(word, str) for word in argv):
        raise RtsError(
            "Setting “agents.generic.argv” must be a list of words.",
            'For example: [agents.generic] argv = ["bash", "-i"]',
        )
    return GenericAgent(tuple(argv))
