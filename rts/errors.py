"""What may go wrong that is not a bug: each error says what happened and what to try next."""


class RtsError(Exception):
    """An expected failure, in two lines for the commander."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        """What happened, one sentence."""
        self.hint = hint
        """What to try next, one sentence."""


class OrderRefused(RtsError):
    """An order cannot be carried out as things are; nothing was changed."""


class OutsideFailed(RtsError):
    """Something outside (git, tmux, the disk) failed or did not answer in time."""


class NotProven(OutsideFailed):
    """Something was typed to an agent, but it has not said that it took it."""


class StoreBroken(RtsError):
    """The store cannot be opened, read or written."""


class StoreBusy(StoreBroken):
    """Another process holds the store; it is whole, and can be used as soon as that lets go."""


class RecordClash(RtsError):
    """Somebody else recorded what excludes this record, a moment earlier."""
