"""`rts pane`: the transparent terminal that stands before an agent program."""

import os
from pathlib import Path
from typing import Annotated

import typer


def pane(
    argv: Annotated[
        list[str] | None, typer.Argument(help="The program and its arguments, after --.")
    ] = None,
    run: Annotated[Path | None, typer.Option(help="The run folder; else $RTS_RUN.")] = None,
    inbox: Annotated[Path | None, typer.Option(help="The inbox; else $RTS_INBOX.")] = None,
    worker: Annotated[str, typer.Option(help="The worker's id; else $RTS_WORKER.")] = "",
    listen: Annotated[
        bool, typer.Option("--listen", help="Only read a copy of the output, on stdin.")
    ] = False,
) -> None:
    """Run a program on a pty of its own, and keep the status that it reports (OSC 7501)."""
    from rts.pane.run import own_argv

    options = {"--run": run, "--inbox": inbox, "--worker": worker}
    given = [word for name, value in options.items() if value for word in (name, str(value))]
    rest = ["--listen"] if listen else []
    whole = [*own_argv(), *given, *rest, *(["--", *argv] if argv else [])]
    os.execv(whole[0], whole)
