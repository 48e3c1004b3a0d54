"""Secrets: texts that look like a key, a token or a password and must not be written down."""

import re

PATTERN_BY_NAME = {
    "a private key": r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY",
    "an Anthropic key": r"\bsk-ant-[\w-]{16,}",
    "an OpenAI or Stripe key": r"\b(?:sk-(?:proj-)?|[rs]k_(?:live|test)_)[\w-]{16,}",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})",
    "a GitLab token": r"\bglpat-[\w-]{16,}",
    "a Slack token": r"\bxox[a-z]-[\w-]{10,}",
    "a Google key": r"\bAIza[\w-]{30,}",
    "an AWS key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a Hugging Face token": r"\bhf_[A-Za-z0-9]{20,}",
    "a JSON web token": r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+",
    "a bearer token": r"(?i)\bbearer\s+[\w.~+/-]{20,}",
    "a password in an address": r"\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@]{3,}@",
    "a secret value": (
        r"(?i)(?:password|passwd|secret|token|api[_-]?key|access[_-]?key)[\"']?\s*[=:]\s*[\"']?"
        r"(?=[^\s\"']*\d)[^\s\"'<>{}$]{12,}"
    ),
}
"""What the issuers' key formats look like, by what it is called in a sentence."""

_PATTERNS = {name: re.compile(pattern) for name, pattern in PATTERN_BY_NAME.items()}


def find_secret(text: str) -> str | None:
    """Return what the first secret in `text` looks like, never the secret itself; None without."""
    return next((name for name, pattern in _PATTERNS.items() if pattern.search(text)), None)
