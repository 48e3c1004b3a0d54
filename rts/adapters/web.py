"""The screen in a browser: textual-serve on loopback, behind a token.

Whoever reaches the screen commands agents that may write files, so textual-serve alone, which asks
nobody who he is, is not enough: a page of any other origin could open its websocket.
"""

import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

from rts.errors import OutsideFailed

HOST = "127.0.0.1"
TOKEN_BYTES = 24

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class TokenServer(Server):
    """Serves what `command` (a shell line) draws, to browsers that know the token.

    The address with the token is good for as long as the server runs; it is changed for a cookie at
    once, so that it stands neither in the browser's address line nor in its history.
    """

    def __init__(
        self, command: str, port: int, templates_folder: Path, announce: Callable[[str], object]
    ) -> None:
        super().__init__(
            command, host=HOST, port=port, title="rts", templates_path=str(templates_folder)
        )
        self._token = secrets.token_urlsafe(TOKEN_BYTES)
        self._pass = secrets.token_urlsafe(TOKEN_BYTES)
        """What the cookie holds: another secret, so that a leaked cookie is no address."""
        self._cookie = f"rts-{port}"  # cookies know no ports: one for each server
        self._announce = announce

    @property
    def address(self) -> str:
        """The address that a browser is to open."""
        return f"{self.public_url}/?token={self._token}"

    def initialize_logging(self) -> None:
        """Log no requests: the first one has the token in it."""
        logging.getLogger("aiohttp.access").disabled = True

    async def on_startup(self, app: web.Application) -> None:
        """Say where the screen is."""
        self._announce(self.address)

    async def _make_app(self) -> web.Application:
        @web.middleware
        async def guard(request: web.Request, handler: Answer) -> web.StreamResponse:
            return self._refuse(request) or self._enter(request) or await handler(request)

        app = await super()._make_app()
        app.middlewares.append(guard)
        return app

    def _refuse(self, request: web.Request) -> web.Response | None:
        """Return the refusal, where one is due."""
        if not self._is_our_origin(request):
            return web.Response(status=403, text="This is asked for by a page of another origin.\n")
        if self._has_token(request) or self._is(request.cookies.get(self._cookie), self._pass):
            return None
        return web.Response(status=403, text="Open the address that rts serve has printed.\n")

    def _enter(self, request: web.Request) -> web.Response | None:
        """Return the cookie for the token."""
        if not self._has_token(request):
            return None
        answer = web.Response(status=303, headers={"Location": "/", "Cache-Control": "no-store"})
        answer.set_cookie(self._cookie, self._pass, httponly=True, samesite="Strict", path="/")
        return answer

    def _has_token(self, request: web.Request) -> bool:
        return request.path == "/" and self._is(request.query.get("token"), self._token)

    def _is_our_origin(self, request: web.Request) -> bool:
        """Tell whether the request names us as its host and, if it names one, as its origin.

        A name of somebody else's that resolves to loopback (DNS rebinding) shows in the host.
        """
        ours = {f"{HOST}:{self.port}", f"localhost:{self.port}"}
        origin = request.headers.get("Origin")
        return request.host in ours and (origin is None or urlsplit(origin).netloc in ours)

    @staticmethod
    def _is(given: str | None, secret: str) -> bool:
        return hmac.compare_digest((given or "").encode(), secret.encode())


def serve(
    command: str, port: int, templates_folder: Path, announce: Callable[[str], object]
) -> None:
    """Serve until C-c or SIGTERM; `announce` gets the address when it is ready.

    Raises:
        OutsideFailed: the port is taken.
    """
    server = TokenServer(command, port, templates_folder, announce)
    try:
        server.serve()
    except OSError as error:
        raise OutsideFailed(
            f"Port {port} of {HOST} cannot be had: {error.strerror}.",
            "Take another: rts serve --port NUMBER",
        ) from error
