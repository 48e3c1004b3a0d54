"""`rts pause, resume, recover, queue` on the shell: what is printed, and the exit codes."""

import pytest

from tests.stories.commander import Commander

WAITS = """\
```drill
step = [{ do = "run", command = "while [ ! -e go ]; do sleep 0.05; done" }]
```
"""


@pytest.fixture
def commander(repository):
    return Commander(repository)


def test_queued_messages_are_listed_counted_and_withdrawn(commander):
    commander.orders("new", "Do it", "--body", WAITS)
    name = commander.orders("spawn", "1", "--agent", "drill")["name"]
    commander.sees(name, "busy")

    assert "queued" not in commander.types("ls").stdout
    commander.orders("tell", name, "one\nmore", "--when", "idle")
    assert "queued" in commander.types("ls").stdout
    commander.sees(name, "busy", queued=1)
    assert "one" in commander.types("queue").stdout
    assert [row["text"] for row in commander.orders("queue", name)] == ["one\nmore"]

    assert commander.orders("queue", name, "--drop")["withdrawn"] == 1
    assert commander.orders("queue") == []
    assert "Nothing waits" in commander.is_refused("queue", name, "--drop")[0]


def test_recover_fails_when_one_cannot_be_resumed(commander, game):
    assert "Nobody" in commander.types("recover").stdout
    name = commander.orders("spawn", "Do it", "--agent", "generic")["name"]
    game.tmux.end_session(f"w-{name}")

    done = commander.types("recover")

    assert done.returncode == 1
    assert f"{name} does not" in done.stdout
    assert commander.orders("pause", commander.orders("resume", name, "--fresh")["name"])["paused"]
