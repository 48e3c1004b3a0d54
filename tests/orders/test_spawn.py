"""Spawning: real tmux, real git, the generic agent program in the pane."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from rts import paths
from rts.adapters.git.command import git
from rts.errors import OrderRefused, OutsideFailed, RtsError
from rts.orders.look import find, look, peek
from rts.orders.projects import open_project, worktree_path
from rts.orders.spawn import choose_program, spawn
from rts.orders.tickets import file_ticket
from rts.orders.watching import ensure_watch
from rts.settings import GenericAgent, Settings
from rts.world.evidence import Activity
from rts.world.nouns import NoteUse, TicketStatus, Worker
from tests.waiting import wait_until


@pytest.fixture
def project(game, repository):
    return open_project(game, repository)


@pytest.fixture
def ticket(game, project):
    return file_ticket(game, project, "Retry failed payments", "They fail at night.")


def with_agent(game, *argv, **settings):
    return replace(game, settings=Settings(generic=GenericAgent(argv), **settings))


def test_a_spawn_makes_branch_worktree_session_and_brief(game, project, ticket):
    worker = spawn(game, project, ticket, "generic")

    path = worktree_path(project, worker)
    assert worker.name == "falcon-1"
    assert git(path, "branch", "--show-current") == "rts/falcon-1/retry-failed-payments"
    assert game.tmux.has_session("w-falcon-1")
    brief = paths.brief_path(paths.run_folder(game.home, worker.id)).read_text()
    assert "They fail at night." in brief
    assert game.store.ticket(ticket.id).status is TicketStatus.IN_PROGRESS


def test_the_agent_runs_in_the_worktree_and_knows_who_it_is(game, project, ticket):
    talker = with_agent(game, "sh", "-c", "echo $RTS_WORKER; pwd; sleep 60")
    worker = spawn(talker, project, ticket, "generic")

    wait_until(lambda: worker.id in peek(game, worker))
    assert str(worktree_path(project, worker)) in peek(game, worker).replace("\n", "")


def test_nothing_of_ours_lies_in_the_worktree(game, project, ticket):
    worker = spawn(game, project, ticket, "generic")

    assert git(worktree_path(project, worker), "status", "--porcelain", "--ignored") == ""


def test_a_ticket_with_a_worker_refuses_a_second_one_and_says_where_it_is(game, project, ticket):
    spawn(game, project, ticket, "generic")

    with pytest.raises(OrderRefused) as refused:
        spawn(game, project, ticket, "generic")

    assert refused.value.hint == "Go there with: rts attach falcon-1"


def test_of_many_racing_spawns_of_one_ticket_one_wins_and_the_rest_leave_nothing(
    game, project, ticket
):
    def try_spawn(_number):
        try:
            return spawn(game, project, ticket, "generic")
        except OrderRefused:
            return None

    with ThreadPoolExecutor(8) as racers:
        winners = [worker for worker in racers.map(try_spawn, range(8)) if worker]

    assert len(winners) == 1
    assert git(Path(project.root), "branch", "--list", "rts/*").count("rts/") == 1
    assert len([s for s in game.tmux.panes() if s.startswith("w-")]) == 1


def test_many_tickets_spawned_at_once_get_their_own_names_and_cells(game, project):
    tickets = [file_ticket(game, project, f"Ticket {number}") for number in range(6)]

    with ThreadPoolExecutor(6) as many:
        workers = list(many.map(lambda t: spawn(game, project, t, "generic"), tickets))

    assert len({w.name for w in workers}) == 6
    assert {w.cell_index for w in workers} == set(range(6))


def test_supply_is_a_limit(game, project, ticket):
    spawn(game, project, ticket, "generic")
    small = replace(game, settings=Settings(supply_limit=1))

    with pytest.raises(OrderRefused, match="Supply is used up: 1 of 1"):
        spawn(small, project, file_ticket(game, project, "Another"), "generic")


def test_a_detached_head_is_refused(game, project, ticket):
    git(Path(project.root), "switch", "--quiet", "--detach")

    with pytest.raises(OrderRefused, match="detached HEAD"):
        spawn(game, project, ticket, "generic")


def test_uncommitted_work_is_left_out_and_said(game, project, ticket):
    (Path(project.root) / "half.txt").write_text("a thought")

    worker = spawn(game, project, ticket, "generic")

    assert not (worktree_path(project, worker) / "half.txt").exists()
    assert "1 uncommitted files left out" in game.store.events(project, 1)[0].text


def test_a_failed_start_leaves_nothing_half_made(game, project, ticket, monkeypatch):
    def refuse(self, name, *_words):
        raise OutsideFailed(f"tmux could not start {name}", "Try again.")

    ensure_watch(game)
    monkeypatch.setattr("rts.adapters.tmux.Tmux.start_session", refuse)

    with pytest.raises(OutsideFailed):
        spawn(game, project, ticket, "generic")

    assert game.store.living_workers(project) == []
    assert game.store.ticket(ticket.id).status is TicketStatus.OPEN
    assert git(Path(project.root), "branch", "--list", "rts/*") == ""
    assert not paths.worktrees_folder(Path(project.root)).exists()


def test_a_worktree_that_cannot_be_made_frees_the_ticket(game, project, ticket):
    paths.worktrees_folder(Path(project.root)).write_text("a file in the way")

    with pytest.raises(RtsError):
        spawn(game, project, ticket, "generic")

    assert game.store.living_workers(project) == []
    assert game.store.ticket(ticket.id).status is TicketStatus.OPEN
    assert git(Path(project.root), "branch", "--list", "rts/*") == ""
    assert [e.kind for e in game.store.events(project, 1)] == ["worker_start_failed"]


def test_a_name_is_never_given_twice(game, project, ticket):
    worker = spawn(game, project, ticket, "generic")
    game.store.note_down([replace(worker, dismissed_at=game.now())])

    again = spawn(game, project, file_ticket(game, project, "Another"), "generic")

    assert again.name == "otter-1"
    assert {w.name for w in game.store.select(Worker)} == {"falcon-1", "otter-1"}


def test_notes_that_match_are_in_the_brief_and_remembered(game, project):
    root = Path(project.root)
    folder = root / "knowledge_base"
    folder.mkdir()
    (folder / "payments.md").write_text(
        "---\ntype: trap\ntitle: Payments need the idempotency key\n"
        "description: Retrying without it pays twice\n---\n\nUse the key of the first try.\n"
    )
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "note")
    ticket = file_ticket(game, project, "Retry payments with the idempotency key")

    worker = spawn(game, project, ticket, "generic")

    brief = paths.brief_path(paths.run_folder(game.home, worker.id)).read_text()
    assert "Use the key of the first try." in brief
    assert [use.note_path for use in game.store.select(NoteUse)] == ["payments.md"]


def test_an_unknown_agent_program_is_refused_with_those_that_are_known(game):
    with pytest.raises(OrderRefused) as refused:
        choose_program(game, "hal9000")

    assert "drill" in refused.value.hint


def test_an_agent_that_ends_at_once_is_gone_with_its_exit_code(game, project, ticket):
    worker = spawn(with_agent(game, "sh", "-c", "exit 7"), project, ticket, "generic")

    wait_until(lambda: look(game, project).judgement_of(worker).activity is Activity.GONE)

    assert "exit 7" in look(game, project).judgement_of(worker).reason


def test_a_worker_is_found_by_any_unique_handle(game, project, ticket):
    worker = spawn(game, project, ticket, "generic")

    assert find(game, project, "fal").id == worker.id
    assert find(game, None, "#1").id == worker.id
