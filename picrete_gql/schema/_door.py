"""Strawberry's ASGI view with our sign-ins: who asks is settled here, and open sockets end with their sign-in."""

from datetime import timedelta
from typing import Any

import orjson
import structlog
from starlette.requests import Request
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http.ides import GraphQL_IDE
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from uuid_utils.compat import uuid7

from picrete_gql.call import NOBODY, Actor, Context
from picrete_gql.problems import Locale
from picrete_gql.resolvers import sign_ins
from picrete_gql.rules.tokens import Access, read_access
from picrete_gql.runtime import Runtime

from ._socket import SocketHandler

INIT_SECONDS = 10
MOST_OPERATIONS = 50
BEARER = "bearer "


def token_of(value: object) -> str | None:
    """The token of an `Authorization` value."""
    if isinstance(value, str) and value[: len(BEARER)].lower() == BEARER:
        return value[len(BEARER) :].strip() or None
    return None


def locale_of(header: str | None) -> Locale:
    """The first language of `Accept-Language` that we speak; Russian otherwise."""
    for part in (header or "").split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in tuple(Locale):
            return Locale(language)
    return Locale.RU


class Door(GraphQL[Context, None]):
    """`/graphql` over HTTP and graphql-transport-ws."""

    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, schema: Any, runtime: Runtime) -> None:
        http = runtime.settings.http
        ide: GraphQL_IDE | None = "graphiql" if http.graphiql else None
        super().__init__(
            schema,
            graphql_ide=ide,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            connection_init_wait_timeout=timedelta(seconds=INIT_SECONDS),
            multipart_uploads_enabled=True,
            max_subscriptions_per_connection=MOST_OPERATIONS,
            allowed_origins=http.allowed_origins,
        )
        self.runtime = runtime

    async def get_context(self, request: Request | WebSocket, response: Any) -> Context:
        """Who asks by HTTP; a socket says it later, in `connection_init`."""
        headers = request.headers
        context = Context(
            self.runtime,
            NOBODY,
            door="web",
            locale=locale_of(headers.get("accept-language")),
            ip=request.client.host if request.client else "",
            agent=headers.get("user-agent", "")[:200],
        )
        if isinstance(request, WebSocket):
            structlog.contextvars.bind_contextvars(request_id=str(uuid7()))
            return context
        access = await self.access(context, token_of(headers.get("authorization")))
        return context if access is None else context.by(_actor(access))

    async def access(self, context: Context, token: str | None) -> Access | None:
        """What a token opens, if its sign-in still holds."""
        found = token and read_access(self.runtime.settings.auth, token, self.runtime.now())
        if found and await sign_ins.holds(context, _actor(found)):
            return found
        return None

    def encode_json(self, data: object) -> str:
        """JSON as text, so that WebSocket frames are text frames."""
        return orjson.dumps(data, default=str).decode()

    def decode_json(self, data: str | bytes) -> object:
        """JSON from a client."""
        return orjson.loads(data)


def _actor(access: Access) -> Actor:
    return Actor(access.account_id, access.sign_in_id)
