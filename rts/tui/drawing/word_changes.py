"""Which words changed within a line that was rewritten."""

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

PAIR_COUNT_MAX = 400
"""Most pairs of lines that are compared in one block: larger ones were not edited line by line."""

WORD_COUNT_MAX = 200
"""Most words of a line that are compared."""

LIKENESS_MIN = 0.55
"""How much two lines must have in common, from 0 to 1, to be one line that was rewritten."""

_WORDS = re.compile(r"\w+|\s+|.")

Spans = tuple[tuple[int, int], ...]
"""Pieces of a line: from which character up to which."""


@dataclass(frozen=True, eq=False)
class Block:
    """Removed lines and the added ones that follow at once; equal only to itself."""

    removed: tuple[str, ...]
    added: tuple[str, ...]


@lru_cache(maxsize=512)
def find_changes(block: Block) -> tuple[dict[int, Spans], dict[int, Spans]]:
    """Return the changed pieces of removed and of added lines, by the line's index in the block.

    Lines that are new, gone, or too different to be called rewritten are missing.
    """
    removed: dict[int, Spans] = {}
    added: dict[int, Spans] = {}
    for i, k in _pair_lines(block):
        before, after = _compare(block.removed[i], block.added[k])
        if before:
            removed[i] = before
        if after:
            added[k] = after
    return removed, added


def _pair_lines(block: Block) -> list[tuple[int, int]]:
    """Return which removed line became which added one, both in rising order."""
    if len(block.removed) * len(block.added) > PAIR_COUNT_MAX:
        return []
    bags = [Counter(_telling(line)) for line in block.added]
    pairs, first = [], 0
    for i, line in enumerate(block.removed):
        bag = Counter(_telling(line))
        scores = [(_likeness(bag, bags[k]), -k) for k in range(first, len(bags))]
        best, place = max(scores, default=(0.0, 0))
        if best >= LIKENESS_MIN:
            pairs.append((i, -place))
            first = -place + 1
    return pairs


def _telling(line: str) -> list[str]:
    return [word for word in _WORDS.findall(line) if not word.isspace()][:WORD_COUNT_MAX]


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _compare(before: str, after: str) -> tuple[Spans, Spans]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) > WORD_COUNT_MAX or len(new) > WORD_COUNT_MAX:
        return (), ()
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changed = [code for code in codes if code[0] != "equal"]
    return (
        _spans(old, [(start, end) for _, start, end, _, _ in changed]),
        _spans(new, [(start, end) for _, _, _, start, end in changed]),
    )


def _spans(words: list[str], pieces: list[tuple[int, int]]) -> Spans:
    """Return pieces of words as pieces of characters; those that only a space parts are one."""
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    spans: list[tuple[int, int]] = []
    for first, last in pieces:
        start, end = starts[first], starts[last]
        if start == end or not "".join(words[first:last]).strip():
            continue
        if spans and not "".join(words)[spans[-1][1] : start].strip():
            start = spans.pop()[0]
        spans.append((start, end))
    return tuple(spans)
