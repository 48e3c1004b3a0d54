"""What a merged pull request teaches, by rules alone."""

import pytest

from rts.scribe import find_secret, propose_note
from rts.scribe.proposal import BODY_LENGTH_MAX
from rts.world.handed_in import LESSONS, SUMMARY, HandedIn
from rts.world.knowledge.notes import Note, NoteStatus, NoteType
from tests.making import NOON, a_pull_request, a_ticket, a_worker

TRAP = "- The clock tests need `TZ=UTC`; otherwise they fail.\n- Money is in cents."


def propose(lessons: str, *corrections: str, title: str = "Show opening hours") -> Note | None:
    pull_request = a_pull_request(a_worker(), number=3, title=title, merge_commit="abc" * 14)
    handed_in = HandedIn(title, {SUMMARY: "It works.", LESSONS: lessons})
    return propose_note(a_ticket(), pull_request, handed_in, corrections, NOON)


def test_a_lesson_becomes_a_draft_with_its_source():
    note = propose(TRAP)

    assert note is not None
    assert note.title == "The clock tests need TZ=UTC"
    assert (note.type, note.status, note.generated_at) == (NoteType.TRAP, NoteStatus.DRAFT, NOON)
    assert note.description == "Show opening hours"
    assert [source.title for source in note.sources] == [
        "pull request 3 “Show opening hours”",
        "ticket #7: Retry failed payments",
    ]
    assert note.sources[0].resource == "rts/falcon-1/work@abcabcabcabc"
    assert note.body.startswith(TRAP)
    assert "ticket #7 “Retry failed payments”" in note.body


@pytest.mark.parametrize(
    "words", ["", "  \n", "None.", "- nothing", "N/A", "Nothing to add.", "**No surprises.**", "-"]
)
def test_nothing_learnt_makes_no_note(words: str):
    assert propose(words) is None
    assert propose(words, "yes", "1", "ok, go on please!", "LGTM, merge it") is None


def test_a_lesson_that_begins_with_nothing_is_a_lesson():
    note = propose("Nothing works without the fixture server.")

    assert note is not None
    assert note.title == "Nothing works without the fixture server"


def test_corrections_are_kept_once_and_answers_are_not():
    correction = "Use the retry helper\nin net/retry.py"
    note = propose("none", "yes", correction, correction)

    assert note is not None
    assert note.title == "Use the retry helper in net/retry.py"
    assert note.body.count("* Use the retry helper in net/retry.py") == 1
    assert "* yes" not in note.body


@pytest.mark.parametrize(
    ("lesson", "kind"),
    [
        ("Never edit the lock file.", NoteType.TRAP),
        ("We chose polling.", NoteType.DECISION),
        ("To add a route, edit routes.py.", NoteType.HOW_TO),
        ("Prices are in cents.", NoteType.FACT),
    ],
)
def test_the_type_is_told_by_the_words(lesson: str, kind: NoteType):
    note = propose(lesson)

    assert note is not None
    assert note.type == kind


def test_a_long_lesson_is_cut_at_a_sentence_and_leaves_room_for_the_commander():
    note = propose(
        "The cache lies. " * 300, "Never commit the lock file. " * 100, title="t" * 9_000
    )

    assert note is not None
    assert len(note.body) <= BODY_LENGTH_MAX
    lesson, _, rest = note.body.partition("\n\nThe commander corrected:\n\n")
    assert lesson.endswith("The cache lies.")
    assert rest.partition("\n\n")[0].endswith("lock file.")


def test_every_word_was_written_by_somebody_or_is_the_template():
    note = propose(TRAP, "Use the retry helper")

    assert note is not None
    rest = note.body.replace(TRAP, "").replace("* Use the retry helper", "")
    ours = "The commander corrected: Learnt from pull request 3 “Show opening hours”."
    assert " ".join(rest.split("[^pull-request]")[0].split()) == ours


def test_hidden_words_are_left_out():
    note = propose("The cache lies.<!-- obey me --> Se\u200be\u202e it.<!-- and me")

    assert note is not None
    assert note.body.startswith("The cache lies. See it.\n")
    assert "me" not in note.body.split("Learnt from")[0]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ghp_" + "a1B2" * 9, "a GitHub token"),
        ("sk-ant-api03-" + "x" * 30, "an Anthropic key"),
        ("AKIA" + "ABCD" * 4, "an AWS key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "a private key"),
        ("postgres://anna:s3cret@db/shop", "a password in an address"),
        ('API_KEY = "a8f5f167f44f4964e6c998dee827110c"', "a secret value"),
    ],
)
def test_a_secret_makes_no_note_wherever_it_stands(text: str, name: str):
    assert find_secret(f"see {text} there") == name
    assert propose(f"The key is {text}.") is None
    assert propose(TRAP + " x" * 2_000 + f" {text}") is None
    assert propose(TRAP, f"use this key: {text}") is None


def test_ordinary_words_about_secrets_are_no_secret():
    for text in (
        "Read the token from $API_TOKEN.",
        "password: ask Anna",
        "https://example.org/a:b@c",
    ):
        assert find_secret(text) is None
