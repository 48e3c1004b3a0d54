"""Looking closer at one worker: its lines, its tokens and their price, its server."""

import os
import shlex
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from rts.adapters import sandbox
from rts.adapters.family import find_family
from rts.adapters.ports import find_ports
from rts.adapters.sandbox.bubblewrap import CAGE
from rts.orders.detail import read_detail
from rts.orders.look import look
from rts.world.evidence import CONTEXT, QUOTA, Evidence, Source
from rts.world.nouns import Event, QueuedTell, Usage
from rts.world.quota import Quota, write_quotas
from tests.making import a_project, a_ticket, a_worker, an_event
from tests.waiting import wait_until

SERVER = """\
import socket, time
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen()
time.sleep(60)
"""

AGENT = "import subprocess, sys; subprocess.run([sys.executable, sys.argv[1]])"
"""An agent that starts what it is given and waits for it."""


@pytest.fixture
def worker(game, room, repository):
    """A worker whose worktree is the repository's own folder, at its first commit."""
    head = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=repository, text=True).strip()
    worktree = f"{repository.name}"
    entered = replace(a_worker(), base_commit=head, worktree=worktree, base_branch="none")
    entered = replace(entered, started_at=game.now(), spawned_at=game.now())
    game.store.record(
        an_event(project_id="p1"), a_project(root=str(repository)), a_ticket(), entered
    )
    return entered


def used(game, worker, message_id, model, tokens, *, ago_s=0):
    fresh, cached, out = tokens
    at = game.now() - timedelta(seconds=ago_s)
    game.store.note_down([Usage(worker.id, message_id, at, model, fresh, cached, out)])


def test_lines_of_committed_edited_and_new_files_are_counted(game, worker, repository):
    (repository / "shop.py").write_text("def total(prices):\n    return round(sum(prices))\n")
    (repository / "new.py").write_text("a = 1\nb = 2\n")

    detail = read_detail(game, worker)

    assert (detail.added_count, detail.removed_count, detail.file_count) == (3, 1, 2)


def test_a_worker_without_worktree_or_session_still_has_a_card(game, worker):
    lost = replace(worker, worktree="nowhere")

    detail = read_detail(game, lost)

    assert (detail.worker_id, detail.file_count, detail.ports) == (worker.id, 0, ())
    assert (detail.model, detail.cost_usd, detail.told_at) == ("", None, None)


def test_tokens_of_all_messages_are_priced_and_the_newest_tells_the_context(game, worker):
    used(game, worker, "m1", "claude-opus-5-5", (1_000_000, 0, 0), ago_s=60)
    used(game, worker, "m2", "claude-opus-5-5", (1_000, 99_000, 500_000))

    detail = read_detail(game, worker)

    assert detail.token_count == 1_600_000
    assert detail.cost_usd == pytest.approx(4 + 0.004 + 0.0198 + 10)
    assert (detail.context_tokens, detail.context_limit_tokens) == (100_000, 1_000_000)


def test_what_the_agent_itself_says_of_its_context_beats_a_subagents_message(game, worker):
    said = '{"model": "claude-sonnet-4-5", "limit_tokens": 150000}'
    own = Evidence(worker.id, Source.TRANSCRIPT, CONTEXT, game.now(), "63000", said)
    game.store.note_down([own])
    used(game, worker, "m1", "claude-haiku-4-5", (500, 0, 10))

    detail = read_detail(game, worker)

    assert detail.model == "claude-sonnet-4-5"
    assert (detail.context_tokens, detail.context_limit_tokens) == (63_000, 150_000)


def test_a_model_without_a_price_has_no_cost_and_no_limit(game, worker):
    used(game, worker, "m1", "standin-1", (1_000, 0, 10))

    detail = read_detail(game, worker)

    assert (detail.model, detail.token_count) == ("standin-1", 1_010)
    assert (detail.cost_usd, detail.context_limit_tokens) == (None, 0)


def test_the_last_line_told_and_the_lines_that_wait_are_there(game, worker):
    for minutes, text in ((9, "first"), (6, "use the idempotency key")):
        at = game.now() - timedelta(minutes=minutes)
        told = Event("worker_told", "told", at, "p1", worker.id, "", f'{{"text": "{text}"}}')
        game.store.record(told)
    game.store.note_down([QueuedTell("q1", worker.id, "then lint", game.now())])

    detail = read_detail(game, worker)

    assert detail.told_text == "use the idempotency key"
    assert timedelta(minutes=6) <= game.now() - detail.told_at < timedelta(minutes=7)
    assert detail.queued_texts == ("then lint",)


def test_a_server_that_the_agent_started_is_found_and_the_agents_own_port_is_not(
    game, worker, room
):
    script = room / "server.py"
    script.write_text(SERVER)
    agent = f"import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); {AGENT}"
    argv = ["env", f"RTS_WORKER={worker.id}", sys.executable, "-c", agent, str(script)]
    game.tmux.start_session(worker.session_name, room, f"exec {shlex.join(argv)}", {}, "#7")

    wait_until(lambda: read_detail(game, worker).ports, 10, "it listens")

    detail = read_detail(game, worker)
    assert len(detail.ports) == 1
    assert detail.urls == (f"http://localhost:{detail.ports[0]}",)
    game.tmux.end_session(worker.session_name)


def test_a_server_in_the_sandbox_is_found_from_outside(room):
    if why := sandbox.probe():
        pytest.skip(why)
    script = room / "server.py"
    script.write_text(SERVER)
    mounts = ["--dev-bind", "/", "/", "--proc", "/proc"]
    argv = ["bwrap", *CAGE, *mounts, sys.executable, "-c", AGENT, str(script)]
    with subprocess.Popen(argv, env=dict(os.environ)) as caged:
        try:
            mark = ("RTS_WORKER", "nobody")
            wait_until(lambda: find_ports(caged.pid, mark, "claude"), 10, "it listens")
        finally:
            for process in find_family(caged.pid)[:1]:
                process.kill()


def test_the_world_knows_the_days_tokens_and_the_accounts_quota(game, worker):
    used(game, worker, "m1", "gpt-5.2-codex", (1_000, 200, 30))
    used(game, worker, "m2", "gpt-5.2-codex", (5_000, 0, 0), ago_s=2 * 86_400)
    resets_at = game.now() + timedelta(hours=2)
    week = Quota("codex", 10_080, 41.0, resets_at)
    over = Quota("codex", 300, 99.0, game.now() - timedelta(minutes=1))
    piece = Evidence(
        worker.id, Source.TRANSCRIPT, QUOTA, game.now(), "codex", write_quotas([week, over])
    )
    game.store.note_down([piece])

    world = look(game, None)

    assert world.tokens_today == 1_230
    assert world.quotas == (week,)
    assert world.quotas[0].window == "7d"
    assert "quota" not in world.judgement_of(worker).reason
