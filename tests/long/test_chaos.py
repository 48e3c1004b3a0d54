"""A seeded evening of chaos: orders, kills and dismissals in any order, and nothing may be lost.

`RTS_CHAOS_SEED=7 python -m tests --long` plays one evening again; results are in `results.md`.
"""

import contextlib
import os
import random
import signal
from pathlib import Path

import pytest

from rts.adapters.git.command import git, try_git
from rts.adapters.git.worktrees import commit_of
from rts.errors import RtsError
from rts.orders.answer import answer
from rts.orders.dismiss import dismiss
from rts.orders.look import look
from rts.orders.merge import merge
from rts.orders.projects import open_project, worktree_path
from rts.orders.spawn import spawn
from rts.orders.tell import tell
from rts.orders.tickets import file_ticket
from rts.orders.watching import WATCH_SESSION, ensure_watch
from rts.world.evidence import Activity
from rts.world.nouns import Worker
from tests.waiting import wait_until

pytestmark = pytest.mark.long

SEED = int(os.environ.get("RTS_CHAOS_SEED", "1"))
"""Read here: a test's room hides the developer's variables."""

ROUND_COUNT = 600

SCENARIO = """\
```drill
step = [
  { do = "write", path = "work-{number}.txt", text = "work" },
  { do = "run", command = "git status --short" },
  { do = "think", seconds = 0.3 },
  { do = "commit", message = "Work {number}" },
  { do = "pull_request", title = "Work {number}", summary = "Done.", lessons = "Nothing" },
]
```
"""


class Evening:
    """What happened so far, and what must therefore be there at the end."""

    def __init__(self, game, project, dice):
        self.game, self.project, self.dice = game, project, dice
        self.root = Path(project.root)
        self.kept_by_ref: dict[str, str] = {}
        self.heads = [commit_of(self.root)]
        self.ticket_count = 0

    def play(self):
        orders = [self.spawn] * 4 + [self.merge] * 4 + [self.speak] * 2
        orders += [self.dismiss, self.kill_agent, self.kill_watch, self.scribble]
        # A refusal is an answer; what must hold is looked at in the end.
        with contextlib.suppress(RtsError, ProcessLookupError):
            self.dice.choice(orders)()
        self.heads.append(commit_of(self.root))

    def spawn(self):
        self.ticket_count += 1
        body = SCENARIO.replace("{number}", str(self.ticket_count))
        title = f"Ticket {self.ticket_count}"
        spawn(self.game, self.project, file_ticket(self.game, self.project, title, body), "drill")

    def merge(self):
        world = look(self.game, self.project)
        if ready := [worker for worker in world.workers if world.is_ready(worker)]:
            merge(self.game, self.dice.choice(ready))

    def speak(self):
        world = look(self.game, self.project)
        for worker in world.workers:
            if world.judgement_of(worker).activity is Activity.BLOCKED:
                answer(self.game, worker, "yes")
        if world.workers:
            tell(self.game, self.dice.choice(world.workers), "go on")

    def dismiss(self):
        if workers := self.living():
            worker = self.dice.choice(workers)
            words = f"thought {self.dice.random()}"
            path = worktree_path(self.project, worker) / "thought.txt"
            path.write_text(words)
            self.kept_by_ref[dismiss(self.game, worker)] = words

    def kill_agent(self):
        panes = self.game.tmux.panes()
        if workers := [w for w in self.living() if w.session_name in panes]:
            pane = panes[self.dice.choice(workers).session_name]
            if not pane.is_dead:
                os.kill(pane.pid, signal.SIGKILL)

    def kill_watch(self):
        pane = self.game.tmux.panes().get(WATCH_SESSION)
        if pane and not pane.is_dead:
            os.kill(pane.pid, signal.SIGKILL)

    def scribble(self):
        if workers := self.living():
            path = worktree_path(self.project, self.dice.choice(workers))
            (path / "scribble.txt").write_text("half a thought")

    def living(self):
        return self.game.store.living_workers(self.project)


def test_an_evening_of_chaos_loses_nothing(game, repository):
    project = open_project(game, repository)
    evening = Evening(game, project, random.Random(SEED))

    for _ in range(ROUND_COUNT):
        evening.play()
    ensure_watch(game)
    wait_until(lambda: game.inbox.waiting_count() == 0, timeout_s=30)

    living = {worker.name for worker in evening.living()}
    listed = git(repository, "worktree", "list")
    for worker in game.store.select(Worker):
        path = worktree_path(project, worker)
        assert path.is_dir() == (worker.name in living), worker.name
        assert (f"/{worker.name} " in listed) == (worker.name in living), worker.name
    sessions = {name for name in game.tmux.panes() if name.startswith("w-")}
    assert sessions == {worker.session_name for worker in evening.living()}
    for ref, words in evening.kept_by_ref.items():
        assert git(repository, "show", f"{ref}:thought.txt") == words
    for earlier in set(evening.heads):
        assert try_git(repository, "merge-base", "--is-ancestor", earlier, "main").exit_code == 0
    assert git(repository, "status", "--porcelain") == ""
    merged = game.store.count("pull_request_merged")
    assert merged == int(git(repository, "rev-list", "--count", "--merges", "main"))
    assert game.inbox.rejected_count() == 0
    print(
        f"seed {SEED}: {evening.ticket_count} tickets, {merged} merged, "
        f"{len(evening.kept_by_ref)} preserved, {ROUND_COUNT} rounds"
    )
