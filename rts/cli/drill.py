"""`rts drill`: the built-in agent program."""

from pathlib import Path
from typing import Annotated

import typer


def drill_command(
    brief: Annotated[Path, typer.Argument(help="The brief; a ```drill block in it is played.")],
    settings: Annotated[
        Path | None, typer.Option(help="Hooks to fire, in Claude Code's shape.")
    ] = None,
    session_id: Annotated[str, typer.Option(help="The conversation's id.")] = "drill",
    scenario: Annotated[
        Path | None, typer.Option(help="A scenario in TOML, instead of the brief's.")
    ] = None,
    loop: Annotated[
        float, typer.Option(min=0.0, help="Tool calls per minute, until ended; for load tests.")
    ] = 0.0,
) -> None:
    """Play a coding agent without any model."""
    from rts.drill.session import run_drill

    raise typer.Exit(run_drill(brief, session_id, settings, scenario, loop))
