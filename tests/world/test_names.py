"""Names that people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rts.errors import OrderRefused
from rts.world.names import (
    CALL_SIGNS,
    branch_name,
    choose_call_sign,
    find_ticket,
    find_worker,
    slug,
    split_kind,
)
from rts.world.nouns import TicketKind
from tests.making import a_ticket, a_worker

FALCON, OTTER = a_worker("falcon-1", ticket=a_ticket(1)), a_worker("otter-1", ticket=a_ticket(2))
TICKETS = [a_ticket(1), a_ticket(2)]


def test_each_animal_is_used_once_before_any_comes_again():
    taken: set[str] = set()
    for _ in CALL_SIGNS:
        taken.add(choose_call_sign(taken))

    assert taken == {f"{animal}-1" for animal in CALL_SIGNS}
    assert choose_call_sign(taken) == f"{CALL_SIGNS[0]}-2"


def test_a_name_that_became_free_is_taken_again_only_by_choice_of_the_store():
    assert choose_call_sign({"otter-1"}) == "falcon-1"


@pytest.mark.parametrize("handle", ["falcon-1", "fal", "#1", "1", FALCON.id])
def test_a_worker_answers_to_name_prefix_ticket_and_id(handle):
    assert find_worker([FALCON, OTTER], TICKETS, handle) is FALCON


def test_a_prefix_of_two_names_is_refused_with_both():
    fulmar = a_worker("falcon-2", ticket=a_ticket(3))

    with pytest.raises(OrderRefused, match="falcon-1, falcon-2"):
        find_worker([FALCON, fulmar], TICKETS, "falcon")


@pytest.mark.parametrize("handle", ["", "  ", "7", "#7", "a"])
def test_a_number_a_letter_or_nothing_never_means_a_worker_by_chance(handle):
    unlucky = a_worker("otter-1", ticket=a_ticket(2), id="7a" * 16)

    with pytest.raises(OrderRefused):
        find_worker([unlucky], TICKETS, handle)


def test_nobody_is_refused_with_the_way_to_see_who_is_there():
    with pytest.raises(OrderRefused) as refused:
        find_worker([FALCON], TICKETS, "lynx")

    assert refused.value.hint == "See who is there with: rts ls"


def test_a_ticket_answers_to_its_number_with_or_without_a_hash():
    assert find_ticket(TICKETS, "#2") == find_ticket(TICKETS, "2") == TICKETS[1]
    assert find_ticket(TICKETS, "Retry") is None


def test_a_branch_tells_worker_and_ticket():
    assert (
        branch_name("falcon-1", "Ünïcode: Retry (failed)!") == "rts/falcon-1/unicode-retry-failed"
    )


def test_a_title_without_latin_letters_still_makes_a_branch():
    assert slug("支払い 🎉") == "work"


@given(st.text())
def test_a_slug_is_always_a_good_piece_of_a_ref(title):
    piece = slug(title)

    assert piece
    assert len(piece) <= 40
    assert set(piece) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not piece.startswith("-")
    assert not piece.endswith("-")


@pytest.mark.parametrize(
    ("line", "kind", "title"),
    [
        ("bug: it breaks", TicketKind.BUG, "it breaks"),
        ("Chore : tidy", TicketKind.CHORE, "tidy"),
        ("fix: it breaks", TicketKind.FEATURE, "fix: it breaks"),
        ("bug:", TicketKind.FEATURE, "bug:"),
    ],
)
def test_a_word_before_a_colon_may_be_the_kind(line, kind, title):
    assert split_kind(line) == (kind, title)
