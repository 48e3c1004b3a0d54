"""How full a worker's context is, from recorded conversations of Claude Code and Codex."""

import json
from pathlib import Path

import pytest

from rts.adapters.agents import AGENT_PROGRAMS
from rts.world.evidence import CONTEXT, QUOTA, Evidence
from tests.adapters.agents.recorded import SAMPLES_FOLDER


def heard(program: str, path: Path, kind: str) -> list[Evidence]:
    said, _ = AGENT_PROGRAMS[program].read_transcript("w1", path, 0)
    return [piece for piece in said.evidence if piece.kind == kind]


@pytest.mark.parametrize("name", ["transcript", "transcript_subagents"])
def test_claudes_newest_own_message_tells_model_and_context(name: str) -> None:
    path = SAMPLES_FOLDER / f"{name}.jsonl"
    said, _ = AGENT_PROGRAMS["claude"].read_transcript("w1", path, 0)
    newest = max((u for u in said.usage if u.input_tokens + u.cached_tokens), key=lambda u: u.at)

    (piece,) = heard("claude", path, CONTEXT)

    assert int(piece.value) == newest.input_tokens + newest.cached_tokens > 0
    assert json.loads(piece.detail)["model"] == newest.model


def test_a_subagent_of_claudes_tells_nothing_of_the_workers_context() -> None:
    assert heard("claude", SAMPLES_FOLDER / "transcript_of_subagent.jsonl", CONTEXT) == []


def test_codex_tells_its_context_with_its_limit_after_each_answer() -> None:
    pieces = heard("codex", SAMPLES_FOLDER / "codex_rollout.jsonl", CONTEXT)

    assert pieces[-1].value == "13697"
    assert json.loads(pieces[-1].detail) == {"limit_tokens": 258_400}


def test_codex_with_a_key_instead_of_a_login_has_no_quota() -> None:
    assert heard("codex", SAMPLES_FOLDER / "codex_rollout.jsonl", QUOTA) == []
