"""The scribe: merged work becomes candidate notes. It proposes; an order writes."""

from rts.scribe.proposal import propose_note
from rts.scribe.secrets import find_secret

__all__ = ["find_secret", "propose_note"]
