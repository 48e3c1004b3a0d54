"""The recorded samples, opened."""

import json
from pathlib import Path
from typing import Any

SAMPLES_FOLDER = Path(__file__).parent / "samples"


def read_payloads(name: str) -> list[dict[str, Any]]:
    """Return the hook payloads of one recording, oldest first."""
    lines = (SAMPLES_FOLDER / f"{name}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def find_payload(name: str, **facts: Any) -> dict[str, Any]:
    """Return the first payload of a recording that says all of `facts`."""
    return next(p for p in read_payloads(name) if facts.items() <= p.items())
