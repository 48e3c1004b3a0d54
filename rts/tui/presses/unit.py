"""Keys that give orders to the selection: they post what the commander wants of it.

Of a selection of many, each order goes to all for whom it can be given now; attaching and reading
a diff stay with the selected one.
"""

import time
from collections.abc import Callable, Sequence

from rts.tui import messages
from rts.tui.choices import is_resumable, sort_meant
from rts.tui.drawing.signs import shorten
from rts.tui.presses.board import Board
from rts.tui.presses.selection import name_many
from rts.tui.screens.ask import AskLine
from rts.tui.widgets.card import ASKS
from rts.world.backlog import find_worker_on
from rts.world.dialogs import find_dialog, name_need, wants_permission
from rts.world.evidence import Activity
from rts.world.nouns import Worker

ENTER_GUARD_S = 0.4
"""An Enter this soon after the one that sent a line is the same finger: it must not attach."""

EXAMPLE_WIDTH_MAX = 80
"""Characters of a question that stand in the line for its answer; the card has all of it."""

NAMED_COUNT_MAX = 4
"""Units that a question about many tells of one by one; the others are counted."""

Wish = Callable[[Worker], messages.WorkerWish]


class UnitPresses(Board):
    """Orders to the selection."""

    def press_enter(self, key: str) -> None:
        """Spawn on the ticket under the cursor, go to who works on it, or attach to the unit."""
        if key and time.monotonic() - self.sent_at_s < ENTER_GUARD_S:
            return
        if (ticket := self.ticket) and (worker := find_worker_on(self.frame.world, ticket)):
            self.shown_map.focus()
            self.select(worker.id)
        elif ticket:
            self.post_message(messages.SpawnWanted(ticket))
        else:
            self.post_message(messages.AttachWanted(self.selected))

    def press_tell(self, key: str) -> None:
        """Ask what to tell; while one unit waits for a permission, words deny it with a reason.

        Refusing the key would leave the words that are being typed to the keys of the map.
        """
        workers, reasons = sort_meant("tell", self.frame)
        title, example = self._word_tell(workers)

        def tell(line: str | None) -> None:
            self.sent_at_s = time.monotonic() if line else self.sent_at_s
            if line:
                wishes = [
                    messages.AnswerWanted(worker, line, needs[worker.id])
                    if worker.id in needs
                    else messages.TellWanted(worker, line)
                    for worker in workers
                ]
                self._order("told", wishes, reasons)

        # Of now, when he reads it: what is asked when the line is sent may be something else.
        needs = {w.id: self._need(w) for w in workers if self._takes_answer(w)}
        self.app.push_screen(AskLine(title, example), tell)

    def _word_tell(self, workers: Sequence[Worker]) -> tuple[str, str]:
        """Return the question for a line, and what stands in it before anything is typed."""
        who = name_many(workers)
        if len(workers) > 1:
            return f"tell {who}", "what they should know or do"
        judgement = self.frame.world.judgement_of(workers[0])
        if self._wants_permission(workers[0]):
            return f"deny {who}, because", "why not, and what instead"
        if judgement.activity is Activity.ASKING:
            return f"answer {who}", shorten(judgement.reason.removeprefix(ASKS), EXAMPLE_WIDTH_MAX)
        return f"tell {who}", "what it should know or do"

    def press_allow(self, key: str) -> None:
        """Give the permission."""
        self._order_all(
            "allow", "allowed", lambda w: messages.AnswerWanted(w, "yes", self._need(w))
        )

    def press_deny(self, key: str) -> None:
        """Refuse the permission."""
        self._order_all("deny", "denied", self._say_to_need("no"))

    def press_pause(self, key: str) -> None:
        """Resume whoever is paused or gone; pause the others, busy ones after a question."""
        workers, reasons = sort_meant("pause", self.frame)
        judgements = [self.frame.world.judgement_of(worker) for worker in workers]
        working = [j for j in judgements if j.activity is not Activity.DONE]
        if all(map(is_resumable, judgements)):
            self._order("resumed", list(map(messages.ResumeWanted, workers)), reasons)
            return
        wishes = list(map(messages.PauseOrdered, workers))
        if not working:
            self._order("paused", wishes, reasons)
        elif len(workers) == 1:
            question = f"pause {workers[0].name}? its turn is cut off: {working[0].reason}"
            self.confirm(question, *self._gather("paused", wishes, reasons))
        else:
            turns = "1 turn is" if len(working) == 1 else f"{len(working)} turns are"
            question = f"pause {len(workers)} units? {turns} cut off; nothing is lost"
            self.confirm(question, *self._gather("paused", wishes, reasons))

    def press_diff(self, key: str) -> None:
        """Read the diff."""
        self.post_message(messages.DiffWanted(self.selected))

    def press_pull_request(self, key: str) -> None:
        """Open the pull request."""
        self._order_all("pull_request", "opened pull requests of", messages.PullRequestWanted)

    def press_merge(self, key: str) -> None:
        """Ask, then merge."""
        workers, reasons = sort_meant("merge", self.frame)
        pull_requests = [self.frame.world.pull_request_of(worker) for worker in workers]
        numbered = [
            f"{pull_request.number} of {worker.name}"
            for worker, pull_request in zip(workers, pull_requests, strict=True)
            if pull_request
        ]
        bases = " and ".join(sorted({p.base_branch for p in pull_requests if p}))
        if len(workers) == 1:
            has_check = self.frame.world.check_of(workers[0]) is not None
            tests = ", after its tests?" if has_check else "? no tests were run on it"
            question = f"merge pull request {numbered[0]} into {bases}{tests}"
        else:
            named = _name_few(numbered, ", ", "{} more")
            count = f"merge {len(workers)} pull requests"
            question = f"{count} into {bases}, each after its tests? {named}"
        wishes = list(map(messages.MergeOrdered, workers, pull_requests))
        self.confirm(question, *self._gather("merged", wishes, reasons))

    def press_dismiss(self, key: str) -> None:
        """Have it looked up what would be kept; then it is asked."""
        workers, _ = sort_meant("dismiss", self.frame)
        if len(workers) == 1:
            self.post_message(messages.DismissalWanted(workers[0]))
        else:
            self.post_message(messages.DismissalsWanted(tuple(workers)))

    def confirm_dismissal(self, worker: Worker, kept: str) -> None:
        """Ask, saying what is kept, then dismiss."""
        self.confirm(f"dismiss {worker.name}? {kept}", self._make_dismissal(worker))

    def confirm_dismissals(self, kept_of: Sequence[tuple[Worker, str]]) -> None:
        """Ask once for all, saying what is kept of each, then dismiss them."""
        kept = [f"{worker.name}: {words}" for worker, words in kept_of]
        named = _name_few(kept, "; ", "{} more, whose work is kept as well")
        wishes = [self._make_dismissal(worker) for worker, _ in kept_of]
        question = f"dismiss {len(kept_of)} units? {named}"
        self.confirm(question, *self._gather("dismissed", wishes, ()))

    def _say_to_need(self, text: str) -> Wish:
        return lambda worker: messages.AnswerWanted(worker, text, self._need(worker))

    def _need(self, worker: Worker) -> str:
        return name_need(self.frame.world.judgement_of(worker))

    def _make_dismissal(self, worker: Worker) -> messages.DismissalOrdered:
        seen = self.frame.world.judgement_by_worker.get(worker.id)
        return messages.DismissalOrdered(worker, seen.activity if seen else None)

    def _wants_permission(self, worker: Worker) -> bool:
        return wants_permission(self.frame.world.judgement_of(worker))

    def _takes_answer(self, worker: Worker) -> bool:
        """Tell whether words to the worker answer what it asks."""
        judgement = self.frame.world.judgement_of(worker)
        is_question = judgement.activity is Activity.ASKING and find_dialog(judgement) is not None
        return is_question or wants_permission(judgement)

    def _order_all(self, press: str, done: str, make: Wish) -> None:
        """Order what needs no question of all for whom it can be done."""
        workers, reasons = sort_meant(press, self.frame)
        self._order(done, [make(worker) for worker in workers], reasons)

    def _order(
        self, done: str, wishes: Sequence[messages.WorkerWish], reasons: Sequence[str]
    ) -> None:
        for wish in self._gather(done, wishes, reasons):
            self.post_message(wish)

    def _gather(
        self, done: str, wishes: Sequence[messages.WorkerWish], reasons: Sequence[str]
    ) -> list[messages.WorkerWish | messages.ManyOrdered]:
        """Return one message for all, or the one wish where only one unit is meant."""
        if len(wishes) + len(reasons) == 1:
            return list(wishes)
        return [messages.ManyOrdered(done, tuple(wishes), tuple(reasons))]


def _name_few(names: Sequence[str], between: str, more: str) -> str:
    left_count = len(names) - NAMED_COUNT_MAX
    few = list(names[:NAMED_COUNT_MAX])
    return between.join([*few, more.format(left_count)] if left_count > 0 else few)
