"""The selected unit's card: who it is, how it stands, what it was told and what it said."""

import re
from dataclasses import replace

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from rts.tui.drawing.signs import FAILED, READY, short_count
from rts.tui.drawing.untrusted import strip_controls
from rts.tui.drawing.wrapping import wrap_cells
from rts.tui.frame import Frame
from rts.tui.widgets.drawn import DrawnWidget
from rts.tui.widgets.tile import Fill, choose_fill
from rts.world.detail import UnitDetail, find_last_words
from rts.world.evidence import Activity
from rts.world.nouns import PullRequestState, Rally, Worker
from rts.world.prices import plain_name
from rts.world.units import GLYPH_BY_KIND, Unit, place_units, short_time

_STYLE_BY_FILL = {
    Fill.NEED: "bold $need-ink on $need",
    Fill.READY: "bold $ready on $ready-fill",
    Fill.BUSY: "bold $busy on $busy-fill",
    Fill.IDLE: "bold $foreground on $idle-fill",
    Fill.LANDED: "bold $quiet on $idle-fill",
    Fill.UNKNOWN: "bold $quiet on $idle-fill",
}
_RALLY_WORDS = {
    Rally.STOP: "",
    Rally.PULL_REQUEST: "then: pull request",
    Rally.NEXT_TICKET: "then: next ticket",
}
_LABEL_WIDTH = 8
NARROW = 56
"""On a card narrower than this, files and tokens make room for the branch and the model."""
REASON_LINE_COUNT_MAX = 5
"""How much of the card a question may take; one line is always left for the branch."""
ASKS = "asks: "
"""How the judgement of a worker that asks begins."""
NOBODY = "No unit is selected. Arrows or 1-9 select one."
NOBODY_THERE = "No unit yet.  n: say what should be done, and a worker begins."
NOTHING_YET = ("  –  nothing yet", "$quiet")
NOT_KEPT = ("  –  its words of then are not kept", "$quiet")

_MARKUP = re.compile(r"\*\*|`|^#+ ")
"""Marks of markdown that only stand in the way on one line."""

Part = str | tuple[str, str]
"""Words, or words with their style."""


class Card(DrawnWidget):
    """Shows who the selected unit is and how it stands: in six lines, in four where it is low."""

    def draw(self) -> list[Content]:
        """Draw what there is room for, the most important first, or a hint."""
        frame, (width, height) = self.frame, self.size
        worker = frame.selected
        if worker is None:
            hint = NOBODY if frame.world.workers else NOBODY_THERE
            return [Content.styled(hint if frame.is_open else "", "$quiet")]
        detail = frame.selected_detail or UnitDetail("")
        review = _review(frame, worker)
        room = width - _LABEL_WIDTH - _width(review) - 2
        rows: tuple[tuple[str, list[Part], list[Part]], ...] = (
            ("branch", [worker.branch], [] if frame.is_past else _changes(detail, width)),
            ("agent", *_agent(worker, detail, width)),
            ("review", review, _servers(detail, room)),
            ("told", _told(frame, detail), _rally(worker)),
            _last(frame, worker, detail),
        )
        lines = _state_lines(frame, worker, width, min(height - 1, REASON_LINE_COUNT_MAX))
        lines += [_line(frame, label, left, right, width) for label, left, right in rows]
        # A long question takes the place of what comes last.
        return lines[:height]


def title_of(frame: Frame) -> str:
    """Return what stands in the card's frame: `falcon-3 ─ ◆ feature #7 Retry failed payments`."""
    worker = frame.selected
    if worker is None:
        return "unit"
    ticket = frame.world.ticket_of(worker)
    kind = f"{GLYPH_BY_KIND[ticket.kind]} {ticket.kind}"
    return frame.sign(f"{worker.name} ─ {kind} {ticket.label} {ticket.title}")


def _state_lines(frame: Frame, worker: Worker, width: int, line_count: int) -> list[Content]:
    """Return badge and reason; what the commander must answer is shown whole, over some lines."""
    judgement = frame.world.judgement_of(worker)
    unit = _unit_of(frame, worker)
    word = "landed" if unit.has_landed else "ready" if unit.is_ready else str(unit.activity)
    age = f"{short_time(frame.world.age_of(worker, frame.now)):>3}"
    badge = frame.sign(f" {unit.mark} {word} {age} " if unit.mark else f" {word} {age} ")
    indent = len(badge) + 2
    reason = judgement.reason
    if judgement.activity is Activity.ASKING:
        reason = reason.removeprefix(ASKS)  # The badge says it already.
    if queued := frame.world.queued_by_worker.get(worker.id):
        reason = f"{queued} queued · {reason}"
    is_whole = judgement.activity in (Activity.ASKING, Activity.BLOCKED)
    first, *others = wrap(reason, width - indent, max(line_count, 1) if is_whole else 1)
    fill = choose_fill(unit)
    is_unlit = frame.is_past and fill is Fill.NEED
    style = "bold $need on $need-unlit" if is_unlit else _STYLE_BY_FILL[fill]
    head = Content.assemble((badge, style), "  ", (frame.sign(first), "$bright"))
    return [head, *(Content.styled(" " * indent + frame.sign(row), "$bright") for row in others)]


def wrap(text: str, width: int, line_count: int) -> list[str]:
    """Return `text` in one to `line_count` lines; what does not fit ends with `…`."""
    lines = wrap_cells(_flatten(text), max(width, 1)) or [""]
    if len(lines) <= line_count:
        return lines
    return [*lines[: line_count - 1], _fit(" ".join(lines[line_count - 1 :]), width)]


