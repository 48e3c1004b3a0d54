"""The stand-in model server: what a coding agent talks to in the tests instead of a vendor."""

from tests.standin.server import StandIn, standin

__all__ = ["StandIn", "standin"]
