"""The HTTP server on 127.0.0.1: finds the protocol of a request, and plays the script in it."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.standin import chat, gemini, messages, responses
from tests.standin.protocol import Body, Protocol, count_tokens
from tests.standin.script import Step, choose_step

PROTOCOLS: tuple[Protocol, ...] = (
    messages.MESSAGES,
    responses.RESPONSES,
    chat.CHAT,
    gemini.GEMINI,
)
"""The routing table: the first whose `path` matches the whole path of a POST answers it."""

MODEL_LIST: Body = {
    "object": "list",
    "data": [
        {"type": "model", "object": "model", "id": model, "display_name": "Stand-in"}
        for model in (messages.MODEL, responses.MODEL, chat.MODEL)
    ],
    "has_more": False,
    "first_id": messages.MODEL,
    "last_id": responses.MODEL,
    "models": [],
}
"""Answers every GET: the list of models, in the shapes of all vendors at once."""

COUNT_PATH = "/v1/messages/count_tokens"

HANG_S = 600.0
"""How long `[[hang]]` keeps a request open: longer than any test."""


@dataclass
class StandIn:
    """A running server."""

    url: str
    """The base URL, without a slash at the end."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    """The body of every request to a model so far, oldest first, whatever its protocol."""

    def requests_with(self, *texts: str) -> list[dict[str, Any]]:
        """Return the requests that hold all these texts, oldest first.

        An agent CLI also asks on its own account (a title, a recap) and adds messages of its own
        after the commander's, so neither a request's number nor a message's place is to be trusted.
        """
        return [r for r in list(self.requests) if all(text in str(r) for text in texts)]


@contextmanager
def standin(port: int = 0) -> Iterator[StandIn]:
    """Serve while inside; port 0 takes a free one."""
    server = _Server(("127.0.0.1", port), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.standin
    finally:
        server.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a request that hangs must not hold up the end of a test

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.standin = StandIn(f"http://127.0.0.1:{self.server_address[1]}")
        self.is_over = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: an agent that is killed in the middle of an answer is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test's output clean."""

    def do_HEAD(self) -> None:
        self._reply_json({})

    def do_GET(self) -> None:
        self._reply_json(MODEL_LIST)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        path = self.path.partition("?")[0]
        protocol = next((row for row in PROTOCOLS if re.fullmatch(row.path, path)), None)
        if path == COUNT_PATH:
            self._reply_json({"input_tokens": count_tokens(raw)})
        elif protocol:
            request = json.loads(raw)
            self.server.standin.requests.append(request)
            self._play(protocol, request, count_tokens(raw))
        else:
            self._reply_json({})

    def _play(self, protocol: Protocol, request: Body, input_tokens: int) -> None:
        offers_tools = protocol.offers_tools(request)
        step = choose_step(protocol.read_turns(request), offers_tools=offers_tools)
        self.server.is_over.wait(step.delay_s)
        match step.kind:
            case "status" | "limit":
                status, error = protocol.build_error(step)
                self._reply_json(error, status, protocol.error_headers(step))
            case "hang":
                self.server.is_over.wait(HANG_S)
                self.close_connection = True
            case _:
                self._answer(protocol, step, request, input_tokens)

    def _answer(self, protocol: Protocol, step: Step, request: Body, input_tokens: int) -> None:
        answer = protocol.build_answer(step, request, input_tokens)
        if protocol.is_streamed(self.path, request):
            self._stream(protocol.stream(answer))
        else:
            self._reply_json(answer)

    def _stream(self, frames: Iterator[str]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for text in frames:
            self.wfile.write(text.encode())

    def _reply_json(
        self, body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)
