"""One report of the Program Status Protocol: `state=blocked:kind=permission:app=NAME:msg=BASE64`.

Source: the draft of October 2026, and what Claude Code 2.1.329 and Codex 0.169 send. All of it is
text of strangers: what is not as expected is left out, and without a state nothing is said.
"""

import binascii

STATES = frozenset({"idle", "working", "done", "blocked", "error", "clear"})
KINDS = frozenset({"permission", "question", "auth"})

ID_LENGTH_MAX = 256
"""Longest id of a record that is kept; ids seen have 17 characters."""


class Report:
    """What a program says about itself, or about a child named by `id` (`a` or `a/b`)."""

    __slots__ = ("app", "id", "kind", "msg", "progress", "state", "title")

    def __init__(self, fields: dict[str, str]) -> None:
        self.state = fields.get("state", "")
        self.kind = fields.get("kind", "") if fields.get("kind") in KINDS else ""
        self.id = clean(fields.get("id", ""))
        self.app = clean(fields.get("app", ""))
        self.title = _decode(fields.get("title", ""))
        self.msg = _decode(fields.get("msg", ""))
        self.progress = _read_progress(fields.get("progress", ""))

    def facts(self) -> dict[str, object]:
        """Return all that is said, but the id, as it is kept in JSON."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "id"}


def read_report(body: bytes) -> Report | None:
    """Return the report in the body of a sequence, or None when it says nothing that counts."""
    text = body.decode("utf-8", "replace")
    if not text.isprintable():
        return None
    pairs = (field.partition("=") for field in text.split(":"))
    report = Report({key: value for key, _, value in pairs})
    if report.state not in STATES or len(report.id) > ID_LENGTH_MAX:
        return None
    return report


def clean(text: str) -> str:
    """Return `text` on one line, without control characters and marks that turn text around."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _decode(base64: str) -> str:
    """Return the text in `base64`, with or without its padding; empty when it is none."""
    try:
        whole = base64.rstrip("=") + "=" * (-len(base64.rstrip("=")) % 4)
        return clean(binascii.a2b_base64(whole.encode(), strict_mode=True).decode("utf-8"))
    except ValueError:  # binascii.Error and UnicodeDecodeError are such
        return ""


def _read_progress(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= 3
    return min(int(text), 100) if is_number else None
