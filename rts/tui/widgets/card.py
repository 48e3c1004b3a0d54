"""The selected unit's card: all that is known about it, in four lines."""

import textwrap

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from rts.tui.frame import Frame
from rts.tui.signs import FAILED, READY, short_count, short_rate, shorten
from rts.tui.widgets.tile import Fill, choose_fill
from rts.world.apm import WINDOWS
from rts.world.evidence import Activity
from rts.world.nouns import PullRequestState, Worker
from rts.world.units import GLYPH_BY_KIND, Unit, place_units, short_time

_STYLE_BY_FILL = {
    Fill.NEED: "bold $need-ink on $need",
    Fill.READY: "bold $ready on $ready-fill",
    Fill.BUSY: "bold $busy on $busy-fill",
    Fill.IDLE: "bold $foreground on $idle-fill",
    Fill.LANDED: "bold $quiet on $idle-fill",
    Fill.UNKNOWN: "bold $quiet on $idle-fill",
}
_LABEL_WIDTH = 8
LINE_COUNT, REASON_LINE_COUNT = 4, 3
"""How high the card is, and how much of it a question may take."""
ASKS = "asks: "
"""How the judgement of a worker that asks begins."""
NOBODY = "No unit is selected. Arrows or 1-9 select one."
NOBODY_THERE = "No unit yet.  n: say what should be done, and a worker begins."


class Card(Widget):
    """Shows who the selected unit is and how it stands."""

    frame: reactive[Frame] = reactive(Frame(), layout=False)

    def render(self) -> Content:
        """Draw four lines, or a hint."""
        worker = self.frame.selected
        if worker is None:
            hint = NOBODY if self.frame.world.workers else NOBODY_THERE
            return Content.styled(hint if self.frame.is_open else "", "$quiet")
        width = self.size.width
        state = _state_lines(self.frame, worker, width)
        lines = [
            *state,
            _origin_line(self.frame, worker, width),
            _review_line(self.frame, worker, width),
            _tempo_line(self.frame, worker),
        ]
        # A long reason takes the place of the tempo, then of the review; the line that says whether
        # the agent asks always stays.
        return Content("\n").join(lines[:LINE_COUNT])


def title_of(frame: Frame) -> str:
    """Return what stands in the card's frame: `falcon-3 ─ #7 Retry failed payments`."""
    worker = frame.selected
    if worker is None:
        return "unit"
    ticket = frame.world.ticket_of(worker)
    return frame.sign(f"{worker.name} ─ {ticket.label} {ticket.title}")


def _state_lines(frame: Frame, worker: Worker, width: int) -> list[Content]:
    """Return badge and reason; what the commander must answer is shown whole, over up to three."""
    judgement = frame.world.judgement_of(worker)
    unit = _unit_of(frame, worker)
    word = "landed" if unit.has_landed else "ready" if unit.is_ready else str(unit.activity)
    age = short_time(judgement.age(frame.now))
    badge = frame.sign(f" {unit.mark} {word} {age} " if unit.mark else f" {word} {age} ")
    indent = len(badge) + 2
    reason = judgement.reason
    if judgement.activity is Activity.ASKING:
        reason = reason.removeprefix(ASKS)  # The badge says it already.
    if queued := frame.world.queued_by_worker.get(worker.id):
        reason = f"{queued} queued · {reason}"
    is_whole = judgement.activity in (Activity.ASKING, Activity.BLOCKED)
    first, *others = wrap(reason, width - indent, REASON_LINE_COUNT if is_whole else 1)
    style = _STYLE_BY_FILL[choose_fill(unit)]
    head = Content.assemble((badge, style), "  ", (frame.sign(first), "$bright"))
    return [head, *(Content.styled(" " * indent + frame.sign(row), "$bright") for row in others)]


def wrap(text: str, width: int, line_count: int) -> list[str]:
    """Return `text` in one to `line_count` lines; what does not fit ends with `…`."""
    lines = textwrap.wrap(text, max(width, 1)) or [""]
    if len(lines) <= line_count:
        return lines
    return [*lines[: line_count - 1], shorten(" ".join(lines[line_count - 1 :]), width)]


def _origin_line(frame: Frame, worker: Worker, width: int) -> Content:
    ticket = frame.world.ticket_of(worker)
    kind = frame.sign(f"{GLYPH_BY_KIND[ticket.kind]} {ticket.kind}")
    # Said for programs that were ever started: skipping permissions is only done in the sandbox.
    way = ", sandboxed" if worker.is_sandboxed else ", asks first"
    tail = f"   {kind}   {worker.agent}{way}"
    branch = shorten(worker.branch, width - _LABEL_WIDTH - len(tail))
    return Content.assemble(_label("branch"), branch, tail)


def _review_line(frame: Frame, worker: Worker, width: int) -> Content:
    pull_request, check = frame.world.pull_request_of(worker), frame.world.check_of(worker)
    parts: list[str | tuple[str, str]] = [_label("review")]
    if pull_request is None:
        parts.append(("no pull request yet", "$quiet"))
    else:
        words = f"pull request {pull_request.number}"
        if pull_request.state is not PullRequestState.OPEN:
            words += f" {pull_request.state}"
        parts.append(words)
    parts.append(("   tests ", "$quiet"))
    if check is None:
        parts.append(("not run yet", "$quiet"))
    else:
        mark, style = (READY, "$ready") if check.has_passed else (FAILED, "$lost")
        used = sum(len(p if isinstance(p, str) else p[0]) for p in parts) + 2
        parts += [(frame.sign(f"{mark} "), style), shorten(check.summary, width - used)]
    return Content.assemble(*parts)


def _tempo_line(frame: Frame, worker: Worker) -> Content:
    tempo = frame.world.tempo_of(worker)
    parts: list[str | tuple[str, str]] = [_label("APM")]
    for window in WINDOWS:
        parts += [short_rate(tempo.apm[window]), (f" {window}  ", "$quiet")]
    tokens = frame.world.tokens_by_worker.get(worker.id, 0)
    parts += [(" tokens ", "$quiet"), short_count(tokens)]
    parts += [("   up ", "$quiet"), short_time(frame.now - worker.spawned_at)]
    return Content.assemble(*parts)


def _label(words: str) -> tuple[str, str]:
    return (f"{words:<{_LABEL_WIDTH}}", "$quiet")


def _unit_of(frame: Frame, worker: Worker) -> Unit:
    return next(u for u in place_units(frame.world, 1, frame.now) if u.worker_id == worker.id)
