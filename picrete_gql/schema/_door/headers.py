"""What every answer carries: its request id, and what browsers must not do with it."""

import re
from collections.abc import Awaitable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from picrete_gql.settings import Http

POLICY = "default-src 'none'; frame-ancestors 'none'"
SAFE = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = "max-age=31536000"


class RequestIds:
    """Gives every request an id: in the log, in masked errors, and in the answer's `X-Request-Id`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Bind a fresh id around one HTTP request or one socket."""
        # Sockets stay: each coroutine that waits for one to end would take memory all the time.
        if scope["type"] not in ("http", "websocket"):
            return self.app(scope, receive, send)
        id = str(uuid7())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=id)
        if scope["type"] == "websocket":
            return self.app(scope, receive, send)

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", id.encode())]
            await send(message)

        return self.app(scope, receive, tell)


class SafeHeaders:
    """Adds the headers by which browsers keep out of trouble, where the answer has none of its own."""

    def __init__(self, app: ASGIApp, of: Http) -> None:
        self.app = app
        headers = SAFE | ({"strict-transport-security": HSTS} if re.match("https:", of.public_url) else {})
        self.headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """One request."""

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in self.headers if one[0] not in given)]
            await send(message)

        return self.app(scope, receive, tell if scope["type"] == "http" else send)
