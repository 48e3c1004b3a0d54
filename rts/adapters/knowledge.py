"""The knowledge base on the disk: a folder of markdown in the repository.

Every call reads the disk: notes are edited by hand and moved by git at any time. Nothing outside
the folder is read or written, whatever a link or a name says.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from rts.errors import OutsideFailed, RtsError
from rts.world.knowledge.catalogue import (
    EMPTY_INDEX,
    EMPTY_LOG,
    FoundNote,
    add_log_line,
    choose_notes,
    find_note,
    put_list,
    render_index,
    render_link,
    telling_words,
)
from rts.world.knowledge.faults import Fault, FaultKind, find_faults
from rts.world.knowledge.notes import RESERVED_NAMES, Note, parse_note, render_note
from rts.world.names import slug

INDEX, LOG = RESERVED_NAMES

FILE_SIZE_MAX = 1_000_000
"""Largest file in bytes that is read as a note: more is no note but an accident."""

NAME_TRIES_MAX = 1_000
"""How many file names are tried for a note whose title was used before."""

# What a hit counts in the path, the title, the description, the tags and the body.
_BM25 = "bm25(notes, 1.0, 4.0, 2.0, 3.0, 1.0)"


class Knowledge:
    """The knowledge base in `folder`, which need not exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def notes(self) -> list[Note]:
        """Return every note that can be read, by path; `lint` tells of the others."""
        notes = []
        for path, text in self._texts():
            if isinstance(text, str) and Path(path).name not in RESERVED_NAMES:
                try:
                    notes.append(parse_note(path, text))
                except RtsError:
                    continue  # `lint` parses it again and reports it
        return notes

    def find(self, handle: str) -> Note:
        """Return the note that `handle` names: path, file name, title, or the beginning of a path.

        Raises:
            RtsError: none, or more than one, answers to it.
        """
        return find_note(self.notes(), handle)

    def search(self, query: str, limit: int) -> list[tuple[Note, float]]:
        """Return the notes that fit `query`, best first, at most `limit`, each with its score.

        Scores rise with the fit and can be compared within one search only. A query without any
        telling word finds nothing.
        """
        words = telling_words(query)
        found = choose_notes(_look_up(self.notes(), words), len(words), limit)
        return [(f.note, f.score) for f in found]

    def add(self, note: Note) -> Path:
        """Write `note` into a new file, list it in the index and the log; return the file.

        The file is named for the title; `note.path` is not used. No file is overwritten. A note
        without `generated_at` gets no line in the log, since it does not say when.

        Raises:
            RtsError: the folder cannot be written, or its index or log cannot be read.
        """
        try:
            self._refuse_link()
            self.folder.mkdir(parents=True, exist_ok=True)
            index, log = self._read_or(INDEX, EMPTY_INDEX), self._read_or(LOG, EMPTY_LOG)
            path = self._write_new(note)
            self._write(INDEX, put_list(index, render_index(self.notes())))
            if note.generated_at is not None:
                line = _log_line(replace(note, path=path.name))
                self._write(LOG, add_log_line(log, note.generated_at.date(), line))
        except (OSError, UnicodeError) as error:
            raise OutsideFailed(
                f"The knowledge base cannot be written: {error}.", f"Look at {self.folder}."
            ) from error
        return path

    def lint(self) -> list[Fault]:
        """Return what is wrong, by path."""
        texts = dict(self._texts())
        unreadable = [text for text in texts.values() if isinstance(text, Fault)]
        text_by_path = {path: text for path, text in texts.items() if isinstance(text, str)}
        return sorted(unreadable + find_faults(text_by_path, set(self._files_and_folders())))

    def _texts(self) -> Iterator[tuple[str, str | Fault]]:
        """Read every markdown file, by path."""
        for path in self._files_and_folders():
            if path.endswith(".md"):
                try:
                    yield path, self._read(path)
                except RtsError as error:
                    words = f"{error.what} {error.hint}"
                    yield path, Fault(path, FaultKind.UNREADABLE, words)

    def _files_and_folders(self) -> list[str]:
        """Return all paths but hidden ones (`.obsidian`, `.git`), relative to the folder."""
        found = []
        for folder, names, files in os.walk(self.folder):  # does not follow links to folders
            names[:] = [name for name in names if not name.startswith(".")]
            found += [Path(folder, name) for name in (*names, *files) if name[0] != "."]
        return sorted(path.relative_to(self.folder).as_posix() for path in found)

    def _read(self, path: str) -> str:
        """Return a file's text.

        Raises:
            RtsError: it is a link out of the folder, too large, no file, or no UTF-8.
        """
        file = self.folder / path
        try:
            if not file.resolve().is_relative_to(self.folder.resolve()):
                raise RtsError(f"{path} is a link out of the knowledge base.", "Copy the file in.")
            if not file.is_file():
                raise RtsError(f"{path} is not a plain file.", "Move it away or rename it.")
            if file.stat().st_size > FILE_SIZE_MAX:
                raise RtsError(f"{path} has more than {FILE_SIZE_MAX} bytes.", "Cut it in pieces.")
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise RtsError(f"{path} cannot be read: {error}.", "It must be UTF-8 text.") from error

    def _read_or(self, name: str, default: str) -> str:
        return self._read(name) if (self.folder / name).exists() else default

    def _write_new(self, note: Note) -> Path:
        stem, text = slug(note.title), render_note(note)
        for count in range(1, NAME_TRIES_MAX + 1):
            name = f"{stem}.md" if count == 1 else f"{stem}-{count}.md"
            if name in RESERVED_NAMES:
                continue
            try:
                with (self.folder / name).open("x", encoding="utf-8") as file:
                    file.write(text)
            except FileExistsError:
                continue
            return self.folder / name
        raise FileExistsError(f"{NAME_TRIES_MAX} notes have the title “{note.title}”")

    def _write(self, name: str, text: str) -> None:
        """Put `text` in place at once, so that no reader sees half a file."""
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".") as aside:
            file = Path(aside, name)
            file.write_text(text, encoding="utf-8")
            file.replace(self.folder / name)

    def _refuse_link(self) -> None:
        """See that no write leaves the repository. Links to files are replaced, never followed."""
        if self.folder.is_symlink():
            raise OutsideFailed(
                f"{self.folder.name} is a link, so a note would be written elsewhere.",
                f"Put a plain folder in its place: {self.folder}.",
            )


