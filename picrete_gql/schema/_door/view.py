"""`/graphql`: Strawberry's ASGI view with our sign-ins, our manners over HTTP and our sockets."""

import asyncio
from datetime import timedelta
from typing import Any
from weakref import ref

import structlog
from graphql import OperationType
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry import Schema
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from uuid_utils.compat import uuid7

from picrete_gql.call import NOBODY, Context
from picrete_gql.resolvers import sign_ins
from picrete_gql.rules.tokens import Access
from picrete_gql.runtime import Runtime
from picrete_gql.schema._plan.splice import Told

from . import lane
from .accept import EVENTS, JSON, OFFERED, best, qualities, wants_page
from .answers import answer, failure, payload
from .asks import Ask, asked
from .csrf import ensure_not_forged
from .documents import Operation
from .faults import told
from .graphiql import page
from .hall import Hall
from .leaving import Leaving
from .refusals import Refusal, Unfit
from .roll import Roll
from .runner import Runner
from .sessions import AGENT_CHARACTERS, Claims, actor_of, locale_of, token_of
from .sockets import SocketAdapter, SocketHandler
from .streams import event_stream, events, only

METHODS = ("GET", "POST")


class Door(GraphQL[Context, None]):
    """`/graphql` over HTTP, server-sent events and graphql-transport-ws."""

    graphql_transport_ws_handler_class = SocketHandler
    websocket_adapter_class = SocketAdapter

    def __init__(self, schema: Schema, runtime: Runtime) -> None:
        self.http = runtime.settings.http
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            connection_init_wait_timeout=timedelta(seconds=self.http.socket_init_seconds),
            max_subscriptions_per_connection=self.http.socket_operations,
            allowed_origins=self.http.allowed_origins,
        )
        self.runtime = runtime
        self.runner = Runner(schema, runtime)
        self.claims = Claims(runtime)
        self.roll = Roll(runtime)
        self.hall = Hall(self.runner)
        self.leaving = Leaving()
        self.most = runtime.settings.graphql.max_error_characters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the whole life of one socket."""
        if scope["type"] == "websocket":
            await self.run(WebSocket(scope, receive=receive, send=send))
            return
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """The answer to one request, whatever happens."""
        accept = request.headers.get("accept")
        kind = best(accept) or JSON
        try:
            return await self._answer(request, accept)
        except Unfit as error:
            # Browsers do not show a stream's body under another status than 200.
            if kind == EVENTS:
                return event_stream(only({"errors": told(error.errors, _locale(request), self.most)}))
            return failure(error, kind, _locale(request), self.most)
        except Exception as error:
            return failure(error, kind, _locale(request), self.most)

    async def _answer(self, request: Request, accept: str | None) -> Response:
        if request.method not in METHODS:
            raise Refusal(405, "GraphQL is asked by GET or POST.", "METHOD_NOT_ALLOWED", allow=", ".join(METHODS))
        if request.method == "GET" and self.http.graphiql and wants_page(accept):
            return page(request)
        kind = best(accept)
        if kind is None:
            raise Refusal(406, f"The answer is one of {', '.join(OFFERED)}.", "NOT_ACCEPTABLE")
        ensure_not_forged(request)
        async with asked(request, self.http) as ask:
            return await self._run(request, ask, kind)

    async def _run(self, request: Request, ask: Ask, kind: str) -> Response:
        context, access = self.claim(request)
        operation = await self.runner.found(context, ask)
        if operation.kind is OperationType.MUTATION and request.method == "GET":
            raise Refusal(405, "A mutation is sent by POST.", "METHOD_NOT_ALLOWED", allow="POST")
        if operation.kind is OperationType.SUBSCRIPTION:
            return await self._follow(request, operation, ask)

        result = await self.runner.run(context, operation, ask, lambda: self.sure(context))
        if access and kind != EVENTS and isinstance(result, Told):
            lane.note(request.scope, lane.Read(context, access, ref(operation), ask, kind))
        body = payload(result, context.locale, self.most)
        return event_stream(only(body)) if kind == EVENTS else answer(kind, body)

    async def _follow(self, request: Request, operation: Operation, ask: Ask) -> Response:
        context, access = await self.who(request)
        await self.runner.ensure_open(context, operation)
        if not qualities(request.headers.get("accept"), OFFERED)[EVENTS]:
            raise Refusal(406, f"A subscription is answered as {EVENTS}, or over a WebSocket.", "NOT_ACCEPTABLE")
        end = self.roll.ended(context, access.expires_at) if access else asyncio.Event().wait()
        told, seconds = self.leaving.told, self.http.stream_ping_seconds
        return event_stream(events(self.runner, context, operation, ask, end, told, seconds))

    def claim(self, request: Request) -> tuple[Context, Access | None]:
        """Who asks by HTTP, as a sound token says; whether its sign-in still holds is not known yet."""
        context = self.context_of(request)
        access = self.claims.of(token_of(request.headers.get("authorization")))
        return (context, None) if access is None else (context.by(actor_of(access)), access)

    async def who(self, request: Request) -> tuple[Context, Access | None]:
        """Who asks by HTTP. A token that does not hold is nobody's."""
        context, access = self.claim(request)
        context = await self.sure(context)
        return context, access if context.actor != NOBODY else None

    async def sure(self, claimed: Context) -> Context:
        """Whoever a token claims to be if its sign-in holds, nobody otherwise."""
        nobody = claimed.by(NOBODY)
        return claimed if claimed.actor != NOBODY and await sign_ins.holds(nobody, claimed.actor) else nobody

    def context_of(self, request: Request | WebSocket) -> Context:
        """Whoever it is, their address and language."""
        headers = request.headers
        return Context(
            self.runtime,
            NOBODY,
            door="web",
            locale=locale_of(headers.get("accept-language")),
            ip=request.client.host if request.client else "",
            agent=headers.get("user-agent", "")[:AGENT_CHARACTERS],
        )

    async def get_context(self, request: Request | WebSocket, response: Any) -> Context:
        """A socket says who it is later, in `connection_init`."""
        structlog.contextvars.bind_contextvars(request_id=str(uuid7()))
        return self.context_of(request)


def _locale(request: Request) -> Any:
    return locale_of(request.headers.get("accept-language"))
