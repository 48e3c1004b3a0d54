"""Looking up the knowledge base for somebody who types: changes nothing."""

from pathlib import Path

from rts.adapters.knowledge import Knowledge
from rts.game import Game
from rts.world.knowledge.notes import Note
from rts.world.nouns import Project

FOUND_COUNT_MAX = 8
"""Most notes that are found at once: who sees more than a few types another word."""


def find_notes(game: Game, project: Project, words: str) -> list[Note]:
    """Return notes that fit `words`, best first: by whole words, then by parts of words."""
    knowledge = _open(game, project)
    best = [note for note, _ in knowledge.search(words, FOUND_COUNT_MAX)]
    known = {note.path for note in best}
    others = (n for n in knowledge.notes() if n.path not in known and _has_all(n, words))
    return [*best, *sorted(others, key=lambda n: not _is_in(n.title, words))][:FOUND_COUNT_MAX]


def read_note(game: Game, project: Project, path: str) -> Note:
    """Return the note at `path` in the knowledge base.

    Raises:
        RtsError: there is none.
    """
    return _open(game, project).find(path)


def _open(game: Game, project: Project) -> Knowledge:
    return Knowledge(Path(project.root) / game.settings.knowledge_folder)


def _has_all(note: Note, words: str) -> bool:
    return _is_in(f"{note.title} {note.description} {' '.join(note.tags)} {note.body}", words)


def _is_in(text: str, words: str) -> bool:
    return all(word in text.lower() for word in words.lower().split())
