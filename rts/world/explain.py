"""Explaining a judgement: which rule decided, and what speaks against it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rts.world.edges import Verdict, by_edge, find, find_edge
from rts.world.evidence import Activity, Evidence, Judgement, Source
from rts.world.judge import by_level, by_screen

RULE_WORDS = {
    "process": "facts about its process beat everything",
    "level": "the status that the agent keeps itself is true while its process lives",
    "hook": "no status is published, so the newest hook or transcript line counts",
    "screen": "nothing better speaks, so its title and screen are read by rules",
    "output": "it tells nothing, so only the age of its last output counts",
    "start": "it was started and has told nothing yet",
    "nothing": "there is no evidence",
}
"""What each rule of `world.judge` says, as a sentence for a sceptic."""


@dataclass(frozen=True)
class Contradiction:
    """A piece that, asked alone, would say something else."""

    piece: Evidence
    activity: Activity
    why_not: str


def say_rule(judgement: Judgement) -> str:
    """Return the rule that decided, as a sentence."""
    name, _, addition = judgement.rule.partition(", ")
    words = RULE_WORDS.get(name, name)
    return f"{words}; but it is {addition}" if addition else words


def find_contradictions(judgement: Judgement, now: datetime) -> list[Contradiction]:
    """Return what contradicts the verdict: each kind of source asked alone, strongest first.

    A level, a title and a screen say how it is now; an edge counts only if nothing decided later.
    """
    found: list[Contradiction] = []
    for sources, ask in _WITNESSES:
        pieces = tuple(p for p in judgement.evidence if p.source in sources)
        # A level needs the edges to tell a finished turn from Esc: it is asked with them.
        with_edges = tuple(
            p for p in judgement.evidence if p in pieces or (ask is by_level and _is_edge(p))
        )
        verdict = ask(with_edges, now) if pieces else None
        witness = _witness(pieces)
        if verdict is None or witness is None or witness in judgement.counted[:1]:
            continue
        if _is_history(witness, judgement):
            continue
        if not _agrees(witness, verdict[0], judgement.activity):
            why_not = _why_not(witness, judgement)
            found.append(Contradiction(witness, verdict[0], why_not))
    return found


_WITNESSES: tuple[
    tuple[frozenset[Source], Callable[[tuple[Evidence, ...], datetime], Verdict | None]], ...
] = (
    (frozenset({Source.LEVEL}), by_level),
    (frozenset({Source.HOOK}), by_edge),
    (frozenset({Source.TRANSCRIPT}), by_edge),
    (frozenset({Source.SCREEN}), by_screen),
    (frozenset({Source.TITLE}), by_screen),
)


def _is_history(witness: Evidence, judgement: Judgement) -> bool:
    """Tell whether a witness is an edge before what decided: how it was, not how it is."""
    decided_at = judgement.counted[0].at if judgement.counted else witness.at
    return _is_edge(witness) and witness.at < decided_at


def _agrees(witness: Evidence, would_say: Activity, activity: Activity) -> bool:
    """Tell whether a witness goes with the verdict; an idle title only says that nothing runs."""
    if witness.source is Source.TITLE and witness.value == "idle":
        return activity not in (Activity.BUSY, Activity.STARTING)
    return would_say is activity


def _is_edge(piece: Evidence) -> bool:
    return piece.source in (Source.HOOK, Source.TRANSCRIPT)


def _witness(pieces: tuple[Evidence, ...]) -> Evidence | None:
    return find_edge(pieces) or (find(pieces, pieces[0].source) if pieces else None)


def _why_not(piece: Evidence, judgement: Judgement) -> str:
    if not judgement.counted:
        return ""
    if piece.at < judgement.counted[0].at:
        return "older than what decided"
    return f"{judgement.counted[0].source} is stronger"
