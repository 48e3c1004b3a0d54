"""Reports and the records they leave."""

import json
from base64 import b64encode
from pathlib import Path

import pytest

from rts.pane.records import COUNT_MAX, Records
from rts.pane.report import read_report


def report(text):
    found = read_report(text.encode())
    assert found
    return found


def encoded(text):
    return b64encode(text.encode()).decode()


def taken(*texts):
    records = Records()
    for second, text in enumerate(texts):
        records.take(report(text), float(second))
    return records


def test_a_report_says_state_kind_program_progress_and_words():
    words = f"title={encoded('sub task')}:msg={encoded('Welche Größe?')}"

    said = report(f"state=blocked:kind=question:id=a/b:app=claude-code:progress=40:{words}")

    assert said.id == "a/b"
    assert said.facts() == {
        "state": "blocked",
        "kind": "question",
        "app": "claude-code",
        "title": "sub task",
        "msg": "Welche Größe?",
        "progress": 40,
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "idle",
        "state=",
        "state=asleep",
        "kind=question",
        "state=idle\x00",
        f"id={'x' * 300}",
    ],
)
def test_what_is_no_report_is_ignored(text):
    assert read_report(text.encode()) is None


@pytest.mark.parametrize("text", ["%%%", "abc\x80", "/w==", "a"])
def test_words_that_are_no_base64_of_utf_8_are_left_out(text):
    said = read_report(f"state=blocked:msg={text}".encode("latin-1"))

    assert said is None or (said.state, said.msg) == ("blocked", "")


def test_words_without_padding_are_read_too():
    assert report("state=idle:msg=aGk").msg == "hi"


def test_control_characters_in_words_are_gone():
    words = encoded("a\x1b[31m\n\u202eb")

    assert report(f"state=idle:msg={words}").msg == "a [31m b"


@pytest.mark.parametrize("text", ["-1", "x", "10000", "٣"])
def test_a_strange_progress_is_none(text):
    assert report(f"state=working:progress={text}").progress is None


def test_a_report_takes_the_place_of_the_one_before():
    assert [*taken("state=working:app=x", "state=idle").facts().values()] == [
        {
            "state": "idle",
            "kind": "",
            "app": "",
            "title": "",
            "msg": "",
            "progress": None,
            "at": 1.0,
        }
    ]


def test_a_state_keeps_its_beginning_while_only_its_words_change():
    records = taken("state=working", "state=working:progress=5", "state=working:progress=9")

    assert records.began_at("") == 0.0


def test_another_request_is_another_wait():
    asks = [f"state=blocked:kind=permission:msg={encoded(words)}" for words in ("rm a", "rm b")]

    assert taken(*asks).began_at("") == 1.0


def test_the_same_again_changes_nothing():
    records = taken("state=idle:app=x")

    assert not records.take(report("state=idle:app=x"), 9.0)


def test_clear_takes_a_record_with_its_children():
    records = taken("state=idle", "state=idle:id=a", "state=idle:id=a/b", "state=idle:id=ab")

    assert records.take(report("state=clear:id=a"), 9.0)
    assert [*records.facts()] == ["", "ab"]
    assert records.take(report("state=clear"), 9.0)
    assert not records
    assert not records.take(report("state=clear"), 9.0)


def test_children_without_end_push_out_the_oldest():
    records = taken("state=idle", *(f"state=working:id={n}" for n in range(COUNT_MAX)))

    assert len(records.facts()) == COUNT_MAX
    assert {"", "1"} <= records.facts().keys()
    assert "0" not in records.facts()


def test_a_recorded_evening_of_claude_ends_with_nothing():
    records = Records()
    for line in (Path(__file__).parent / "claude_osc7501.jsonl").read_text().splitlines():
        said = json.loads(line)
        words = {key: encoded(said[key]) for key in ("msg", "title") if key in said}
        fields = {key: said[key] for key in ("state", "kind", "id", "app") if key in said} | words
        body = ":".join(f"{key}={value}" for key, value in fields.items())
        if found := read_report(body.encode()):
            records.take(found, said["t"])

    assert not records
