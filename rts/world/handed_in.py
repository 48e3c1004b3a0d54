"""The file in which a worker hands in its pull request: a title and parts with fixed headings."""

from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt

SUMMARY = "Summary"
ASSUMPTIONS = "Assumptions"
TESTS = "Tests"
LESSONS = "What the next worker should know"
PARTS = (SUMMARY, ASSUMPTIONS, TESTS, LESSONS)
"""The headings, in order; the standing orders in `templates/brief.md` name the same."""


@dataclass(frozen=True)
class HandedIn:
    """A pull request's words as its worker wrote them."""

    title: str
    """Empty when the text has no first-level heading."""
    part_by_heading: dict[str, str]
    """Text under each second-level heading; a heading that is missing is missing here."""

    def part(self, heading: str) -> str:
        """Return the text under `heading`, or an empty string."""
        return self.part_by_heading.get(heading, "")


def read_handed_in(text: str) -> HandedIn:
    """Return the title and the parts of a pull request's markdown."""
    lines = text.splitlines()
    tokens = MarkdownIt().parse(text)
    headings: list[tuple[int, int, str, str]] = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.map and token.tag in ("h1", "h2"):
            headings.append((token.map[0], token.map[1], token.tag, inline.content.strip()))
    title = next((words for _, _, tag, words in headings if tag == "h1"), "")
    ends = [start for start, _, _, _ in headings[1:]] + [len(lines)]
    part_by_heading = {
        words: "\n".join(lines[body_start:end]).strip()
        for (_, body_start, tag, words), end in zip(headings, ends, strict=True)
        if tag == "h2"
    }
    return HandedIn(title, part_by_heading)
