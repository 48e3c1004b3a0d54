"""Markdown that somebody else wrote, in the colours of our roles; its links open nothing."""

from functools import lru_cache

from markdown_it import MarkdownIt
from pygments.token import Token  # type: ignore[import-untyped]
from textual.content import Content
from textual.highlight import HighlightTheme, highlight
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownFence

BLOCK_COUNT_MAX, DEPTH_MAX, WORDS_LENGTH_MAX = 150, 10, 4000
"""Most blocks, their deepest nesting and the longest paragraph (in characters) that are laid out
as markdown: each block is a widget, and emphasis in one paragraph is searched for again and again.
"""

LINE_COUNT_MAX = 600
"""Most lines that are laid out as markdown, and most that are shown of what is too heavy for it."""


def show_plainly(markdown: str) -> Content:
    """Return the first lines as they were written; laying out thousands takes seconds."""
    lines = markdown.split("\n")
    cut = ["", "cut here"] if len(lines) > LINE_COUNT_MAX else []
    return Content("\n".join([*lines[:LINE_COUNT_MAX], *cut]))


@lru_cache(maxsize=16)
def is_heavy(markdown: str) -> bool:
    """Tell whether laying out `markdown` would make the screen wait.

    It takes up to 100 ms: call it beside the screen first, and the verdict is remembered.
    """
    if markdown.count("\n") > LINE_COUNT_MAX:
        return True
    parser = MarkdownIt("gfm-like")
    parser.core.ruler.enableOnly(["normalize", "block"])
    tokens = parser.parse(markdown)
    return (
        sum(token.nesting >= 0 for token in tokens) > BLOCK_COUNT_MAX
        or any(token.level > DEPTH_MAX for token in tokens)
        or any(len(token.content) > WORDS_LENGTH_MAX for token in tokens if token.type == "inline")
    )


class QuietTheme(HighlightTheme):
    """The roles that code has in a diff, too; Textual's own would show amber."""

    STYLES = {  # noqa: RUF012  so it is declared in Textual
        Token.Comment: "$quiet italic",
        Token.Keyword: "$busy",
        Token.Operator.Word: "$busy",
        Token.Literal.Number: "$ready",
        Token.Literal.String: "$ready",
    }


class QuietFence(MarkdownFence):
    """A block of code."""

    @classmethod
    def highlight(cls, code: str, language: str, ansi: bool = False, dark: bool = False) -> Content:
        """Return the code in our colours, whatever the terminal can show."""
        return highlight(code, language=language or None, theme=QuietTheme)


class QuietMarkdown(Markdown):
    """Shows markdown; a click on a link does nothing, since an agent may have written it."""

    BLOCKS = {  # noqa: RUF012
        **Markdown.BLOCKS,
        "fence": QuietFence,
        "code_block": QuietFence,
    }

    def __init__(self, markdown: str | None = None) -> None:
        super().__init__(markdown, open_links=False)
