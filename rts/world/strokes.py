"""What is typed through to an agent: keys and pastes, in the order they came."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stroke:
    """One key, or one paste."""

    key: str = ""
    """The key's name in words, as `ctrl+c`, `shift+tab`, `enter`, `a`; empty: a paste."""
    text: str = ""
    """The sign that a printable key stands for, or what is pasted."""
