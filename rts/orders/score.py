"""Counting: the score of a day or a week. Changes nothing."""

from datetime import datetime, timedelta

from rts.game import Game
from rts.orders.replay import read_history
from rts.world.nouns import Project
from rts.world.score import DAY, WEEK, Score, make_score


def read_score(
    game: Game, project: Project | None, *, is_week: bool = False, day: datetime | None = None
) -> Score:
    """Return the score of `day` (aware; now if None), or of the seven days that end with it.

    A day begins at midnight by the clock of `day`'s own zone.
    """
    moment = day or game.now().astimezone()
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    span = WEEK if is_week else DAY
    since = midnight - (span - DAY)
    history = read_history(game, project)
    uses = game.store.ledger.uses_between(since, since + span)
    return make_score(history, uses, since, span)


def first_day(now: datetime) -> datetime:
    """Return the first day of which a score can be made: what lies before is not replayed."""
    return now - WEEK + timedelta(days=1)
