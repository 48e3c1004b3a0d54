"""The proposal of a note, made by rules alone: every word of it was written by somebody.

It holds what the worker handed in as worth knowing and what the commander had to correct.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from string import Template

from rts import paths
from rts.scribe.secrets import find_secret
from rts.world.handed_in import LESSONS, HandedIn
from rts.world.knowledge.notes import Note, NoteSource, NoteStatus, NoteType, cut_text
from rts.world.nouns import TITLE_LENGTH_MAX as RECORD_TITLE_LENGTH_MAX
from rts.world.nouns import PullRequest, Ticket

BODY_LENGTH_MAX = 1_500
"""Longest body of a note in characters: a longer one crowds out the ticket in a brief."""

CORRECTIONS_LENGTH_MAX = 500
"""Most characters of a body that corrections take while the worker, too, has something to say."""

TITLE_LENGTH_MAX = 80
"""Longest title in characters: it is a line of the index and a file's name."""

CORRECTION_LENGTH_MIN = 8
"""Shortest correction in characters; below it is an answer."""

CORRECTIONS_HEADING = "The commander corrected:"

GENERATED_BY = "process:rts-scribe"

_ANSWER_LINE = """
yes no y n ok okay go on ahead continue please thanks thank you do it that this sure proceed fine
good great nice looks look lgtm to me approved stop wait retry again merge ship done is right
correct perfect and the a now carry keep going all
"""
_ANSWER_WORDS = frozenset(_ANSWER_LINE.split())
"""A message of nothing but these answers or cheers, and corrects nothing."""

_NOTHING = re.compile(
    r"(?:none|nothing|no|nil|n a|na|nope|tbd|todo|"
    r"(?:nothing|none|no)(?: \w+)? (?:new|special|else|much|notable|surprising|unusual|lessons?|"
    r"notes?|surprises?|traps?|to (?:add|note|report|know|say|learn)|here|yet|at all|"
    r"in particular|worth \w+))"
)
"""What a worker writes, in plain words, who learnt nothing."""

_SIGNS_BY_TYPE = {
    NoteType.TRAP: (
        r"trap|beware|careful|caution|fail(?:s|ed|ing)?|break(?:s|ing)?|broke|must not|never|"
        r"do not|don't|gotcha|otherwise|surpris\w+|wrong\w*|flak\w+|crash\w*|hang(?:s|ing)?|"
        r"silently|unless|pitfall"
    ),
    NoteType.DECISION: r"decid\w+|decision|chose|chosen|instead of|rather than|prefer\w*",
    NoteType.HOW_TO: r"how to|to (?:add|run|make|build|change|test)|run|steps?",
}
"""Words that tell the type of a lesson, the strongest first."""

_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def propose_note(
    ticket: Ticket,
    pull_request: PullRequest,
    handed_in: HandedIn,
    corrections: Sequence[str],
    now: datetime,
) -> Note | None:
    """Return a draft of what `pull_request` taught, or None when there is nothing to learn.

    `corrections` are the commander's messages after the brief; mere answers among them are left
    out. A text that holds a secret (`find_secret`) becomes no note either.
    """
    lesson = _read_lesson(handed_in.part(LESSONS))
    corrected = _choose_corrections(corrections)
    if not lesson and not corrected:
        return None
    body = _write_body(lesson, corrected, ticket, pull_request)
    note = Note(
        path="",
        type=_choose_type(lesson or " ".join(corrected)),
        title=_choose_title(lesson or corrected[0]),
        description=_title(pull_request),
        body=body,
        sources=_name_sources(ticket, pull_request),
        generated_by=GENERATED_BY,
        generated_at=now.replace(microsecond=0),
        status=NoteStatus.DRAFT,
    )
    # The whole texts are searched: a cut may hide the sign by which a secret is known.
    whole = "\n".join((note.title, note.description, body, lesson, *corrections, ticket.title))
    return None if find_secret(whole) else note


