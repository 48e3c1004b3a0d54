"""An evening with the drill agent: no model, everything else real."""

import pytest

from rts.adapters.git.command import git
from tests.stories.commander import Commander

pytestmark = pytest.mark.story

SCENARIO = """\
Totals must be rounded.

```drill
step = [
  { do = "say", text = "I look at the shop." },
  { do = "read", path = "shop.py" },
  { do = "ask", question = "Round to how many places?" },
  { do = "edit", path = "shop.py", old = "sum(prices)", new = "round(sum(prices), {answer})" },
  { do = "permission", command = "python3 -m unittest -q" },
  { do = "commit", message = "Round totals" },
  { do = "pull_request", title = "Round totals", summary = "Totals have {answer} places.", \
assumptions = "Half goes to even.", tests = "unittest", \
lessons = "The rounding of totals in shop.py goes half to even, as Python does it." },
  { do = "say", text = "Ready." },
]
on_tell = [
  { do = "write", path = "ROUNDING.md", text = "Half goes to even.\\n" },
  { do = "commit", message = "Say how totals are rounded" },
  { do = "pull_request", title = "Round totals, and say how", summary = "With a page.", \
assumptions = "None", tests = "unittest", \
lessons = "The rounding of totals in shop.py goes half to even, as Python does it." },
  { do = "say", text = "Ready again." },
]
```
"""


@pytest.fixture
def commander(repository):
    return Commander(repository)


def test_a_ticket_becomes_a_merged_pull_request_and_a_note(commander, repository):
    ticket = commander.orders("new", "Round totals", "--body", SCENARIO, "--kind", "bug")
    worker = commander.orders("spawn", ticket["label"], "--agent", "drill")["name"]

    commander.sees(worker, "asking", reason="asks: Round to how many places?")
    commander.orders("answer", worker, "2")

    commander.sees(worker, "blocked", words="unittest")
    assert "answer" in commander.is_refused("tell", worker, "hurry up")[1]
    commander.orders("answer", worker, "yes")

    row = commander.sees(worker, "done", pull_request=1, pull_request_state="open")
    assert "OK" in row["tests"]
    assert "+    return round(sum(prices), 2)" in commander.orders("diff", worker)["diff"]

    commander.orders("tell", worker, "Write down how,\nin a page of its own.")
    commander.hears("pull_request_updated")
    commander.sees(worker, "done")

    landed = commander.orders("merge", worker)
    assert landed["title"] == "Round totals, and say how"
    assert (repository / "ROUNDING.md").exists()
    assert git(repository, "status", "--porcelain") == ""
    note = commander.orders("kb", "search", "rounding of totals")[0]
    assert "half to even" in commander.types("kb", "show", note["path"]).stdout

    commander.orders("dismiss", worker)
    assert commander.orders("ls") == []
    assert commander.orders("tickets", "--done")[0]["status"] == "done"


def test_what_was_learnt_is_in_the_next_brief(commander, repository):
    commander.orders("new", "Round totals", "--body", SCENARIO)
    worker = commander.orders("spawn", "1", "--agent", "drill")["name"]
    commander.sees(worker, "asking")
    commander.orders("answer", worker, "1")
    commander.sees(worker, "blocked")
    commander.orders("answer", worker, "yes")
    commander.sees(worker, "done", pull_request=1)
    commander.orders("merge", worker)

    after = commander.orders("spawn", "The rounding of totals surprises people", "--agent", "drill")

    started = commander.sees(after["name"], "done")
    assert "half to even" in _brief_of(started["id"])


def _brief_of(worker_id):
    from rts import paths

    return paths.brief_path(paths.run_folder(paths.rts_home(), worker_id)).read_text()


def test_the_tool_calls_of_a_worker_are_its_actions(commander):
    worker = commander.orders("spawn", "Count me", "--agent", "drill")
    commander.sees(worker["name"], "done", pull_request=1)

    apm = commander.orders("apm")

    assert apm["workers"][worker["id"]]["apm"]["1m"] >= 4
    assert apm["fleet"]["epm"]["1m"] <= apm["fleet"]["apm"]["1m"]


def test_a_worker_that_fails_for_good_is_gone_with_its_reason(commander):
    body = '```drill\n[[step]]\ndo = "fail"\ntext = "please log in"\nexit_code = 3\n```\n'
    commander.orders("new", "Fail", "--body", body)
    worker = commander.orders("spawn", "1", "--agent", "drill")["name"]

    row = commander.sees(worker, "gone")

    assert row["reason"].startswith("exit 3")
    commander.hears("cue_sounded")
    assert "gone" in commander.is_refused("tell", worker, "hello")[0]
    commander.orders("dismiss", worker)
    assert commander.orders("tickets")[0]["status"] == "open"


def test_a_denied_permission_lets_the_worker_go_on(commander):
    body = (
        '```drill\n[[step]]\ndo = "permission"\ncommand = "rm -r /"\n'
        '[[step]]\ndo = "say"\ntext = "Then I do without."\n```\n'
    )
    commander.orders("new", "Ask first", "--body", body)
    worker = commander.orders("spawn", "1", "--agent", "drill")["name"]
    commander.sees(worker, "blocked")

    commander.orders("answer", worker, "never do that")

    commander.sees(worker, "done")
    assert "asks for nothing" in commander.is_refused("answer", worker, "yes")[0]


def test_hooks_that_nobody_heard_are_counted_when_the_watch_comes_back(commander, game):
    worker = commander.orders("spawn", "Work unwatched", "--agent", "drill")
    game.tmux.end_session("rts-watch")

    commander.sees_pane(worker["name"], "handed in")
    assert commander.types("ls").stderr.startswith("The watch is not running")
    commander.orders("spawn", "Another", "--agent", "drill")

    commander.sees(worker["name"], "done", pull_request=1)
    assert commander.orders("apm")["workers"][worker["id"]]["apm"]["5m"] > 0


def test_a_program_learns_how_to_attach(commander, game):
    worker = commander.orders("spawn", "Come and see", "--agent", "drill")

    way = commander.orders("attach", worker["name"])

    assert way["argv"] == game.tmux.attach_argv(worker["session"])
