"""The beat: woken by hooks at once, and by the clock once per beat."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from watchfiles import watch as watch_files

from rts import paths
from rts.adapters.audio import Audio
from rts.adapters.process import hold_lock
from rts.errors import OrderRefused, RtsError
from rts.game import Game
from rts.orders.watching import WATCH_LOCK
from rts.watch.clerk import Clerk
from rts.watch.counting import Counter
from rts.watch.hear import hear
from rts.watch.log import log
from rts.watch.lookout import Lookout
from rts.watch.voice import Player, sound
from rts.world.nouns import Event

WAKE_STEP_MS, WAKE_DEBOUNCE_MS = 5, 50
"""How soon a hook file wakes the watch: 7 ms measured, where the defaults take 80."""

LOCK_WAIT_S, LOCK_LOOK_S = 2.0, 0.05
"""How long a watch tries for its lock, and the pause between two tries: whoever asks whether one
runs holds the lock for a moment, and so does a watch that ends."""


def run_watch(game: Game) -> None:
    """Watch until the process is ended.

    Raises:
        OrderRefused: another watch runs.
    """
    game.inbox.prepare()
    with (
        be_the_only_watch(paths.lock_path(game.home, WATCH_LOCK)),
        closing(Audio()) as audio,
        closing(Clerk(game)) as clerk,
    ):
        beat = Beat(game, audio, clerk)
        for has_mail in wake_ups(game.inbox.new_folder, game.settings.beat_s):
            beat.safely(has_mail=has_mail)


@contextmanager
def be_the_only_watch(path: Path) -> Iterator[None]:
    """Hold the lock of the watch while inside.

    Raises:
        OrderRefused: another watch runs, and does not end within `LOCK_WAIT_S`.
    """
    gives_up_at = time.monotonic() + LOCK_WAIT_S
    while True:
        with hold_lock(path) as is_mine:
            if is_mine:
                yield
                return
        if time.monotonic() >= gives_up_at:
            raise OrderRefused("A watch runs already.", "See it with: rts doctor")
        time.sleep(LOCK_LOOK_S)


def wake_ups(folder: Path, beat_s: float) -> Iterator[bool]:
    """Give True when files arrived in `folder`, False when a beat has passed without any."""
    for changes in watch_files(
        folder,
        step=WAKE_STEP_MS,
        debounce=WAKE_DEBOUNCE_MS,
        rust_timeout=int(beat_s * 1000),
        yield_on_timeout=True,
        raise_interrupt=False,
    ):
        yield bool(changes)


class Beat:
    """One round: hear, look, count, hand in, sound."""

    def __init__(self, game: Game, player: Player, clerk: Clerk) -> None:
        self._game = game
        self._player = player
        self._clerk = clerk
        self._lookout = Lookout(game)
        self._counter = Counter(game)
        self._looked_at = game.now()

    def safely(self, *, has_mail: bool) -> None:
        """Do a round; what fails outside (a locked store, a slow tmux) is tried again next time."""
        try:
            self.round(has_mail=has_mail)
        except RtsError as error:
            log(self._game, f"{error.what} {error.hint}")

    def round(self, *, has_mail: bool) -> list[Event]:
        """Hear and, unless mail came within the beat, look at everything; return the changes."""
        workers = self._game.store.living_workers(None)
        worker_by_id = {worker.id: worker for worker in workers}
        heard = hear(self._game, worker_by_id)
        now = self._game.now()
        is_due = (now - self._looked_at).total_seconds() >= self._game.settings.beat_s
        if has_mail and not is_due:
            changes = self._lookout.judge([w for w in workers if w.id in heard])
        else:
            self._looked_at = now
            changes = self._lookout.look(workers)
            self._counter.count(workers)
        sound(self._game, self._player, changes)
        self._clerk.look(workers, self._lookout.activity_by_worker)
        return changes
