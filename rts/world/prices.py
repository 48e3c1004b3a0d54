"""What models cost and how much they can hold: dated list prices, for estimates.

A subscription is not billed like this, and a vendor's discounts are not known: whatever is computed
from here is shown as an estimate (`~$0.84`). Models that are not listed have no price: a wrong one
would be worse than none.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

PRICED_ON = date(2026, 11, 21)
"""When the list was read. Sources: platform.claude.com/docs/en/about-claude/pricing,
developers.openai.com/api/docs/pricing, ai.google.dev/gemini-api/docs/pricing; where the two latter
were not at hand, what trackers took from them (the GPT-6 prices: releases of codexometer and
PromptFuel, September and October 2026)."""

MILLION = 1_000_000

K200, K272, M1, GEMINI_LIMIT = 200_000, 272_000, 1_000_000, 1_048_576


@dataclass(frozen=True)
class Model:
    """A model's price per million tokens in US dollars, and what it can hold."""

    input_usd: float
    cached_usd: float
    """Input read from the cache. Writing to it costs more (Claude: 1.25 of the input), but both are
    counted together: an estimate is a little low."""
    output_usd: float
    context_limit_tokens: int = 0
    """0: not known, or another one by plan and setting."""


MODEL_BY_NAME: Mapping[str, Model] = {
    "claude-fable-5-1": Model(10, 0.25, 50, M1),
    "claude-fable-5": Model(10, 1, 50, M1),
    "claude-opus-5-5": Model(4, 0.2, 20, M1),
    "claude-opus-5": Model(5, 0.5, 25, M1),
    # Claude Code gives these 200,000 or a million, by plan and by how they were chosen.
    "claude-opus-4-8": Model(5, 0.5, 25),
    "claude-opus-4-7": Model(5, 0.5, 25),
    "claude-opus-4-6": Model(5, 0.5, 25),
    "claude-sonnet-4-6": Model(3, 0.3, 15),
    "claude-opus-4-5": Model(5, 0.5, 25, K200),
    "claude-opus-4-1": Model(15, 1.5, 75, K200),
    "claude-sonnet-5-5": Model(2, 0.1, 10, M1),
    "claude-sonnet-5": Model(2, 0.2, 10, M1),
    "claude-sonnet-4-5": Model(3, 0.3, 15, K200),
    "claude-haiku-5-5": Model(0.1, 0.01, 0.5, M1),
    "claude-haiku-4-5": Model(1, 0.1, 5, K200),
    "gpt-6.1-sol": Model(2, 0.1, 10),
    "gpt-6.1-terra": Model(1, 0.05, 5),
    "gpt-6-astra": Model(10, 1, 50, 1_050_000),
    "gpt-6-sol": Model(2, 0.2, 10),
    "gpt-6-luna": Model(0.1, 0.01, 0.5),
    "gpt-5.6-sol": Model(5, 0.5, 30),
    "gpt-5.6-terra": Model(2, 0.2, 12),
    "gpt-5.6-luna": Model(0.2, 0.02, 1.2),
    "gpt-5.5": Model(5, 0.5, 30),
    "gpt-5.4": Model(2.5, 0.25, 15),
    "gpt-5.4-mini": Model(0.75, 0.075, 4.5),
    "gpt-5.3-codex": Model(1.75, 0.175, 14, K272),
    "gpt-5.2-codex": Model(1.75, 0.175, 14, K272),
    "gpt-5.2": Model(1.75, 0.175, 14, K272),
    "gpt-5.1-codex-max": Model(1.25, 0.125, 10, K272),
    "gpt-5.1-codex-mini": Model(0.25, 0.025, 2, K272),
    "gpt-5.1-codex": Model(1.25, 0.125, 10, K272),
    "gpt-5.1": Model(1.25, 0.125, 10, K272),
    "gpt-5-codex": Model(1.25, 0.125, 10, K272),
    "gpt-5-mini": Model(0.25, 0.025, 2, K272),
    "gpt-5": Model(1.25, 0.125, 10, K272),
    "gemini-3.6-flash": Model(1.5, 0.15, 7.5, GEMINI_LIMIT),
    "gemini-3.5-flash": Model(1.5, 0.15, 9, GEMINI_LIMIT),
    "gemini-3.1-pro-preview": Model(2, 0.2, 12, GEMINI_LIMIT),
    "gemini-2.5-pro": Model(1.25, 0.125, 10, GEMINI_LIMIT),
    "gemini-2.5-flash": Model(0.3, 0.03, 2.5, GEMINI_LIMIT),
}
"""By the name without provider and date. The lower of two prices where long input costs more."""

EXTRAS = re.compile(r"^.*/|(-20\d{6}|-20\d\d-\d\d-\d\d|-latest)?(\[1m\])?$")
"""A provider before a model's name, and a snapshot's date or a wider window behind it."""


@dataclass(frozen=True)
class ModelUse:
    """The tokens of one model together."""

    model: str
    input_tokens: int
    """Fresh input, cache not included."""
    cached_tokens: int
    output_tokens: int


def plain_name(model: str) -> str:
    """Return a model's name without provider and date: `claude-opus-4-5`."""
    return EXTRAS.sub("", model)


def find_model(name: str, models: Mapping[str, Model] = MODEL_BY_NAME) -> Model | None:
    """Return what is known of the model that an agent program calls `name`."""
    return models.get(plain_name(name))


def estimate_cost_usd(
    uses: Iterable[ModelUse], models: Mapping[str, Model] = MODEL_BY_NAME
) -> float | None:
    """Return what the tokens cost by the list, or None where one of the models is not on it."""
    cost_usd = 0.0
    for use in uses:
        if not use.input_tokens + use.cached_tokens + use.output_tokens:
            continue  # Claude Code writes messages of its own, by a model `<synthetic>`
        model = find_model(use.model, models)
        if model is None:
            return None
        cost_usd += use.input_tokens * model.input_usd
        cost_usd += use.cached_tokens * model.cached_usd
        cost_usd += use.output_tokens * model.output_usd
    return cost_usd / MILLION
