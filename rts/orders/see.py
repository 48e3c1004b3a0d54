"""Seeing: what can be observed of the workers right now, in one or two calls for all of them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from rts import paths
from rts.adapters.agents import AGENT_PROGRAMS
from rts.adapters.agents.program import AgentProgram, Seat, StatusReport
from rts.adapters.agents.screen_rules import has_screen_rules, read_screen, read_title
from rts.adapters.program_status import read_program_status
from rts.adapters.tmux import Pane
from rts.errors import RtsError
from rts.game import Game
from rts.world.edges import TURN_STARTS, find_edge, runs_tool
from rts.world.evidence import Evidence, Source
from rts.world.nouns import Worker

SILENT_START = timedelta(seconds=3)
"""An agent that has told nothing for this long after its start may be showing a dialog."""

SILENT_TURN = timedelta(seconds=3)
"""A busy claim without any sign for this long, of a program that publishes no status, is checked
against its screen: the turn may have been interrupted without a hook."""

SEEN_SOURCES = frozenset({Source.LEVEL, Source.TITLE, Source.SCREEN})
"""What says nothing any more once it is not to be seen."""

Pieces = dict[tuple[Source, str], Evidence]
"""What is known about one worker, by source and kind."""


def see_all(
    game: Game,
    workers: Iterable[Worker],
    stored_by_worker: Mapping[str, list[Evidence]],
    panes: Mapping[str, Pane],
    now: datetime,
) -> dict[str, list[Evidence]]:
    """Return what is to be seen of each worker, by worker id; screens are read where they count."""
    seen_by_worker: dict[str, list[Evidence]] = {}
    unread: dict[str, Worker] = {}
    for worker in workers:
        stored = stored_by_worker.get(worker.id, [])
        pane = panes.get(worker.session_name)
        seen = _see(game, worker, pane, now)
        seen_by_worker[worker.id] = seen
        if pane and not pane.is_dead and _needs_screen(worker, stored, seen, now):
            unread[worker.session_name] = worker
    for session_name, text in game.tmux.captures(unread).items():
        worker = unread[session_name]
        if shown := _read_screen(worker, text, now):
            seen_by_worker[worker.id].append(shown)
    return seen_by_worker


def _see(game: Game, worker: Worker, pane: Pane | None, now: datetime) -> list[Evidence]:
    """Return what is to be seen of one worker without reading its screen."""
    if worker.started_at is None:
        return []
    if pane is None:
        return [Evidence(worker.id, Source.PROCESS, "pane", now, "missing")]
    if pane.is_dead:
        code = "null" if pane.exit_code is None else pane.exit_code
        detail = f'{{"exit_code": {code}}}'
        return [Evidence(worker.id, Source.PROCESS, "pane", now, "dead", detail)]
    program = AGENT_PROGRAMS[worker.agent]
    seen = [Evidence(worker.id, Source.PROCESS, "pane", worker.started_at, "alive")]
    levels = _read_levels(game, worker, program, pane)
    seen += levels
    if title := _read_title(worker, pane.title, now):
        seen.append(title)
    lost = json.dumps({"lost_level": program.keeps_level and not levels})
    seen.append(Evidence(worker.id, Source.PROCESS, "foreground", now, pane.foreground, lost))
    if not program.has_hooks and not levels:
        seen.append(Evidence(worker.id, Source.PROCESS, "output", pane.output_at, "output"))
    return seen


def _read_levels(game: Game, worker: Worker, program: AgentProgram, pane: Pane) -> list[Evidence]:
    seat = Seat(worker.id, paths.run_folder(game.home, worker.id), pane.pid)
    levels = [program.read_level(seat)]
    if program.status_report is not StatusReport.NEVER:
        levels.append(read_program_status(seat))
    return [level for level in levels if level]


def _needs_screen(
    worker: Worker, stored: list[Evidence], seen: list[Evidence], now: datetime
) -> bool:
    """Tell whether the screen may say what nothing better does."""
    program = AGENT_PROGRAMS[worker.agent]
    if worker.started_at is None or not has_screen_rules(program.name):
        return False
    levels = [piece.value for piece in seen if piece.source is Source.LEVEL]
    if levels and "busy" not in levels:
        return False
    if not program.has_hooks:
        return not levels
    if levels:
        return _waits_for_model(stored, now)
    begun_at = worker.started_at
    heard = [e for e in stored if e.source is Source.HOOK and e.at >= begun_at]
    if not heard:
        return now - begun_at > SILENT_START
    edge = find_edge(tuple(sorted(heard, key=lambda piece: piece.at, reverse=True)))
    return edge is None or (edge.kind in TURN_STARTS and now - edge.at > SILENT_TURN)


def _waits_for_model(stored: list[Evidence], now: datetime) -> bool:
    """Tell whether a busy agent waits for its model for long: the screen may say why."""
    pieces = tuple(sorted(stored, key=lambda piece: piece.at, reverse=True))
    edge = find_edge(pieces)
    return edge is not None and not runs_tool(pieces) and now - edge.at > SILENT_TURN


def _read_screen(worker: Worker, text: str, now: datetime) -> Evidence | None:
    try:
        return read_screen(worker.agent, worker.agent_version, worker.id, text, now)
    except RtsError:
        return None  # the commander's own rules are broken: rts doctor says so


def _read_title(worker: Worker, title: str, now: datetime) -> Evidence | None:
    try:
        return read_title(worker.agent, worker.agent_version, worker.id, title, now)
    except RtsError:
        return None


def join(stored: Iterable[Evidence], seen: Iterable[Evidence]) -> Pieces:
    """Return what is known now: what is seen replaces what was stored of the same kind."""
    stored, seen = list(stored), list(seen)
    pieces = {(e.source, e.kind): e for e in stored if e.source not in SEEN_SOURCES}
    before_by_kind = {(e.source, e.kind): e for e in stored}
    # What an earlier process of a resumed worker showed is not what this one shows.
    begun_at = max((e.at for e in seen if e.value == "alive"), default=None)
    for piece in seen:
        before = before_by_kind.get((piece.source, piece.kind))
        is_kept = before is not None and _is_same(piece, before)
        if before and is_kept and (begun_at is None or before.at >= begun_at):
            # Its words may have changed since: “retrying, attempt 9”. Last words are kept.
            is_shown = piece.source in (Source.TITLE, Source.SCREEN)
            piece = replace(before, detail=piece.detail) if is_shown else before
        pieces[piece.source, piece.kind] = piece
    return pieces


def _is_same(seen: Evidence, before: Evidence) -> bool:
    """Tell whether what is seen was seen before: its first sight keeps its time.

    A level says itself since when it is so.
    """
    if seen.source is Source.LEVEL or seen.kind == "output":
        return seen == before
    return (seen.value, seen.value == "alive" and seen.at) == (
        before.value,
        before.value == "alive" and before.at,
    )


def find_news(stored: Iterable[Evidence], pieces: Pieces) -> list[Evidence]:
    """Return what of `pieces` is worth storing: all that is new, but what changes all the time."""
    known = set(stored)
    return [
        piece
        for piece in pieces.values()
        if piece not in known and piece.kind not in ("output", "foreground")
    ]
