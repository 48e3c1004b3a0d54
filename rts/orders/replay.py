"""Looking back: what happened, for a replay. Changes nothing."""

from rts.game import Game
from rts.world.history import History
from rts.world.nouns import Project


def read_history(game: Game, project: Project | None) -> History:
    """Return the past of `project`, of all projects for None, up to now.

    It goes back as far as `world.history` says; a full one takes a second or two.
    """
    return game.store.past.read(project, game.now(), game.settings.supply_limit)
