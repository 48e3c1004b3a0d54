"""The sandbox: bubblewrap around an agent that is allowed everything inside it."""

from rts.adapters.sandbox.bubblewrap import build_argv, probe, release
from rts.adapters.sandbox.cell import Cell

__all__ = ["Cell", "build_argv", "probe", "release"]
