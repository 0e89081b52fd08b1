"""The ASGI application: `/graphql`, health, request ids."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from picrete_gql.problems import Unavailable
from picrete_gql.runtime import Runtime

from ._door import Door

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]
log = structlog.get_logger(__name__)
READY_SECONDS = 3


class RequestIds:
    """Gives every request an id: in the log, in masked errors, and in the answer's `X-Request-Id`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Bind a fresh id around one HTTP request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        id = str(uuid7())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=id)

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (b"x-request-id", id.encode())]
            await send(message)

        await self.app(scope, receive, tell)


def application(runtime: Runtime, door: Door, lifespan: Lifespan) -> Starlette:
    """One API process."""

    async def alive(request: Request) -> Response:
        """The process answers."""
        return JSONResponse({"status": "ok"})

    async def ready(request: Request) -> Response:
        """Everything that a request may need answers."""
        checks = {"database": _database, "redis": _redis, "storage": _storage, "worker": _worker}
        found = dict(
            zip(checks, await asyncio.gather(*(_asked(check, runtime) for check in checks.values())), strict=True)
        )
        status = 200 if all(state == "ok" for state in found.values()) else 503
        return JSONResponse({"status": "ok" if status == 200 else "unavailable", **found}, status_code=status)

    async def root(request: Request) -> Response:
        return RedirectResponse("/graphql")

    origins = runtime.settings.http.allowed_origins
    cors = Middleware(CORSMiddleware, allow_origins=origins, allow_methods=["GET", "POST"], allow_headers=["*"])
    return Starlette(
        routes=[
            Route("/", root),
            Route("/graphql", door),
            WebSocketRoute("/graphql", door),
            Route("/healthz", alive),
            Route("/readyz", ready),
        ],
        middleware=[Middleware(RequestIds), *([cors] if origins else [])],
        lifespan=lifespan,
    )


async def _asked(check: Any, runtime: Runtime) -> str:
    try:
        async with asyncio.timeout(READY_SECONDS):
            return "ok" if await check(runtime) is not False else "silent"
    except (Unavailable, SQLAlchemyError, OSError, TimeoutError, ConnectionError) as error:
        log.warning("readyz", check=check.__name__, error=type(error).__name__)
        return "unavailable"


async def _database(runtime: Runtime) -> None:
    async with runtime.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


async def _redis(runtime: Runtime) -> None:
    await runtime.gateways.redis.ping()


async def _storage(runtime: Runtime) -> None:
    await runtime.gateways.storage.ping()


async def _worker(runtime: Runtime) -> bool:
    return await runtime.gateways.queue.worker_alive()
