"""`rts explain`: why a worker has its activity, so that a sceptic is convinced."""

import json as json_text
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rts.cli.options import JSON, WORKER
from rts.cli.show import addressed, print_json, print_table

if TYPE_CHECKING:
    from rts.world.evidence import Evidence, Judgement
    from rts.world.explain import Contradiction
    from rts.world.nouns import Worker

VALUE_WIDTH = 60
"""How much of a piece's words fits a line."""


def explain(worker: str = WORKER, json: bool = JSON) -> None:
    """Say why a worker has its activity: rule, evidence, contradictions."""
    from rts.game import open_game
    from rts.orders.look import judge_one
    from rts.world.explain import find_contradictions

    with open_game() as game:
        found = addressed(game, worker)
        judgement = judge_one(game, found)
        now = game.now()
    contradictions = find_contradictions(judgement, now)
    if json:
        print_json(_as_json(found, judgement, contradictions, now))
    else:
        _print(found, judgement, contradictions, now)


def _as_json(
    worker: "Worker", judgement: "Judgement", contradictions: "list[Contradiction]", now: datetime
) -> dict[str, Any]:
    from rts.world.advice import advise
    from rts.world.explain import say_rule

    return {
        "id": worker.id,
        "name": worker.name,
        "agent": worker.agent,
        "agent_version": worker.agent_version,
        "activity": judgement.activity.value,
        "reason": judgement.reason,
        "since": judgement.since,
        "rule": judgement.rule,
        "rule_words": say_rule(judgement),
        "advice": advise(worker, judgement),
        "evidence": [
            {
                **asdict(piece),
                "detail": json_text.loads(piece.detail),
                "age_s": _age_s(piece, now),
                "counts": piece in judgement.counted,
            }
            for piece in judgement.evidence
        ],
        "contradictions": [
            {
                "source": found.piece.source.value,
                "kind": found.piece.kind,
                "value": found.piece.value,
                "age_s": _age_s(found.piece, now),
                "would_say": found.activity.value,
                "why_not": found.why_not,
            }
            for found in contradictions
        ],
    }


def _print(
    worker: "Worker", judgement: "Judgement", contradictions: "list[Contradiction]", now: datetime
) -> None:
    from rts.world.advice import advise
    from rts.world.explain import say_rule
    from rts.world.units import short_time

    age = short_time(judgement.age(now))
    print(f"{worker.name} is {judgement.activity}, {age} now: {judgement.reason}")
    print(f"Rule: {say_rule(judgement)}.")
    if advice := advise(worker, judgement):
        print(advice)
    print()
    print_table(
        ("counts", "source", "kind", "says", "age"),
        (
            (
                "→" if piece in judgement.counted else "",
                str(piece.source),
                piece.kind,
                " ".join(piece.value.split())[:VALUE_WIDTH],
                short_time(now - piece.at),
            )
            for piece in judgement.evidence
        ),
    )
    if not contradictions:
        print("\nNothing contradicts it.")
    for found in contradictions:
        says = " ".join(found.piece.value.split())[:VALUE_WIDTH]
        print(
            f"\nContradicted by {found.piece.source} {found.piece.kind} ({says}), which alone"
            f" would mean {found.activity}: {found.why_not}."
        )


def _age_s(piece: "Evidence", now: datetime) -> float:
    return round((now - piece.at).total_seconds(), 1)
