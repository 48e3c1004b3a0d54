"""The beat: woken by hooks at once, and by the clock once per beat."""

import contextlib
import time
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from watchfiles import Change
from watchfiles import watch as watch_files
from watchfiles.main import FileChange

from rts import paths
from rts.adapters.audio import Audio
from rts.adapters.inbox import Inbox
from rts.adapters.process import hold_lock
from rts.errors import OrderRefused, RtsError
from rts.game import Game
from rts.orders.watching import WATCH_LOCK
from rts.watch.clerk import Clerk
from rts.watch.counting import Counter
from rts.watch.hear import hear
from rts.watch.log import log
from rts.watch.lookout import Lookout
from rts.watch.marshal import Marshal
from rts.watch.messenger import Messenger
from rts.watch.voice import Player, sound
from rts.world.evidence import Activity
from rts.world.nouns import Event, Worker

WAKE_STEP_MS, WAKE_DEBOUNCE_MS = 20, 50
"""How soon a hook file wakes the watch; its files are looked for once a step, which at 5 ms cost as
much as half of a quiet beat."""

GATHER_S = 0.1
"""Shortest pause between two rounds that mail began: of two thousand hooks a minute some are heard
together. The first after a pause is heard at once."""

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
        closing(Messenger(game)) as messenger,
        closing(Marshal(game)) as marshal,
    ):
        beat = Beat(game, audio, clerk, messenger, marshal)
        for has_mail in wake_ups(game.inbox, game.settings.beat_s):
            beat.safely(has_mail=has_mail)
            while beat.has_more_mail:  # the files that wait wake nobody
                time.sleep(GATHER_S)
                beat.safely(has_mail=True)


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


def wake_ups(inbox: Inbox, beat_s: float) -> Iterator[bool]:
    """Give True when letters arrived, False when a beat has passed without any."""
    heard_at = given_at = time.monotonic() - GATHER_S
    for changes in _file_changes(inbox, beat_s):
        has_mail = any(change is Change.added for change, _ in changes)
        if has_mail:
            time.sleep(max(heard_at + GATHER_S - time.monotonic(), 0.0))
            heard_at = time.monotonic()
        elif changes and time.monotonic() - given_at < beat_s:
            continue  # letters that were taken out wake nobody
        given_at = time.monotonic()
        yield has_mail


def _file_changes(inbox: Inbox, beat_s: float) -> Iterator[set[FileChange]]:
    """Give what changed in the workers' folders; nothing when a beat has passed without a change.

    Each folder is watched for itself: a look into all that is below would follow an agent's links.
    """
    while True:
        try:
            folders, looked_at = inbox.watched_folders(), time.monotonic()
            for changes in watch_files(
                *folders,
                watch_filter=None,
                step=WAKE_STEP_MS,
                debounce=WAKE_DEBOUNCE_MS,
                rust_timeout=int(beat_s * 1000),
                yield_on_timeout=True,
                raise_interrupt=False,
                recursive=False,
            ):
                yield changes
                # Once a beat: a hundred folders are looked at, and mail comes ten times a second.
                if changes and time.monotonic() - looked_at < beat_s:
                    continue
                looked_at = time.monotonic()
                if inbox.watched_folders() != folders:
                    break
            else:
                return  # interrupted
        except (OSError, RuntimeError):  # a folder went meanwhile, or there are too many
            time.sleep(beat_s)
            with contextlib.suppress(OSError):
                inbox.prepare()
            yield set()


class Errand(Protocol):
    """What is done beside the beat for workers that are idle."""

    def look(self, workers: list[Worker], activity_by_worker: dict[str, Activity]) -> None:
        """Begin what is to be done now, and return at once."""


class Beat:
    """One round: hear, look, count, sound, and what the errands begin: hand in, tell."""

    def __init__(self, game: Game, player: Player, *errands: Errand) -> None:
        self._game = game
        self._player = player
        self._errands = errands
        self._lookout = Lookout(game)
        self._counter = Counter(game)
        self._looked_at = game.now()
        self.has_more_mail = False
        """Whether the last round left mail in the inbox, because there was so much."""

    def safely(self, *, has_mail: bool) -> None:
        """Do a round; what fails outside (a locked store, a slow tmux) is tried again next time."""
        self.has_more_mail = False
        try:
            self.round(has_mail=has_mail)
        except RtsError as error:
            log(self._game, f"{error.what} {error.hint}")
        # The third broad place: what agents write is read in every round, and a bug that one of
        # them meets may not end the watch of all the others.
        except Exception:  # noqa: BLE001
            log(self._game, f"A bug in a beat:\n{traceback.format_exc()}")

    def round(self, *, has_mail: bool) -> list[Event]:
        """Hear and, unless mail came within the beat, look at everything; return the changes."""
        workers = self._game.store.living_workers(None)
        worker_by_id = {worker.id: worker for worker in workers}
        heard = hear(self._game, worker_by_id)
        self.has_more_mail = self._game.inbox.has_more
        now = self._game.now()
        is_due = (now - self._looked_at).total_seconds() >= self._game.settings.beat_s
        if has_mail and not is_due:
            workers = [worker for worker in workers if worker.id in heard]
            changes = self._lookout.judge(workers)
        else:
            self._looked_at = now
            changes = self._lookout.look(workers)
            self._counter.count(workers)
        sound(self._game, self._player, changes)
        for errand in self._errands:
            errand.look(workers, self._lookout.activity_by_worker)
        return changes
