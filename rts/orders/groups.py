"""Control groups: numbered sets of workers, recalled with one digit."""

from collections.abc import Sequence

from rts.errors import OrderRefused
from rts.game import Game
from rts.world.nouns import ControlGroup, Event, Project, Worker

GROUP_NUMBERS = range(1, 10)
"""One digit each; 0 is no cell's hotkey either."""


def set_group(
    game: Game, project: Project | None, number: int, workers: Sequence[Worker]
) -> ControlGroup:
    """Make `workers` the control group of a number, in place of those that were; none: unset it.

    It belongs to the picture of `project`, or for None to the picture of all projects.

    Raises:
        OrderRefused: groups are numbered from 1 to 9.
    """
    if number not in GROUP_NUMBERS:
        raise OrderRefused(f"There is no control group {number}.", "They are numbered 1 to 9.")
    project_id = project.id if project else ""
    group = ControlGroup(project_id, number, tuple(worker.id for worker in workers))
    names = ", ".join(worker.name for worker in workers) or "nobody"
    words = f"control group {number}: {names}"
    event = Event("control_group_set", words, game.now(), project_id=project_id)
    game.store.record(event, group)
    return group
