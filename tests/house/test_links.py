"""Every link and every figure of the project's own pages leads to something."""

import re

import pytest

from tests.house.tree import TOP_FOLDER, name_of, project_files

LINK = re.compile(
    r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|<(?:img|source)[^>]*\bsrc(?:set)?=\"([^\"]+)\""
)
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)

DATA_FOLDERS = ("rts/", "templates/", "tests/")
"""Markdown there is text for agents or for tests, not a page."""

PAGES = tuple(
    path
    for path in project_files()
    if path.suffix == ".md" and not name_of(path).startswith(DATA_FOLDERS)
)


def anchors(text):
    """Return the anchors that a forge makes of a page's headings."""
    lines = (re.sub(r"[^\w\- ]", "", line).strip().lower() for line in HEADING.findall(text))
    return {line.replace(" ", "-") for line in lines}


def leads_somewhere(page, link):
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    if anchor and target.suffix == ".md":
        return target.is_file() and anchor in anchors(target.read_text())
    return target.exists()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page):
    links = [one or two for one, two in LINK.findall(CODE.sub("", page.read_text()))]
    inner = [link for link in links if not re.match(r"[a-z]+:", link)]

    assert [link for link in inner if not leads_somewhere(page, link)] == []


def test_the_readme_shows_the_screen():
    figures = re.findall(r"!\[[^]]*\]\(([^)\s]+)\)|<img[^>]*src=\"([^\"]+)\"", readme())

    assert [one or two for one, two in figures if (TOP_FOLDER / (one or two)).suffix == ".svg"]


def readme():
    return (TOP_FOLDER / "README.md").read_text()