def _log_line(note: Note) -> str:
    sources = "; ".join(source.title or source.resource for source in note.sources)
    return f"Added {render_link(note)}" + (f", from {sources}." if sources else ".")


def _look_up(notes: Sequence[Note], words: Sequence[str]) -> list[FoundNote]:
    """Look `words` up in an FTS5 table of `notes` that lives for this one search."""
    if not words:
        return []
    with closing(sqlite3.connect(":memory:")) as table:
        _fill(table, notes)
        rows_by_word = {word: _rows(table, _quoted(word)) for word in words}
        titles_by_word = {word: _rows(table, f"{{title tags}}: {_quoted(word)}") for word in words}
        any_word = " OR ".join(map(_quoted, words))
        query = f"SELECT rowid, -{_BM25} FROM notes WHERE notes MATCH ?"
        scores = table.execute(query, (any_word,)).fetchall()
    return [
        FoundNote(
            notes[row],
            score,
            frozenset(word for word in words if row in rows_by_word[word]),
            frozenset(word for word in words if row in titles_by_word[word]),
        )
        for row, score in scores
    ]


def _fill(table: sqlite3.Connection, notes: Sequence[Note]) -> None:
    table.execute(
        "CREATE VIRTUAL TABLE notes USING fts5(path, title, description, tags, body,"
        " tokenize = 'porter unicode61')"
    )
    rows = (
        (i, n.path.removesuffix(".md"), n.title, n.description, " ".join(n.tags), n.body)
        for i, n in enumerate(notes)
    )
    table.executemany(
        "INSERT INTO notes (rowid, path, title, description, tags, body) VALUES (?, ?, ?, ?, ?, ?)",
        rows,
    )


def _rows(table: sqlite3.Connection, match: str) -> set[int]:
    return {
        row for (row,) in table.execute("SELECT rowid FROM notes WHERE notes MATCH ?", (match,))
    }


def _quoted(word: str) -> str:
    """Return `word` as an FTS5 string, in which no sign has a meaning."""
    return '"' + word.replace('"', '""') + '"'
