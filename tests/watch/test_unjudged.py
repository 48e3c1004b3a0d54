"""A worker that cannot be judged: it says so, and the others go on."""

from dataclasses import replace

from rts import paths
from rts.orders.look import judge_all
from rts.watch.lookout import Lookout
from rts.world.evidence import Activity
from tests.making import a_hook, a_project, a_ticket, a_worker, an_event


def test_a_worker_that_cannot_be_judged_hides_no_other(game, room):
    begun = {"spawned_at": game.now(), "started_at": game.now()}
    strange = a_worker(**begun)
    other = a_worker("falcon-2", slot=1, cell_index=1, **begun)
    records = a_project(root=str(room)), a_ticket(), strange, other
    game.store.record(an_event(project_id="p1"), *records)
    for worker in (strange, other):
        game.tmux.start_session(worker.session_name, room, "exec sleep 300", {}, "#7")
    said = a_hook("Stop", "Done.", game.now(), "[]")
    game.store.note_down([said, replace(said, worker_id=other.id, detail="{}")])

    lookout = Lookout(game)
    lookout.look([strange, other])
    lookout.look([strange, other])
    judged = judge_all(game, [strange, other], game.now())

    assert judged[strange.id].activity is Activity.NO_SIGNAL
    assert judged[strange.id].reason.startswith("could not be judged: ")
    assert judged[other.id].activity is Activity.DONE
    assert set(lookout.activity_by_worker) == {strange.id, other.id}
    assert paths.log_path(game.home).read_text().count("could not be judged") == 1
