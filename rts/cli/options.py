"""Options that several verbs share, said once."""

import typer

JSON = typer.Option(False, "--json", help="Print JSON for a program to read.")
ALL = typer.Option(False, "--all", help="Every project, not only this repository.")
KIND = typer.Option(
    "", help="feature, bug, chore or research; else as “bug: …” says, or a feature."
)
WORKER = typer.Argument(help="Call-sign, ticket (#7), id, or any unique prefix.")
