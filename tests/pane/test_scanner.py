"""The scanner: any split of any stream passes, without its queries, and every sequence is found."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rts.pane.scanner import LENGTH_MAX_BYTES, Scanner

QUERIES = (b"\x1b]7501;?\x07", b"\x1b]7501;?\x1b\\")
REPORTS = (
    b"\x1b]7501;state=idle:app=codex\x07",
    b"\x1b]7501;state=blocked:kind=question:msg=aGk=\x1b\\",
)
NEAR_MISSES = (
    b"\x1b",
    b"\x1b]",
    b"\x1b]7501",
    b"\x1b]7501;",
    b"\x1b]7501;?",
    b"\x1b]7501;?\x1b",
    b"\x1b]7501;?\x18",
    b"\x1b]7501;state=working",
    b"\x1b]0;title\x07",
    b"\x1b]7500;?\x07",
    b"\x1b[200~",
    b"\x07",
    b"\\",
    "✳ größer".encode(),
    b"\x9d\xff\x00",
)

streams = st.lists(st.sampled_from(QUERIES + REPORTS + NEAR_MISSES) | st.binary(max_size=12))


def feed(pieces):
    """Return what passes in all, and the bodies that were found."""
    scanner = Scanner()
    passed, found = b"", []
    for piece in pieces:
        out, bodies = scanner.feed(piece)
        passed += out
        found += bodies
    return passed + scanner.flush(), found


def split(stream, cuts):
    places = sorted({min(cut, len(stream)) for cut in cuts})
    return [stream[i:j] for i, j in zip([0, *places], [*places, len(stream)], strict=True)]


def found_at_once(stream):
    """Say by a pattern what a terminal would find: a sequence is cut off by CAN, SUB and ESC."""
    whole = re.compile(rb"\x1b\]7501;([^\x07\x18\x1a\x1b]*)(?:\x07|\x1b\\)")
    return [match[1] for match in whole.finditer(stream)], whole.sub(
        lambda match: b"" if match[1] == b"?" else match[0], stream
    )


@given(streams, st.lists(st.integers(0, 400)))
def test_any_split_of_any_stream_passes_without_its_queries_and_all_is_found(parts, cuts):
    stream = b"".join(parts)
    bodies, rest = found_at_once(stream)

    assert feed(split(stream, cuts)) == (rest, bodies)


@given(streams)
def test_byte_by_byte_nothing_is_lost(parts):
    stream = b"".join(parts)

    assert feed([bytes([byte]) for byte in stream]) == feed([stream])


@given(streams, st.lists(st.integers(0, 400)))
def test_what_is_flushed_in_the_middle_passes_once_and_its_sequence_is_still_found(parts, cuts):
    stream = b"".join(parts)
    scanner, passed, found = Scanner(), b"", []
    for piece in split(stream, cuts):
        out, bodies = scanner.feed(piece)
        passed += out + scanner.flush()
        found += bodies

    assert found == found_at_once(stream)[0]
    for query in QUERIES:
        passed, stream = passed.replace(query, b""), stream.replace(query, b"")
    assert passed == stream


@pytest.mark.parametrize("end", range(1, len(QUERIES[1])))
def test_only_what_may_become_a_query_is_held_back(end):
    scanner = Scanner()

    passed, _ = scanner.feed(b"words" + QUERIES[1][:end])

    assert passed == b"words"
    assert scanner.is_holding
    assert scanner.feed(b"!")[0] == QUERIES[1][:end] + b"!"
    assert not scanner.is_holding


def test_a_report_is_passed_on_while_it_still_comes():
    scanner = Scanner()

    assert scanner.feed(b"\x1b]7501;sta")[0] == b"\x1b]7501;sta"
    assert scanner.feed(b"te=idle\x07rest") == (b"te=idle\x07rest", [b"state=idle"])


def test_an_endless_sequence_is_given_up_and_the_next_one_is_found():
    endless = b"\x1b]7501;state=idle:msg=" + b"A" * 3 * LENGTH_MAX_BYTES

    passed, found = feed([*split(endless, range(0, 9000, 1000)), REPORTS[0]])

    assert passed == endless + REPORTS[0]
    assert found == [b"state=idle:app=codex"]


def test_a_sequence_has_4096_bytes_at_most():
    longest = b"\x1b]7501;" + b"a" * (LENGTH_MAX_BYTES - 8) + b"\x07"
    longer = b"\x1b]7501;" + b"a" * (LENGTH_MAX_BYTES - 7) + b"\x07"

    assert [len(body) for body in feed([longer, longest])[1]] == [LENGTH_MAX_BYTES - 8]
    assert [len(b) for b in feed(split(longer + longest, range(0, 9000, 7)))[1]] == [4088]
