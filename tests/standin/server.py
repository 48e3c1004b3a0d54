"""Anthropic's Messages API on 127.0.0.1, with streaming, as far as a coding agent needs it."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

from tests.standin.script import Step, choose_step

MODEL = "claude-standin-1"
HANG_S = 600.0
"""How long `[[hang]]` keeps a request open: longer than any test."""


@dataclass
class StandIn:
    """A running server."""

    url: str
    """The base URL, without a slash at the end."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    """The body of every Messages request so far, oldest first."""


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
        self.numbers = count(1)

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
        model = {"type": "model", "id": MODEL, "display_name": "Stand-in"}
        self._reply_json({"data": [model], "has_more": False, "first_id": MODEL, "last_id": MODEL})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        path = self.path.partition("?")[0]
        if path == "/v1/messages/count_tokens":
            self._reply_json({"input_tokens": _count_tokens(raw)})
        elif path == "/v1/messages":
            request = json.loads(raw)
            self.server.standin.requests.append(request)
            self._play(choose_step(request), request, _count_tokens(raw))
        else:
            self._reply_json({})

    def _play(self, step: Step, request: dict[str, Any], input_tokens: int) -> None:
        self.server.is_over.wait(step.delay_s)
        match step.kind:
            case "status":
                self._reply_error(int(step.text))
            case "hang":
                self.server.is_over.wait(HANG_S)
                self.close_connection = True
            case _:
                self._reply_message(step, request, input_tokens)

    def _reply_message(self, step: Step, request: dict[str, Any], input_tokens: int) -> None:
        number = next(self.server.numbers)
        stamp = f"{time.time_ns():x}{number:04x}"
        block = _content_block(step, stamp)
        message = {
            "id": f"msg_{stamp}",
            "type": "message",
            "role": "assistant",
            "model": request.get("model", MODEL),
            "content": [block],
            "stop_reason": "end_turn" if block["type"] == "text" else "tool_use",
            "stop_sequence": None,
            "usage": {
                "input_tokens": input_tokens,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0,
                "output_tokens": _count_tokens(json.dumps(block).encode()),
            },
        }
        if request.get("stream"):
            self._stream(message)
        else:
            self._reply_json(message)

    def _stream(self, message: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for event in _stream_events(message):
            line = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
            self.wfile.write(line.encode())

    def _reply_error(self, status: int) -> None:
        kind = {401: "authentication_error", 429: "rate_limit_error", 529: "overloaded_error"}
        error = {"type": kind.get(status, "api_error"), "message": f"scripted status {status}"}
        self._reply_json({"type": "error", "error": error}, status)

    def _reply_json(self, body: dict[str, Any], status: int = 200) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)


def _content_block(step: Step, stamp: str) -> dict[str, Any]:
    match step.kind:
        case "say":
            return {"type": "text", "text": step.text}
        case "bash":
            name, tool_input = "Bash", {"command": step.text, "description": "A scripted command"}
        case _:
            name, tool_input = step.text, step.tool_input
    return {"type": "tool_use", "id": f"toolu_{stamp}", "name": name, "input": tool_input}


def _stream_events(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Cut a whole message into the events of a stream, in the API's order."""
    (block,) = message["content"]
    empty = {**message, "content": [], "stop_reason": None}
    yield {"type": "message_start", "message": empty}
    if block["type"] == "text":
        start = {**block, "text": ""}
        delta = {"type": "text_delta", "text": block["text"]}
    else:
        start = {**block, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    yield {"type": "content_block_start", "index": 0, "content_block": start}
    yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": message["stop_reason"], "stop_sequence": None},
        "usage": message["usage"],
    }
    yield {"type": "message_stop"}


def _count_tokens(raw: bytes) -> int:
    """Return a plausible number: four bytes a token."""
    return len(raw) // 4 + 1