def _read_lesson(text: str) -> str:
    """Return the worker's lesson without hidden signs; empty when it says that there is none."""
    lesson = _clean(text)
    words = " ".join(re.findall(r"[\w']+", lesson.casefold()))
    return "" if not words or _NOTHING.fullmatch(words) else lesson


def _choose_corrections(texts: Iterable[str]) -> list[str]:
    """Return the messages that correct, each once, in order."""
    plain = dict.fromkeys(_plain(text) for text in texts)
    return [text for text in plain if len(text) >= CORRECTION_LENGTH_MIN and not _is_answer(text)]


def _is_answer(text: str) -> bool:
    words = re.findall(r"\w+", text.casefold())
    return all(word in _ANSWER_WORDS or word.isdigit() for word in words)


def _write_body(
    lesson: str, corrected: Sequence[str], ticket: Ticket, pull_request: PullRequest
) -> str:
    """Fill `templates/note.md`, cutting the worker's words before the commander's."""
    template = Template((paths.resource_folder("templates") / "note.md").read_text("utf-8"))

    def fill(lesson: str, corrections: str) -> str:
        filled = template.substitute(
            lesson=lesson,
            corrections=corrections,
            source=_call(pull_request),
            branch=pull_request.branch,
            commit=_commit(pull_request),
            ticket=f"{ticket.label} “{_title(ticket)}”",
        )
        return re.sub(r"\n{3,}", "\n\n", filled).strip()

    room = BODY_LENGTH_MAX - len(fill("", ""))
    corrections = ""
    if corrected:
        listed = "\n".join(f"* {text}" for text in corrected)
        most = CORRECTIONS_LENGTH_MAX if lesson else room - len(CORRECTIONS_HEADING) - 4
        corrections = f"{CORRECTIONS_HEADING}\n\n{cut_text(listed, most)}"
    # Four: the blank lines that `fill` left out while the two parts were empty.
    return fill(cut_text(lesson, room - len(corrections) - 4), corrections)


def _choose_type(text: str) -> NoteType:
    for kind, signs in _SIGNS_BY_TYPE.items():
        if re.search(rf"\b(?:{signs})\b", text, re.IGNORECASE):
            return kind
    return NoteType.FACT


def _choose_title(text: str) -> str:
    """Return the first sentence of `text`, without markdown's signs, cut at a word."""
    lines = [line for line in text.splitlines() if re.search(r"\w", line)]
    line = next((line for line in lines if not line.lstrip().startswith(("#", "```"))), lines[0])
    plain = _plain(re.sub(r"^\s*(?:[-*+>#]+|\d+[.)])\s+", "", line)).replace("`", "")
    sentence = re.split(r"(?<=[.!?;])\s", plain.replace("**", ""), maxsplit=1)[0].rstrip(".;: ")
    if len(sentence) <= TITLE_LENGTH_MAX:
        return sentence
    return sentence[: TITLE_LENGTH_MAX - 1].rsplit(" ", 1)[0] + "…"


def _name_sources(ticket: Ticket, pull_request: PullRequest) -> tuple[NoteSource, ...]:
    return (
        NoteSource(
            id="pull-request",
            resource=f"{pull_request.branch}@{_commit(pull_request)}",
            title=_call(pull_request),
        ),
        NoteSource(
            id="ticket", resource=ticket.id, title=f"ticket {ticket.label}: {_title(ticket)}"
        ),
    )


def _call(pull_request: PullRequest) -> str:
    return f"pull request {pull_request.number} “{_title(pull_request)}”"


def _commit(pull_request: PullRequest) -> str:
    return (pull_request.merge_commit or pull_request.head_commit)[:12]


def _title(record: Ticket | PullRequest) -> str:
    return _plain(record.title)[:RECORD_TITLE_LENGTH_MAX]


def _plain(text: str) -> str:
    """Return `text` on one line."""
    return " ".join(_clean(text).split())


def _clean(text: str) -> str:
    """Return `text` without HTML comments and signs that nobody sees, which may carry orders."""
    shown = _HIDDEN.sub("", text.replace("\r\n", "\n"))
    return "".join(
        sign
        for sign in shown
        if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs")
    ).strip()
