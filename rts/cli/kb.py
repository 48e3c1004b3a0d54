"""`rts kb search, show, list, lint`: the knowledge base of the repository you stand in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rts.cli.options import JSON
from rts.cli.show import print_json, print_table

if TYPE_CHECKING:
    from rts.adapters.knowledge import Knowledge
    from rts.world.knowledge.notes import Note

kb_app = typer.Typer(
    help="Search and read what merged work taught.", no_args_is_help=True, rich_markup_mode=None
)


@kb_app.command()
def search(
    query: Annotated[list[str], typer.Argument(help="What it is about.")],
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="The best so many.")] = 10,
    json: bool = JSON,
) -> None:
    """List the notes that fit, best first, as a worker's brief would choose them."""
    found = _here().search(" ".join(query), limit)
    if json:
        print_json([{**_short(note), "score": round(score, 6)} for note, score in found])
    elif not found:
        print("No note fits.")
    else:
        _print_notes([note for note, _ in found])


@kb_app.command()
def show(
    handle: Annotated[
        str, typer.Argument(metavar="NOTE", help="Path, file name, title, or a path's beginning.")
    ],
    json: bool = JSON,
) -> None:
    """Print a note."""
    from rts.world.knowledge.notes import render_note

    note = _here().find(handle)
    if json:
        print_json(_whole(note))
    else:
        print(render_note(note), end="")


@kb_app.command("list")
def list_notes(json: bool = JSON) -> None:
    """List every note."""
    knowledge = _here()
    notes = knowledge.notes()
    if json:
        print_json([_short(note) for note in notes])
    elif not notes:
        print(f"No note in {knowledge.folder} yet; a merge writes the first.")
    else:
        _print_notes(notes)
        _print_unread(knowledge)


@kb_app.command()
def lint(
    folder: Annotated[
        Path | None,
        typer.Argument(exists=True, file_okay=False, help="Another knowledge base."),
    ] = None,
    json: bool = JSON,
) -> None:
    """Say what should be mended; exit 1 when something is broken."""
    from rts.adapters.knowledge import Knowledge

    knowledge = _here() if folder is None else Knowledge(folder)
    faults = knowledge.lint()
    error_count = sum(fault.is_error for fault in faults)
    if json:
        print_json(
            [
                {"path": f.path, "kind": f.kind, "text": f.text, "is_error": f.is_error}
                for f in faults
            ]
        )
    else:
        for fault in faults:
            print(f"{'✕' if fault.is_error else '·'} {fault.path}  {fault.kind}: {fault.text}")
        print(f"{len(knowledge.notes())} notes, {error_count} errors, {len(faults)} faults in all.")
    if error_count:
        raise typer.Exit(1)


def _here() -> "Knowledge":
    """Open the knowledge base of this repository, without entering the repository in the store."""
    from rts import paths
    from rts.adapters.git.repository import find_root
    from rts.adapters.knowledge import Knowledge
    from rts.adapters.settings_file import read_settings

    folder = read_settings(paths.settings_path()).knowledge_folder
    return Knowledge(find_root(Path.cwd()) / folder)


def _print_notes(notes: list["Note"]) -> None:
    rows = [(note.path, note.type, note.status.value, note.title) for note in notes]
    print_table(("note", "type", "status", "title"), rows)


def _print_unread(knowledge: "Knowledge") -> None:
    from rts.world.knowledge.faults import UNREAD

    if count := sum(fault.kind in UNREAD for fault in knowledge.lint()):
        print(f"{count} more cannot be read; see why with: rts kb lint")


def _short(note: "Note") -> dict[str, Any]:
    return {
        "path": note.path,
        "type": note.type,
        "status": note.status.value,
        "title": note.title,
        "description": note.description,
    }


def _whole(note: "Note") -> dict[str, Any]:
    sources = [{"id": s.id, "resource": s.resource, "title": s.title} for s in note.sources]
    return {
        **_short(note),
        "tags": list(note.tags),
        "sources": sources,
        "generated_by": note.generated_by,
        "generated_at": note.generated_at,
        "body": note.body,
    }
