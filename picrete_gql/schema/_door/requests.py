"""Requests and sockets: counted, and a span around each request that is not only a look at our health."""

import time
from contextlib import nullcontext
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from picrete_gql import metrics, tracing

METHODS = ("GET", "POST", "OPTIONS", "HEAD", "PUT", "PATCH", "DELETE")
QUIET = ("/healthz", "/readyz", "/metrics")
GONE, BROKEN = 499, 500


class Requests:
    """Outside of everything else, so that nothing is missed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the whole life of one socket."""
        if scope["type"] == "websocket":
            with metrics.SOCKETS.track_inprogress():
                await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        began, status = time.perf_counter(), 0

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                metrics.HTTP_SECONDS.labels(_route(scope)).observe(time.perf_counter() - began)
                _describe(span, scope, method, status)
            await send(message)

        with _span(scope, method) as span:
            try:
                await self.app(scope, receive, tell)
            except Exception:
                status = status or BROKEN
                raise
            finally:
                _end(span)
                metrics.HTTP_REQUESTS.labels(_route(scope), method, status or GONE).inc()


def _span(scope: Scope, method: str) -> Any:
    if scope["path"] in QUIET:
        return nullcontext()
    return tracing.span(f"HTTP {method}", "server", ends=False, parent=tracing.sent_with(Headers(scope=scope)))


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "other")


def _describe(span: Any, scope: Scope, method: str, status: int) -> None:
    if span is None:
        return
    route = _route(scope)
    span.update_name(f"{method} {route}")
    span.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
    if status >= BROKEN:
        tracing.failed(span, str(status))
    # An event stream goes on for hours after this; what it reads later still belongs to this trace.
    _end(span)


def _end(span: Any) -> None:
    if span is not None and span.is_recording():
        span.end()
