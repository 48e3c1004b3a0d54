"""The verbs, put together. `rts` alone opens the minimap."""

import typer

from rts import __version__
from rts.cli import (
    doctor,
    drill,
    explain,
    lives,
    numbers,
    pane,
    rally,
    replay,
    review,
    score,
    serve,
    service,
    tickets,
    words,
    workers,
)
from rts.cli.demo import demo_command
from rts.cli.kb import kb_app

app = typer.Typer(
    help="Command many coding agents the way a strategy-game player commands an army.",
    no_args_is_help=False,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # drawing the help with rich takes as long as all the rest of it
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"rts {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def open_map(
    context: typer.Context,
    _version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
    _debug: bool = typer.Option(False, "--debug", help="Show a traceback for every error."),
) -> None:
    """Open the minimap for the repository you stand in; or give one of the orders below."""
    if context.invoked_subcommand is None:
        from rts.cli.screen import open_screen

        open_screen()


app.command()(tickets.new)
app.command()(tickets.tickets)
app.command()(workers.spawn)
app.command()(workers.ls)
app.command()(workers.attach)
app.command()(workers.peek)
app.command()(words.tell)
app.command()(words.answer)
app.command()(words.queue)
app.command()(rally.rally)
app.command()(lives.pause)
app.command()(lives.resume)
app.command()(lives.recover)
app.command()(workers.dismiss)
app.command()(review.diff)
app.command()(review.pr)
app.command()(review.merge)
app.command()(explain.explain)
app.command()(numbers.apm)
app.command()(score.score)
app.command()(numbers.events)
app.command()(replay.replay)
app.add_typer(kb_app, name="kb")
app.command()(serve.serve)
app.command("demo")(demo_command)
app.command()(doctor.doctor)
app.command()(service.watch)
app.command("kill-server")(service.kill_server)
app.command("drill")(drill.drill_command)
app.command()(pane.pane)