def _changes(detail: UnitDetail, width: int) -> list[Part]:
    """Return the lines and files it changed, each number in its column."""
    if not detail.file_count:
        return [("no change yet", "$quiet")] if detail.worker_id else []
    lines = f"{f'+{detail.added_count}':>5} {f'−{detail.removed_count}':>5}"
    if width < NARROW:
        return [lines]
    word = " file " if detail.file_count == 1 else " files"
    return [f"{lines} {detail.file_count:>3}", (word, "$quiet")]


def _agent(worker: Worker, detail: UnitDetail, width: int) -> tuple[list[Part], list[Part]]:
    """Return program, model and, where that fits, whether it asks; and what it has used."""
    # Said for programs that were ever started: skipping permissions is only done in the sandbox.
    way = ", sandboxed" if worker.is_sandboxed else ", asks first"
    model = _flatten(plain_name(detail.model)).removeprefix(f"{worker.agent}-")
    name = f"{worker.agent} {model}" if model else worker.agent
    spending = _spending(detail, width)
    room = width - _LABEL_WIDTH - cell_len(name) - _width(spending) - 1
    return [name, (way if len(way) <= room else "", "$quiet")], spending


def _spending(detail: UnitDetail, width: int) -> list[Part]:
    """Return context, tokens and cost, each in its column; what is not known is not shown."""
    parts: list[Part] = []
    if detail.context_tokens:
        limit = detail.context_limit_tokens
        used = f"{min(detail.context_tokens / limit, 1):.0%}" if limit else ""
        parts += [("ctx ", "$quiet"), f"{used or short_count(detail.context_tokens):>4}"]
    if detail.token_count and (width >= NARROW or detail.cost_usd is None):
        parts += [f" {short_count(detail.token_count):>5}", (" tok", "$quiet")]
    if detail.token_count and detail.cost_usd is not None:
        parts += [f" {_say_cost(detail.cost_usd):>7}"]
    return parts


def _say_cost(cost_usd: float) -> str:
    """Return an estimate, and say that it is one: `~$0.84`, `~$312`."""
    return f"~${cost_usd:.2f}" if cost_usd < 100 else f"~${cost_usd:.0f}"


def _review(frame: Frame, worker: Worker) -> list[Part]:
    pull_request, check = frame.world.pull_request_of(worker), frame.world.check_of(worker)
    parts: list[Part] = []
    if pull_request is None:
        parts.append(("no pull request yet", "$quiet"))
    else:
        is_open = pull_request.state is PullRequestState.OPEN
        state = "" if is_open else f" {pull_request.state}"
        parts += [("pull request ", "$quiet"), f"{pull_request.number}{state}"]
    if check is None:
        return [*parts, ("   no tests yet", "$quiet")]
    mark, style = (READY, "$ready") if check.has_passed else (FAILED, "$lost")
    return [*parts, (f"   {mark} ", style), _flatten(check.summary)]


def _servers(detail: UnitDetail, room: int) -> list[Part]:
    """Return where its servers are reached: as addresses that a terminal opens, else as ports."""
    whole = "  ".join(detail.urls)
    return [whole if len(whole) <= room else " ".join(f":{port}" for port in detail.ports)]


def _told(frame: Frame, detail: UnitDetail) -> list[Part]:
    if detail.told_at is None:
        return [NOTHING_YET]
    age = short_time(frame.now - detail.told_at)
    return [(f"{age:>3}  ", "$quiet"), _flatten(detail.told_text)]


def _rally(worker: Worker) -> list[Part]:
    return [(_RALLY_WORDS[worker.rally], "$quiet")]


def _last(frame: Frame, worker: Worker, detail: UnitDetail) -> tuple[str, list[Part], list[Part]]:
    """Return what it will be told next, if lines wait for it, else what it said last."""
    if detail.queued_texts:
        count, first = len(detail.queued_texts), _flatten(detail.queued_texts[0])
        return "queued", [(f"{count:>3}  ", "$quiet"), first], []
    said = find_last_words(frame.world.judgement_of(worker))
    if said is None:
        return "said", [NOT_KEPT if frame.is_past else NOTHING_YET], []
    age = short_time(frame.now - said[1])
    words = _MARKUP.sub("", _flatten(said[0]))
    return "said", [(f"{age:>3}  ", "$quiet"), words], []


def _line(frame: Frame, label: str, left: list[Part], right: list[Part], width: int) -> Content:
    """Return a line: the label, what is shortened where it is narrow, and what stands right."""
    parts: list[Part] = [(f"{label:<{_LABEL_WIDTH}}", "$quiet")]
    room = width - _LABEL_WIDTH - _width(right) - (1 if _width(right) else 0)
    for part in left:
        words, style = part if isinstance(part, tuple) else (part, "")
        fitting = _fit(words, room)
        room -= cell_len(fitting)
        parts.append((fitting, style))
    parts += [" " * (width - _width(parts) - _width(right)), *right]
    signed = (
        (frame.sign(p), "") if isinstance(p, str) else (frame.sign(p[0]), p[1]) for p in parts
    )
    return Content.assemble(*signed)


def _fit(text: str, width: int) -> str:
    """Return `text` in at most `width` cells, its end cut off with `…`."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def _flatten(text: str) -> str:
    """Return what others wrote as one line without control characters."""
    return " ".join(strip_controls(text).split())


def _width(parts: list[Part]) -> int:
    return sum(cell_len(part if isinstance(part, str) else part[0]) for part in parts)


def _unit_of(frame: Frame, worker: Worker) -> Unit:
    """Return one worker as the minimap shows it; placing a hundred for it would take 3 ms."""
    (unit,) = place_units(replace(frame.world, workers=(worker,)), 1, frame.now)
    return unit
