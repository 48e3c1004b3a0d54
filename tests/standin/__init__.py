"""The stand-in model server: what a coding agent talks to in the tests instead of a vendor.

To add a protocol, write one file like `messages.py` that makes a `Protocol` (see `protocol.py`),
and put it into `server.PROTOCOLS`; a model's name goes into `server.MODEL_LIST`.

    POST /v1/messages    messages.py     Anthropic Messages       Claude Code
    POST /v1/responses   responses.py    OpenAI Responses         Codex
    GET  anything        server.py       the list of models

A private HOME in which a CLI starts without questions is made by `<program>_home.py`.
"""

from tests.standin.server import StandIn, standin

__all__ = ["StandIn", "standin"]
