"""`rts score`: how the day or the week went."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from rts.cli.options import ALL, JSON
from rts.cli.show import print_json, scope
from rts.errors import OrderRefused, OutsideFailed

if TYPE_CHECKING:
    from rts.world.score import Score

WIDTH_CELLS = 120
"""How wide a picture is."""


def score(
    week: bool = typer.Option(False, "--week", help="The last seven days instead of one."),
    day: datetime | None = typer.Option(
        None, formats=["%Y-%m-%d"], help="Another day than today, or the week that ends with it."
    ),
    svg: Path | None = typer.Option(None, help="Draw a picture to share into this file."),
    html: Path | None = typer.Option(None, help="The same as a page."),
    everything: bool = ALL,
    json: bool = JSON,
) -> None:
    """Show what was done, what landed, what it cost and who waited for you."""
    import shutil

    from rts.game import open_game
    from rts.orders.score import first_day, read_score
    from rts.tui.drawing.scoreboard import write_score

    with open_game() as game:
        now = game.now().astimezone()
        if day and not first_day(now).date() <= day.date() <= now.date():
            raise OrderRefused(
                f"There is no score of {day:%Y-%m-%d}.",
                f"The event log is kept for a week: from {first_day(now):%Y-%m-%d} on.",
            )
        found = read_score(
            game,
            scope(game, everything=everything),
            is_week=week,
            day=day.replace(tzinfo=now.tzinfo) if day else None,
        )
    for path, kind in ((svg, "svg"), (html, "html")):
        if path:
            _export(found, path, kind)
    if json:
        print_json(score_json(found))
    elif not svg and not html:
        for line in write_score(found, shutil.get_terminal_size().columns - 1):
            print("".join(words for words, _ in line).rstrip())


def score_json(score: "Score") -> dict[str, Any]:
    """Return a score as programs read it; fields may be added, none is ever renamed."""
    facts = asdict(score)
    del facts["span"]
    counted = ("apm", "epm", "peak_apm", "action_count", "waited_s", "token_count", "cost_usd")
    medals = {medal.words: medal.unit.name for medal in score.list_medals()}
    return {**facts, **{name: getattr(score, name) for name in counted}, "medals": medals}


def _export(score: "Score", path: Path, kind: str) -> None:
    """Draw the score into a file that needs nothing else to be looked at.

    Raises:
        OutsideFailed: the file cannot be written.
    """
    import io

    from rich.console import Console
    from rich.terminal_theme import TerminalTheme
    from rich.text import Text

    from rts.tui.drawing.scoreboard import write_score
    from rts.tui.drawing.theme import NIGHT

    console = Console(record=True, width=WIDTH_CELLS, file=io.StringIO(), force_terminal=True,
                      color_system="truecolor", legacy_windows=False)  # fmt: skip
    for line in write_score(score, WIDTH_CELLS):
        console.print(
            Text.assemble(*((words, _style(role, NIGHT.variables)) for words, role in line))
        )
    night = TerminalTheme(_rgb(NIGHT.background), _rgb(NIGHT.foreground), [(0, 0, 0)] * 8)
    title = f"rts score: {score.project}"
    drawn = (
        console.export_svg(title=title, theme=night)
        if kind == "svg"
        else console.export_html(theme=night, inline_styles=True)
    )
    try:
        path.write_text(drawn, encoding="utf-8")
    except OSError as error:
        raise OutsideFailed(
            f"{path} cannot be written: {error.strerror}.", "Choose another file."
        ) from error
    print(f"{path} is written.")


def _style(role: str, colour_by_role: Mapping[str, str]) -> str:
    """Return rich's style for a role such as `bold bright`."""
    return " ".join(colour_by_role.get(part, part) for part in role.split())


def _rgb(colour: str | None) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex((colour or "#000000").removeprefix("#"))
    return red, green, blue
