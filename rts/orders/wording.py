"""A text as it can be typed into an agent's prompt, and how it is recognised when it comes back."""

from unicodedata import category

from rts.errors import OrderRefused

SHIELD = "As text: "
"""What is put before a text that an agent program would take for a command of its own. Found by
hand: a pasted `!` runs the rest in a shell without asking (Claude Code 2.1.329 a paste of 8 KB,
too; Codex 0.169), and Claude Code takes ` /clear`, a space or a line break before it or not, for a
command. It also removes a leading invisible character, so only words help."""

_COMMAND_STARTS = ("/", "!", "&")
_QUIT_WORDS = frozenset({"exit", "quit", ":q", ":q!", ":wq", ":wq!", ":x"})
"""Claude Code ends at `exit` typed as a prompt, asking nothing."""

PROOF_LENGTH = 200
"""How many first visible characters must come back: a hook keeps the first 500 of a prompt."""


def clean_text(text: str) -> str:
    """Return `text` without control characters.

    They would be keys to the agent's terminal, and ESC could end the paste early.

    Raises:
        OrderRefused: nothing is left of it.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = "".join(s for s in lines if s in "\n\t" or category(s) not in ("Cc", "Cs")).strip()
    if not clean:
        raise OrderRefused("There is nothing to tell.", 'For example: rts tell falcon-1 "go on"')
    return clean


def as_typed(text: str) -> str:
    """Return a clean text as it is typed, so that every agent program takes it for words."""
    is_command = text.startswith(_COMMAND_STARTS) or text.casefold() in _QUIT_WORDS
    # A last word like @shop opens a list of files, and Enter would choose from it.
    ending = " " if text.split()[-1].startswith(("@", "#", "$")) else ""
    return f"{SHIELD if is_command else ''}{text}{ending}"


def is_shielded(text: str) -> bool:
    """Tell whether `SHIELD` stands before the text when it is typed."""
    return as_typed(text).startswith(SHIELD) and not text.startswith(SHIELD)


def is_in(text: str, prompt: str) -> bool:
    """Tell whether `text` came back in a prompt that an agent says it took.

    Agents wrap, trim and indent a prompt, Claude Code puts a long paste between tags of its own and
    removes invisible characters: what can be seen is compared.
    """
    return _visible(text)[:PROOF_LENGTH] in _visible(prompt)


def first_line(text: str) -> str:
    """Return the first line for the log, at most 80 characters."""
    line = text.strip().splitlines()[0]
    return line if len(line) <= 80 else f"{line[:79]}…"


def _visible(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() and not sign.isspace())
