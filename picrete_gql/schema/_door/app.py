"""The ASGI application: `/graphql`, GraphiQL's files, health, and what stands around them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from picrete_gql import observing
from picrete_gql.runtime import Runtime
from picrete_gql.settings import Http

from . import health
from .graphiql import FILES
from .headers import RequestIds, SafeHeaders
from .lane import Lane
from .leaving import Farewell
from .requests import Requests
from .view import Door

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]
EXPOSED = ["X-Request-Id", "Retry-After"]


def application(runtime: Runtime, door: Door, lifespan: Lifespan) -> Starlette:
    """One API process. `state.leaving` is for whoever stops it."""

    async def root(request: Request) -> Response:
        return RedirectResponse("/graphql")

    http, graphql = runtime.settings.http, Route("/graphql", door)
    served = [Mount("/graphiql", StaticFiles(directory=FILES))] if http.graphiql else []
    app = Starlette(
        routes=[
            Route("/", root),
            graphql,
            WebSocketRoute("/graphql", door),
            *served,
            *health.routes(runtime, door.leaving),
            *([observing.route(runtime)] if runtime.settings.metrics.token.get_secret_value() else []),
        ],
        middleware=[
            Middleware(Requests),
            Middleware(RequestIds),
            Middleware(Farewell, leaving=door.leaving),
            Middleware(SafeHeaders, of=http),
            *_around(http),
            Middleware(Lane, door=door, route=graphql),
        ],
        lifespan=lifespan,
    )
    app.state.leaving = door.leaving
    # A redirect to the address with or without a slash would repeat whatever host the client named.
    app.router.redirect_slashes = False
    return app


class Hosts(TrustedHostMiddleware):
    """Starlette's, but for whoever scrapes: they come by address, and bring a token."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or socket."""
        if scope["type"] == "http" and scope["path"] == observing.PATH:
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def _around(of: Http) -> list[Middleware]:
    found = []
    if of.trusted_hosts:
        found.append(Middleware(Hosts, allowed_hosts=of.trusted_hosts, www_redirect=False))
    if of.allowed_origins:
        found.append(
            Middleware(
                CORSMiddleware,
                allow_origins=of.allowed_origins,
                allow_methods=["GET", "POST"],
                allow_headers=["*"],
                expose_headers=EXPOSED,
                max_age=of.cors_seconds,
            )
        )
    return found
