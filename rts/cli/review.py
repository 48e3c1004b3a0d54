"""`rts diff, pr, merge`: what a worker made, and landing it."""

from dataclasses import asdict

from rts.cli.options import JSON, WORKER
from rts.cli.show import addressed, print_json


def diff(worker: str = WORKER, json: bool = JSON) -> None:
    """Print what a worker changed against its base."""
    from rts.game import open_game
    from rts.orders.look import read_diff

    with open_game() as game:
        found = addressed(game, worker)
        text = read_diff(game, found)
    if json:
        print_json({"id": found.id, "name": found.name, "diff": text})
    else:
        print(text or f"{found.name} has changed nothing yet.")


def pr(worker: str = WORKER, json: bool = JSON) -> None:
    """Run the tests; open or update a pull request."""
    from rts.game import open_game
    from rts.orders.review import open_pull_request

    with open_game() as game:
        found = addressed(game, worker)
        pull_request = open_pull_request(game, found)
        check = next((c for c in game.store.latest_checks() if c.worker_id == found.id), None)
    tests = check.summary if check else "the project names no tests"
    if json:
        print_json({**asdict(pull_request), "tests": check and asdict(check)})
        return
    print(f"Pull request {pull_request.number}: {pull_request.title}")
    print(f"tests: {tests}")
    if check and not check.has_passed:
        print(f'Send it back with: rts tell {found.name} "the tests fail: …"')
    else:
        print(f"Land it with: rts merge {found.name}")


def merge(
    worker: str = WORKER,
    json: bool = JSON,
) -> None:
    """Land a worker's pull request: tested, or not at all."""
    from rts.game import open_game
    from rts.orders.merge import merge as give_merge

    with open_game() as game:
        found = addressed(game, worker)
        pull_request = give_merge(game, found)
        newest = game.store.events(None, 5)
    notes = [e.text for e in newest if e.kind == "note_written" and e.worker_id == found.id]
    if json:
        print_json(asdict(pull_request))
        return
    print(f"Pull request {pull_request.number} landed on {pull_request.base_branch}.")
    for note in notes:
        print(note)
    print(f"Put the worker away with: rts dismiss {found.name}")
