"""Filing tickets."""

import uuid
from unicodedata import category

from rts.errors import OrderRefused, RecordClash
from rts.game import Game
from rts.world.nouns import (
    TITLE_LENGTH_MAX,
    Event,
    Project,
    Ticket,
    TicketKind,
    TicketStatus,
)

NUMBER_TRIES_MAX = 50
"""How often a number that somebody else took meanwhile is chosen anew."""


def file_ticket(
    game: Game,
    project: Project,
    title: str,
    body: str = "",
    kind: TicketKind = TicketKind.FEATURE,
) -> Ticket:
    """File a new ticket under the project's next number.

    Raises:
        OrderRefused: the title is no title.
    """
    title, body = check_title(title), _clean(body)
    for _ in range(NUMBER_TRIES_MAX):
        numbers = [ticket.number for ticket in game.store.tickets(project)]
        ticket = Ticket(
            id=uuid.uuid4().hex,
            project_id=project.id,
            number=max(numbers, default=0) + 1,
            title=title,
            body=body,
            kind=kind,
            status=TicketStatus.OPEN,
            created_at=game.now(),
        )
        event = Event(
            "ticket_filed",
            f"{ticket.label} filed: {title}",
            game.now(),
            project_id=project.id,
            ticket_id=ticket.id,
        )
        try:
            game.store.record(event, ticket)
        except RecordClash:
            continue
        return ticket
    raise OrderRefused("Too many tickets are being filed at once.", "Try again in a moment.")


def check_title(title: str) -> str:
    """Return the title on one line.

    Raises:
        OrderRefused: it has no word in it, or is too long for a tile and a branch.
    """
    title = " ".join(_clean(title).split())
    if not any(sign.isalnum() for sign in title):
        raise OrderRefused(
            "A ticket needs a title in words.", 'For example: rts new "Retry failed payments"'
        )
    if len(title) > TITLE_LENGTH_MAX:
        raise OrderRefused(
            f"The title has {len(title):,} characters; {TITLE_LENGTH_MAX} is the most.",
            "Say it in one line, and put the rest in the body: rts new TITLE --body TEXT",
        )
    return title


def _clean(text: str) -> str:
    """Return `text` without what is no UTF-8 and without the keys and colours of a terminal."""
    plain = text.encode(errors="replace").decode()
    return "".join(sign for sign in plain if sign in "\n\t" or category(sign) != "Cc")
